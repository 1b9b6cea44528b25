from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from odoo import api, models
from odoo.tools import SQL

from ..core.measure import MeasureRow, MeasureScope


class CrmIndicatorStore(models.AbstractModel):
    """How answers of indicators are written, restated and read again, in one statement each."""

    _name = "crm.indicator.store"
    _description = "Store of Indicator Values"

    @api.model
    @api.private
    def _store(
        self,
        indicator: models.BaseModel,
        company: models.BaseModel,
        scope: MeasureScope,
        rows: list[MeasureRow],
        final: Mapping[str, datetime] | None = None,
    ) -> int:
        """Write the answers to one question: new ones in, changed ones renewed, gone ones out.

        Returns how many rows were inserted, changed or removed. What changes in a period that was
        measured after its end (``final``: key -> when) leaves a restatement.
        """
        self.flush_model()
        keep_currency = indicator.unit in ("amount", "rate")
        # Raw SQL: one statement per question keeps the cost per value constant; people have no
        # right to write measured figures. The restatements are read from the rows as they were
        # before this statement.
        changed = self.env.execute_query(
            SQL(
                """
                WITH answer (period_key, scope_id, numerator, denominator, n, is_additive, fault)
                  AS (%(answer)s),
                period (period_key, period_kind, date_from)
                  AS (SELECT * FROM unnest(%(keys)s::text[], %(kinds)s::text[],
                                           %(starts)s::date[])),
                final (period_key, measured_at)
                  AS (SELECT * FROM unnest(%(final)s::text[], %(moments)s::timestamp[])),
                before AS (
                    SELECT line.* FROM crm_indicator_value AS line
                     WHERE line.indicator_id = %(indicator)s AND line.version = %(version)s
                       AND line.company_id = %(company)s AND line.scope = %(scope)s
                       AND line.period_key = ANY(%(keys)s)
                ),
                restated AS (
                    INSERT INTO crm_indicator_restatement
                           (indicator_id, version, company_id, currency_id, scope, period_key,
                            scope_id, segment_id, team_id, restated_at, known_since, stale_since,
                            value_before, value_after, n_before, n_after,
                            create_uid, write_uid, create_date, write_date)
                    SELECT %(indicator)s, %(version)s, %(company)s, %(currency)s, %(scope)s,
                           final.period_key, COALESCE(answer.scope_id, before.scope_id),
                           CASE WHEN %(scope)s = 'segment' THEN
                               NULLIF(COALESCE(answer.scope_id, before.scope_id), 0) END,
                           CASE WHEN %(scope)s = 'team' THEN
                               NULLIF(COALESCE(answer.scope_id, before.scope_id), 0) END,
                           %(now)s::timestamp, final.measured_at, %(since)s::date,
                           before.value,
                           CASE WHEN answer.denominator IS NULL THEN answer.numerator
                                ELSE answer.numerator / NULLIF(answer.denominator, 0) END,
                           COALESCE(before.n, 0), COALESCE(answer.n, 0),
                           %(uid)s, %(uid)s, %(now)s::timestamp, %(now)s::timestamp
                      FROM before FULL JOIN answer USING (period_key, scope_id)
                      JOIN final ON final.period_key = COALESCE(answer.period_key,
                                                                before.period_key)
                     WHERE (before.numerator, before.denominator, before.n)
                           IS DISTINCT FROM (answer.numerator, answer.denominator, answer.n)
                ),
                gone AS (
                    DELETE FROM crm_indicator_value AS line USING before
                     WHERE line.id = before.id
                       AND NOT EXISTS (
                           SELECT 1 FROM answer
                            WHERE answer.period_key = line.period_key
                              AND answer.scope_id = line.scope_id
                       )
                 RETURNING line.id
                ),
                stored AS (
                    INSERT INTO crm_indicator_value AS line
                           (indicator_id, version, company_id, currency_id, scope,
                            period_key, period_kind, date_from, scope_id, segment_id, team_id,
                            numerator, denominator, is_ratio, is_additive, fault, n, value,
                            create_uid, write_uid, create_date, write_date)
                    SELECT %(indicator)s, %(version)s, %(company)s, %(currency)s, %(scope)s,
                           answer.period_key, period.period_kind, period.date_from,
                           answer.scope_id,
                           CASE WHEN %(scope)s = 'segment' THEN NULLIF(answer.scope_id, 0) END,
                           CASE WHEN %(scope)s = 'team' THEN NULLIF(answer.scope_id, 0) END,
                           answer.numerator, answer.denominator,
                           answer.denominator IS NOT NULL, answer.is_additive, answer.fault,
                           answer.n,
                           CASE WHEN answer.denominator IS NULL THEN answer.numerator
                                ELSE answer.numerator / NULLIF(answer.denominator, 0) END,
                           %(uid)s, %(uid)s, %(now)s::timestamp, %(now)s::timestamp
                      FROM answer JOIN period USING (period_key)
                ON CONFLICT (indicator_id, version, company_id, period_key, scope, scope_id)
                 DO UPDATE SET numerator = EXCLUDED.numerator,
                               denominator = EXCLUDED.denominator,
                               is_ratio = EXCLUDED.is_ratio,
                               is_additive = EXCLUDED.is_additive,
                               fault = EXCLUDED.fault,
                               n = EXCLUDED.n,
                               value = EXCLUDED.value,
                               currency_id = EXCLUDED.currency_id,
                               restated_at = CASE WHEN EXCLUDED.period_key = ANY(%(final)s)
                                                  THEN %(now)s::timestamp
                                                  ELSE line.restated_at END,
                               write_uid = EXCLUDED.write_uid,
                               write_date = EXCLUDED.write_date
                         WHERE (line.numerator, line.denominator, line.n, line.fault,
                                line.is_additive)
                               IS DISTINCT FROM
                               (EXCLUDED.numerator, EXCLUDED.denominator, EXCLUDED.n,
                                EXCLUDED.fault, EXCLUDED.is_additive)
                 RETURNING line.id
                )
                SELECT id FROM gone UNION ALL SELECT id FROM stored
                """,
                answer=self._answer_sql(rows),
                indicator=indicator.id,
                version=indicator.version,
                company=company.id,
                currency=company.currency_id.id if keep_currency else None,
                scope=scope.scope,
                keys=[period.key for period in scope.periods],
                kinds=[period.kind for period in scope.periods],
                starts=[period.date_from for period in scope.periods],
                final=list(final or ()),
                moments=list((final or {}).values()),
                since=self.env.context.get("crm_stale_since"),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.invalidate_model(flush=False)
        return len(changed)

    @api.model
    def _answer_sql(self, rows: list[MeasureRow]) -> SQL:
        columns = [
            [row.period_key for row in rows],
            [row.scope_id for row in rows],
            [row.numerator for row in rows],
            [row.denominator for row in rows],
            [row.n for row in rows],
            [row.is_additive for row in rows],
            [row.fault for row in rows],
        ]
        return SQL(
            "SELECT * FROM unnest(%s::text[], %s::int[], %s::numeric[], %s::numeric[], %s::int[],"
            " %s::bool[], %s::text[])",
            *columns,
        )

    @api.model
    def _stored_rows(
        self, indicators: models.BaseModel, company: models.BaseModel, periods
    ) -> list[tuple[int, str, MeasureRow]]:
        """(indicator id, scope, row) as stored under the present versions, exact to the digit."""
        self.flush_model()
        # Raw SQL: the exact decimals, which a float would lose.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.indicator_id, line.scope, line.period_key, line.scope_id,
                       line.numerator, line.denominator, line.n, line.is_additive, line.fault,
                       line.is_ratio
                  FROM crm_indicator_value AS line
                  JOIN unnest(%s::int[], %s::int[]) AS item (id, version)
                    ON item.id = line.indicator_id AND item.version = line.version
                 WHERE line.company_id = %s AND line.period_key = ANY(%s)
                """,
                indicators.ids,
                [indicator.version for indicator in indicators],
                company.id,
                [period.key for period in periods],
            )
        )
        return [
            (indicator_id, scope, MeasureRow(*key, numerator, below if is_ratio else None, *rest))
            for indicator_id, scope, *key, numerator, below, n, is_additive, fault, is_ratio in rows
            for rest in [(n or 0, is_additive is not False, fault or None)]
        ]
