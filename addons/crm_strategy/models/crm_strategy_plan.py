from __future__ import annotations

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.period import Period
from ..core.value import UNDEFINED
from .crm_facts import REVENUE_ROLES


class CrmStrategyPlan(models.Model):
    """How an objective is turned into deeds, with the revenue it aims at (S000-9.2-2)."""

    _name = "crm.strategy.plan"
    _description = "Plan of an Objective"
    _inherit = ["crm.strategy.part.mixin", "crm.type.mixin"]
    _order = "strategy_id, objective_id, date_from, id"
    _locked_fields = True
    _privacy_texts = ("name", "description")

    # identity
    objective_id = fields.Many2one(
        "crm.strategy.objective",
        string="Objective",
        required=True,
        index=True,
        ondelete="cascade",
        help="The objective that the plan is to reach.",
    )
    strategy_id = fields.Many2one(
        related="objective_id.strategy_id", store=True, required=False, index=True
    )
    name = fields.Char(string="Plan", required=True, help="What is done, in one sentence.")
    description = fields.Text(help="How, with what means and by whom.")
    crm_type = fields.Selection(default="operational")
    level = fields.Selection(related="objective_id.level", store=True)
    segment_id = fields.Many2one(
        "crm.segment",
        string="Segment",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The segment whose revenue counts; empty for all customers of the company.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        ondelete="set null",
        index=True,
        help="Who answers for the plan.",
    )
    date_from = fields.Date(string="From", help="First day; empty: that of the strategy.")
    date_to = fields.Date(string="To", help="Last day; empty: that of the strategy.")
    # revenue
    currency_id = fields.Many2one(related="company_id.currency_id")
    revenue_target_amount = fields.Monetary(
        string="Revenue target",
        help="Posted revenue without tax that the plan aims at, in the company's currency.",
    )
    revenue_posted_amount = fields.Monetary(
        string="Posted revenue (ERP)",
        compute="_compute_revenue",
        groups=REVENUE_ROLES,
        help="Posted revenue without tax of the plan's customers in its days: a fact of the books.",
    )
    has_revenue = fields.Boolean(
        string="Posted revenue is known",
        compute="_compute_revenue",
        groups=REVENUE_ROLES,
        help="Whether posted revenue is known at all; without it there is no figure, not 0.",
    )
    revenue_note = fields.Char(
        string="Plan against actual",
        compute="_compute_revenue",
        groups=REVENUE_ROLES,
        help="Posted revenue in per cent of the target, or why there is no figure.",
    )

    @api.constrains("date_from", "date_to")
    def _check_dates(self) -> None:
        for plan in self:
            if plan.date_from and plan.date_to and plan.date_to < plan.date_from:
                raise ValidationError(
                    self.env._(
                        "Plan “%(name)s” ends before it begins. Correct its dates.", name=plan.name
                    )
                )

    @api.depends("revenue_target_amount", "segment_id", "date_from", "date_to", "objective_id")
    def _compute_revenue(self) -> None:
        facts = self.env["crm.facts"]
        known: dict = {}
        for plan in self:
            may_ask = plan.strategy_id and facts._may_ask(plan.company_id)
            key = (plan.company_id, plan._period()) if may_ask else None
            if key and key not in known:
                known[key] = facts._revenue_by_customer(*key)
            revenue = known.get(key, UNDEFINED)
            plan.has_revenue = revenue is not UNDEFINED
            plan.revenue_posted_amount = plan._sum_revenue(revenue) if plan.has_revenue else 0
            plan.revenue_note = plan._revenue_words()

    def _period(self) -> Period:
        last = self.date_to or self.strategy_id.date_to
        return Period.between(
            self.date_from or self.strategy_id.date_from, last and last + timedelta(days=1)
        )

    def _sum_revenue(self, revenue: dict):
        if not self.segment_id:
            return sum(revenue.values())
        # Access: a total of the segment that the plan names; no customer of it is shown.
        members = self.env["crm.customer"].sudo().search([("segment_id", "=", self.segment_id.id)])
        return sum(revenue.get(customer, 0) for customer in members.ids)

    def _revenue_words(self) -> str:
        if not self.has_revenue:
            return self.env["crm.facts"]._why_no_data()
        if not self.revenue_target_amount:
            return self.env._("No target was set.")
        share = 100 * self.revenue_posted_amount / self.revenue_target_amount
        return self.env._("%(share)s %% of the target", share=round(share))

    def _copy_to(self, objectives: dict) -> None:
        """Copies of the plans under the copies of their objectives."""
        for plan in self.filtered(lambda plan: plan.objective_id in objectives):
            plan.copy({"objective_id": objectives[plan.objective_id].id})
