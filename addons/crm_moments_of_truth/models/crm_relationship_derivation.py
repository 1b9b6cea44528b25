from __future__ import annotations

from collections.abc import Iterable

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
    _inherit = ["crm.relationship.facts", "crm.relationship.writer"]

    @api.model
    def _process_changes(self, rows: Iterable[tuple]) -> None:
        """Derive the passes of changed customers: rows of (company id, partner id, …)."""
        pairs = {(company_id, partner_id) for company_id, partner_id, *_rest in rows}
        if not pairs:
            return
        self.env.flush_all()
        self._derive_batches(self._changed_roots(pairs))

    @api.model
    def _changed_roots(self, pairs: set[tuple[int, int]]) -> list[Root]:
        """Roots with pending facts, those that lost a fact to another one, and passes of the same
        customers that follow from what the others do: contacts, and first or repeat orders."""
        companies, partners = columns(sorted(pairs), 2)
        pending = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT event.root_model, event.root_id, event.relationship_id
                  FROM crm_moment_event AS event
                  JOIN unnest(%s::int[], %s::int[]) AS pair(company_id, partner_id)
                 USING (company_id, partner_id)
                 WHERE event.is_pending
                """,
                companies,
                partners,
            )
        )
        known = self.env.execute_query(
            SQL(
                """
                SELECT root_model, root_id FROM crm_relationship WHERE id = ANY(%s)
                 UNION
                SELECT contact.root_model, contact.root_id
                  FROM crm_relationship AS contact
                  JOIN unnest(%s::int[], %s::int[]) AS pair(company_id, partner_id)
                 USING (company_id, partner_id)
                 WHERE contact.root_model = 'crm.customer' AND contact.active
                """,
                [relationship_id for *_root, relationship_id in pending if relationship_id],
                companies,
                partners,
            )
        )
        seen = {(root_model, root_id) for root_model, root_id, _pass in pending}
        return sorted({*self._pass_roots(seen), *known, *self._changed_repeats(pairs)})

    @api.model
    def _changed_repeats(self, pairs: set[tuple[int, int]]) -> set[Root]:
        """Passes that became a first or a repeat order because another document came or went."""
        repeats = self._repeats(pairs)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT known.root_model, known.root_id, known.is_repeat
                  FROM crm_relationship AS known
                  JOIN unnest(%s::int[], %s::int[]) AS pair(company_id, partner_id)
                 USING (company_id, partner_id)
                 WHERE known.active
                """,
                *columns(sorted(pairs), 2),
            )
        )
        return {
            (root_model, root_id)
            for root_model, root_id, is_repeat in rows
            if repeats.get((root_model, root_id), False) != bool(is_repeat)
        }

    @api.model
    def _derive_companies(self, companies: models.BaseModel) -> None:
        """Derive all passes of companies anew."""
        self.env.flush_all()
        seen = self.env.execute_query(
            SQL(
                "SELECT DISTINCT root_model, root_id FROM crm_moment_event"
                " WHERE company_id = ANY(%s)",
                companies.ids,
            )
        )
        known = self.env.execute_query(
            SQL(
                "SELECT root_model, root_id FROM crm_relationship WHERE company_id = ANY(%s)",
                companies.ids,
            )
        )
        self._derive_batches(sorted({*self._pass_roots(seen), *known}))

    @api.model
    def _derive_batches(self, roots: list[Root]) -> None:
        self.env.flush_all()
        for start in range(0, len(roots), BATCH):
            self._derive(roots[start : start + BATCH])
        self.env.invalidate_all(flush=False)

    @api.model
    def _derive(self, roots: list[Root]) -> None:
        """Derive the passes of roots from their standing facts, in a fixed number of queries.

        What follows from a pass itself (silence after the transfer, a next step) is a fact too;
        where it changed, the pass is derived once more.
        """
        self._derive_once(roots)
        touched = set(roots) | self._derive_signs(roots)
        passes = self._passes_of(sorted(touched))
        # Written in SQL so far; what follows from it may read and write records.
        self.env.invalidate_all(flush=False)
        passes._after_derivation()
        self.env.flush_all()

    @api.model
    def _derive_once(self, roots: list[Root]) -> None:
        documents = self._root_documents(roots)
        self.env["crm.customer"]._ensure(
            {(row["partner_id"], row["company_id"]) for row in documents.values() if row["is_sale"]}
        )
        facts, passes = self._derive_states(roots, documents)
        gone = self._gone_roots(roots, facts, documents)
        self._write_passes(documents, passes)
        self._archive_gone(gone)
        self._write_moments(passes)
        # The facts of a company without an active chain wait until it has one.
        self._claim_events([*passes, *(gone - set(passes))])

    @api.model
    def _gone_roots(self, roots: Iterable[Root], facts: Iterable, documents: Iterable) -> set[Root]:
        """Roots that make no pass: without standing facts, and invoices that are not posted.

        What was seen of such an invoice waits until it is posted again.
        """
        return {
            root
            for root in roots
            if root not in facts or (root[0] == "account.move" and root not in documents)
        }

    @api.model
    def _passes_of(self, roots: list[Root]) -> models.BaseModel:
        """The passes of roots, archived ones included."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM crm_relationship
                  JOIN unnest(%s::varchar[], %s::int[]) AS root(root_model, root_id)
                 USING (root_model, root_id)
              ORDER BY id
                """,
                *columns(roots, 2),
            )
        )
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
        repeats = self._repeats(
            {(row["company_id"], row["partner_id"]) for row in documents.values()}
        )
        for root, row in documents.items():
            row["is_repeat"] = repeats.get(root, False)
        passes = {
            root: (
                chains[root],
                derive.derive(
                    specs[chains[root]], facts.get(root, ()), covers, documents[root]["is_repeat"]
                ),
            )
            for root in documents
            if chains.get(root)
        }
        return facts, passes

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
