from odoo import Command, api, models
from odoo.exceptions import UserError

HEADER = (
    "client_order_ref",
    "partner_id",
    "date_order",
    "required_date",
    "shipped_date",
    "freight",
    "note",
)
LINES = ("product_id", "product_uom_qty", "price_unit", "discount", "name")


class CrmExchangeHandlerOrder(models.AbstractModel):
    """Sales orders: one header row and its line rows are loaded together or not at all."""

    _name = "crm.exchange.handler.order"
    _inherit = "crm.exchange.handler.document"
    _description = "Exchange Handler of Orders"

    _chunk_size = 40

    @api.model
    def _targets(self, exchange_type):
        return LINES if exchange_type.parent_type_id else HEADER

    @api.model
    def _parts(self, kind, document):
        """Header rows and line rows of a document."""
        header = [row for row in document.rows if row.role == kind.code]
        return header, [row for row in document.rows if row.role != kind.code]

    @api.model
    def _missing(self, kind, document, promised):
        header, lines = self._parts(kind, document)
        if not header:
            return (
                self.env._("Order “%(key)s” has no header yet.", key=document.key),
                self.env._("Load the file of orders that has it; the line then follows by itself."),
            )
        if not lines:
            return (
                self.env._("Order “%(key)s” has no lines yet.", key=document.key),
                self.env._("Load the file of order lines; the order then follows by itself."),
            )
        return None

    @api.model
    def _prepare(self, kind, document, promised):
        header, lines = self._parts(kind, document)
        head = header[0].values
        commands = [Command.create(self._prepare_line(row.values)) for row in lines]
        if head.get("freight"):
            commands.append(Command.create(self._prepare_freight(kind, head["freight"])))
        vals = {
            "company_id": self.env.company.id,
            "partner_id": head["partner_id"],
            "client_order_ref": head.get("client_order_ref") or document.key,
            "user_id": False,
            "order_line": commands,
            "crm_shipped_date": head.get("shipped_date") or False,
        }
        if head.get("date_order"):
            vals["date_order"] = self._noon(head["date_order"])
        if head.get("required_date"):
            vals["commitment_date"] = self._noon(head["required_date"])
        if head.get("note"):
            vals["note"] = head["note"]
        return vals

    @api.model
    def _prepare_line(self, values: dict) -> dict:
        vals = {
            "product_id": values["product_id"],
            "product_uom_qty": float(values["product_uom_qty"]),
            "discount": float(values.get("discount") or 0),
            # The taxes of the file: none. Not the defaults of the product.
            "tax_ids": [Command.clear()],
        }
        if values.get("price_unit") is not None:
            vals["price_unit"] = float(values["price_unit"])
        if values.get("name"):
            vals["name"] = values["name"]
        return vals

    @api.model
    def _prepare_freight(self, kind, amount) -> dict:
        return {
            "product_id": kind.freight_product_id.id,
            "product_uom_qty": 1,
            "price_unit": float(amount),
            "discount": 0,
            "tax_ids": [Command.clear()],
            "sequence": 1000,
        }

    @api.model
    def _apply(self, kind, runs, decisions):
        if not kind.freight_product_id and any(
            row.values.get("freight") for decision in decisions for row in decision.document.rows
        ):
            raise UserError(
                self.env._(
                    "Type “%(name)s” has no freight product. Choose one on the type.",
                    name=kind.name,
                )
            )
        orders = self.env["sale.order"].create([decision.prepared for decision in decisions])
        for decision, order in zip(decisions, orders, strict=True):
            decision.target = ("sale.order", order.id, order.name)
        self._remember_documents(kind, runs, decisions)
        if kind.target_state == "confirmed":
            orders.with_context(crm_exchange_keep_date=True).action_confirm()

    @api.model
    def _promise(self, kind, decisions, promised):  # pylint: disable=missing-return
        super()._promise(kind, decisions, promised)
        for decision in decisions:
            if decision.action == "create" and decision.prepared.get("crm_shipped_date"):
                promised.setdefault("shipped", {})[decision.document.key] = True
