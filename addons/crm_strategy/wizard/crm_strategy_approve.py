from __future__ import annotations

from odoo import fields, models


class CrmStrategyApprove(models.TransientModel):
    """Asks why a strategy is approved although the readiness gate is closed."""

    _name = "crm.strategy.approve"
    _description = "Approval below the Readiness Gate"

    strategy_id = fields.Many2one(
        "crm.strategy", required=True, readonly=True, ondelete="cascade", string="Strategy"
    )
    company_id = fields.Many2one(related="strategy_id.company_id", store=True)
    obstacle = fields.Text(string="Why the gate is closed", compute="_compute_obstacle")
    reason = fields.Text(
        required=True,
        help="Why the strategy is approved all the same. It stays on the strategy, in its chatter "
        "and in the audit log, with your name.",
    )

    def _compute_obstacle(self) -> None:
        for wizard in self:
            wizard.obstacle = wizard.strategy_id._gate_obstacle()

    def action_approve(self) -> dict:
        """Approve the strategy with the reason."""
        self.ensure_one()
        self.strategy_id._approve_below_gate(self.reason)
        return {"type": "ir.actions.act_window_close"}
