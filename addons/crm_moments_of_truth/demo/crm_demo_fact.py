from __future__ import annotations

from odoo import api, models

from odoo.addons.crm_strategy.demo import story_world as world

from ..core.facts import FactRow

# Days before the order on which its quotation went out, and after it for the customer's answer.
SENT_BEFORE, ANSWERED_AFTER = 4, 1
# The most likely deals have a quotation.
OFFERED = 60
# Orders of these customers were acknowledged; the others never answered.
ANSWERING = 2


class CrmDemoStory(models.AbstractModel):
    """What the documents of the story cannot tell any more: sent, answered, delivered when."""

    _inherit = "crm.demo.story"

    @api.model
    def _chapters(self) -> list[str]:
        return [*super()._chapters(), "facts"]

    @api.model
    def _tell_facts(self) -> None:
        """Quotations and acknowledgements on their days, opportunities on theirs."""
        # Days of creation were written behind the facts, deliveries are noted at the flush.
        self.env.cr.flush()
        company = self._get("company")
        leads = self.env["crm.lead"].with_context(active_test=False)
        leads.search([("company_id", "=", company.id)])._moment_collect()
        sales = world.sales().values()
        orders = {sale.key: self._get(f"order_{sale.key}") for sale in sales}
        rows = []
        for number, sale in enumerate(sales):
            order = orders[sale.key]
            rows.append(self._seen("quotation_sent", order, sale.days + SENT_BEFORE))
            if number % ANSWERING == 0 and sale.days > ANSWERED_AFTER:
                rows.append(self._seen("order_acknowledged", order, sale.days - ANSWERED_AFTER))
        for deal in world.OPEN_DEALS:
            if deal.probability >= OFFERED:
                quotation = self._get(f"quotation_{deal.key}")
                rows.append(self._seen("quotation_sent", quotation, deal.opened // 2))
        self.env["crm.moment.event"]._witness(rows)

    @api.model
    def _seen(self, code: str, order: models.BaseModel, days: int) -> FactRow:
        return FactRow(
            fact=code,
            res_id=order.id,
            occurrence=0,
            company_id=order.company_id.id,
            partner_id=order.partner_id.id,
            root_model="sale.order",
            root_id=order.id,
            fact_at=self._moment(max(days, 0)),
            name=order.name,
        )
