from __future__ import annotations

from odoo import fields, models

MARGIN_BASES = [
    ("cost", "Cost on the product"),
    ("accounts", "Accounts of the ledger"),
    ("percent", "Percentage of the product category"),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_margin_basis = fields.Selection(
        MARGIN_BASES,
        string="Margin basis",
        default="cost",
        required=True,
        help="Where the costs of what was sold come from. It is named wherever a margin is shown.",
    )
    crm_margin_account_ids = fields.Many2many(
        "account.account",
        "crm_margin_account_rel",
        "company_id",
        "account_id",
        string="Cost accounts",
        # A portal user reads the company, but no account.
        groups="base.group_user",
        help="The accounts on which the costs of what was sold are posted.",
    )
    crm_rate_days = fields.Integer(
        string="Age of exchange rates",
        default=30,
        help="Documents in a foreign currency whose rate was older than so many days are on the "
        "data-health page.",
    )
    crm_model_customers = fields.Integer(
        string="Repeat customers for models",
        default=25,
        help="With fewer customers who bought twice, figures of customer value rest on chance.",
    )

    _crm_rate_days_check = models.Constraint(
        "CHECK (crm_rate_days >= 0 AND crm_model_customers >= 0)",
        "Age of rates and number of repeat customers are counts: enter 0 or more.",
    )
