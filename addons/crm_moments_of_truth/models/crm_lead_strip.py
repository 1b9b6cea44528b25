from __future__ import annotations

from odoo import models
from odoo.fields import Domain


class CrmLead(models.Model):
    """An opportunity shows where its pass stands."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.moment.strip.mixin"]

    def _strip_domain(self) -> Domain:
        """The pass that began with the opportunity, and those of its orders."""
        # Access: the orders' numbers only; the passes are searched with the reader's rights.
        orders = self.sudo().order_ids
        return Domain("lead_id", "=", self._origin.id) | Domain("order_id", "in", orders.ids)
