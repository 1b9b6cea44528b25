from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.measure import COMPANY, SEGMENT, TEAM, MeasureRow, MeasureScope
from ..core.period import Period


class CrmIndicatorValue(models.Model):
    """A stored figure of a company, segment or team in one period."""

    _name = "crm.indicator.value"
    _description = "Indicator Value"
    _order = "period_key desc, indicator_id, scope, scope_id"
    _rec_name = "indicator_id"

    indicator_id = fields.Many2one(
        "crm.indicator", required=True, index=True, ondelete="cascade", readonly=True
    )
    version = fields.Integer(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one("res.currency", readonly=True)
    unit = fields.Selection(related="indicator_id.unit")
    label = fields.Selection(related="indicator_id.label")
    # scope
    period_key = fields.Char(
        string="Period",
        required=True,
        readonly=True,
        help="A month (2026-03), quarter (2026-Q1), year (2026) or all.",
    )
    scope = fields.Selection(
        [(COMPANY, "Company"), (SEGMENT, "Segment"), (TEAM, "Team")],
        string="Of",
        required=True,
        readonly=True,
    )
    scope_id = fields.Integer(
        string="Scope number",
        required=True,
        readonly=True,
        default=0,
        help="The segment or team; 0 for the whole company, and for what belongs to none.",
    )
    segment_id = fields.Many2one("crm.segment", compute="_compute_scope_links", store=True)
    team_id = fields.Many2one("crm.team", compute="_compute_scope_links", store=True)
    scope_name = fields.Char(string="Segment or team", compute="_compute_scope_name")
    # figures
    numerator = fields.Float(
        digits=(16, 6), readonly=True, help="Sum above the line, or the figure itself."
    )
    denominator = fields.Float(
        digits=(16, 6), readonly=True, help="Sum below the line; not used for plain sums."
    )
    is_ratio = fields.Boolean(readonly=True, string="Is a ratio")
    n = fields.Integer(
        string="Number of facts", readonly=True, help="How many documents or events count."
    )
    value = fields.Float(
        compute="_compute_value",
        store=True,
        digits=(16, 6),
        aggregator="sum",
        help="The figure. Grouped ratios are sum over sum, not the average of ratios.",
    )

    _key_uniq = models.UniqueIndex(
        "(indicator_id, version, company_id, period_key, scope, scope_id)",
        "The figure of this period and scope is stored already.",
    )

    @api.depends("scope", "scope_id")
    def _compute_scope_links(self) -> None:
        segments = self.env["crm.segment"].browse(
            self.filtered(lambda line: line.scope == SEGMENT).mapped("scope_id")
        )
        teams = self.env["crm.team"].browse(
            self.filtered(lambda line: line.scope == TEAM).mapped("scope_id")
        )
        segment_ids, team_ids = set(segments.exists().ids), set(teams.exists().ids)
        for line in self:
            line.segment_id = (
                line.scope == SEGMENT and line.scope_id in segment_ids and line.scope_id
            )
            line.team_id = line.scope == TEAM and line.scope_id in team_ids and line.scope_id

    @api.depends("scope", "segment_id", "team_id", "company_id")
    def _compute_scope_name(self) -> None:
        for line in self:
            if line.scope == COMPANY:
                line.scope_name = line.company_id.name
            elif line.scope == SEGMENT:
                line.scope_name = line.segment_id.name or self.env._("Unassigned")
            else:
                line.scope_name = line.team_id.name or self.env._("Without a team")

    @api.depends("numerator", "denominator", "is_ratio")
    def _compute_value(self) -> None:
        for line in self:
            if not line.is_ratio:
                line.value = line.numerator
            else:
                line.value = line.numerator / line.denominator if line.denominator else 0.0

    def _read_group_select(self, aggregate_spec: str, query) -> SQL:
        """Aggregate values as ratio of sums; a group of plain sums is their sum.

        In a group that mixes ratios with sums, or where nothing stands below the line, there
        is no figure: NULL, never 0.
        """
        if aggregate_spec not in ("value:sum", "value:avg"):
            return super()._read_group_select(aggregate_spec, query)
        table = self._table
        return SQL(
            """
            CASE WHEN BOOL_AND(%(is_ratio)s)
                 THEN SUM(%(numerator)s) / NULLIF(SUM(%(denominator)s), 0)
                 WHEN NOT BOOL_OR(%(is_ratio)s)
                 THEN SUM(%(numerator)s) END
            """,
            is_ratio=SQL("COALESCE(%s, FALSE)", self._field_to_sql(table, "is_ratio", query)),
            numerator=self._field_to_sql(table, "numerator", query),
            denominator=self._field_to_sql(table, "denominator", query),
        )

    @api.model
    @api.private
    def _store(
        self,
        indicator: models.BaseModel,
        company: models.BaseModel,
        scope: MeasureScope,
        rows: list[MeasureRow],
    ) -> int:
        """Write the answers to one question: new ones in, changed ones renewed, gone ones out.

        Returns how many rows were inserted, changed or removed.
        """
        self.flush_model()
        keys = [period.key for period in scope.periods]
        values = [
            SQL(
                "(%s, %s, %s::numeric, %s::numeric, %s)",
                row.period_key,
                row.scope_id,
                row.numerator,
                row.denominator,
                row.n,
            )
            for row in rows
        ]
        answer = (
            SQL("VALUES %s", SQL(", ").join(values))
            if values
            else SQL(
                "SELECT NULL::text, NULL::int, NULL::numeric, NULL::numeric, NULL::int LIMIT 0"
            )
        )
        # Raw SQL: one statement per question keeps the cost per value constant; people have no
        # right to write measured figures.
        changed = self.env.execute_query(
            SQL(
                """
                WITH answer (period_key, scope_id, numerator, denominator, n) AS (%(answer)s),
                gone AS (
                    DELETE FROM crm_indicator_value AS line
                     WHERE line.indicator_id = %(indicator)s AND line.version = %(version)s
                       AND line.company_id = %(company)s AND line.scope = %(scope)s
                       AND line.period_key = ANY(%(keys)s)
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
                            period_key, scope_id, segment_id, team_id,
                            numerator, denominator, is_ratio, n, value,
                            create_uid, write_uid, create_date, write_date)
                    SELECT %(indicator)s, %(version)s, %(company)s, %(currency)s, %(scope)s,
                           answer.period_key, answer.scope_id,
                           CASE WHEN %(scope)s = 'segment' THEN NULLIF(answer.scope_id, 0) END,
                           CASE WHEN %(scope)s = 'team' THEN NULLIF(answer.scope_id, 0) END,
                           answer.numerator, answer.denominator,
                           answer.denominator IS NOT NULL, answer.n,
                           CASE WHEN answer.denominator IS NULL THEN answer.numerator
                                ELSE answer.numerator / NULLIF(answer.denominator, 0) END,
                           %(uid)s, %(uid)s, %(now)s::timestamp, %(now)s::timestamp
                      FROM answer
                ON CONFLICT (indicator_id, version, company_id, period_key, scope, scope_id)
                 DO UPDATE SET numerator = EXCLUDED.numerator,
                               denominator = EXCLUDED.denominator,
                               is_ratio = EXCLUDED.is_ratio,
                               n = EXCLUDED.n,
                               value = EXCLUDED.value,
                               currency_id = EXCLUDED.currency_id,
                               write_uid = EXCLUDED.write_uid,
                               write_date = EXCLUDED.write_date
                         WHERE (line.numerator, line.denominator, line.n)
                               IS DISTINCT FROM
                               (EXCLUDED.numerator, EXCLUDED.denominator, EXCLUDED.n)
                 RETURNING line.id
                )
                SELECT id FROM gone UNION ALL SELECT id FROM stored
                """,
                answer=answer,
                indicator=indicator.id,
                version=indicator.version,
                company=company.id,
                currency=company.currency_id.id,
                scope=scope.scope,
                keys=keys,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.invalidate_model(flush=False)
        return len(changed)

    def action_open_records(self) -> dict:
        """Open the documents or events that the figure is made of."""
        self.ensure_one()
        self.check_access("read")
        try:
            period = Period.parse(self.period_key)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "The period of “%(name)s” cannot be read: %(reason)s",
                    name=self.indicator_id.name,
                    reason=str(error),
                )
            ) from error
        scope = MeasureScope(self.company_id.id, self.scope, (self.scope_id,), (period,))
        model, domain = self.indicator_id._records(scope)
        return {
            "type": "ir.actions.act_window",
            "name": f"{self.indicator_id.name}, {self.scope_name}, {self.period_key}",
            "res_model": model,
            "domain": list(domain),
            "views": [(False, "list"), (False, "form")],
            "context": {"active_test": False},
        }
