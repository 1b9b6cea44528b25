from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL

SALE_TYPES = ("out_invoice", "out_refund", "out_receipt")
# What a profile is made of, apart from the state and the amounts of a posted entry.
WATCHED = {"partner_id", "invoice_date", "date"}


class AccountMove(models.Model):
    """Posted invoices, receipts and credit notes give a customer its value."""

    _name = "account.move"
    _inherit = ["account.move", "crm.segment.then.mixin"]

    # Holds all that a profile is summed from, so that neither the whole refresh nor that of a few
    # customers reads the documents themselves.
    _crm_profile_idx = models.Index(
        "(partner_id, company_id) INCLUDE (move_type, invoice_date, date, amount_untaxed_signed, "
        "amount_residual_signed) WHERE state = 'posted' "
        "AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
    )

    def write(self, vals: dict) -> bool:
        """Write entries; the profiles of the customers before and after follow."""
        if "partner_id" in vals:
            self._crm_profile_collect_posted()
        result = super().write(vals)
        # Posting, resetting to draft and cancelling all write the state.
        if "state" in vals:
            self._crm_profile_collect()
        elif WATCHED & vals.keys():
            self._crm_profile_collect_posted()
        return result

    def unlink(self) -> bool:
        """Delete entries; the profiles of their customers follow."""
        self._crm_profile_collect_posted()
        return super().unlink()

    def _crm_profile_collect_posted(self) -> None:
        """Note the customers of those documents that count now."""
        self.filtered(lambda move: move.state == "posted")._crm_profile_collect()

    def _crm_profile_collect(self) -> None:
        """Note the customers of these documents; their profiles are renewed by a lane."""
        # sudo: whoever posts or matches need not read the contact; only ids leave this method.
        moves = self.sudo().filtered(lambda move: move.move_type in SALE_TYPES and move.partner_id)
        if moves:
            today = fields.Date.context_today(self)
            self.env["crm.change"]._collect(
                "profile",
                [
                    (
                        move.company_id.id,
                        move.partner_id.commercial_partner_id.id,
                        move.invoice_date or move.date or today,
                    )
                    for move in moves
                ],
            )

    @api.model
    def _segment_then_date_sql(self, alias: str) -> SQL:
        table = SQL.identifier(alias)
        return SQL("COALESCE(%s.invoice_date, %s.date)", table, table)
