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

    crm_rupture_cap = fields.Integer(
        string="Ruptures told at once",
        default=10,
        help="Of how many open ruptures a person is told one by one; the rest comes in one digest "
        "a day.",
    )

    _crm_rupture_cap_check = models.Constraint(
        "CHECK (crm_rupture_cap >= 0)",
        "The ruptures told at once are a number: enter 0 or more.",
    )
    crm_quiet_days = fields.Integer(
        string="Days of silence after the transfer",
        default=14,
        help="When nobody reported an anomaly for so many days after the transfer, moment 8 counts "
        "as proven: the customer is satisfied with what arrived.",
    )

    _crm_quiet_days_check = models.Constraint(
        "CHECK (crm_quiet_days >= 0)",
        "The days of silence are a number of days: enter 0 or more.",
    )
    _crm_silent_days_check = models.Constraint(
        "CHECK (crm_silent_days >= 0)",
        "The days without news are a number of days: enter 0 or more.",
    )
