from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from odoo import api, models

from ..core.fit import FitFacts
from ..core.loyalty import CareFacts, LoyaltyFacts, ValueFacts
from ..core.period import Period
from ..core.plan import RealisedPrices
from ..core.value import UNDEFINED, Undefined

# Posted revenue of segments, plans and markets is for leaders, managers and finance.
REVENUE_ROLES = "crm_strategy.crm_strategy_group_leader,crm_strategy.crm_strategy_group_finance"


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
        return self.env._(
            "No data: no installed addon brings figures from orders and invoices yet."
        )

    @api.model
    def _may_see_revenue(self) -> bool:
        """Whether the person is shown posted revenue of more than its own customers."""
        if self.env.su:
            return True
        return any(self.env.user.has_group(name) for name in REVENUE_ROLES.split(","))

    @api.model
    def _why_no_revenue(self) -> str:
        """The sentence for whoever sees no posted revenue: it is missing, or not for them."""
        if self._may_see_revenue():
            return self._why_no_data()
        return self.env._("Posted revenue is shown to team leaders, strategy managers and finance.")

    @api.model
    def _may_ask(self, company: models.BaseModel) -> bool:
        """Whether the person works in the company: a record not saved yet may name any."""
        return self.env.su or company in self.env.companies

    @api.model
    def _revenue_by_customer(
        self, company: models.BaseModel, period: Period
    ) -> dict[int, Decimal] | Undefined:
        """Posted revenue without tax by ``crm.customer`` id, in the currency of the company."""
        return UNDEFINED

    @api.model
    def _revenue_by_campaign(
        self, company: models.BaseModel, campaign_ids: list[int]
    ) -> dict[int, Decimal] | Undefined:
        """Posted revenue without tax by ``utm.campaign`` id, of documents that carry the campaign.

        Of all times, in the currency of the company; credit notes are taken off.
        """
        return UNDEFINED

    @api.model
    def _sales_by_channel(
        self, company: models.BaseModel, period: Period
    ) -> dict[tuple[int, int], Decimal] | Undefined:
        """Posted revenue without tax by (``crm.segment`` id then, ``crm.channel`` id).

        In the currency of the company; segment 0: unassigned, channel 0: no channel known.
        """
        return UNDEFINED

    @api.model
    def _realised_prices(
        self, company: models.BaseModel, period: Period
    ) -> dict[int, RealisedPrices] | Undefined:
        """Posted lines beside the price policy (``crm.price.policy``) by ``crm.segment`` id then.

        Lines of products that no line of the policy covers are in no count and no amount.
        """
        return UNDEFINED

    @api.model
    def _value_class_by_customer(self, company: models.BaseModel) -> dict[int, str] | Undefined:
        """Value class of today by ``crm.customer`` id: ``high``, ``middle`` or ``low``."""
        return UNDEFINED

    @api.model
    def _value_facts(
        self, company: models.BaseModel, customer_ids: Sequence[int], day: date
    ) -> dict[int, ValueFacts] | Undefined:
        """Margin of the twelve months before the day, and months since the first purchase.

        By ``crm.customer`` id; the margin in the currency of the company. Decides the customer
        type (S001-3-e).
        """
        return UNDEFINED

    @api.model
    def _loyalty_facts(
        self, company: models.BaseModel, customer_ids: Sequence[int], day: date
    ) -> dict[int, LoyaltyFacts] | Undefined:
        """Purchases, silence and trend as they stood on the day, by ``crm.customer`` id.

        Units in :class:`..core.loyalty.LoyaltyFacts`. Decides the loyalty class (S000-9.8-04).
        """
        return UNDEFINED

    @api.model
    def _care_facts(
        self, company: models.BaseModel, customer_ids: Sequence[int], day: date
    ) -> dict[int, CareFacts] | Undefined:
        """Whether the least level of service was kept and expectations were exceeded.

        By ``crm.customer`` id, over the twelve months before the day. Decides phases 3 and 4
        (S004-P3, S004-P4).
        """
        return UNDEFINED

    @api.model
    def _offers_traced(
        self, company: models.BaseModel, period: Period
    ) -> dict[int, tuple[int, int]] | Undefined:
        """Offers whose lines trace to a need, and all offers, by ``crm.customer`` id (S000-9.7-1).

        An offer is a quotation or order dated in the period, cancelled ones excluded. It traces to
        a need when one of its lines names a specification or a commitment that hangs on a need, or
        a product that such a specification names for this customer. The share is the sum of the
        first numbers divided by the sum of the second.
        """
        return UNDEFINED

    @api.model
    def _fit_facts(self, company: models.BaseModel, period: Period) -> FitFacts:
        """The profile of a company's sales in a period, for the fit test (S003-W4).

        Each figure with its n: median days from first contact to order, median value of an order
        without tax in the currency of the company, share of customers with more than one order.
        A figure left out stays "no data"; the cycle is then taken from won opportunities.
        """
        return FitFacts()

    def _revenue_by_lead(
        self, company: models.BaseModel, period: Period
    ) -> dict[int, Decimal] | Undefined:
        """Posted revenue without tax by ``crm.lead`` id, in the currency of the company.

        Whatever the documents of a lead brought in the period; a lead is in here whether it is
        won, open or archived.
        """
        return UNDEFINED
