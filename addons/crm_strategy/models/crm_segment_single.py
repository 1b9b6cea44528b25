from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmSegmentSingle(models.AbstractModel):
    """A segment of one: a key account that is a segment of its own (S001-4-MA)."""

    _name = "crm.segment.single"
    _description = "Segment of One"
    _inherit = ["crm.partner.keyed.mixin"]
    _partner_merge = "rekey"

    single_partner_id = fields.Many2one(
        "res.partner",
        string="Segment of one",
        index=True,
        ondelete="set null",
        readonly=True,
        help="The customer for whom this segment was opened; it comes before all other segments. "
        "Dissolve the segment to let the other rules decide again.",
    )

    @api.private
    def _open_single(self, customer: models.BaseModel) -> models.BaseModel:
        """A segment for this customer alone, on top of the order, with the customer in it."""
        if customer.segment_id.single_partner_id:
            raise UserError(
                self.env._(
                    "“%(name)s” has a segment of its own already. Open it, or dissolve it first.",
                    name=customer.name,
                )
            )
        first = self.search(
            [("company_id", "=", customer.company_id.id)], order="sequence", limit=1
        )
        segment = self.create(
            {
                "name": customer.name,
                "company_id": customer.company_id.id,
                "sequence": min(first.sequence, 1) - 1,
                "description": self.env._("A key account that is served as a segment of its own."),
            }
        )
        # Access: whoever may create segments opens this one; the link is written by no hand.
        segment.sudo().single_partner_id = customer.partner_id
        customer.write({"segment_id": segment.id, "is_segment_manual": False})
        return segment

    def action_dissolve(self) -> dict:
        """Archive a segment of one; its customer goes where the other rules put it."""
        self.check_access("write")
        for segment in self:
            if not segment.single_partner_id:
                raise UserError(
                    self.env._(
                        "“%(name)s” is a segment of many customers. Archive it instead.",
                        name=segment.name,
                    )
                )
        customers = self.customer_ids
        self.write({"active": False})
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("Segment dissolved"),
                "message": self._where_customers_went(customers),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _where_customers_went(self, customers: models.BaseModel) -> str:
        return " ".join(
            self.env._(
                "“%(name)s” is in segment “%(segment)s” now.",
                name=customer.name,
                segment=customer.segment_id.name,
            )
            if customer.segment_id
            else self.env._("“%(name)s” is unassigned now.", name=customer.name)
            for customer in customers
        )
