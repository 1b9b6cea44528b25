from __future__ import annotations

from odoo import models
from odoo.fields import Domain


class CrmStrategyMarket(models.Model):
    """The customer market counts active customers: those who were invoiced (S001-1-MK1)."""

    _inherit = "crm.strategy.market"

    def _records_customers(self) -> tuple[str, Domain]:
        """Customers with a segment and a posted invoice in the period; all while none is posted."""
        model, domain = super()._records_customers()
        facts = self.env["crm.facts"]
        if not facts._may_ask(self.company_id) or not facts._has_books(self.company_id):
            return model, domain
        active = facts._active_customers(self.company_id, self._period())
        return model, domain & Domain("id", "in", active)
