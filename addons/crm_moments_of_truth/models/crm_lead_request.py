from __future__ import annotations

from odoo import api, models

from ..core.event_rule import REQUEST


class CrmLead(models.Model):
    """Requests wake the rules that answer them."""

    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list: list[dict]):
        """Create leads; rules about requests are asked to look at once."""
        leads = super().create(vals_list)
        if leads and self.env["crm.event.rule"]._reacts_to(REQUEST):
            cron = self.env.ref(
                "crm_moments_of_truth.crm_event_request_cron", raise_if_not_found=False
            )
            if cron:
                # sudo: whoever creates a lead only asks for the next run of our own action.
                cron.sudo()._trigger()
        return leads
