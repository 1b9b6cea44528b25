from __future__ import annotations

from odoo import api, fields, models


class CrmSegmentPreviewLine(models.TransientModel):
    """One segment of a preview: who is in it now, who enters, who leaves, who is in it then."""

    _name = "crm.segment.preview.line"
    _description = "Segment of a Preview"
    _order = "sequence, id"
    _rec_name = "name"

    preview_id = fields.Many2one("crm.segment.preview", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="preview_id.currency_id")
    has_revenue = fields.Boolean(related="preview_id.has_revenue")
    sequence = fields.Integer()
    segment_id = fields.Many2one(
        "crm.segment",
        string="Link to the segment",
        ondelete="cascade",
        help="Empty: customers without a segment.",
    )
    name = fields.Char(string="Segment", compute="_compute_name")
    before_count = fields.Integer(string="Today", help="Customers in the segment now.")
    enter_count = fields.Integer(string="Enter", help="Customers who come from elsewhere.")
    leave_count = fields.Integer(string="Leave", help="Customers who go elsewhere.")
    after_count = fields.Integer(
        string="Afterwards", compute="_compute_after_count", help="Today, plus enter, less leave."
    )
    enter_amount = fields.Monetary(
        string="Revenue that enters", help="Posted revenue of twelve months of those who enter."
    )
    leave_amount = fields.Monetary(
        string="Revenue that leaves", help="Posted revenue of twelve months of those who leave."
    )

    @api.depends("segment_id")
    def _compute_name(self) -> None:
        for line in self:
            line.name = line.segment_id.name or self.env._("Unassigned")

    @api.depends("before_count", "enter_count", "leave_count")
    def _compute_after_count(self) -> None:
        for line in self:
            line.after_count = line.before_count + line.enter_count - line.leave_count

    def action_open_enter(self) -> dict:
        """Open the customers who would enter the segment."""
        self.ensure_one()
        name = self.env._("Enter “%(segment)s”", segment=self.name)
        return self.preview_id._moves_action(name, [("to_id", "=", self.segment_id.id)])

    def action_open_leave(self) -> dict:
        """Open the customers who would leave the segment."""
        self.ensure_one()
        name = self.env._("Leave “%(segment)s”", segment=self.name)
        return self.preview_id._moves_action(name, [("from_id", "=", self.segment_id.id)])
