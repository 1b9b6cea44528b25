from __future__ import annotations

from datetime import timedelta

from odoo import api, models

from ..models.sale_order_progress import ACKNOWLEDGED, RECEIVED, SEEN

DAY = timedelta(days=1)


class CrmDemoStory(models.AbstractModel):
    """Customers follow their orders in the portal, and say that all is right."""

    _inherit = "crm.demo.story"

    @api.model
    def _chapters(self) -> list[str]:
        return [*super()._chapters(), "progress"]

    @api.model
    def _tell_progress(self) -> None:
        """Every second order is acknowledged the next day; what arrived is confirmed."""
        today = self.env.cr.now()
        orders = self.env["sale.order"].search(
            [("company_id", "=", self._get("company").id), ("state", "=", "sale")],
            order="date_order, id",
        )
        for order in orders[::2]:
            order._progress_witness(SEEN, min(order.date_order + DAY, today))
            order._progress_witness(ACKNOWLEDGED, min(order.date_order + DAY, today))
        for order in orders[::6]:
            if order._progress_is_delivered() and order.commitment_date:
                order._progress_witness(RECEIVED, min(order.commitment_date + 2 * DAY, today))
