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
        if self._is_free(pickings.move_ids):
            pickings = pickings.with_context(crm_exchange_shipped=True)
            self._pick(pickings.move_ids)
        else:
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
    def _is_free(self, moves) -> bool:
        """Whether nobody has reserved anything of the goods, so that reserving can be left out.

        Reserving and freeing every line again is a third of the cost of a delivery.
        """
        if moves.move_line_ids:
            return False
        # Sudo: only the question whether anything is reserved, whoever did it.
        return not (
            self.env["stock.quant"]
            .sudo()
            .search_count(
                [
                    ("product_id", "in", moves.product_id.ids),
                    ("location_id", "child_of", moves.location_id.ids),
                    ("reserved_quantity", "!=", 0),
                ],
                limit=1,
            )
        )

    @api.model
    def _pick(self, moves) -> None:
        """The whole demand of every move as picked, in one go."""
        self.env["stock.move.line"].with_context(**moves.env.context).create(
            [
                {
                    **move._prepare_move_line_vals(),
                    "quantity": move.product_uom_qty,
                    "picked": True,
                }
                for move in moves
            ]
        )

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
