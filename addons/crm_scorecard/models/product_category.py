from __future__ import annotations

from odoo import fields, models


class ProductCategory(models.Model):
    _inherit = "product.category"

    crm_margin_rate = fields.Float(
        string="Assumed margin",
        company_dependent=True,
        groups="crm_strategy.crm_strategy_group_manager,crm_strategy.crm_strategy_group_finance",
        help="Share of the sales price that is margin, between 0 % and 100 %. Used where the "
        "company's margin basis is the percentage of the category; 0 % means not stated.",
    )
