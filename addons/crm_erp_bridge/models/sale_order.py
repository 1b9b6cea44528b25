from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    crm_shipped_date = fields.Date(
        string="Shipped on",
        copy=False,
        help="The day on which the goods left, as the other system says. "
        "The exchange dates invoice and delivery with it.",
    )

    def _prepare_confirmation_values(self):
        """A loaded order keeps the date of its document, which Odoo would set to now."""
        values = super()._prepare_confirmation_values()
        if self.env.context.get("crm_exchange_keep_date"):
            values.pop("date_order", None)
        return values

    def _prepare_invoice(self):
        """A draft invoice of the exchange carries the day of shipping and is marked."""
        values = super()._prepare_invoice()
        if self.env.context.get("crm_exchange_invoice"):
            values["crm_is_exchanged"] = True
            values["invoice_date"] = self.crm_shipped_date
        return values

    def _moment_dependents(self):
        """Deliveries of an order are planned by its date, for its customer."""
        return [*super()._moment_dependents(), self.picking_ids]
