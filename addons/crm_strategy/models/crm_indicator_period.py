from __future__ import annotations

from datetime import datetime

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.period import Period


class CrmIndicatorPeriod(models.Model):
    """That an indicator was measured for a period, and when: “no data” can be told from “never”."""

    _name = "crm.indicator.period"
    _description = "Measured Period"
    _order = "period_key desc, indicator_id"
    _rec_name = "period_key"

    indicator_id = fields.Many2one(
        "crm.indicator",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
        help="What was measured.",
    )
    version = fields.Integer(
        required=True, readonly=True, aggregator=None, help="Version of the definition."
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    period_key = fields.Char(
        string="Period", required=True, readonly=True, help="The period as a key, e.g. 2026-03."
    )
    measured_at = fields.Datetime(
        string="As of", required=True, readonly=True, help="When the figures were read."
    )
    is_stale = fields.Boolean(
        string="Given up",
        readonly=True,
        help="A change was taken off the queue, so the stored figures may be old: readers measure.",
    )

    _key_uniq = models.UniqueIndex(
        "(company_id, period_key, indicator_id, version)",
        "The measuring of this period is noted already.",
    )

    @api.model
    def _mark(
        self, indicators: models.BaseModel, company: models.BaseModel, periods: tuple[Period, ...]
    ) -> None:
        """Note that the indicators were measured just now.

        Two that measure at the same time meet here: the database lets the later one begin again.
        """
        if not indicators or not periods:
            return
        self.flush_model()
        # Raw SQL: one statement, and a row that somebody else wrote since makes this transaction
        # fail and be repeated, instead of keeping older figures.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_indicator_period AS mark
                       (indicator_id, version, company_id, period_key, measured_at, is_stale,
                        create_uid, write_uid, create_date, write_date)
                SELECT item.id, item.version, %(company)s::int, key, %(now)s::timestamp, FALSE,
                       %(uid)s::int, %(uid)s::int, %(now)s::timestamp, %(now)s::timestamp
                  FROM unnest(%(ids)s::int[], %(versions)s::int[]) AS item (id, version),
                       unnest(%(keys)s::text[]) AS key
              ORDER BY item.id, key
           ON CONFLICT (company_id, period_key, indicator_id, version) DO UPDATE
                   SET measured_at = EXCLUDED.measured_at, is_stale = FALSE,
                       write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
                """,
                company=company.id,
                ids=indicators.ids,
                versions=[indicator.version for indicator in indicators],
                keys=[period.key for period in periods],
                uid=self.env.uid,
                now=self.env.cr.now(),
            ),
            log_exceptions=False,
        )
        self.invalidate_model(flush=False)

    @api.model
    def _final_keys(
        self, indicator: models.BaseModel, company: models.BaseModel, periods: tuple[Period, ...]
    ) -> dict[str, datetime]:
        """Periods that were measured after they had ended, and when: what changes is restated."""
        rows = self.env.execute_query(
            SQL(
                "SELECT period_key, measured_at FROM crm_indicator_period"
                " WHERE indicator_id = %s AND version = %s AND company_id = %s",
                indicator.id,
                indicator.version,
                company.id,
            )
        )
        ends = {period.key: period.date_to for period in periods}
        return {
            key: moment
            for key, moment in rows
            if ends.get(key) and indicator._day_of(company, moment) >= ends[key]
        }

    @api.model
    def _fresh_marks(
        self, indicators: models.BaseModel, company: models.BaseModel, period: Period
    ) -> list[tuple[int, datetime]]:
        """(indicator id, when) of what is stored for the period while no change waits."""
        # Access: totals of the company that every role of the suite reads; who asks was checked.
        return self.env.execute_query(
            SQL(
                """
                SELECT mark.indicator_id, mark.measured_at
                  FROM crm_indicator_period AS mark
                  JOIN unnest(%(ids)s::int[], %(versions)s::int[]) AS item (id, version)
                    ON item.id = mark.indicator_id AND item.version = mark.version
                 WHERE mark.company_id = %(company)s AND mark.period_key = %(key)s
                   AND NOT COALESCE(mark.is_stale, FALSE)
                   AND NOT EXISTS (
                       SELECT FROM crm_change
                        WHERE consumer = 'indicators' AND company_id = %(company)s
                   )
                """,
                ids=indicators.ids,
                versions=[indicator.version for indicator in indicators],
                company=company.id,
                key=period.key,
            )
        )

    @api.model
    @api.private
    def _give_up(self, company_id: int, since) -> None:
        """Mark what a dropped change leaves old, so that nobody takes it for current."""
        marks = self.search([("company_id", "=", company_id)])
        marks.filtered(
            lambda mark: (end := Period.parse(mark.period_key).date_to) is None or end > since
        ).is_stale = True
