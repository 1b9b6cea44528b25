from __future__ import annotations

from odoo import fields, models

from .account_move import SALE_TYPES


class AccountMove(models.Model):
    """What is posted decides types and classes: the lanes sort these customers anew."""

    _inherit = "account.move"

    def write(self, vals: dict) -> bool:
        """Write entries; the customers before and after are sorted anew."""
        if "partner_id" in vals:
            self._crm_note_classes()
        result = super().write(vals)
        if vals.keys() & {"state", "partner_id", "invoice_date"}:
            self._crm_note_classes()
        return result

    def _crm_note_classes(self) -> None:
        """Note the customers of these documents; drafts that never counted change nothing."""
        today = fields.Date.context_today(self)
        # sudo: whoever posts need not read the contact; only ids leave this method.
        moves = self.sudo().filtered(
            lambda move: move.move_type in SALE_TYPES and move.partner_id and move.posted_before
        )
        if moves:
            self.env["crm.change"]._collect(
                "classes",
                [
                    (
                        move.company_id.id,
                        move.partner_id.commercial_partner_id.id,
                        move.invoice_date or move.date or today,
                    )
                    for move in moves
                ],
            )
