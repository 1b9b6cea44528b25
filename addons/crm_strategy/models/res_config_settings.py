from __future__ import annotations

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_assign_daily = fields.Boolean(related="company_id.crm_assign_daily", readonly=False)
    crm_readiness_threshold = fields.Integer(
        related="company_id.crm_readiness_threshold", readonly=False
    )
    crm_readiness_coverage = fields.Float(
        related="company_id.crm_readiness_coverage", readonly=False
    )
    crm_fit_cycle_days = fields.Integer(related="company_id.crm_fit_cycle_days", readonly=False)
    crm_fit_order_amount = fields.Monetary(
        related="company_id.crm_fit_order_amount",
        readonly=False,
        currency_field="crm_currency_id",
    )
    crm_fit_repeat_rate = fields.Float(related="company_id.crm_fit_repeat_rate", readonly=False)
    crm_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the company"
    )

    crm_refuse_uncovered_legal = fields.Boolean(
        related="company_id.crm_refuse_uncovered_legal", readonly=False
    )
    crm_legal_override_group_id = fields.Many2one(
        related="company_id.crm_legal_override_group_id", readonly=False
    )

    def action_crm_setup(self) -> dict:
        """Open the set-up of the company."""
        return self.env["crm.setup"].with_company(self.company_id).action_open()
