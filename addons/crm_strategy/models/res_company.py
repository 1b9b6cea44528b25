from __future__ import annotations

from datetime import date

from odoo import api, fields, models


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "crm.audited.mixin"]

    crm_assign_daily = fields.Boolean(
        string="Assign customers every day",
        default=True,
        help="Every night the segment rules place all customers anew, except those placed by "
        "hand. Without it, customers move only when a person assigns them.",
    )
    # readiness gate
    crm_readiness_threshold = fields.Integer(
        string="Points that open the readiness gate",
        default=60,
        help="From 0 to 100. Below it, approving a strategy needs a reason and a manager.",
    )
    crm_readiness_coverage = fields.Float(
        string="Questions that must be answered",
        default=0.8,
        help="Share of the readiness questions that need an answer before the points count.",
    )
    # fit test
    crm_fit_cycle_days = fields.Integer(
        string="Long sales from (days)",
        default=30,
        help="Sales that take so many days from the first contact on speak for CRM.",
    )
    crm_fit_order_amount = fields.Monetary(
        string="Large orders from",
        default=1000,
        currency_field="currency_id",
        help="Orders of this value and above, without tax, speak for CRM.",
    )
    crm_fit_repeat_rate = fields.Float(
        string="Customers who come again from",
        default=0.3,
        help="This share of customers with more than one order, or a larger one, speaks for CRM.",
    )

    _crm_readiness_check = models.Constraint(
        "CHECK (crm_readiness_threshold BETWEEN 0 AND 100 "
        "AND crm_readiness_coverage BETWEEN 0 AND 1)",
        "The readiness gate opens between 0 and 100 points and asks for 0 to 100 % of the "
        "questions. Correct the settings of the gate.",
    )
    _crm_fit_check = models.Constraint(
        "CHECK (crm_fit_cycle_days >= 0 AND crm_fit_order_amount >= 0 "
        "AND crm_fit_repeat_rate BETWEEN 0 AND 1)",
        "The bounds of the fit test are not negative, and a share is at most 100 %. "
        "Correct the settings of the fit test.",
    )

    crm_refuse_uncovered_legal = fields.Boolean(
        string="Refuse orders with an uncovered legal need",
        help="An order of a customer with a legal need that no approved commitment covers cannot "
        "be confirmed, except by the group below and with a reason. Without it, orders and "
        "opportunities only show a warning.",
    )
    crm_legal_override_group_id = fields.Many2one(
        "res.groups",
        string="Who may decide otherwise",
        ondelete="set null",
        default=lambda self: self.env.ref(
            "crm_strategy.crm_strategy_group_manager", raise_if_not_found=False
        ),
        help="People of this group may confirm such an order; they write down the reason.",
    )

    def write(self, vals: dict) -> bool:
        """Write companies; the zone of the calendar cuts the days of their figures."""
        result = super().write(vals)
        if "resource_calendar_id" in vals:
            self.env["crm.indicator"]._note_stale(self.ids, date.min)
        return result

    def unlink(self) -> bool:
        """Delete companies; their teams first let go of the segments that go along."""
        # Access: who may delete a company deletes what belongs to it; a team that stays without
        # its company may not serve a segment.
        Team = self.env["crm.team"].sudo().with_context(active_test=False)
        Team.search([("company_id", "in", self.ids)]).crm_segment_id = False
        Team.flush_model(["crm_segment_id"])
        return super().unlink()

    # audit
    @api.model
    def _audit_names(self) -> list[str]:
        """The settings of the suite, of whichever addon; Odoo's own are not ours to log."""
        return [
            name
            for name, field in self._fields.items()
            if name.startswith("crm_") and field.store and not field.related and not field.readonly
        ]

    def _audit_summary(self) -> str:
        """Nothing: a new company begins with the settings that everybody begins with."""
        return ""

    def _audit_company(self) -> ResCompany:
        return self
