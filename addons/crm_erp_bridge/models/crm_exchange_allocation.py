from odoo import fields, models


class CrmExchangeAllocation(models.Model):
    """Which part of a loaded payment is meant for which invoice."""

    _name = "crm.exchange.allocation"
    _description = "Payment Share of an Invoice"
    _inherit = "crm.kept.mixin"
    _kept_fields = ("company_id",)
    _order = "payment_id, id"
    _rec_name = "invoice_id"

    payment_id = fields.Many2one(
        "account.payment",
        string="Payment",
        required=True,
        index=True,
        ondelete="cascade",
        help="The loaded payment.",
    )
    company_id = fields.Many2one(
        related="payment_id.company_id", store=True, string="Company", help="Of the payment."
    )
    invoice_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        index=True,
        ondelete="cascade",
        help="The invoice that this part pays.",
    )
    currency_id = fields.Many2one(related="payment_id.currency_id", help="Of the payment.")
    amount = fields.Monetary(required=True, help="How much of the payment is for the invoice.")
    is_settled = fields.Boolean(
        string="Settled", help="The amount has been set against the invoice in the books."
    )
