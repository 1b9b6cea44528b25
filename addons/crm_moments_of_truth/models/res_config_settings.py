from __future__ import annotations

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_quiet_days = fields.Integer(related="company_id.crm_quiet_days", readonly=False)
    crm_silent_days = fields.Integer(related="company_id.crm_silent_days", readonly=False)
    crm_rupture_cap = fields.Integer(related="company_id.crm_rupture_cap", readonly=False)
