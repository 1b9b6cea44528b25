from __future__ import annotations

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_unbilled_days = fields.Integer(related="company_id.crm_unbilled_days", readonly=False)
