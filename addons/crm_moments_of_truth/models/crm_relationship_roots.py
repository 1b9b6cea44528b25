from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..core import derive
from .crm_relationship_writer import Root, columns

INVOICED, DELIVERED = "invoice_posted", "goods_delivered"


class CrmRelationshipRoots(models.AbstractModel):
    """With which document a pass begins, and which facts belong to it.

    The root is the opportunity, else the order, else the invoice without an order, else the first
    contact with the customer. A fact names the document that it was seen from; an order that was
    made for an opportunity leads on to the opportunity's pass. That is asked at each derivation,
    so that tying an order to another opportunity rewrites no fact.
    """

    _name = "crm.relationship.roots"
    _description = "Roots of Passes"

    # documents
    @api.model
    def _root_queries(self) -> list[SQL]:
        """SELECTs of the documents with which passes begin; extend for other roots.

        Columns: root_model, root_id, company_id, partner_id (commercial), name, lead_id, order_id,
        invoice_id, user_id, team_id, amount (company currency, without tax), currency_id (the
        company's), is_over (lost or cancelled), is_sale (makes its partner a customer).
        """
        orders = SQL(
            """
            SELECT 'sale.order' AS root_model, document.id AS root_id, document.company_id,
                   partner.commercial_partner_id AS partner_id, document.name,
                   NULL::int AS lead_id, document.id AS order_id, NULL::int AS invoice_id,
                   document.user_id, document.team_id,
                   ROUND((document.amount_untaxed / COALESCE(NULLIF(document.currency_rate, 0), 1)
                         )::numeric, currency.decimal_places) AS amount,
                   company.currency_id, document.state = 'cancel' AS is_over,
                   TRUE AS is_sale
              FROM sale_order AS document
              JOIN res_partner AS partner ON partner.id = document.partner_id
              JOIN res_company AS company ON company.id = document.company_id
              JOIN res_currency AS currency ON currency.id = company.currency_id
            """
        )
        invoices = SQL(
            """
            SELECT 'account.move' AS root_model, document.id AS root_id, document.company_id,
                   partner.commercial_partner_id AS partner_id, document.name,
                   NULL::int AS lead_id, NULL::int AS order_id, document.id AS invoice_id,
                   document.invoice_user_id AS user_id, document.team_id,
                   document.amount_untaxed_signed AS amount, company.currency_id,
                   FALSE AS is_over, TRUE AS is_sale
              FROM account_move AS document
              JOIN res_partner AS partner ON partner.id = document.partner_id
              JOIN res_company AS company ON company.id = document.company_id
             WHERE document.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
            """
        )
        return [orders, invoices, self._root_leads(), self._root_contacts()]

    @api.model
    def _root_leads(self) -> SQL:
        """Leads with a customer, worth what was ordered for them: expectations are no facts."""
        return SQL(
            """
            SELECT 'crm.lead' AS root_model, lead.id AS root_id, lead.counts_id AS company_id,
                   partner.commercial_partner_id AS partner_id, lead.name, lead.id AS lead_id,
                   made.order_id, NULL::int AS invoice_id, lead.user_id, lead.team_id, made.amount,
                   company.currency_id,
                   lead.won_status = 'lost' AND made.order_id IS NULL AS is_over,
                   lead.type = 'opportunity' AS is_sale
              FROM (%s) AS lead
              JOIN res_partner AS partner ON partner.id = lead.partner_id
              JOIN res_company AS company ON company.id = lead.counts_id
              JOIN res_currency AS currency ON currency.id = company.currency_id
   CROSS JOIN LATERAL (
                SELECT (ARRAY_AGG(document.id ORDER BY document.date_order, document.id))[1]
                           AS order_id,
                       SUM(ROUND((document.amount_untaxed
                                  / COALESCE(NULLIF(document.currency_rate, 0), 1))::numeric,
                                 currency.decimal_places)) AS amount
                  FROM sale_order AS document
                 WHERE document.opportunity_id = lead.id AND document.state = 'sale'
                   AND document.company_id = lead.counts_id
              ) AS made
            """,
            self._leads_sql(),
        )

    @api.model
    def _root_contacts(self) -> SQL:
        """Customers met without any document; over once a document follows the last contact."""
        return SQL(
            """
            SELECT 'crm.customer' AS root_model, customer.id AS root_id, customer.company_id,
                   customer.partner_id, partner.name, NULL::int AS lead_id,
                   NULL::int AS order_id, NULL::int AS invoice_id, customer.user_id,
                   NULL::int AS team_id, NULL::numeric AS amount, company.currency_id,
                   followed.is_over, FALSE AS is_sale
              FROM crm_customer AS customer
              JOIN res_partner AS partner ON partner.id = customer.partner_id
              JOIN res_company AS company ON company.id = customer.company_id
   CROSS JOIN LATERAL (
                SELECT MAX(event.fact_at) FILTER (WHERE event.root_model != 'crm.customer')
                       >= MAX(event.fact_at) FILTER (WHERE event.root_model = 'crm.customer')
                           AS is_over
                  FROM crm_moment_event AS event
                 WHERE event.partner_id = customer.partner_id
                   AND event.company_id = customer.company_id AND event.voided_at IS NULL
              ) AS followed
            """
        )

    @api.model
    def _leads_sql(self) -> SQL:
        """Leads of known customers with the company for which they count, as ``counts_id``."""
        return SQL(
            """
            SELECT lead.*, COALESCE(lead.company_id, team.company_id, seller.company_id)
                       AS counts_id
              FROM crm_lead AS lead
         LEFT JOIN crm_team AS team ON team.id = lead.team_id
         LEFT JOIN res_users AS seller ON seller.id = lead.user_id
             WHERE lead.partner_id IS NOT NULL
               AND COALESCE(lead.company_id, team.company_id, seller.company_id) IS NOT NULL
            """
        )

    @api.model
    def _lead_orders_sql(self) -> SQL:
        """Orders that belong to the pass of their opportunity: (order_id, lead_id)."""
        return SQL(
            """
            SELECT made.id AS order_id, lead.id AS lead_id
              FROM sale_order AS made
              JOIN (%s) AS lead
                ON lead.id = made.opportunity_id AND lead.counts_id = made.company_id
            """,
            self._leads_sql(),
        )

    @api.model
    def _root_documents(self, roots: list[Root]) -> dict[Root, dict]:
        root_models, root_ids = columns(roots, 2)
        self.env.cr.execute(
            SQL(
                """
                SELECT document.root_model, document.root_id, document.company_id,
                       document.partner_id, document.name, document.lead_id, document.order_id,
                       document.invoice_id, document.amount, document.currency_id,
                       document.is_sale, existing.chain_id,
                       COALESCE(document.is_over, FALSE) OR existing.churned_on IS NOT NULL
                           AS is_over,
                       COALESCE(document.user_id, customer.user_id) AS user_id,
                       COALESCE(document.team_id, segment.team_id) AS team_id
                  FROM unnest(%s::varchar[], %s::int[]) AS root(root_model, root_id)
                  JOIN (%s) AS document USING (root_model, root_id)
             LEFT JOIN crm_relationship AS existing USING (root_model, root_id)
             LEFT JOIN crm_customer AS customer ON customer.partner_id = document.partner_id
                   AND customer.company_id = document.company_id
             LEFT JOIN crm_segment AS segment ON segment.id = customer.segment_id
                """,
                root_models,
                root_ids,
                SQL(" UNION ALL ").join(self._root_queries()),
            )
        )
        return {(row["root_model"], row["root_id"]): row for row in self.env.cr.dictfetchall()}

    # facts
    @api.model
    def _pass_roots_sql(self, seen: SQL) -> SQL:
        """SELECT of the roots of passes from a SELECT of the roots that facts were seen from."""
        return SQL(
            """
            SELECT CASE WHEN made.lead_id IS NULL THEN seen.root_model ELSE 'crm.lead' END
                       AS root_model,
                   COALESCE(made.lead_id, seen.root_id) AS root_id
              FROM (%s) AS seen
         LEFT JOIN (%s) AS made
                ON seen.root_model = 'sale.order' AND made.order_id = seen.root_id
            """,
            seen,
            self._lead_orders_sql(),
        )

    @api.model
    def _sources_of(self, roots: list[Root]) -> list[tuple[str, int, str, int]]:
        """(root of the pass, root that its facts were seen from) of passes: an opportunity has
        itself and its orders, an order that belongs to one has nothing."""
        return self.env.execute_query(
            SQL(
                """
                WITH root AS MATERIALIZED (
                    SELECT * FROM unnest(%(models)s::varchar[], %(ids)s::int[])
                           AS root(root_model, root_id)
                )
                SELECT root.root_model, root.root_id, root.root_model, root.root_id
                  FROM root
             LEFT JOIN (%(made)s) AS made
                    ON root.root_model = 'sale.order' AND made.order_id = root.root_id
                 WHERE made.lead_id IS NULL
             UNION ALL
                SELECT root.root_model, root.root_id, 'sale.order', made.order_id
                  FROM root
                  JOIN (%(made)s) AS made
                    ON root.root_model = 'crm.lead' AND made.lead_id = root.root_id
                """,
                models=[root_model for root_model, _id in roots],
                ids=[root_id for _model, root_id in roots],
                made=self._lead_orders_sql(),
            )
        )

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
        rows = self.env.execute_query(
            SQL(
                """
                WITH seen AS MATERIALIZED (
                    SELECT event.company_id, event.partner_id, event.root_model, event.root_id,
                           MIN(event.fact_at) AS first_at,
                           MIN(event.fact_at) FILTER (WHERE event.fact = ANY(%(sold)s)) AS sold_at
                      FROM crm_moment_event AS event
                      JOIN unnest(%(companies)s::int[], %(partners)s::int[])
                           AS pair(company_id, partner_id)
                     USING (company_id, partner_id)
                     WHERE event.voided_at IS NULL
                  GROUP BY 1, 2, 3, 4
                )
                SELECT seen.company_id, seen.partner_id,
                       CASE WHEN made.lead_id IS NULL THEN seen.root_model ELSE 'crm.lead' END,
                       COALESCE(made.lead_id, seen.root_id), MIN(seen.first_at), MIN(seen.sold_at)
                  FROM seen
             LEFT JOIN (%(made)s) AS made
                    ON seen.root_model = 'sale.order' AND made.order_id = seen.root_id
              GROUP BY 1, 2, 3, 4
                """,
                sold=["order_confirmed", INVOICED],
                companies=[company_id for company_id, _partner in sorted(pairs)],
                partners=[partner_id for _company, partner_id in sorted(pairs)],
                made=self._lead_orders_sql(),
            )
        )
        sales: dict[tuple[int, int], list] = defaultdict(list)
        for company_id, partner_id, *root, _first, sold_at in rows:
            if sold_at:
                sales[company_id, partner_id].append((sold_at, tuple(root)))
        # The two earliest are enough: one of them is another pass than the one asked about.
        earliest = {pair: sorted(found)[:2] for pair, found in sales.items()}
        return {
            tuple(root): any(
                sold_at < first_at and other != tuple(root)
                for sold_at, other in earliest.get((company_id, partner_id), ())
            )
            for company_id, partner_id, *root, first_at, _sold in rows
        }
