from __future__ import annotations

from odoo import fields, models


class SaleOrder(models.Model):
    """Orders that are contracts say until when they run."""

    _inherit = "sale.order"

    crm_contract_end = fields.Date(
        string="Contract runs until",
        index="btree_not_null",
        copy=False,
        groups="crm_strategy.crm_strategy_group_user,crm_strategy.crm_strategy_group_finance",
        help="The last day of the contract, for orders of services that run for some time. Rules "
        "of events marketing remind of it.",
    )
