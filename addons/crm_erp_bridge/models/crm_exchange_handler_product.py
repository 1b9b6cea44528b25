from odoo import Command, api, models


class CrmExchangeHandlerProduct(models.AbstractModel):
    """Storable products, invoiced on ordered quantities, each with its supplier."""

    _name = "crm.exchange.handler.product"
    _inherit = "crm.exchange.handler.master"
    _description = "Exchange Handler of Products"

    _record_model = "product.product"
    _satellite = ("seller", "product.supplierinfo", "product_tmpl_id")

    @api.model
    def _targets(self, exchange_type):
        main = ("name", "default_code", "barcode", "list_price", "standard_price", "description")
        return (*main, "seller.partner_id", "seller.price", "seller.product_code")

    @api.model
    def _defaults(self, kind):
        return {
            "type": "consu",
            "is_storable": True,
            "invoice_policy": "order",
            "company_id": self.env.company.id,
            # The files carry no taxes: none is written rather than the company's default.
            "taxes_id": [Command.clear()],
            "supplier_taxes_id": [Command.clear()],
        }

    @api.model
    def _satellite_defaults(self, kind):
        return {"company_id": self.env.company.id, "min_qty": 0}

    @api.model
    def _satellite_owner(self, record):
        return record.product_tmpl_id.id

    @api.model
    def _prepare(self, kind, row, help_):
        values = super()._prepare(kind, row, help_)
        return {
            name: float(value) if name.endswith("price") else value
            for name, value in values.items()
        }
