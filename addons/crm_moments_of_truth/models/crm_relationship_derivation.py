from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..core import derive
from .crm_relationship_writer import Root, columns

BATCH = 1000


class CrmRelationshipDerivation(models.AbstractModel):
    """How passes follow from the standing facts of their roots.

    The lane of the queue and the rebuild from history call the same code.
    """

    _name = "crm.relationship.derivation"
    _description = "Derivation of Passes"
    _inherit = ["crm.relationship.writer"]

    @api.model
    def _process_changes(self, rows: Iterable[tuple]) -> None:
        """Derive the passes of changed customers: rows of (company id, partner id, …)."""
        pairs = {(company_id, partner_id) for company_id, partner_id, *_rest in rows}
        if not pairs:
            return
        companies, partners = zip(*sorted(pairs), strict=True)
        roots = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT event.root_model, event.root_id
                  FROM crm_moment_event AS event
                  JOIN unnest(%s::int[], %s::int[]) AS pair(company_id, partner_id)
                 USING (company_id, partner_id)
                 WHERE event.is_pending
              ORDER BY 1, 2
                """,
                list(companies),
                list(partners),
            )
        )
        self._derive_batches(roots)

    @api.model
    def _derive_companies(self, companies: models.BaseModel) -> None:
        """Derive all passes of companies anew."""
        roots = self.env.execute_query(
            SQL(
                """
                SELECT root_model, root_id FROM crm_moment_event WHERE company_id = ANY(%(ids)s)
                 UNION
                SELECT root_model, root_id FROM crm_relationship WHERE company_id = ANY(%(ids)s)
              ORDER BY 1, 2
                """,
                ids=companies.ids,
            )
        )
        self._derive_batches(roots)

    @api.model
    def _derive_batches(self, roots: list[Root]) -> None:
        self.env.flush_all()
        for start in range(0, len(roots), BATCH):
            self._derive(roots[start : start + BATCH])
        self.env.invalidate_all(flush=False)

    @api.model
    def _derive(self, roots: list[Root]) -> None:
        """Derive the passes of roots from their standing facts, in a fixed number of queries."""
        documents = self._root_documents(roots)
        self.env["crm.customer"]._ensure(
            {(row["partner_id"], row["company_id"]) for row in documents.values()}
        )
        facts, passes = self._derive_states(roots, documents)
        gone = set(roots) - set(facts)
        self._write_passes(documents, passes)
        self._archive_gone(gone)
        self._write_moments(passes)
        # The facts of a company without an active chain wait until it has one.
        self._claim_events([*passes, *(gone - set(passes))])
        # Written in SQL so far; what follows from it may read and write records.
        self.env.invalidate_all(flush=False)
        self._passes_of(roots)._after_derivation()
        self.env.flush_all()

    @api.model
    def _passes_of(self, roots: list[Root]) -> models.BaseModel:
        """The passes of roots, archived ones included."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM crm_relationship
                  JOIN unnest(%s::varchar[], %s::int[]) AS root(root_model, root_id)
                 USING (root_model, root_id)
                """,
                *columns(roots, 2),
            )
        )
        self.env["crm.relationship"].invalidate_model(flush=False)
        self.env["crm.relationship.moment"].invalidate_model(flush=False)
        return self.env["crm.relationship"].browse(id_ for (id_,) in rows)

    def _after_derivation(self) -> None:
        """What follows from passes that were just derived; extend it.

        ``self`` are the passes of the roots that the lane or the rebuild took up: written, left
        as they were, or archived because nothing proves them any more. The facts are claimed, the
        moments written. The context key ``crm_history`` says that the past is replayed: nobody is
        to be told about it.
        """

    @api.model
    def _derive_states(
        self, roots: list[Root], documents: dict[Root, dict]
    ) -> tuple[dict[Root, list[derive.Fact]], dict[Root, tuple[models.BaseModel, object]]]:
        """Standing facts of the roots, and chain and state of the pass of each root."""
        facts = self._facts_by_root(roots)
        chains = self._chains_of(documents)
        covers = self.env["crm.moment.fact"]._covers()
        specs = {chain: chain._moments() for chain in set(chains.values())}
        passes = {
            root: (chains[root], derive.derive(specs[chains[root]], facts.get(root, ()), covers))
            for root in documents
            if chains.get(root)
        }
        return facts, passes

    @api.model
    def _root_queries(self) -> list[SQL]:
        """SELECTs of the documents with which passes begin; extend for other roots.

        Columns: root_model, root_id, company_id, partner_id (commercial), name, lead_id, order_id,
        invoice_id, user_id, team_id, amount (company currency, without tax), currency_id (the
        company's), is_over (lost or cancelled).
        """
        orders = SQL(
            """
            SELECT 'sale.order' AS root_model, document.id AS root_id, document.company_id,
                   partner.commercial_partner_id AS partner_id, document.name,
                   NULL::int AS lead_id, document.id AS order_id, NULL::int AS invoice_id,
                   document.user_id, document.team_id,
                   ROUND((document.amount_untaxed / COALESCE(NULLIF(document.currency_rate, 0), 1)
                         )::numeric, currency.decimal_places) AS amount,
                   company.currency_id, document.state = 'cancel' AS is_over
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
                   FALSE AS is_over
              FROM account_move AS document
              JOIN res_partner AS partner ON partner.id = document.partner_id
              JOIN res_company AS company ON company.id = document.company_id
             WHERE document.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
            """
        )
        return [orders, invoices]

    @api.model
    def _root_documents(self, roots: list[Root]) -> dict[Root, dict]:
        root_models, root_ids = columns(roots, 2)
        self.env.cr.execute(
            SQL(
                """
                SELECT document.root_model, document.root_id, document.company_id,
                       document.partner_id, document.name, document.lead_id, document.order_id,
                       document.invoice_id, document.amount, document.currency_id,
                       document.is_over, existing.chain_id,
                       COALESCE(document.user_id, customer.user_id) AS user_id,
                       COALESCE(document.team_id, segment.team_id) AS team_id
                  FROM (%s) AS document
                  JOIN unnest(%s::varchar[], %s::int[]) AS root(root_model, root_id)
                 USING (root_model, root_id)
             LEFT JOIN crm_relationship AS existing USING (root_model, root_id)
             LEFT JOIN crm_customer AS customer ON customer.partner_id = document.partner_id
                   AND customer.company_id = document.company_id
             LEFT JOIN crm_segment AS segment ON segment.id = customer.segment_id
                """,
                SQL(" UNION ALL ").join(self._root_queries()),
                root_models,
                root_ids,
            )
        )
        return {(row["root_model"], row["root_id"]): row for row in self.env.cr.dictfetchall()}

    @api.model
    def _facts_by_root(self, roots: list[Root]) -> dict[Root, list[derive.Fact]]:
        """Standing facts of roots; days are cut in the zone of the company's calendar."""
        root_models, root_ids = columns(roots, 2)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT event.root_model, event.root_id, event.fact,
                       (event.fact_at AT TIME ZONE 'UTC'
                                      AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date,
                       event.amount::varchar, event.currency_id
                  FROM crm_moment_event AS event
                  JOIN unnest(%s::varchar[], %s::int[]) AS root(root_model, root_id)
                 USING (root_model, root_id)
                  JOIN res_company AS company ON company.id = event.company_id
             LEFT JOIN resource_calendar AS calendar ON calendar.id = company.resource_calendar_id
                 WHERE event.voided_at IS NULL
                """,
                root_models,
                root_ids,
            )
        )
        facts = defaultdict(list)
        for root_model, root_id, code, day, amount, currency_id in rows:
            # Odoo's cursor turns numbers into floats; as text they stay exact.
            exact = Decimal(amount) if amount is not None else None
            facts[root_model, root_id].append(derive.Fact(code, day, exact, currency_id))
        return facts

    @api.model
    def _chains_of(self, documents: dict[Root, dict]) -> dict[Root, models.BaseModel]:
        """Chain of each root: that of its pass, for new ones that of the customer's segment."""
        Chain = self.env["crm.moment.chain"]
        new = [row for row in documents.values() if not row["chain_id"]]
        segments = self._segments_of({(row["company_id"], row["partner_id"]) for row in new})
        Segment = self.env["crm.segment"]
        of_company = {
            company.id: Chain._for_segments(
                company,
                Segment.browse({found for key, found in segments.items() if key[0] == company.id}),
            )
            for company in self.env["res.company"].browse({row["company_id"] for row in new})
        }
        return {
            root: Chain.browse(row["chain_id"])
            if row["chain_id"]
            else of_company[row["company_id"]][
                segments.get((row["company_id"], row["partner_id"]), False)
            ]
            for root, row in documents.items()
        }

    @api.model
    def _segments_of(self, pairs: set[tuple[int, int]]) -> dict[tuple[int, int], int]:
        """Segment id by (company id, partner id), of customers that have one."""
        if not pairs:
            return {}
        companies, partners = columns(sorted(pairs), 2)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT customer.company_id, customer.partner_id, customer.segment_id
                  FROM crm_customer AS customer
                  JOIN unnest(%s::int[], %s::int[]) AS pair(company_id, partner_id)
                 USING (company_id, partner_id)
                 WHERE customer.segment_id IS NOT NULL
                """,
                companies,
                partners,
            )
        )
        return {(company_id, partner_id): segment_id for company_id, partner_id, segment_id in rows}
