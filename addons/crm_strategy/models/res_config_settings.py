from __future__ import annotations

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_assign_daily = fields.Boolean(related="company_id.crm_assign_daily", readonly=False)

    crm_refuse_uncovered_legal = fields.Boolean(
        related="company_id.crm_refuse_uncovered_legal", readonly=False
    )
    crm_legal_override_group_id = fields.Many2one(
        related="company_id.crm_legal_override_group_id", readonly=False
    )

    def action_crm_setup(self) -> dict:
        """Open the set-up of the company."""
        return self.env["crm.setup"].with_company(self.company_id).action_open()
