from odoo import models


class SaleOrder(models.Model):
    """Orders show what is known of the customer, and promise their delivery date."""

    _name = "sale.order"
    _inherit = ["sale.order", "crm.known.mixin"]

    def write(self, vals: dict) -> bool:
        """Write orders; a delivery date that is moved moves the promise, or makes another one."""
        result = super().write(vals)
        if "commitment_date" in vals:
            # No fact of the order tells of the move: it was promised once, and stays dated by that.
            promised = self.filtered(lambda order: order.state == "sale")
            self.env["crm.promise"]._follow_orders(promised.ids)
        return result
