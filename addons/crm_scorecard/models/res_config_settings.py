from __future__ import annotations

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_margin_basis = fields.Selection(related="company_id.crm_margin_basis", readonly=False)
    crm_margin_account_ids = fields.Many2many(
        related="company_id.crm_margin_account_ids", readonly=False
    )
    crm_rate_days = fields.Integer(related="company_id.crm_rate_days", readonly=False)
    crm_model_customers = fields.Integer(related="company_id.crm_model_customers", readonly=False)
