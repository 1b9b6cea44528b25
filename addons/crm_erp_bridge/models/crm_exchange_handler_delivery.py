from odoo import api, models
from odoo.exceptions import UserError


class CrmExchangeHandlerDelivery(models.AbstractModel):
    """Step: the deliveries of shipped orders are done, dated with the day of shipping."""

    _name = "crm.exchange.handler.delivery"
    _inherit = "crm.exchange.handler.step"
    _description = "Exchange Step: Deliveries"

    @api.model
    def _candidates(self, step):
        shipped = self._shipped_orders(step)
        pickings = self.env["stock.picking"].search_fetch(
            [
                ("sale_id", "in", [order_id for _key, order_id in shipped]),
                ("state", "not in", ("done", "cancel")),
                ("picking_type_code", "=", "outgoing"),
            ],
            ["sale_id"],
        )
        due = set(pickings.sale_id.ids)
        return [(key, order_id) for key, order_id in shipped if order_id in due]

    @api.model
    def _apply(self, kind, runs, decisions):
        orders = self._orders_of(decisions)
        pickings = orders.picking_ids.filtered(
            lambda picking: (
                picking.state not in ("done", "cancel") and picking.picking_type_code == "outgoing"
            )
        )
        for move in pickings.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        # What was shipped left the house: stock may turn negative, nothing is left over.
        pickings.with_context(cancel_backorder=True)._action_done()
        for order in orders:
            self._date(order, order.picking_ids & pickings)
        for decision, order in zip(decisions, orders, strict=True):
            picking = (order.picking_ids & pickings)[:1]
            decision.target = ("stock.picking", picking.id, picking.name)

    @api.model
    def _date(self, order, pickings) -> None:
        """Odoo dates a transfer with now; the file knows better."""
        if any(picking.state != "done" for picking in pickings):
            raise UserError(
                self.env._(
                    "The delivery of %(order)s could not be completed. "
                    "Complete it by hand in Inventory.",
                    order=order.name,
                )
            )
        moment = self._noon(order.crm_shipped_date)
        pickings.write({"date_done": moment})
        pickings.move_line_ids.write({"date": moment})
