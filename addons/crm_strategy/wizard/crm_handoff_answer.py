from __future__ import annotations

from odoo import fields, models


class CrmHandoffAnswer(models.TransientModel):
    """Asks why a hand-off is refused or withdrawn."""

    _name = "crm.handoff.answer"
    _description = "Answer to a Hand-off"

    handoff_id = fields.Many2one("crm.handoff", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="handoff_id.company_id")
    target = fields.Selection(
        [("refused", "Refuse"), ("withdrawn", "Withdraw")], required=True, default="refused"
    )
    reason = fields.Text(
        required=True, help="The other side reads it, and so does the leader of the team."
    )

    def action_confirm(self) -> None:
        """Refuse or withdraw with the reason given."""
        self.ensure_one()
        self.handoff_id._end(self.target, self.reason)
