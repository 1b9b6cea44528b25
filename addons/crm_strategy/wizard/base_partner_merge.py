from __future__ import annotations

from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner) -> None:
        """Move our rows before the general update, which unique keys would block or delete."""
        self.env.flush_all()
        # Access: whoever may merge contacts merges all that hangs on them, also rows of other
        # companies and of models the person may not read.
        self.env["crm.customer"].sudo()._merge_hub(src_partners.ids, dst_partner.id)
        return super()._update_foreign_keys(src_partners, dst_partner)
