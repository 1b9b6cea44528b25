from __future__ import annotations

from odoo import api, models


class CrmMatrixMixin(models.AbstractModel):
    """Figures open their documents with customer, date and amount in view."""

    _inherit = "crm.matrix.mixin"

    @api.model
    def _matrix_list_views(self) -> dict[str, str]:
        return {
            **super()._matrix_list_views(),
            "account.move": "account.view_out_invoice_tree",
            "sale.order": "sale.view_order_tree",
        }
