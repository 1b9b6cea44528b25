from __future__ import annotations

from datetime import date

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from ..core import rupture

Link = tuple[str, int, str]


class CrmRuptureWords(models.AbstractModel):
    """Says why a rupture fired, in the reader's language and with links to its documents."""

    _name = "crm.rupture.words"
    _description = "Words of Ruptures"

    why = fields.Html(
        string="Why it fired",
        compute="_compute_why",
        sanitize=False,
        help="What happened, with links to the documents that show it.",
    )
    why_text = fields.Char(
        string="Why", compute="_compute_why", help="What happened, in one sentence."
    )
    remedy = fields.Text(
        string="Suggested remedy",
        compute="_compute_remedy",
        help="What usually repairs a rupture of this cause; the strategy manager writes it.",
    )
    days = fields.Integer(
        string="Working days",
        compute="_compute_days",
        help="Working days of the company since it was due, or since it was opened; until it was "
        "settled, or until today.",
    )

    @api.depends("cause", "figures", "words", "amount", "due_on", "state", "moment_id")
    @api.depends_context("lang", "uid")
    def _compute_why(self) -> None:
        for item in self:
            # Access: names and numbers of the documents of a pass that the person may see.
            known = item.sudo()
            sentence = getattr(known, f"_why_{item.cause}", known._why_told)()
            item.why_text = sentence
            links = [
                Markup('<a href="/odoo/%s/%s">%s</a>') % (model, res_id, label)
                for model, res_id, label in known._documents()
            ]
            item.why = Markup("<p>%s</p>") % escape(sentence)
            if links:
                item.why += Markup("<p>%s</p>") % Markup(", ").join(links)

    @api.depends("cause")
    @api.depends_context("lang")
    def _compute_remedy(self) -> None:
        # Access: advice that everybody who sees ruptures reads; nothing else of the definition.
        rules = self.env["crm.rupture.rule"].sudo().search([("cause", "in", self.mapped("cause"))])
        remedies = {rule.cause: rule.remedy for rule in rules}
        for item in self:
            item.remedy = remedies.get(item.cause, False)

    @api.depends("due_on", "since", "closed_at", "company_id")
    def _compute_days(self) -> None:
        clocks = {company: self._clock(company) for company in self.company_id}
        for item in self:
            if item.company_id not in clocks:
                item.days = 0
                continue
            today, workdays = clocks[item.company_id]
            zone = self.with_context(tz=workdays.zone)
            begin = item.due_on or fields.Datetime.context_timestamp(zone, item.since).date()
            end = today
            if item.closed_at:
                end = fields.Datetime.context_timestamp(zone, item.closed_at).date()
            item.days = max(workdays.between(begin, end), 0)

    # documents
    def _documents(self) -> list[Link]:
        """(model, id, name) of the documents that show the rupture; the pass's first one else."""
        self.ensure_one()
        if self.links:
            return [(str(model), int(res_id), str(name)) for model, res_id, name in self.links]
        figures = self.figures or {}
        if figures.get("invoices"):
            moves = self.env["account.move"].browse(figures["invoices"]).exists()
            return [(move._name, move.id, move.name or "") for move in moves]
        relation = self.relationship_id
        if self.cause in (rupture.SHORT, rupture.UNBILLED):
            events = relation.event_ids.filtered(
                lambda event: event.fact == "order_confirmed" and not event.voided_at
            )
            orders = self.env["sale.order"].browse(events.mapped("res_id")).exists()
            if orders:
                return [(order._name, order.id, order.name or "") for order in orders]
        root = self.env.get(relation.root_model)
        root = root.browse(relation.root_id).exists() if root is not None else None
        return [(root._name, root.id, root.display_name or "")] if root else []

    # sentences
    def _why_late(self) -> str:
        figures = self.figures or {}
        values = {
            "moment": self.moment_id.display_name,
            "started": self._day(figures.get("started")),
            "due": self._day(self.due_on),
            "target": figures.get("target"),
            "days": self.days,
        }
        if figures.get("promised"):
            return self.env._(
                "“%(moment)s” is promised for %(due)s and late. Working days since: %(days)s.",
                **values,
            )
        return self.env._(
            "“%(moment)s” began on %(started)s and should have been over by %(due)s (target in "
            "working days: %(target)s). Working days since: %(days)s.",
            **values,
        )

    def _why_short(self) -> str:
        return self.env._(
            "A part was delivered; goods for %(amount)s are missing. All was due on %(due)s; "
            "working days since: %(days)s.",
            amount=self._money(),
            due=self._day(self.due_on),
            days=self.days,
        )

    def _why_unbilled(self) -> str:
        return self.env._(
            "%(amount)s can be invoiced since %(ready)s and is not. It was due on %(due)s; "
            "working days since: %(days)s.",
            amount=self._money(),
            ready=self._day((self.figures or {}).get("ready")),
            due=self._day(self.due_on),
            days=self.days,
        )

    def _why_unpaid(self) -> str:
        return self.env._(
            "%(amount)s is not paid. It was due on %(due)s; working days since: %(days)s.",
            amount=self._money(),
            due=self._day(self.due_on),
            days=self.days,
        )

    def _why_silent(self) -> str:
        figures = self.figures or {}
        return self.env._(
            "Nothing was heard of the customer since %(last)s, for more than %(limit)s days.",
            last=self._day(figures.get("last")),
            limit=figures.get("limit"),
        )

    def _why_ownerless(self) -> str:
        owner = self.relationship_id.user_id
        if self.state == rupture.OPEN and owner and not owner.active:
            return self.env._(
                "%(name)s, who answered for the customer, no longer works here.", name=owner.name
            )
        return self.env._("Nobody answers for the customer.")

    def _why_out_of_order(self) -> str:
        return self.env._(
            "“%(moment)s” began on %(started)s, before the moments that should come first.",
            moment=self.moment_id.display_name,
            started=self._day((self.figures or {}).get("started")),
        )

    def _why_missing_input(self) -> str:
        # Kept by their ids, so that everybody reads their names in the own language; what was
        # settled long ago kept the names themselves.
        kept = (self.figures or {}).get("inputs", ())
        ids = [key for key in kept if isinstance(key, int)]
        needed = self.env["crm.moment.input"].browse(ids).exists()
        return self.env._(
            "“%(moment)s” began without what it needs: %(inputs)s.",
            moment=self.moment_id.display_name,
            inputs=", ".join(
                [*(key for key in kept if isinstance(key, str)), *needed.mapped("name")]
            ),
        )

    def _why_bad_satisfaction(self) -> str:
        figures = self.figures or {}
        answers = self.env["crm.satisfaction.answer"]
        said = answers._bad_words(figures.get("score"), figures.get("gaps", ()))
        return said or self._why_told()

    def _why_told(self) -> str:
        return self.words or ""

    # pieces
    def _money(self) -> str:
        return format_amount(self.env, self.amount, self.currency_id)

    def _day(self, day: date | str | None) -> str:
        return format_date(self.env, day) if day else "–"
