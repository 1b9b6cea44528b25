from __future__ import annotations

from odoo import api, models

WATCHED = {"qty_delivered", "product_uom_qty", "product_id", "order_id"}


class SaleOrderLine(models.Model):
    """Delivered quantities, typed or computed, tell when an order was delivered in full."""

    _inherit = "sale.order.line"

    def write(self, vals: dict) -> bool:
        """Write lines; the day of delivery follows the quantities."""
        result = super().write(vals)
        if vals.keys() & WATCHED:
            self._crm_note_delivery()
        return result

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> SaleOrderLine:
        """Create lines; one more to deliver takes the day of delivery back."""
        lines = super().create(vals_list)
        lines._crm_note_delivery()
        return lines

    def unlink(self) -> bool:
        """Delete lines; what is left may be delivered in full."""
        self._crm_note_delivery()
        return super().unlink()

    def _compute_qty_delivered(self):
        result = super()._compute_qty_delivered()
        # Nothing delivered and nothing taken back: so it is when an order is confirmed.
        # Access: the day of delivery is the engine's note on the order; only whether it is set.
        self.filtered(
            lambda line: line.qty_delivered or line.order_id.sudo().crm_delivered_at
        )._crm_note_delivery()
        return result

    def _crm_note_delivery(self) -> None:
        """Only for confirmed orders: a quotation delivers nothing."""
        orders = self.order_id.filtered(lambda order: order.id and order.state == "sale")
        if orders:
            orders._crm_note_delivery(orders.ids)
