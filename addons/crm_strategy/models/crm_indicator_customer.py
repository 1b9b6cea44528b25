from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.measure import COMPANY, SEGMENT, TEAM, MeasureRow, MeasureScope


class CrmIndicator(models.Model):
    """Two indicators about the care for customers: strategies decided, account plans kept."""

    _inherit = "crm.indicator"

    # strategy assigned
    @api.model
    def _measure_strategy_assigned_rate(self, scope: MeasureScope) -> list[MeasureRow]:
        """Customers with a decision / customers, as at the end of each period (S004-P2).

        A period that is running is told as of today, one that has not begun not at all. n counts
        customers. Source: the history of decisions, ``crm.customer.class.change``.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT fact.key, fact.scope_id, SUM(fact.is_decided), COUNT(*), COUNT(*)
                  FROM (%s) AS fact
              GROUP BY 1, 2
                """,
                self._assigned_sql(scope),
            )
        )
        return [MeasureRow(*row) for row in rows]

    @api.model
    def _records_strategy_assigned_rate(self, scope: MeasureScope) -> tuple[str, Domain]:
        """The customers of one figure: as many as its n, decided or not."""
        scope_id, _key = scope.single()
        rows = self.env.execute_query(
            SQL(
                "SELECT fact.customer_id FROM (%s) AS fact WHERE fact.scope_id = %s",
                self._assigned_sql(scope),
                scope_id,
            )
        )
        return "crm.customer", Domain("id", "in", [customer_id for (customer_id,) in rows])

    @api.model
    def _assigned_sql(self, scope: MeasureScope) -> SQL:
        """SELECT of (key, customer_id, scope_id, is_decided) at the end of each period."""
        self.env.flush_all()
        company = self.env["res.company"].browse(scope.company_id)
        today = self.env["crm.segment.membership"]._today(company)
        periods = [
            period
            for period in scope.periods
            if period.date_from is None or period.date_from <= today
        ]
        days = [
            today if period.date_to is None else min(period.last_day, today) for period in periods
        ]
        Membership = self.env["crm.segment.membership"]
        key = {
            COMPANY: SQL("0"),
            SEGMENT: SQL("COALESCE(membership.segment_id, 0)"),
            TEAM: SQL("COALESCE(segment_team.id, 0)"),
        }[scope.scope]
        wanted = SQL("TRUE")
        if scope.scope != COMPANY and scope.scope_ids is not None:
            wanted = SQL("%s = ANY(%s)", key, list(scope.scope_ids))
        return SQL(
            """
            SELECT period.key, customer.id AS customer_id, %(scope)s AS scope_id,
                   (line.after IS NOT NULL)::int AS is_decided
              FROM unnest(%(keys)s::text[], %(days)s::date[]) AS period(key, day)
              JOIN crm_customer AS customer
                ON customer.company_id = %(company)s AND customer.create_date::date <= period.day
         LEFT JOIN LATERAL (
                SELECT change.after
                  FROM crm_customer_class_change AS change
                 WHERE change.company_id = customer.company_id AND change.kind = 'decision'
                   AND change.customer_id = customer.id AND change.date <= period.day
              ORDER BY change.date DESC, change.id DESC LIMIT 1
             ) AS line ON TRUE
              %(membership)s %(team)s
             WHERE %(wanted)s
            """,
            scope=key,
            keys=[period.key for period in periods],
            days=days,
            company=scope.company_id,
            membership=Membership._join_at(
                SQL("customer.partner_id"), SQL("customer.company_id"), SQL("period.day")
            ),
            team=Membership._team_join(),
            wanted=wanted,
        )

    # account plans kept
    @api.model
    def _measure_account_action_kept_rate(self, scope: MeasureScope) -> list[MeasureRow]:
        """Actions of account plans done in time / actions due, by due date (S002-4.1-N).

        Counted are actions of running and closed plans whose day is over, and those done already.
        n counts actions due.
        """
        return self._measure_facts(scope, self._kept_sql(scope))

    @api.model
    def _records_account_action_kept_rate(self, scope: MeasureScope) -> tuple[str, Domain]:
        """The actions of one figure: as many as its n, kept or not."""
        ids = self._scope_values(scope, self._kept_sql(scope), "action_id")
        return "crm.account.action", Domain("id", "in", ids)

    @api.model
    def _kept_sql(self, scope: MeasureScope) -> SQL:
        company = self.env["res.company"].browse(scope.company_id)
        return SQL(
            """
            SELECT plan.company_id, plan.partner_id, action.date_due AS fact_date,
                   COALESCE(action.is_in_time, FALSE)::int AS numerator, 1 AS denominator,
                   action.id AS action_id
              FROM crm_account_action AS action
              JOIN crm_account_plan AS plan ON plan.id = action.plan_id
             WHERE plan.company_id = %(company)s AND plan.state <> 'draft'
               AND (action.date_done IS NOT NULL OR action.date_due < %(today)s)
            """,
            company=scope.company_id,
            today=self.env["crm.segment.membership"]._today(company),
        )
