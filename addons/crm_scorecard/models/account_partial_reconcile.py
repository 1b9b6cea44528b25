from __future__ import annotations

from odoo import api, models


class AccountPartialReconcile(models.Model):
    """A payment matched with an invoice changes what the customer still owes."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> AccountPartialReconcile:
        """Match entries; the profiles of the customers follow."""
        partials = super().create(vals_list)
        partials._crm_profile_collect()
        return partials

    def unlink(self) -> bool:
        """Undo matches; the profiles of the customers follow."""
        self._crm_profile_collect()
        return super().unlink()

    def _crm_profile_collect(self) -> None:
        """Note the customers of the matched documents."""
        # sudo: whoever matches payments need not read both entries; only ids are collected.
        partials = self.sudo()
        (partials.debit_move_id | partials.credit_move_id).move_id._crm_profile_collect()
