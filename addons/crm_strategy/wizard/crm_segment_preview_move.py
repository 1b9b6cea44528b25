from __future__ import annotations

from odoo import api, fields, models


class CrmSegmentPreviewMove(models.TransientModel):
    """One customer whom an assignment would move. Written set-based."""

    _name = "crm.segment.preview.move"
    _description = "Move of a Preview"
    _inherit = ["crm.partner.keyed.mixin"]
    _order = "id"
    _rec_name = "customer_id"
    _partner_merge = "rekey"
    _privacy_purpose = "profiling"
    # Gone within a day, as every wizard.
    _privacy_expiry = "keep"

    preview_id = fields.Many2one(
        "crm.segment.preview", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="preview_id.currency_id")
    customer_id = fields.Many2one(
        "crm.customer", required=True, ondelete="cascade", help="Who would move."
    )
    from_id = fields.Many2one(
        "crm.segment", string="Leaves", ondelete="cascade", help="Empty: unassigned today."
    )
    to_id = fields.Many2one(
        "crm.segment", string="Enters", ondelete="cascade", help="Empty: no rule fits."
    )
    user_id = fields.Many2one(related="customer_id.user_id", string="Owner")
    is_known = fields.Boolean(string="Has revenue")
    revenue_amount = fields.Monetary(
        string="Revenue", help="Posted revenue without tax of the last twelve months."
    )
    revenue_text = fields.Char(
        string="Revenue of 12 months",
        compute="_compute_revenue_text",
        help="“No data” when no addon knows invoices, or the customer has none.",
    )

    @api.depends("is_known", "revenue_amount")
    def _compute_revenue_text(self) -> None:
        for move in self:
            move.revenue_text = (
                move.currency_id.format(move.revenue_amount)
                if move.is_known
                else self.env._("No data")
            )

    def action_open_customer(self) -> dict:
        """Open the customer."""
        self.ensure_one()
        return self.customer_id.get_formview_action()
