from __future__ import annotations

from odoo import fields, models

from .res_partner_market import ROLES


class CrmLead(models.Model):
    """Who referred a lead to us (S001-1-MK4)."""

    _inherit = "crm.lead"

    crm_referrer_id = fields.Many2one(
        "res.partner",
        string="Recommended by",
        index="btree_not_null",
        ondelete="set null",
        # Odoo's privacy lookup asks for every link to a contact, as the administrator who looks.
        groups=f"{ROLES},base.group_system",
        help="The partner who recommended us; counts in the referral market of the strategy.",
    )
