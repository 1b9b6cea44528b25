from __future__ import annotations

from odoo import api, models
from odoo.tools import SQL

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
        """Quotations on their days, acknowledgements, and deliveries a week after the order."""
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
        self._date_deliveries(self.env["sale.order"].union(*orders.values()))

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

    @api.model
    def _date_deliveries(self, orders: models.BaseModel) -> None:
        """The year of the story is told in a minute, so that all seems delivered just now."""
        self.env.flush_all()
        # Raw SQL: the day of delivery is the engine's note, which nobody may type.
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_order
                   SET crm_delivered_at = LEAST(
                           date_order + (4 + id %% 5) * INTERVAL '1 day', %s::timestamp)
                 WHERE id = ANY(%s) AND crm_delivered_at IS NOT NULL
                """,
                self._moment(0),
                orders.ids,
            )
        )
        orders.invalidate_recordset(["crm_delivered_at"], flush=False)
        orders._moment_collect()
