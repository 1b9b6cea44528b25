from __future__ import annotations

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_unbilled_days = fields.Integer(
        string="Days until the invoice",
        default=14,
        help="An order that was delivered more days ago than this and still waits for its invoice "
        "is on the data-health page.",
    )

    _crm_unbilled_days_check = models.Constraint(
        "CHECK (crm_unbilled_days >= 0)",
        "The days until the invoice are a number of days: enter 0 or more.",
    )
