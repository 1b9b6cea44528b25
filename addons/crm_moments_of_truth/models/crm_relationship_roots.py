from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from odoo import api, models
from odoo.tools import SQL

from .crm_relationship_writer import Root


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
    def _root_queries(self) -> dict[str, SQL]:
        """SELECT of the documents with which passes begin, by their model; extend it.

        Columns: root_model, root_id, company_id, partner_id (commercial), contact_id (on the
        document: a person counts), name, lead_id, order_id, invoice_id, user_id, team_id, amount
        (company currency, without tax), currency_id (the company's), is_over (lost or cancelled),
        is_sale (makes its partner a customer).
        """
        orders = SQL(
            """
            SELECT 'sale.order' AS root_model, document.id AS root_id, document.company_id,
                   partner.commercial_partner_id AS partner_id, partner.id AS contact_id,
                   document.name,
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
                   partner.commercial_partner_id AS partner_id, partner.id AS contact_id,
                   document.name,
                   NULL::int AS lead_id, NULL::int AS order_id, document.id AS invoice_id,
                   document.invoice_user_id AS user_id, document.team_id,
                   document.amount_untaxed_signed AS amount, company.currency_id,
                   FALSE AS is_over, TRUE AS is_sale
              FROM account_move AS document
              JOIN res_partner AS partner ON partner.id = document.partner_id
              JOIN res_company AS company ON company.id = document.company_id
             WHERE document.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
               AND document.state = 'posted'
            """
        )
        return {
            "sale.order": orders,
            "account.move": invoices,
            "crm.lead": self._root_leads(),
            "crm.customer": self._root_contacts(),
        }

    @api.model
    def _root_leads(self) -> SQL:
        """Leads with a customer, worth what was ordered for them: expectations are no facts."""
        return SQL(
            """
            SELECT 'crm.lead' AS root_model, lead.id AS root_id, lead.counts_id AS company_id,
                   partner.commercial_partner_id AS partner_id,
                   CASE WHEN partner.is_company THEN COALESCE(made.contact_id, partner.id)
                        ELSE partner.id END AS contact_id,
                   lead.name, lead.id AS lead_id, made.order_id, NULL::int AS invoice_id,
                   lead.user_id, lead.team_id, made.amount, company.currency_id,
                   lead.won_status = 'lost' AND made.order_id IS NULL AS is_over,
                   lead.type = 'opportunity' AS is_sale
              FROM (%s) AS lead
              JOIN res_partner AS partner ON partner.id = lead.partner_id
              JOIN res_company AS company ON company.id = lead.counts_id
              JOIN res_currency AS currency ON currency.id = company.currency_id
   CROSS JOIN LATERAL (
                SELECT (ARRAY_AGG(document.id ORDER BY document.date_order, document.id))[1]
                           AS order_id,
                       (ARRAY_AGG(document.partner_id
                                  ORDER BY document.date_order, document.id))[1] AS contact_id,
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
                   customer.partner_id, partner.id AS contact_id, partner.name,
                   NULL::int AS lead_id,
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
    def _lead_of_orders(self, order_ids: Iterable[int]) -> dict[int, int]:
        """Opportunity of those orders that belong to the pass of one."""
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT order_id, lead_id FROM (%s) AS made WHERE order_id = ANY(%s)",
                    self._lead_orders_sql(),
                    list(order_ids),
                )
            )
        )

    @api.model
    def _pass_roots(self, seen: Iterable[Root]) -> set[Root]:
        """Roots of the passes to which documents belong that facts were seen from."""
        seen = list(seen)
        leads = self._lead_of_orders(id_ for model, id_ in seen if model == "sale.order")
        return {
            ("crm.lead", leads[id_]) if model == "sale.order" and id_ in leads else (model, id_)
            for model, id_ in seen
        }

    @api.model
    def _sources_of(self, roots: Iterable[Root]) -> list[tuple[str, int, str, int]]:
        """(root of the pass, root that its facts were seen from) of passes: an opportunity has
        itself and its orders, an order that belongs to one has nothing."""
        roots = list(roots)
        moved = self._lead_of_orders(id_ for model, id_ in roots if model == "sale.order")
        made = self.env.execute_query(
            SQL(
                "SELECT lead_id, order_id FROM (%s) AS made WHERE lead_id = ANY(%s)",
                self._lead_orders_sql(),
                [id_ for model, id_ in roots if model == "crm.lead"],
            )
        )
        return [
            *(
                (model, id_, model, id_)
                for model, id_ in roots
                if not (model == "sale.order" and id_ in moved)
            ),
            *(("crm.lead", lead_id, "sale.order", order_id) for lead_id, order_id in made),
        ]

    @api.model
    def _root_documents(self, roots: list[Root]) -> dict[Root, dict]:
        ids = defaultdict(list)
        for root_model, root_id in roots:
            ids[root_model].append(root_id)
        # Each kind by its numbers: over a union of all kinds the database would make all of them.
        documents = [
            SQL("SELECT * FROM (%s) AS document WHERE root_id = ANY(%s)", query, ids[root_model])
            for root_model, query in self._root_queries().items()
            if ids[root_model]
        ]
        if not documents:
            return {}
        self.env.cr.execute(
            SQL(
                """
                SELECT document.root_model, document.root_id, document.company_id,
                       document.partner_id, person.id AS contact_id, document.name,
                       document.lead_id, document.order_id, document.invoice_id, document.amount,
                       document.currency_id, document.is_sale, existing.chain_id,
                       COALESCE(document.is_over, FALSE) OR existing.churned_on IS NOT NULL
                           AS is_over,
                       COALESCE(document.user_id, customer.user_id) AS user_id,
                       COALESCE(document.team_id, segment.team_id) AS team_id
                  FROM (%s) AS document
             LEFT JOIN crm_relationship AS existing USING (root_model, root_id)
             LEFT JOIN crm_customer AS customer ON customer.partner_id = document.partner_id
                   AND customer.company_id = document.company_id
             LEFT JOIN crm_segment AS segment ON segment.id = customer.segment_id
             LEFT JOIN res_partner AS person ON person.id = document.contact_id
                   AND NOT COALESCE(person.is_company, FALSE)
                   AND COALESCE(person.type, 'contact') = 'contact'
                """,
                SQL(" UNION ALL ").join(documents),
            )
        )
        return {(row["root_model"], row["root_id"]): row for row in self.env.cr.dictfetchall()}
