from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import format_date, formatLang

from ..core.period import Period
from ..core.plan import Contact, compliance
from ..core.rivalry import strength_in
from ..core.value import UNDEFINED, Undefined, ratio

KINDS = (
    "loyalty_mix",
    "decision_roles",
    "positioning",
    "channel_compliance",
    "channel_sales",
    "prices",
)


class CrmSegmentPlanFigures(models.AbstractModel):
    """What the facts say beside a plan; asked for by the screen when its page is opened.

    A page of figures is ``{"columns", "rows", "note"}``; cells are words in the reader's language,
    and each row stands for records of the company, whoever reads: these are totals.
    """

    _name = "crm.segment.plan.figures"
    _description = "Figures beside a Plan"

    @api.readonly
    def get_figures(self, kind: str) -> dict:
        """One page of figures of the plan, as the screen shows it.

        :param kind: one of ``KINDS``.
        :raise AccessError: when the user may not read the plan.
        """
        self.ensure_one()
        self.check_access("read")
        if kind not in KINDS:
            raise UserError(
                self.env._(
                    "The plan of “%(segment)s” has no figures called “%(kind)s”. "
                    "Ask for one of: %(kinds)s.",
                    segment=self.segment_id.name,
                    kind=kind,
                    kinds=", ".join(KINDS),
                )
            )
        return getattr(self, f"_figures_{kind}")()

    # customers
    def _figures_loyalty_mix(self) -> dict:
        """Customers of the segment by loyalty class, with their share (S000-9.8-04)."""
        customers = self.env["crm.customer"]
        columns = self._columns(
            self.env._("Loyalty class"), self.env._("Customers"), self.env._("Share")
        )
        groups = customers._read_group(
            [("segment_id", "=", self.segment_id.id)], ["loyalty_class_id"], ["__count"]
        )
        known = [(found, count) for found, count in groups if found]
        total = sum(count for _class, count in known)
        missing = sum(count for found, count in groups if not found)
        rows = [
            [found.display_name, str(count), self._percent(ratio(count, total))]
            for found, count in known
        ]
        if not total:
            facts = self.env["crm.facts"]
            return self._page(columns, [], facts._why_no_data())
        note = self.env._(
            "n = %(total)s customers with a class; %(missing)s have none for lack of data and are "
            "in no share.",
            total=total,
            missing=missing,
        )
        return self._page(columns, rows, note)

    def _figures_decision_roles(self) -> dict:
        """Contacts of the segment's customers by their role in the purchase (S000-9.7-4)."""
        customers = self.env["crm.customer"]._search([("segment_id", "=", self.segment_id.id)])
        partners = self.env["res.partner"]
        groups = partners._read_group(
            [
                ("commercial_partner_id", "in", customers.subselect("partner_id")),
                ("is_company", "=", False),
                ("type", "=", "contact"),
            ],
            ["crm_decision_role"],
            ["__count", "commercial_partner_id:count_distinct"],
        )
        words = dict(partners._fields["crm_decision_role"]._description_selection(self.env))
        found = {role: counts for role, *counts in groups}
        rows = [
            [word, *(str(count) for count in found.get(role, (0, 0)))]
            for role, word in words.items()
        ]
        without = found.get(False, (0, 0))[0]
        total = sum(counts[0] for counts in found.values())
        note = self.env._(
            "n = %(total)s named contacts; %(without)s of them have no role yet.",
            total=total,
            without=without,
        )
        columns = self._columns(
            self.env._("Role in the purchase"), self.env._("Contacts"), self.env._("Customers")
        )
        return self._page(columns, rows if total else [], note)

    # competition
    def _figures_positioning(self) -> dict:
        """We and the competitors of the segment on two named axes (S000-9.8-02)."""
        axes = (self.x_area_id, self.y_area_id)
        if not all(axes):
            note = self.env._("Choose the two axes: what customers compare first and second.")
            return {**self._page([], [], note), "map": None}
        own = [int(score) if score else None for score in (self.own_x_score, self.own_y_score)]
        us = self.company_id.name
        points = [{"name": us, "x": own[0], "y": own[1], "is_us": True}]
        rows = [[us, *self._own_cells(own), ""]]
        for competitor in self.competitor_ids:
            strengths = competitor._strengths()
            found = [strength_in(strengths, area.id, self.segment_id.id) for area in axes]
            scores = [int(item.score) if item else None for item in found]
            points.append({"name": competitor.name, "x": scores[0], "y": scores[1], "is_us": False})
            rows.append(
                [
                    competitor.name,
                    *(self._strength_cell(item) for item in found),
                    ", ".join(dict.fromkeys(item.source for item in found if item)),
                ]
            )
        columns = self._columns(
            self.env._("Who"), *(area.name for area in axes), self.env._("Known from")
        )
        columns[-1]["is_number"] = False
        note = self.env._(
            "Scores run from 1 to 5. Ours stand in this plan; a competitor's is the strength of "
            "its latest advantage that is still valid, one seen in this segment before others. "
            "Who lacks one of the two is in the table only."
        )
        return {
            **self._page(columns, rows, note),
            "map": {
                "x": self._axis(self.x_area_id),
                "y": self._axis(self.y_area_id),
                "points": [point for point in points if point["x"] and point["y"]],
            },
        }

    def _own_cells(self, scores: list[int | None]) -> list[str]:
        return [str(score) if score else self.env._("no data") for score in scores]

    def _strength_cell(self, strength) -> str:
        if strength is UNDEFINED:
            return self.env._("no data")
        day = format_date(self.env, strength.day)
        return self.env._("%(score)s on %(day)s", score=int(strength.score), day=day)

    @api.model
    def _axis(self, area: models.BaseModel) -> dict:
        return {"title": area.name, "low": area.low_word or "", "high": area.high_word or ""}

    # channels and prices
    def _figures_channel_compliance(self) -> dict:
        """Contacts that we made with customers of a value class over allowed channels."""
        columns = self._columns(
            self.env._("Value of the customer"),
            self.env._("Allowed contacts"),
            self.env._("Contacts"),
            self.env._("Kept"),
        )
        classes = self._value_classes()
        if classes is UNDEFINED:
            return self._page(
                columns,
                [],
                self.env._(
                    "No data: nothing says yet of which value the customers of this segment are. "
                    "Give customer types a value, or install what measures it."
                ),
            )
        policies = {
            line.value_class: frozenset(line.channel_ids.ids) for line in self.channel_policy_ids
        }
        contacts, outside = self._contacts_made(classes, policies)
        words = dict(
            self.env["crm.channel.policy"]._fields["value_class"]._description_selection(self.env)
        )
        rows = [
            [words[name], str(kept.allowed), str(kept.made), self._percent(kept.rate)]
            for name, kept in compliance(contacts, policies).items()
        ]
        note = self.env._(
            "Contacts of 12 months that our people made, as the channels count them. %(outside)s "
            "were with customers without a value or without a rule and are in no line.",
            outside=outside,
        )
        return self._page(columns, rows, note)

    def _contacts_made(
        self, classes: dict[int, str], policies: dict[str, frozenset[int]]
    ) -> tuple[list[Contact], int]:
        """Contacts by value class and channel, and how many no rule is about."""
        counted: Counter[tuple[str, int]] = Counter()
        outside = 0
        for customer_id, channel_id, count in self._contact_rows():
            name = classes.get(customer_id)
            if name in policies:
                counted[name, channel_id] += count
            else:
                outside += count
        return [Contact(*key, count) for key, count in counted.items()], outside

    def _contact_rows(self) -> list[tuple[int, int, int]]:
        """(customer, channel, contacts that we made in 12 months) of the segment's customers."""
        period = self._last_year()
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                SELECT customer.id, contact.channel_id, COUNT(*)
                  FROM (%(contacts)s) AS contact
                  JOIN crm_customer AS customer
                    ON customer.partner_id = contact.partner_id
                   AND customer.company_id = contact.company_id
                 WHERE customer.segment_id = %(segment)s AND NOT contact.is_incoming
                   AND contact.date >= %(date_from)s AND contact.date < %(date_to)s
              GROUP BY customer.id, contact.channel_id
                """,
                contacts=self.env["crm.channel"]._contacts_sql(),
                segment=self.segment_id.id,
                date_from=period.date_from,
                date_to=period.date_to,
            )
        )

    def _value_classes(self) -> dict[int, str] | Undefined:
        """Customer -> value class: as an addon judges it, else by the customer type."""
        found = self.env["crm.facts"]._value_class_by_customer(self.company_id)
        if found is not UNDEFINED:
            return found
        customers = self.env["crm.customer"]
        groups = customers._read_group(
            [("segment_id", "=", self.segment_id.id), ("type_id", "!=", False)],
            ["type_id"],
            ["id:array_agg"],
        )
        classes = {
            customer_id: kind.value_class
            for kind, ids in groups
            for customer_id in ids
            if kind.value_class
        }
        return classes or UNDEFINED

    def _figures_channel_sales(self) -> dict:
        """Posted revenue of 12 months by channel, and whether the plan allows it (9.8-06)."""
        columns = self._columns(
            self.env._("Channel"), self.env._("Posted revenue (ERP)"), self.env._("Share")
        )
        facts = self.env["crm.facts"]
        if not facts._may_see_revenue():
            return self._page(columns, [], facts._why_no_revenue())
        found = facts._sales_by_channel(self.company_id, self._last_year())
        if found is UNDEFINED:
            return self._page(columns, [], facts._why_no_data())
        mine = {
            channel_id: amount
            for (segment_id, channel_id), amount in found.items()
            if segment_id == self.segment_id.id
        }
        total = sum(mine.values(), Decimal())
        rows = [
            [
                self._channel_words(channel_id),
                self._money(amount),
                self._percent(ratio(amount, total)),
            ]
            for channel_id, amount in sorted(mine.items(), key=lambda item: -item[1])
        ]
        return self._page(
            columns, rows, self.env._("Posted revenue of 12 months without tax, company currency.")
        )

    def _channel_words(self, channel_id: int) -> str:
        channel = self.env["crm.channel"].browse(channel_id)
        if not channel:
            return self.env._("Unknown channel")
        if channel in self.channel_ids:
            return channel.name
        return self.env._("%(channel)s (not in the plan)", channel=channel.name)

    def _figures_prices(self) -> dict:
        """What was posted beside what the price policy allows (9.8-07)."""
        columns = self._columns(self.env._("Prices of 12 months"), self.env._("Value"))
        facts = self.env["crm.facts"]
        if not facts._may_see_revenue():
            return self._page(columns, [], facts._why_no_revenue())
        found = facts._realised_prices(self.company_id, self._last_year())
        if found is UNDEFINED:
            return self._page(columns, [], facts._why_no_data())
        mine = found.get(self.segment_id.id)
        if not mine:
            return self._page(
                columns,
                [],
                self.env._("No data: no posted line of the segment falls under a price policy."),
            )
        rows = [
            [self.env._("Lines within the allowed discount"), f"{mine.kept} / {mine.lines}"],
            [self.env._("Share within"), self._percent(ratio(mine.kept, mine.lines))],
            [self.env._("At list price (ERP)"), self._money(mine.policy_amount)],
            [self.env._("Posted (ERP)"), self._money(mine.realised_amount)],
            [
                self.env._("Realised of list price"),
                self._percent(ratio(mine.realised_amount, mine.policy_amount)),
            ],
        ]
        return self._page(columns, rows, "")

    # words
    def _last_year(self) -> Period:
        """The twelve months until today."""
        today = fields.Date.context_today(self)
        tomorrow = today + timedelta(days=1)
        return Period.between(tomorrow - relativedelta(years=1), tomorrow)

    @api.model
    def _columns(self, title: str, *numbers: str) -> list[dict]:
        return [
            {"title": title, "is_number": False},
            *({"title": number, "is_number": True} for number in numbers),
        ]

    @api.model
    def _page(self, columns: list[dict], rows: list[list[str]], note: str) -> dict:
        return {"columns": columns, "rows": rows, "note": note}

    @api.model
    def _percent(self, rate: Decimal | Undefined) -> str:
        if rate is UNDEFINED:
            return self.env._("no data")
        return f"{formatLang(self.env, float(rate * 100), digits=1)} %"

    def _money(self, amount: Decimal) -> str:
        currency = self.company_id.currency_id
        return formatLang(self.env, float(amount), currency_obj=currency)
