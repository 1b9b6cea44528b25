from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.loyalty import freshness, intimacy
from ..core.value import UNDEFINED, Undefined, as_decimal


class ProfilePart(NamedTuple):
    """A key datum of a customer: what people call it, and when it is known.

    ``known`` is a condition over ``partner`` (the customer's contact record) and ``people`` (its
    named contacts, counted); ``for_people`` says whether a private person has it too.
    """

    code: str
    label: str
    known: SQL
    for_people: bool = True


class CrmCustomerCloseness(models.AbstractModel):
    """How well a customer is known: key data, people, channels, last contact, consent.

    Everything here is computed when it is read, for all customers of a screen at once.
    """

    _name = "crm.customer.closeness"
    _description = "Closeness of Customers"

    completeness_rate = fields.Float(
        string="Key data known",
        compute="_compute_completeness",
        aggregator=None,
        help="Key data that is filled in / key data a customer should have.",
    )
    missing_data = fields.Char(
        string="Still missing",
        compute="_compute_completeness",
        help="Key data to fill in on the contact; it ends phase 1.",
    )
    intimacy_rate = fields.Float(
        string="Closeness",
        compute="_compute_intimacy",
        aggregator=None,
        help="Mean of the parts below: people with a role in the purchase, people with a "
        "preferred channel, what customers of the segment choose by, and how fresh the last "
        "contact is.",
    )
    intimacy_reason = fields.Text(
        string="How closeness comes about",
        compute="_compute_intimacy",
        help="The parts of the figure, each between 0 % and 100 %.",
    )
    last_contact_date = fields.Date(
        string="Last contact",
        compute="_compute_intimacy",
        help="Day of the last message, finished activity or request through one of the channels.",
    )
    duplicate_count = fields.Integer(
        string="Possible duplicates",
        compute="_compute_duplicate_count",
        search="_search_duplicate_count",
        help="Other customers of the company with the same VAT number or the same e-mail address.",
    )
    privacy_state = fields.Selection(
        [
            ("covered", "Covered"),
            ("open", "Answers missing"),
            ("nobody", "Nobody named"),
        ],
        string="Consent and retention",
        compute="_compute_privacy_state",
        search="_search_privacy_state",
        help="Covered: every purpose has a period, and every contact person answered wherever "
        "consent is asked.",
    )

    # ------------------------------------------------------------------
    # Key data
    # ------------------------------------------------------------------

    @api.model
    def _profile_parts(self) -> list[ProfilePart]:
        """The key data of a customer (S001-5a); extend it per addon."""
        return [
            ProfilePart("email", self.env._("e-mail address"), self._filled("email")),
            ProfilePart("phone", self.env._("phone number"), self._filled("phone")),
            ProfilePart("street", self.env._("street"), self._filled("street")),
            ProfilePart("city", self.env._("city"), self._filled("city")),
            ProfilePart("country", self.env._("country"), SQL("partner.country_id IS NOT NULL")),
            ProfilePart("lang", self.env._("language"), self._filled("lang")),
            ProfilePart("vat", self.env._("VAT number"), self._filled("vat"), False),
            ProfilePart(
                "industry", self.env._("industry"), SQL("partner.industry_id IS NOT NULL"), False
            ),
            ProfilePart("contact", self.env._("a named contact"), SQL("people.count > 0"), False),
            ProfilePart(
                "reachable",
                self.env._("a contact with e-mail or phone"),
                SQL("people.reachable > 0"),
                False,
            ),
        ]

    @api.model
    def _filled(self, column: str) -> SQL:
        return SQL("COALESCE(%s, '') <> ''", SQL.identifier("partner", column))

    @api.model
    def _profile_rows(self, ids: Iterable[int]) -> dict[int, dict[str, bool | None]]:
        """Customer id -> key datum -> whether it is known; None where it is not asked."""
        parts = self._profile_parts()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT customer.id, %(parts)s
                  FROM crm_customer AS customer
                  JOIN res_partner AS partner ON partner.id = customer.partner_id
             LEFT JOIN LATERAL (
                    SELECT COUNT(*) AS count,
                           COUNT(*) FILTER (
                               WHERE COALESCE(person.email, '') <> ''
                                  OR COALESCE(person.phone, '') <> ''
                           ) AS reachable
                      FROM res_partner AS person
                     WHERE person.commercial_partner_id = partner.id AND person.active
                       AND person.id <> partner.id AND person.type = 'contact'
                 ) AS people ON TRUE
                 WHERE customer.id = ANY(%(ids)s)
                """,
                parts=SQL(", ").join(
                    part.known
                    if part.for_people
                    else SQL("CASE WHEN partner.is_company THEN (%s) END", part.known)
                    for part in parts
                ),
                ids=list(ids),
            )
        )
        codes = [part.code for part in parts]
        return {row[0]: dict(zip(codes, row[1:], strict=True)) for row in rows}

    @api.model
    def _completeness_rates(self, ids: Iterable[int]) -> dict[int, Decimal]:
        """Customer id -> known key data / asked key data, to four decimals."""
        found = {}
        for customer_id, known in self._profile_rows(ids).items():
            asked = [value for value in known.values() if value is not None]
            rate = Decimal(sum(asked)) / Decimal(len(asked))
            found[customer_id] = rate.quantize(Decimal("0.0001"))
        return found

    @api.depends("partner_id")
    def _compute_completeness(self) -> None:
        labels = {part.code: part.label for part in self._profile_parts()}
        known = self._profile_rows(self.ids)
        for customer in self:
            parts = {
                code: value
                for code, value in known.get(customer.id, {}).items()
                if value is not None
            }
            customer.completeness_rate = sum(parts.values()) / len(parts) if parts else 0.0
            customer.missing_data = ", ".join(
                labels[code] for code, value in parts.items() if not value
            )

    # ------------------------------------------------------------------
    # Closeness
    # ------------------------------------------------------------------

    def _intimacy_parts(self, days: dict[int, date]) -> dict[int, dict[str, Decimal | Undefined]]:
        """Customer id -> part of closeness -> 0 to 1, or no data; extend it per addon.

        ``days``: customer id -> day of the last contact. A customer of whom nobody is named
        scores 0 for what is asked of people: that is known.
        """
        people = self._intimacy_people()
        criteria = self._intimacy_criteria()
        today = fields.Date.context_today(self)
        found = {}
        for customer in self:
            count, roles, channels = people.get(customer.id, (0, 0, 0))
            last = days.get(customer.id)
            found[customer.id] = {
                "roles": Decimal(roles) / count if count else Decimal(0),
                "channels": Decimal(channels) / count if count else Decimal(0),
                "criteria": Decimal(customer.id in criteria),
                "freshness": freshness((today - last).days) if last else Decimal(0),
            }
        return found

    def _intimacy_people(self) -> dict[int, tuple[int, int, int]]:
        """Customer id -> named people, those with a role in the purchase, with a channel."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT customer.id, COUNT(*), COUNT(person.crm_decision_role),
                       COUNT(person.crm_channel_id)
                  FROM crm_customer AS customer
                  JOIN res_partner AS partner ON partner.id = customer.partner_id
                  JOIN res_partner AS person
                    ON person.commercial_partner_id = customer.partner_id AND person.active
                   AND (person.type = 'contact' AND person.id <> partner.id
                        OR person.id = partner.id AND NOT COALESCE(partner.is_company, FALSE))
                 WHERE customer.id = ANY(%s)
              GROUP BY customer.id
                """,
                self.ids,
            )
        )
        return {row[0]: row[1:] for row in rows}

    def _intimacy_criteria(self) -> set[int]:
        """Customers of whose segment it is written down what they choose by."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT customer.id
                  FROM crm_customer AS customer
                  JOIN crm_segment_plan AS plan ON plan.segment_id = customer.segment_id
                  JOIN crm_buying_criterion AS criterion ON criterion.plan_id = plan.id
                 WHERE customer.id = ANY(%s)
                """,
                self.ids,
            )
        )
        return {customer_id for (customer_id,) in rows}

    def _last_contacts(self) -> dict[int, date]:
        """Customer id -> day of the last contact with its people in the customer's company."""
        self.env.flush_all()
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT customer.id, MAX(contact.date)
                      FROM crm_customer AS customer
                      JOIN (%(contacts)s) AS contact
                        ON contact.partner_id = customer.partner_id
                       AND contact.company_id = customer.company_id
                     WHERE customer.id = ANY(%(ids)s)
                       AND contact.partner_id = ANY(%(partners)s)
                  GROUP BY customer.id
                    """,
                    contacts=self.env["crm.channel.contact"]._contacts_sql(),
                    ids=self.ids,
                    partners=self.partner_id.ids,
                )
            )
        )

    @api.model
    def _intimacy_labels(self) -> dict[str, str]:
        """Names of the parts of closeness; extend it with ``_intimacy_parts``."""
        return {
            "roles": self.env._("People with a known role in the purchase"),
            "channels": self.env._("People with a known preferred channel"),
            "criteria": self.env._("What such customers choose by is written down"),
            "freshness": self.env._("Freshness of the last contact (30 days: 100 %, 180: 0 %)"),
        }

    @api.depends("partner_id")
    def _compute_intimacy(self) -> None:
        days = self._last_contacts()
        parts = self._intimacy_parts(days)
        labels = self._intimacy_labels()
        for customer in self:
            known = parts.get(customer.id, {})
            value = intimacy(list(known.values()))
            customer.intimacy_rate = 0.0 if value is UNDEFINED else float(value)
            customer.intimacy_reason = "\n".join(
                self.env._(
                    "%(part)s: %(value)s",
                    part=labels[code],
                    value=self.env._("no data")
                    if share is UNDEFINED
                    else f"{round(as_decimal(share) * 100)} %",
                )
                for code, share in known.items()
            )
            customer.last_contact_date = days.get(customer.id, False)

    # ------------------------------------------------------------------
    # Duplicates
    # ------------------------------------------------------------------

    @api.model
    def _duplicate_sql(self, ids: Iterable[int] | None = None) -> SQL:
        """SELECT of (id, other_id): customers of one company with equal VAT number or e-mail."""
        keyed = SQL(
            """
            SELECT customer.id, customer.company_id, word.key
              FROM crm_customer AS customer
              JOIN res_partner AS partner ON partner.id = customer.partner_id
             CROSS JOIN LATERAL (VALUES
                    ('vat ' || NULLIF(UPPER(
                        REGEXP_REPLACE(partner.vat, '[^[:alnum:]]', '', 'g')), '')),
                    ('mail ' || NULLIF(partner.email_normalized, ''))
             ) AS word (key)
             WHERE customer.company_id = ANY(%s) AND word.key IS NOT NULL
            """,
            self.env.companies.ids,
        )
        return SQL(
            """
            SELECT DISTINCT this.id, other.id AS other_id
              FROM (%(keyed)s) AS this
              JOIN (%(keyed)s) AS other
                ON other.company_id = this.company_id AND other.key = this.key
               AND other.id <> this.id
             WHERE %(scope)s
            """,
            keyed=keyed,
            scope=SQL("TRUE") if ids is None else SQL("this.id = ANY(%s)", list(ids)),
        )

    @api.depends("partner_id")
    def _compute_duplicate_count(self) -> None:
        self.env.flush_all()
        counts = dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, COUNT(*) FROM (%s) AS pair GROUP BY id",
                    self._duplicate_sql(self.ids),
                )
            )
        )
        for customer in self:
            customer.duplicate_count = counts.get(customer.id, 0)

    def _search_duplicate_count(self, operator: str, value: object) -> Domain:
        """Customers with possible duplicates (“> 0”) or without (“= 0”)."""
        if (operator, value) == (">", 0):
            self.env.flush_all()
            return Domain("id", "in", SQL("(SELECT id FROM (%s) AS pair)", self._duplicate_sql()))
        return NotImplemented

    def action_open_duplicates(self) -> dict:
        """Open the contacts that look like the customer, to compare and merge them."""
        self.ensure_one()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL("SELECT other_id FROM (%s) AS pair", self._duplicate_sql(self.ids))
        )
        twins = self.browse(other_id for (other_id,) in rows)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Possible duplicates of %(name)s", name=self.display_name),
            "res_model": "res.partner",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", (self + twins).partner_id.ids)],
        }

    # ------------------------------------------------------------------
    # Consent and retention
    # ------------------------------------------------------------------

    @api.depends("partner_id")
    def _compute_privacy_state(self) -> None:
        states: dict[int, bool] = {}
        today = fields.Date.context_today(self)
        for company, customers in self.grouped("company_id").items():
            states |= self.env["crm.purpose"]._covered_by_customer(company, today, customers.ids)
        for customer in self:
            is_covered = states.get(customer._origin.id)
            customer.privacy_state = (
                "nobody" if is_covered is None else "covered" if is_covered else "open"
            )

    def _search_privacy_state(self, operator: str, value: object) -> Domain:
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        answers = SQL(" UNION ALL ").join(
            self.env["crm.purpose"]._covered_sql(company, today) for company in self.env.companies
        )
        self.env.flush_all()
        wanted = [state == "covered" for state in value if state in ("covered", "open")]
        domain = Domain(
            "id",
            "in",
            SQL(
                "(SELECT customer_id FROM (%s) AS answer WHERE is_covered = ANY(%s::bool[]))",
                answers,
                wanted,
            ),
        )
        if "nobody" in value:
            named = SQL("(SELECT customer_id FROM (%s) AS answer)", answers)
            domain |= Domain("id", "not in", named)
        return domain
