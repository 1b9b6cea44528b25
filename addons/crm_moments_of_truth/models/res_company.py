from __future__ import annotations

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_silent_days = fields.Integer(
        string="Days without news",
        default=60,
        help="A pass that is not at its end and for which no fact came for more days than this "
        "is on the data-health page.",
    )

    _crm_silent_days_check = models.Constraint(
        "CHECK (crm_silent_days >= 0)",
        "The days without news are a number of days: enter 0 or more.",
    )
