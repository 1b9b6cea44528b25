from __future__ import annotations

from odoo import fields, models

ROLES = "crm_strategy.crm_strategy_group_user,crm_strategy.crm_strategy_group_finance"


class ResPartner(models.Model):
    """The markets in which we have to do with a partner: several at a time (S001-1)."""

    _inherit = "res.partner"

    crm_market_role_ids = fields.Many2many(
        "crm.market.role",
        "crm_market_role_res_partner_rel",
        "partner_id",
        "role_id",
        string="Markets",
        groups=ROLES,
        help="In which markets you have to do with the partner: as customer, influencer, source "
        "of recommendations, supplier or ally. One partner may stand in several.",
    )
