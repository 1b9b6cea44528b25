from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from odoo import api, fields, models
from odoo.tools import SQL


@dataclass(frozen=True)
class Coverage:
    """How many customers are covered, of how many; without any there is no share."""

    covered: int
    total: int

    @property
    def share(self) -> float | None:
        """Covered / total; None when there is nobody to cover."""
        return self.covered / self.total if self.total else None


class CrmPurpose(models.Model):
    """Why personal data is kept, on which legal basis and for how long (S002-4.3-2)."""

    _name = "crm.purpose"
    _description = "Purpose of Personal Data"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _order = "sequence, name, id"

    # identity
    name = fields.Char(
        required=True, translate=True, help="What the data is for, in words a customer understands."
    )
    code = fields.Char(
        required=True, help="Names the purpose for the kinds of records that are kept for it."
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        help="Empty: the purpose of all companies that have none of their own with this code.",
    )
    sequence = fields.Integer(default=10, help="Order in lists.")
    active = fields.Boolean(default=True, help="Untick when nothing is kept for it any more.")
    # basis
    legal_basis = fields.Selection(
        [
            ("contract", "Performance of a contract"),
            ("law", "Legal obligation"),
            ("consent", "Consent"),
            ("interest", "Legitimate interest"),
            ("vital", "Vital interest"),
            ("public", "Public task"),
        ],
        string="Legal basis",
        required=True,
        help="The ground in data protection law on which the data may be kept.",
    )
    needs_consent = fields.Boolean(
        string="Consent is asked",
        compute="_compute_needs_consent",
        store=True,
        readonly=False,
        help="Ticked: every contact person is asked and the answer is written down.",
    )
    retention_months = fields.Integer(
        string="Kept for (months)",
        aggregator=None,
        help="How long after the customer's last document. Zero: no period is set yet.",
    )
    description = fields.Text(
        translate=True, help="What is done with the data, as it is told to the people concerned."
    )
    # links
    rule_ids = fields.One2many("crm.retention.rule", "purpose_id", string="Retention rules")
    consent_ids = fields.One2many("crm.consent", "purpose_id", string="Consents")
    consent_count = fields.Integer(
        string="Running consents",
        compute="_compute_consent_count",
        help="Contacts of your companies who agree today.",
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))",
        "Another purpose of the company has this code already. Choose another code.",
    )
    _retention_check = models.Constraint(
        "CHECK (retention_months >= 0)",
        "A period is zero (not set) or a number of months.",
    )

    @api.depends("legal_basis")
    def _compute_needs_consent(self) -> None:
        for purpose in self:
            purpose.needs_consent = purpose.legal_basis == "consent"

    def _compute_consent_count(self) -> None:
        counts = dict(
            self.env["crm.consent"]._read_group(
                [("purpose_id", "in", self.ids), ("state", "=", "given")],
                ["purpose_id"],
                ["__count"],
            )
        )
        for purpose in self:
            purpose.consent_count = counts.get(purpose, 0)

    def action_open_consents(self) -> dict:
        """Open the consents for this purpose."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_consent_action")
        return {
            **action,
            "domain": [("purpose_id", "=", self.id)],
            "context": {"default_purpose_id": self.id},
        }

    @api.model
    def _of_companies(self, companies: models.BaseModel) -> CrmPurpose:
        """The purposes that hold for the companies, their own in place of shared ones."""
        return self.browse(
            {purpose.id for company in companies for purpose in self._of_company(company)}
        ).sorted()

    @api.model
    def _of_company(self, company: models.BaseModel) -> CrmPurpose:
        found = self.search([("company_id", "in", (company.id, False))])
        own = set(found.filtered("company_id").mapped("code"))
        return found.filtered(lambda purpose: purpose.company_id or purpose.code not in own)

    # coverage
    @api.model
    @api.private
    def _coverage(self, company: models.BaseModel, day: date) -> Coverage:
        """Customers of the company whose contact people are covered on the day (S002-4.3-2).

        Counted are customers with at least one contact person (the customer itself when it is a
        person). One is covered when every purpose of the company has a period, and every contact
        person has an answer, yes or no, to every purpose for which consent is asked.
        """
        states = self._covered_by_customer(company, day)
        return Coverage(sum(states.values()), len(states))

    @api.model
    @api.private
    def _covered_by_customer(
        self, company: models.BaseModel, day: date, ids: Sequence[int] | None = None
    ) -> dict[int, bool]:
        """Customer id -> whether its people are covered; without any contact person absent.

        Without ids: all customers of the company.
        """
        self.env.flush_all()
        return dict(self.env.execute_query(self._covered_sql(company, day, ids)))

    @api.model
    def _covered_sql(
        self, company: models.BaseModel, day: date, ids: Sequence[int] | None = None
    ) -> SQL:
        """SELECT of (customer_id, is_covered); flush before."""
        purposes = self._of_company(company)
        is_set = bool(purposes) and all(purpose.retention_months for purpose in purposes)
        asked = purposes.filtered("needs_consent").ids
        return SQL(
            """
            SELECT customer.id AS customer_id,
                   %(is_set)s AND bool_and(answer.count >= %(asked_count)s) AS is_covered
              FROM crm_customer AS customer
              JOIN res_partner AS person
                ON person.commercial_partner_id = customer.partner_id
               AND person.active
               AND NOT COALESCE(person.is_company, FALSE)
               AND (person.type = 'contact' OR person.id = customer.partner_id)
             CROSS JOIN LATERAL (
                SELECT COUNT(DISTINCT consent.purpose_id) AS count
                  FROM crm_consent AS consent
                 WHERE consent.partner_id = person.id
                   AND consent.company_id = customer.company_id
                   AND consent.purpose_id = ANY(%(asked)s)
                   AND consent.given_on <= %(day)s
             ) AS answer
             WHERE customer.company_id = %(company)s AND %(scope)s
          GROUP BY customer.id
            """,
            is_set=is_set,
            scope=SQL("TRUE") if ids is None else SQL("customer.id = ANY(%s)", list(ids)),
            asked=asked,
            asked_count=len(asked),
            day=day,
            company=company.id,
        )
