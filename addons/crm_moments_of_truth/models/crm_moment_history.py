from __future__ import annotations

from collections.abc import Iterable, Iterator

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

BATCH = 1000
# Plain documents are read and written in sets; a batch bounds what one statement holds.
PLAIN_BATCH = 20_000


class CrmMomentHistory(models.AbstractModel):
    """Replays documents that exist already through the daily capture, in batches."""

    _name = "crm.moment.history"
    _description = "History of Facts"

    @api.model
    def _source_models(self) -> list[str]:
        """Models that prove facts, the ERP's order of documents first."""
        mixin = "crm.moment.source.mixin"
        names = self.env.registry.descendants([mixin], "_inherit") - {mixin}
        return sorted(name for name in names if not self.env[name]._abstract)

    @api.model
    def _rebuild(self, companies: models.BaseModel | None = None) -> int:
        """Replay the documents of companies (all by default) and derive all their passes anew.

        The same code as the daily capture, in batches. Running it twice changes nothing.
        Returns the number of facts that stand afterwards.
        """
        companies = companies or self.env["res.company"].search(Domain.TRUE)
        self._replay(companies)
        self.env.cr.flush()
        passes = self.env["crm.relationship"].with_context(crm_history=True)
        passes._derive_companies(companies)
        return self._log_rebuild(companies)

    @api.model
    def _log_rebuild(self, companies: models.BaseModel) -> int:
        """Note the rebuild in the audit log of each company; returns the facts that stand."""
        standing = dict(
            self._read_group(
                [("company_id", "in", companies.ids), ("voided_at", "=", False)],
                ["company_id"],
                ["__count"],
            )
        )
        for company in companies:
            self.env["crm.audit.log"]._log_run(
                "moments",
                self.env._("Rebuild of the history"),
                self.env._("%(count)s facts stand afterwards.", count=standing.get(company, 0)),
                company,
            )
        return sum(standing.values())

    @api.model
    def _process_changes(self, rows: Iterable[tuple]) -> None:
        """Replay the history of customers: rows of (company id, partner id, …) of the queue."""
        for company_id, partner_ids in _partners_by_company(rows).items():
            self._replay(self.env["res.company"].browse(company_id), partner_ids)
            self._derive_again(company_id, partner_ids)

    @api.model
    def _derive_again(self, company_id: int, partner_ids: list[int]) -> None:
        """Derive all passes of customers, also those whose facts did not change.

        An addon that brings a new fact changes what proves a moment. At once and as history:
        what happened long ago is told to nobody.
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_moment_event SET is_pending = TRUE
                 WHERE company_id = %s AND partner_id = ANY(%s) AND NOT is_pending
                """,
                company_id,
                partner_ids,
            )
        )
        passes = self.env["crm.relationship"].with_context(crm_history=True)
        passes._process_changes([(company_id, partner_id) for partner_id in partner_ids])

    @api.model
    def _replay(self, companies: models.BaseModel, partner_ids: list[int] | None = None) -> None:
        """Make the facts of the documents stand as they are now.

        What changed is marked as pending; the caller has the passes derived.
        """
        # Compiling these statements would cost the database as much as running them.
        self.env.cr.execute("SET LOCAL jit = off")
        for model_name in self._source_models():
            source = self.env[model_name].with_context(active_test=False)
            ids = set(source.search(source._moment_history_domain(companies, partner_ids)).ids)
            known = self._standing_ids(source._moment_fact_codes(), companies, partner_ids)
            self.env.flush_all()
            covered = set()
            for chunk in _chunks(sorted(ids), PLAIN_BATCH):
                covered |= self._write_plain_facts(source, sorted(chunk))
            # What is shared, or proves nothing any more, takes the way of the daily capture.
            for chunk in _chunks(sorted((ids | known) - covered), BATCH):
                self._project({model_name: (chunk & ids, chunk - ids)})
                self.env.cr.flush()
                self.env.invalidate_all(flush=False)
            self.env.invalidate_all(flush=False)

    @api.model
    def _standing_ids(
        self, codes: Iterable[str], companies: models.BaseModel, partner_ids: list[int] | None
    ) -> set[int]:
        domain = [
            ("fact", "in", list(codes)),
            ("company_id", "in", companies.ids),
            ("voided_at", "=", False),
            ("kind", "=", "derived"),
        ]
        if partner_ids is not None:
            domain.append(("partner_id", "in", partner_ids))
        return {res_id for (res_id,) in self._read_group(domain, ["res_id"])}

    @api.model
    def _collect_pending(self) -> None:
        """Queue the customers whose facts wait for their pass."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT company_id, partner_id, MIN(fact_at)::date
                  FROM crm_moment_event
                 WHERE is_pending AND partner_id IS NOT NULL
              GROUP BY company_id, partner_id
                """
            )
        )
        self.env["crm.change"]._collect("moments", rows)


def _partners_by_company(rows: Iterable[tuple]) -> dict[int, list[int]]:
    result: dict[int, set[int]] = {}
    for company_id, partner_id, *_rest in rows:
        result.setdefault(company_id, set()).add(partner_id)
    return {company_id: sorted(partner_ids) for company_id, partner_ids in result.items()}


def _chunks(ids: list[int], size: int) -> Iterator[set[int]]:
    for start in range(0, len(ids), size):
        yield set(ids[start : start + size])
