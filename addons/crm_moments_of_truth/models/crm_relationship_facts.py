from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..core import derive
from .crm_relationship_writer import Root, columns

INVOICED, DELIVERED = "invoice_posted", "goods_delivered"
# Facts that say that a customer bought.
SOLD = ("order_confirmed", INVOICED)


class CrmRelationshipFacts(models.AbstractModel):
    """Which facts belong to a pass, and whether the customer had bought before it began."""

    _name = "crm.relationship.facts"
    _description = "Facts of Passes"
    _inherit = "crm.relationship.roots"

    @api.model
    def _facts_by_root(self, roots: list[Root]) -> dict[Root, list[derive.Fact]]:
        """Standing facts of roots; days are cut in the zone of the company's calendar.

        Roots of which nothing but traces stands (a cancellation) have no facts.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT source.root_model, source.root_id, event.fact,
                       (event.fact_at AT TIME ZONE 'UTC'
                                      AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date,
                       event.amount::varchar, event.currency_id
                  FROM unnest(%s::varchar[], %s::int[], %s::varchar[], %s::int[])
                       AS source(root_model, root_id, seen_model, seen_id)
                  JOIN crm_moment_event AS event
                    ON event.root_model = source.seen_model AND event.root_id = source.seen_id
                  JOIN res_company AS company ON company.id = event.company_id
             LEFT JOIN resource_calendar AS calendar ON calendar.id = company.resource_calendar_id
                 WHERE event.voided_at IS NULL AND (%s)
                """,
                *columns(self._sources_of(roots), 4),
                self._is_recent_contact(),
            )
        )
        facts = defaultdict(list)
        traces = self.env["crm.moment.fact"]._trace_codes()
        for root_model, root_id, code, day, amount, currency_id in rows:
            # Odoo's cursor turns numbers into floats; as text they stay exact.
            exact = Decimal(amount) if amount is not None else None
            fact = derive.Fact(code, day, exact, currency_id, code in traces)
            facts[root_model, root_id].append(fact)
        kept = {
            root: found for root, found in facts.items() if not all(fact.is_trace for fact in found)
        }
        return self._with_transfers(kept)

    @api.model
    def _is_recent_contact(self) -> SQL:
        """Contacts of before the customer's latest document belong to no running contact pass."""
        return SQL(
            """
            event.root_model != 'crm.customer'
            OR NOT EXISTS (
                SELECT FROM crm_moment_event AS document
                 WHERE document.partner_id = event.partner_id
                   AND document.company_id = event.company_id
                   AND document.root_model != 'crm.customer' AND document.voided_at IS NULL
                   AND document.fact_at >= event.fact_at
            )
            OR NOT EXISTS (
                SELECT FROM crm_moment_event AS later
                 WHERE later.root_model = 'crm.customer' AND later.root_id = event.root_id
                   AND later.voided_at IS NULL
                   AND later.fact_at > (
                       SELECT MAX(document.fact_at) FROM crm_moment_event AS document
                        WHERE document.partner_id = event.partner_id
                          AND document.company_id = event.company_id
                          AND document.root_model != 'crm.customer'
                          AND document.voided_at IS NULL
                   )
            )
            """
        )

    @api.model
    def _with_transfers(
        self, facts: dict[Root, list[derive.Fact]]
    ) -> dict[Root, list[derive.Fact]]:
        """Where nothing has to be delivered, the invoice transfers; no fact is recorded for that.

        An order for services that are invoiced as ordered, or an invoice without an order, must
        not wait for a delivery for ever. The screen shows the invoice alone.
        """
        waiting = self._roots_with_goods(list(facts))
        for root, found in facts.items():
            codes = {fact.code for fact in found}
            if root not in waiting and INVOICED in codes and DELIVERED not in codes:
                day = min(fact.day for fact in found if fact.code == INVOICED)
                found.append(derive.Fact(DELIVERED, day))
        return facts

    @api.model
    def _roots_with_goods(self, roots: list[Root]) -> set[Root]:
        """Roots with a confirmed order of which something is delivered by quantity."""
        orders = [row for row in self._sources_of(roots) if row[2] == "sale.order"]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT source.root_model, source.root_id
                  FROM unnest(%s::varchar[], %s::int[], %s::int[])
                       AS source(root_model, root_id, order_id)
                  JOIN sale_order AS document ON document.id = source.order_id
                 WHERE document.state = 'sale' AND EXISTS (
                       SELECT FROM (%s) AS line WHERE line.order_id = document.id
                   )
                """,
                *columns([(model, id_, order_id) for model, id_, _seen, order_id in orders], 3),
                self.env["sale.order"]._crm_deliverable_lines(),
            )
        )
        return set(rows)

    # repeat orders
    @api.model
    def _repeats(self, pairs: set[tuple[int, int]]) -> dict[Root, bool]:
        """Whether the customer had ordered before the first fact of each of its passes.

        ``pairs`` are (company id, partner id); the answer names all their roots.
        """
        companies, partners = columns(sorted(pairs), 2)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT event.company_id, event.partner_id, event.root_model, event.root_id,
                       MIN(event.fact_at),
                       MIN(event.fact_at) FILTER (WHERE event.fact = ANY(%s))
                  FROM crm_moment_event AS event
                  JOIN unnest(%s::int[], %s::int[]) AS pair(company_id, partner_id)
                 USING (company_id, partner_id)
                 WHERE event.voided_at IS NULL
              GROUP BY 1, 2, 3, 4
                """,
                list(SOLD),
                companies,
                partners,
            )
        )
        leads = self._lead_of_orders(row[3] for row in rows if row[2] == "sale.order")
        first: dict[tuple, object] = {}
        sales: dict[tuple[int, int], dict] = defaultdict(dict)
        for company_id, partner_id, root_model, root_id, first_at, sold_at in rows:
            moved = root_model == "sale.order" and root_id in leads
            root = ("crm.lead", leads[root_id]) if moved else (root_model, root_id)
            key = (company_id, partner_id, root)
            first[key] = min(first_at, first.get(key, first_at))
            if sold_at:
                found = sales[company_id, partner_id]
                found[root] = min(sold_at, found.get(root, sold_at))
        # The two earliest are enough: one of them is another pass than the one asked about.
        earliest = {
            pair: sorted((at, root) for root, at in found.items())[:2]
            for pair, found in sales.items()
        }
        return {
            root: any(
                sold_at < first_at and other != root
                for sold_at, other in earliest.get((company_id, partner_id), ())
            )
            for (company_id, partner_id, root), first_at in first.items()
        }
