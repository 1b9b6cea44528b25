from odoo import models

# What makes a delivery planned, done, cancelled or worth something else.
WATCHED = {"state", "picking_id", "product_uom_qty", "sale_line_id"}


class StockMove(models.Model):
    """Moves carry the state of their transfer; each change of it is noted for the facts."""

    _inherit = "stock.move"

    def write(self, vals: dict) -> bool:
        """Write moves; the facts of deliveries follow."""
        result = super().write(vals)
        if vals.keys() & WATCHED:
            self.picking_id.filtered("sale_id")._moment_collect()
        return result

    def _moment_share(self) -> float:
        """Part of the ordered quantity that this move carries: done, else asked for."""
        self.ensure_one()
        line = self.sale_line_id
        unit = self.product_id.uom_id
        ordered = line.product_uom_id._compute_quantity(line.product_uom_qty, unit, round=False)
        quantity = self.quantity if self.state == "done" else self.product_uom_qty
        moved = self.product_uom._compute_quantity(quantity, unit, round=False)
        return moved / ordered if ordered else 0.0

    def _should_bypass_reservation(self, forced_location=False):
        """Goods that left long ago are not reserved first; see the exchange's delivery step."""
        if self.env.context.get("crm_exchange_shipped"):
            return True
        return super()._should_bypass_reservation(forced_location)
