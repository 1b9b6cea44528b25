from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.measure import COMPANY, SEGMENT, TEAM, MeasureRow, MeasureScope, fold
from ..core.period import Period


class Facts(NamedTuple):
    """Dated facts of one indicator: the model whose records they are, and their SELECT.

    The SELECT gives company_id, partner_id (commercial), fact_date, numerator, denominator (NULL
    for a plain sum) and res_id, the record's id. A record is one fact.
    """

    model: str
    select: SQL


class CrmIndicatorFacts(models.AbstractModel):
    """From a SELECT of dated facts to figures of companies, segments, teams and customers."""

    _name = "crm.indicator.facts"
    _description = "Facts behind Indicators"

    @api.model
    def _measure_facts(self, scope: MeasureScope, facts: SQL) -> list[MeasureRow]:
        """Sum dated facts per period and per company, segment or team of that day.

        ``facts`` is a SELECT of company_id, partner_id (commercial), fact_date, numerator and
        denominator (NULL for a plain sum). A fact counts for the segment in which its customer
        was on its date ("segment then"), and for that segment's team; scope id 0 collects what
        belongs to none.
        """
        self.env.flush_all()
        joins, key = self._scope_key_sql(scope.scope)
        wanted = SQL("TRUE")
        if scope.scope != COMPANY and scope.scope_ids is not None:
            wanted = SQL("%s = ANY(%s)", key, list(scope.scope_ids))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT period.key, %(key)s, SUM(fact.numerator), SUM(fact.denominator), COUNT(*)
                  FROM (%(facts)s) AS fact
                  JOIN %(periods)s
                    ON (period.date_from IS NULL OR period.date_from <= fact.fact_date)
                   AND (period.date_to IS NULL OR fact.fact_date < period.date_to)
                  %(joins)s
                 WHERE fact.company_id = %(company)s AND %(wanted)s
              GROUP BY 1, 2
                """,
                key=key,
                facts=facts,
                periods=self._periods_sql(scope.periods),
                joins=joins,
                company=scope.company_id,
                wanted=wanted,
            )
        )
        return [MeasureRow(*row) for row in rows]

    @api.model
    def _measure_facts_by_scope(
        self, company: models.BaseModel, periods: Sequence[Period], facts: SQL
    ) -> dict[str, list[MeasureRow]]:
        """Rows of all scopes from one reading of the facts.

        Segments share out all facts, so their sums are the company's; a segment has one team.
        """
        question = MeasureScope(company.id, SEGMENT, None, tuple(periods))
        rows = self._measure_facts(question, facts)
        # Access: whoever may measure counts for every team alike.
        teams = (
            self.env["crm.team"]
            .sudo()
            ._read_group(
                [("company_id", "=", company.id), ("crm_segment_id", "!=", False)],
                ["crm_segment_id", "id"],
            )
        )
        by_segment = {segment.id: team.id for segment, team in teams}
        return {COMPANY: fold(rows), SEGMENT: rows, TEAM: fold(rows, by_segment)}

    @api.model
    def _scope_key_sql(self, scope: str) -> tuple[SQL, SQL]:
        """Joins of a fact, and the expression of its scope id."""
        Membership = self.env["crm.segment.membership"]
        if scope == COMPANY:
            return SQL(), SQL("0")
        joins = Membership._join_at(
            SQL("fact.partner_id"), SQL("fact.company_id"), SQL("fact.fact_date")
        )
        if scope == SEGMENT:
            return joins, SQL("COALESCE(membership.segment_id, 0)")
        joins = SQL("%s %s", joins, Membership._team_join())
        return joins, SQL("COALESCE(segment_team.id, 0)")

    @api.model
    def _periods_sql(self, periods: Sequence[Period]) -> SQL:
        return SQL(
            "unnest(%s::text[], %s::date[], %s::date[]) AS period(key, date_from, date_to)",
            [period.key for period in periods],
            [period.date_from for period in periods],
            [period.date_to for period in periods],
        )

    @api.model
    def _period_domain(self, field: str, period: Period) -> Domain:
        """Domain of the records whose date or datetime field lies in the period."""
        domain = Domain.TRUE
        if period.date_from:
            domain &= Domain(field, ">=", period.date_from)
        if period.date_to:
            domain &= Domain(field, "<", period.date_to)
        return domain

    @api.model
    def _scope_values(self, scope: MeasureScope, facts: SQL, column: str) -> list[int]:
        """Values of a column of the facts that one figure is made of, for the drill-down.

        ``facts`` is the SELECT given to ``_measure_facts`` with one column more, most often
        the id of the document line.
        """
        scope_id, _key = scope.single()
        self.env.flush_all()
        joins, key = self._scope_key_sql(scope.scope)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT %(column)s
                  FROM (%(facts)s) AS fact
                  JOIN %(periods)s
                    ON (period.date_from IS NULL OR period.date_from <= fact.fact_date)
                   AND (period.date_to IS NULL OR fact.fact_date < period.date_to)
                  %(joins)s
                 WHERE fact.company_id = %(company)s AND %(key)s = %(scope_id)s
                """,
                column=SQL.identifier("fact", column),
                facts=facts,
                periods=self._periods_sql(scope.periods),
                joins=joins,
                company=scope.company_id,
                key=key,
                scope_id=scope_id,
            )
        )
        return [value for (value,) in rows]

    @api.model
    def _measure_facts_of_customers(
        self, customers: models.BaseModel, period: Period, facts: SQL
    ) -> dict[int, MeasureRow]:
        """Sums of the facts of customers of one company, by ``crm.customer`` id."""
        self.env.flush_all()
        by_partner = {customer.partner_id.id: customer.id for customer in customers}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT fact.partner_id, SUM(fact.numerator), SUM(fact.denominator), COUNT(*)
                  FROM (%(facts)s) AS fact
                  JOIN %(periods)s
                    ON (period.date_from IS NULL OR period.date_from <= fact.fact_date)
                   AND (period.date_to IS NULL OR fact.fact_date < period.date_to)
                 WHERE fact.company_id = %(company)s AND fact.partner_id = ANY(%(partners)s)
              GROUP BY 1
                """,
                facts=facts,
                periods=self._periods_sql([period]),
                company=customers.company_id.id,
                partners=list(by_partner),
            )
        )
        return {
            by_partner[partner_id]: MeasureRow(period.key, by_partner[partner_id], *sums)
            for partner_id, *sums in rows
        }
