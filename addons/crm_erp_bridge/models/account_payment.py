from odoo import fields, models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    crm_is_exchanged = fields.Boolean(
        string="Prepared by the exchange",
        copy=False,
        readonly=True,
        help="The exchange made this draft. A person posts it.",
    )
    crm_allocation_ids = fields.One2many(
        "crm.exchange.allocation",
        "payment_id",
        string="Shares of invoices",
        help="Which part of the payment is for which invoice, as the file says.",
    )
