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
        Customer = self.env["crm.customer"].sudo()
        buyers = (src_partners | dst_partner).sudo().commercial_partner_id - src_partners
        Customer._merge_hub(src_partners.ids, dst_partner.id)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        # Access: as above.
        dst_partner.sudo()._crm_recompute_commercial()
        # A contact of one company that merges into a contact of another takes its documents along.
        known = buyers.exists() | dst_partner.sudo().commercial_partner_id
        companies = Customer.search([("partner_id", "in", known.ids)]).company_id
        Customer._collect_everything(companies.ids, known.ids)
        return result

    @api.model
    def _update_reference_fields(self, src_partners, dst_partner) -> None:
        """Move the links of the suite that name a contact by model and number."""
        result = super()._update_reference_fields(src_partners, dst_partner)
        self.env["crm.merge.link"]._move("res.partner", src_partners.ids, dst_partner.id)
        return result
