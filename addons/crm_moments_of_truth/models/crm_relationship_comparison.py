from __future__ import annotations

from datetime import date

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_strategy.models.crm_compared_mixin import Compared

from .crm_relationship_derivation import BATCH
from .crm_relationship_writer import Root, columns


class CrmRelationshipComparison(models.AbstractModel):
    """Stored passes and moments equal what follows from the standing facts now."""

    _name = "crm.relationship.comparison"
    _description = "Comparison of Passes"
    _inherit = ["crm.compared.mixin", "crm.relationship.derivation"]

    @api.model
    @api.private
    def _compare(self, company: models.BaseModel, partners: range) -> Compared:
        """Derive the passes of the customers anew, without writing, and compare."""
        self.env.flush_all()
        roots = self._compared_roots(company, partners)
        wrong: list[Root] = []
        for start in range(0, len(roots), BATCH):
            wrong += sorted(self._differing_roots(roots[start : start + BATCH]))
            self.env.invalidate_all(flush=False)
        found = self._partners_of_roots(wrong)
        sample = found and self.env._(
            "the pass of “%(name)s” was stored otherwise than its facts say.",
            name=self._partner_name(found[0][0]),
        )
        return self._compared(len(roots), found, sample)

    @api.model
    def _compared_roots(self, company: models.BaseModel, partners: range) -> list[Root]:
        """Roots of facts and passes; those whose facts wait for the lane are its business."""
        return self.env.execute_query(
            SQL(
                """
                SELECT CASE WHEN made.lead_id IS NULL THEN event.root_model ELSE 'crm.lead' END,
                       COALESCE(made.lead_id, event.root_id)
                  FROM crm_moment_event AS event
             LEFT JOIN (%(made)s) AS made
                    ON event.root_model = 'sale.order' AND made.order_id = event.root_id
                 WHERE event.company_id = %(company)s AND %(seen_scope)s
              GROUP BY 1, 2
                HAVING NOT BOOL_OR(event.is_pending)
                 UNION
                SELECT root_model, root_id
                  FROM crm_relationship AS known
                 WHERE company_id = %(company)s AND %(scope)s AND active
                   AND NOT EXISTS (
                       SELECT FROM crm_moment_event AS event
                        WHERE event.relationship_id = known.id AND event.is_pending
                   )
                   AND NOT EXISTS (
                       SELECT FROM crm_moment_event AS event
                        WHERE event.root_model = known.root_model
                          AND event.root_id = known.root_id AND event.is_pending
                   )
              ORDER BY 1, 2
                """,
                made=self._lead_orders_sql(),
                company=company.id,
                seen_scope=self._in_range(SQL("event.partner_id"), partners),
                scope=self._in_range(SQL("partner_id"), partners),
            )
        )

    @api.model
    def _differing_roots(self, roots: list[Root]) -> set[Root]:
        documents = self._root_documents(roots)
        facts, passes = self._derive_states(roots, documents)
        return (
            self._differing_passes(documents, passes)
            | self._differing_moments(passes)
            | self._untied(roots, self._gone_roots(roots, facts, documents))
        )

    @api.model
    def _untied(self, roots: list[Root], gone: set[Root]) -> set[Root]:
        """Roots that make no pass whose pass still counts, and whose facts name another pass."""
        return set(
            self.env.execute_query(
                SQL(
                    """
                    SELECT root_model, root_id
                      FROM crm_relationship
                      JOIN unnest(%s::varchar[], %s::int[]) AS root(root_model, root_id)
                     USING (root_model, root_id)
                     WHERE active
                     UNION
                    SELECT source.root_model, source.root_id
                      FROM crm_moment_event AS event
                      JOIN unnest(%s::varchar[], %s::int[], %s::varchar[], %s::int[])
                           AS source(root_model, root_id, seen_model, seen_id)
                        ON event.root_model = source.seen_model
                       AND event.root_id = source.seen_id
                 LEFT JOIN crm_relationship AS known
                        ON known.root_model = source.root_model
                       AND known.root_id = source.root_id
                     WHERE event.voided_at IS NULL
                       AND event.relationship_id IS DISTINCT FROM known.id
                    """,
                    *columns(sorted(gone), 2),
                    *columns(self._sources_of(roots), 4),
                )
            )
        )

    @api.model
    def _partners_of_roots(self, roots: list[Root]) -> list[tuple[int, date]]:
        """Partner and earliest day of roots, by their facts and their passes."""
        return self.env.execute_query(
            SQL(
                """
                SELECT partner_id, MIN(day)
                  FROM (
                    SELECT root_model, root_id, partner_id, fact_at::date AS day
                      FROM crm_moment_event
                     UNION ALL
                    SELECT root_model, root_id, partner_id, date_first FROM crm_relationship
                  ) AS known
                  JOIN unnest(%s::varchar[], %s::int[]) AS root(root_model, root_id)
                 USING (root_model, root_id)
                 WHERE partner_id IS NOT NULL
              GROUP BY root_model, root_id, partner_id
              ORDER BY root_model, root_id
                """,
                *columns(roots, 2),
            )
        )
