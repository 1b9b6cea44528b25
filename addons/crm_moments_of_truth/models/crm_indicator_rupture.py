from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.measure import MeasureRow, MeasureScope


class CrmIndicator(models.Model):
    """Rule 1 measured from the moments, and the advocate of rule 5 (S000-9.5-R1, -R5)."""

    _inherit = "crm.indicator"

    # rule 1: passes that nobody answers for
    @api.model
    def _states_pass_owner(self, scope: MeasureScope) -> SQL:
        """A pass that is under way on the last day of the period passes with an active owner."""
        return SQL(
            """
            SELECT period.key AS period_key, pass.company_id, pass.partner_id, period.day,
                   pass.id AS record_id, owner.id IS NOT NULL AS is_good
              FROM %(days)s
              JOIN crm_relationship AS pass
                ON pass.active AND pass.date_first <= period.day
               AND (pass.is_open OR pass.date_last > period.day)
         LEFT JOIN res_users AS owner ON owner.id = pass.user_id AND owner.active
            """,
            days=self._state_days(scope),
        )

    def _measure_pass_owner(self, scope: MeasureScope) -> list[MeasureRow]:
        """Passes under way with an active owner / passes under way, on the last day."""
        return self._measure_states(scope, self._states_pass_owner(scope))

    def _records_pass_owner(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_pass_owner(scope)
        return "crm.relationship", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_pass_owner(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_pass_owner(scope)
        return "crm.relationship", Domain("id", "in", self._state_records(scope, facts, True))

    # rule 1: passes without a rupture
    @api.model
    def _states_pass_whole(self, scope: MeasureScope) -> SQL:
        """A pass under way passes when none of its ruptures is open on the last day."""
        return SQL(
            """
            SELECT period.key AS period_key, pass.company_id, pass.partner_id, period.day,
                   pass.id AS record_id,
                   NOT EXISTS (
                    SELECT FROM crm_rupture AS rupture
                     WHERE rupture.relationship_id = pass.id
                       AND %(opened)s <= period.day
                       AND (rupture.closed_at IS NULL OR %(closed)s > period.day)
                   ) AS is_good
              FROM %(days)s
              JOIN crm_relationship AS pass
                ON pass.active AND pass.date_first <= period.day
               AND (pass.is_open OR pass.date_last > period.day)
            """,
            days=self._state_days(scope),
            opened=self._rupture_day(scope, SQL("rupture.opened_at")),
            closed=self._rupture_day(scope, SQL("rupture.closed_at")),
        )

    def _measure_pass_whole(self, scope: MeasureScope) -> list[MeasureRow]:
        """Passes under way without an open rupture / passes under way, on the last day."""
        return self._measure_states(scope, self._states_pass_whole(scope))

    def _records_pass_whole(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_pass_whole(scope)
        return "crm.relationship", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_pass_whole(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_pass_whole(scope)
        return "crm.relationship", Domain("id", "in", self._state_records(scope, facts, True))

    # rule 1: days until a rupture is repaired
    @api.model
    def _ruptures_repaired(self, scope: MeasureScope) -> SQL:
        return SQL(
            """
            SELECT period.key AS period_key, rupture.company_id, rupture.partner_id,
                   %(day)s AS day, rupture.id AS record_id, TRUE AS is_good,
                   rupture.hours / 24 AS days
              FROM crm_rupture AS rupture
              %(periods)s
             WHERE rupture.state = 'closed' AND NOT COALESCE(rupture.is_backlog, FALSE)
            """,
            day=self._rupture_day(scope, SQL("rupture.closed_at")),
            periods=self._state_period(scope, self._rupture_day(scope, SQL("rupture.closed_at"))),
        )

    def _measure_rupture_days(self, scope: MeasureScope) -> list[MeasureRow]:
        """Median of the days that ruptures stood open, of those repaired in the period."""
        joins, key = self._states_place(scope)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT fact.period_key, %(key)s,
                       (percentile_cont(0.5) WITHIN GROUP (ORDER BY fact.days))::numeric, COUNT(*)
                  FROM (%(facts)s) AS fact %(joins)s
                 WHERE fact.company_id = %(company)s
              GROUP BY 1, 2
                """,
                key=key,
                facts=self._ruptures_repaired(scope),
                joins=joins,
                company=scope.company_id,
            )
        )
        wanted = scope.scope_ids
        return [
            MeasureRow(period_key, scope_id, days, None, count, is_additive=False)
            for period_key, scope_id, days, count in rows
            if scope.scope == "company" or wanted is None or scope_id in wanted
        ]

    def _records_rupture_days(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._ruptures_repaired(scope)
        return "crm.rupture", Domain("id", "in", self._state_records(scope, facts, False))

    # rule 5: somebody speaks for the customer inside
    @api.model
    def _states_rupture_advocate(self, scope: MeasureScope) -> SQL:
        """A rupture opened in the period passes when it has an internal advocate."""
        day = self._rupture_day(scope, SQL("rupture.opened_at"))
        return SQL(
            """
            SELECT period.key AS period_key, rupture.company_id, rupture.partner_id,
                   %(day)s AS day, rupture.id AS record_id,
                   rupture.advocate_id IS NOT NULL AS is_good
              FROM crm_rupture AS rupture
              %(periods)s
             WHERE NOT COALESCE(rupture.is_backlog, FALSE)
            """,
            day=day,
            periods=self._state_period(scope, day),
        )

    def _measure_rupture_advocate(self, scope: MeasureScope) -> list[MeasureRow]:
        """Ruptures with an internal advocate / ruptures opened in the period."""
        return self._measure_states(scope, self._states_rupture_advocate(scope))

    def _records_rupture_advocate(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_rupture_advocate(scope)
        return "crm.rupture", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_rupture_advocate(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_rupture_advocate(scope)
        return "crm.rupture", Domain("id", "in", self._state_records(scope, facts, True))

    @api.model
    def _rupture_day(self, scope: MeasureScope, moment: SQL) -> SQL:
        """Day of a time in the zone of the company's calendar."""
        company = self.env["res.company"].browse(scope.company_id)
        # sudo: the zone of a company is no secret, and figures are equal for every reader.
        zone = company.sudo().resource_calendar_id.tz or "UTC"
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, zone)
