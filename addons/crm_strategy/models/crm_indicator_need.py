from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.measure import SEGMENT, TEAM, MeasureRow, MeasureScope


class CrmIndicatorNeed(models.AbstractModel):
    """How far needs reach specifications and commitments, per company, segment and team.

    Each need counts in the period in which it was noted, for the segment analysed or the one in
    which its customer was on that day, and as it stands today.
    """

    _name = "crm.indicator.need"
    _description = "Measures of Needs"

    @api.private
    def _measure_needs_specified(self, scope: MeasureScope) -> list[MeasureRow]:
        """Needs with at least one specification / needs."""
        return self._measure_needs(scope, "has_specification")

    @api.private
    def _records_needs_specified(self, scope: MeasureScope) -> tuple[str, Domain]:
        return self._records_needs(scope)

    @api.private
    def _measure_needs_committed(self, scope: MeasureScope) -> list[MeasureRow]:
        """Needs that reach a commitment / needs."""
        return self._measure_needs(scope, "is_committed")

    @api.private
    def _records_needs_committed(self, scope: MeasureScope) -> tuple[str, Domain]:
        return self._records_needs(scope)

    @api.private
    def _measure_legal_needs_covered(self, scope: MeasureScope) -> list[MeasureRow]:
        """Legal needs that an approved way leads to a commitment / legal needs."""
        return self._measure_needs(scope, "is_settled", SQL("need.is_legal"))

    @api.private
    def _records_legal_needs_covered(self, scope: MeasureScope) -> tuple[str, Domain]:
        return self._records_needs(scope, SQL("need.is_legal"))

    @api.model
    def _measure_needs(
        self, scope: MeasureScope, mark: str, only: SQL | None = None
    ) -> list[MeasureRow]:
        mark = SQL.identifier("need", mark)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT period.key, %(key)s, COUNT(*) FILTER (WHERE %(mark)s), COUNT(*), COUNT(*)
                %(needs)s
              GROUP BY 1, 2
                """,
                key=self._need_key(scope),
                mark=mark,
                needs=self._needs_sql(scope, only),
            )
        )
        return [MeasureRow(*row) for row in rows]

    @api.model
    def _records_needs(self, scope: MeasureScope, only: SQL | None = None) -> tuple[str, Domain]:
        scope.single()
        rows = self.env.execute_query(SQL("SELECT need.id %s", self._needs_sql(scope, only)))
        return "crm.need", Domain("id", "in", sorted({need_id for (need_id,) in rows}))

    @api.model
    def _need_key(self, scope: MeasureScope) -> SQL:
        return {
            SEGMENT: SQL("COALESCE(analysis.segment_id, membership.segment_id, 0)"),
            TEAM: SQL("COALESCE(segment_team.id, 0)"),
        }.get(scope.scope, SQL("0"))

    @api.model
    def _needs_sql(self, scope: MeasureScope, only: SQL | None) -> SQL:
        """FROM and WHERE of the needs that a question asks about."""
        self.env.flush_all()
        wanted = [SQL("need.active"), SQL("analysis.active"), only or SQL("TRUE")]
        if scope.scope_ids is not None and scope.scope in (SEGMENT, TEAM):
            wanted.append(SQL("%s = ANY(%s)", self._need_key(scope), list(scope.scope_ids)))
        return SQL(
            """
                  FROM crm_need AS need
                  JOIN crm_need_analysis AS analysis ON analysis.id = need.analysis_id
             LEFT JOIN crm_customer AS customer ON customer.id = analysis.customer_id
                  JOIN %(periods)s
                    ON (period.date_from IS NULL OR period.date_from <= need.noted_on)
                   AND (period.date_to IS NULL OR need.noted_on < period.date_to)
                  %(membership)s
             LEFT JOIN crm_team AS segment_team
                    ON segment_team.crm_segment_id
                       = COALESCE(analysis.segment_id, membership.segment_id)
                   AND segment_team.company_id = need.company_id AND segment_team.active
                 WHERE need.company_id = %(company)s
                   AND NOT COALESCE(analysis.is_crm_project, FALSE)
                   AND %(wanted)s
            """,
            periods=self._periods_sql(scope.periods),
            membership=self.env["crm.segment.membership"]._join_at(
                SQL("customer.partner_id"), SQL("need.company_id"), SQL("need.noted_on")
            ),
            company=scope.company_id,
            wanted=SQL(" AND ").join(wanted),
        )
