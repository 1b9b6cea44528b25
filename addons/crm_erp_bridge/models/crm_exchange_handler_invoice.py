from odoo import api, models


class CrmExchangeHandlerInvoice(models.AbstractModel):
    """Step: one draft invoice for every shipped order, dated with the day of shipping."""

    _name = "crm.exchange.handler.invoice"
    _inherit = "crm.exchange.handler.step"
    _description = "Exchange Step: Draft Invoices"

    @api.model
    def _candidates(self, step):
        shipped = self._shipped_orders(step)
        known = self.env["crm.exchange.key"]._known(
            self.env.company.id, step.package_id.code, "invoice", [key for key, _id in shipped]
        )
        open_ids = set(
            self.env["sale.order"]
            .search(
                [
                    ("id", "in", [order_id for _key, order_id in shipped]),
                    ("invoice_status", "=", "to invoice"),
                    ("invoice_ids", "=", False),
                ]
            )
            .ids
        )
        return [
            (key, order_id)
            for key, order_id in shipped
            if key not in known and order_id in open_ids
        ]

    @api.model
    def _apply(self, kind, runs, decisions):
        orders = self._orders_of(decisions).with_context(crm_exchange_invoice=True)
        invoices = orders._create_invoices(grouped=True)
        by_order = {}
        for invoice in invoices:
            for order in invoice.invoice_line_ids.sale_line_ids.order_id:
                by_order[order.id] = invoice
        entries = []
        for decision, order in zip(decisions, orders, strict=True):
            invoice = by_order[order.id]
            name = self.env._("Invoice of %(order)s", order=order.name)
            decision.target = ("account.move", invoice.id, name)
            entries.append(
                {
                    "key": decision.document.key,
                    "res_model": "account.move",
                    "res_id": invoice.id,
                    "res_name": name,
                }
            )
        self.env["crm.exchange.key"]._remember(runs, "invoice", entries)

    @api.model
    def _promise_step(self, kind, promised):
        promised.setdefault("invoice", {}).update(promised.get("shipped", {}))
