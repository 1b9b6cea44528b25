from __future__ import annotations

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_assign_daily = fields.Boolean(
        string="Assign customers every day",
        default=True,
        help="Every night the segment rules place all customers anew, except those placed by "
        "hand. Without it, customers move only when a person assigns them.",
    )
