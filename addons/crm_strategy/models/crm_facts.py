from __future__ import annotations

from decimal import Decimal

from odoo import api, models

from ..core.period import Period
from ..core.value import UNDEFINED, Undefined


class CrmFacts(models.AbstractModel):
    """What the strategy wants to know of orders and invoices, which this addon does not know.

    Each method is a hook: here it answers "no data"; the addon that owns the facts overrides it
    and answers for all records asked in one set-based query. A record without any fact is absent
    from the answer: that is no data of this record, never 0.
    """

    _name = "crm.facts"
    _description = "Facts from Orders and Invoices"

    @api.model
    def _why_no_data(self) -> str:
        """The sentence shown where a hook has no answer."""
        return self.env._("No data: no installed addon knows orders and invoices.")

    @api.model
    def _revenue_by_customer(
        self, company: models.BaseModel, period: Period
    ) -> dict[int, Decimal] | Undefined:
        """Posted revenue without tax by ``crm.customer`` id, in the currency of the company."""
        return UNDEFINED
