from __future__ import annotations

from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import format_amount, formatLang

from ..core.loyalty import LoyaltyRule, PhaseRule
from ..core.value import as_decimal


class CrmClassRule(models.Model):
    """The thresholds by which a company's customers are sorted; one record per company.

    A company without a record sorts by the defaults. Whatever is changed here takes effect at
    the next classification.
    """

    _name = "crm.class.rule"
    _description = "Thresholds of Classes"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _order = "company_id"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="Our company whose customers are sorted by these thresholds.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    # types
    margin_amount = fields.Monetary(
        string="Profitable from a margin of",
        default=0.0,
        help="Margin of the last twelve months from which on a customer counts as profitable. "
        "Zero: everybody on whom you lose nothing.",
    )
    tenure_months = fields.Integer(
        string="Long relation from (months)",
        default=24,
        aggregator=None,
        help="Months since the first purchase from which on a relation counts as long.",
    )
    band_rate = fields.Float(
        string="Band around the bounds",
        default=0.1,
        digits=(6, 3),
        aggregator=None,
        help="A customer near a bound keeps its class until the bound is passed by this part of "
        "it, so that nobody changes class to and fro.",
    )
    # classes
    repeat_count = fields.Integer(
        string="A habit from (purchases)",
        default=3,
        aggregator=None,
        help="With fewer purchases a customer is indifferent: there is no habit to judge.",
    )
    late_after = fields.Float(
        string="Late after (times the usual interval)",
        default=2.0,
        digits=(6, 2),
        aggregator=None,
        help="Who usually buys every 30 days is late after 60 with the value 2: less loyal.",
    )
    lost_after = fields.Float(
        string="Lost after (times the usual interval)",
        default=4.0,
        digits=(6, 2),
        aggregator=None,
        help="Who usually buys every 30 days counts as lost after 120 with the value 4.",
    )
    falling_rate = fields.Float(
        string="Less loyal below",
        default=0.7,
        digits=(6, 3),
        aggregator=None,
        help="Purchases of the last period / purchases of the period before. Below this part the "
        "customer buys elsewhere: less loyal.",
    )
    rising_rate = fields.Float(
        string="Loyal from",
        default=1.1,
        digits=(6, 3),
        aggregator=None,
        help="Purchases of the last period / purchases of the period before. From this part on "
        "the customer entrusts you with more: loyal.",
    )
    # phases
    completeness_rate = fields.Float(
        string="Key data known",
        default=0.8,
        digits=(6, 3),
        aggregator=None,
        help="Part of the key data (address, numbers, industry, a named contact …) that has to "
        "be filled before phase 1 is over.",
    )
    completeness_band = fields.Float(
        string="Back to phase 1 when missed by",
        default=0.05,
        digits=(6, 3),
        aggregator=None,
        help="Key data may become less by this much before the customer returns to phase 1.",
    )
    phase_days = fields.Integer(
        string="Least days in a phase",
        default=30,
        aggregator=None,
        help="Phases take time: a customer goes on after this many days at the earliest, one "
        "phase at a time.",
    )

    _company_uniq = models.Constraint(
        "UNIQUE (company_id)", "The company has its thresholds already. Change those."
    )
    _bounds_check = models.Constraint(
        "CHECK (late_after > 0 AND lost_after > late_after AND rising_rate > falling_rate "
        "AND falling_rate > 0)",
        "“Lost” comes after “late”, and “loyal” lies above “less loyal”. Correct the thresholds.",
    )
    _sizes_check = models.Constraint(
        "CHECK (tenure_months > 0 AND repeat_count > 1 AND phase_days >= 0 AND band_rate >= 0 "
        "AND band_rate < 1 AND completeness_rate > 0 AND completeness_rate <= 1 "
        "AND completeness_band >= 0 AND completeness_band < completeness_rate)",
        "Parts lie between 0 % and 100 %, months above 0, and a habit needs two purchases or "
        "more. Correct the thresholds.",
    )
    # A band that reaches from one bound to the next would let nobody leave.
    _band_check = models.Constraint(
        "CHECK (late_after * band_rate < lost_after - late_after "
        "AND band_rate < rising_rate - falling_rate)",
        "The band is wider than the way from one bound to the next: nobody would ever change. "
        "Choose a narrower band.",
    )

    @api.depends("company_id")
    def _compute_display_name(self) -> None:
        for rule in self:
            rule.display_name = self.env._(
                "Thresholds of %(company)s", company=rule.company_id.name or ""
            )

    @api.model
    def _of(self, company: models.BaseModel) -> CrmClassRule:
        """The thresholds of a company; a record with the defaults when it has none."""
        return self.search([("company_id", "=", company.id)]) or self.new(
            {"company_id": company.id}
        )

    # what core needs
    def _type_bounds(self) -> tuple[Decimal, Decimal]:
        self.ensure_one()
        return as_decimal(self.margin_amount), Decimal(self.tenure_months)

    def _loyalty_rule(self) -> LoyaltyRule:
        self.ensure_one()
        return LoyaltyRule(
            lost_after=as_decimal(self.lost_after),
            late_after=as_decimal(self.late_after),
            repeat=self.repeat_count,
            falling=as_decimal(self.falling_rate),
            rising=as_decimal(self.rising_rate),
            band=as_decimal(self.band_rate),
        )

    def _phase_rule(self) -> PhaseRule:
        self.ensure_one()
        return PhaseRule(
            needed=as_decimal(self.completeness_rate),
            band=as_decimal(self.completeness_band),
            days=self.phase_days,
        )

    # words
    def _amount_words(self) -> str:
        return format_amount(self.env, self.margin_amount, self.company_id.currency_id)

    def _number_words(self, value: float) -> str:
        return formatLang(self.env, value, digits=0 if value == int(value) else 1)

    # actions
    @api.model
    def action_open(self) -> dict:
        """Open the thresholds of the active company, made from the defaults when there are none."""
        company = self.env.company
        rule = self.search([("company_id", "=", company.id)])
        if not rule and self.has_access("create"):
            rule = self.create({"company_id": company.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Thresholds"),
            "res_model": self._name,
            "res_id": rule.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def action_classify(self) -> dict:
        """Sort all customers of the company by these thresholds now."""
        self.ensure_one()
        self.check_access("write")
        changed = self.env["crm.customer"]._classify(self.company_id)
        return self.env["crm.customer"]._classify_notification(changed)
