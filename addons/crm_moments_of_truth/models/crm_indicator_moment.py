from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.measure import MeasureRow, MeasureScope

from ..core import inputs, states


class CrmIndicator(models.Model):
    """Rules 3 and 7 of the charter: inputs at hand, and a shorter way (S000-9.5-R3, -R7)."""

    _inherit = "crm.indicator"

    # rule 3: the inputs of each moment are known
    @api.model
    def _states_rule_inputs(self, scope: MeasureScope) -> SQL:
        """A required input passes when it was at hand on the day its moment began."""
        return SQL(
            """
            SELECT period.key AS period_key, item.company_id, relationship.partner_id,
                   item.started_on AS day, item.id AS record_id,
                   item.state = %(there)s AS is_good
              FROM crm_relationship_input AS item
              JOIN crm_relationship AS relationship ON relationship.id = item.relationship_id
              %(periods)s
             WHERE item.is_required AND item.state IN (%(there)s, %(missing)s)
               AND relationship.active
            """,
            there=inputs.THERE,
            missing=inputs.MISSING,
            periods=self._state_period(scope, SQL("item.started_on")),
        )

    def _measure_rule_inputs(self, scope: MeasureScope) -> list[MeasureRow]:
        """Required inputs at hand / required inputs of moments that began in the period."""
        return self._measure_states(scope, self._states_rule_inputs(scope))

    def _records_rule_inputs(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_rule_inputs(scope)
        return "crm.relationship.input", Domain(
            "id", "in", self._state_records(scope, facts, False)
        )

    def _failing_rule_inputs(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_rule_inputs(scope)
        return "crm.relationship.input", Domain("id", "in", self._state_records(scope, facts, True))

    # rule 7: the way is shortened
    @api.model
    def _states_rule_cycle(self, scope: MeasureScope) -> SQL:
        """A pass succeeds when its way to the transfer took no longer than its target."""
        return SQL(
            """
            SELECT period.key AS period_key, way.company_id, way.partner_id,
                   way.proven_on AS day, way.relationship_id AS record_id,
                   way.working_days <= way.target_days AS is_good
              FROM (%(ways)s) AS way
              %(periods)s
            """,
            ways=self._ways_days(scope),
            periods=self._state_period(scope, SQL("way.proven_on")),
        )

    @api.model
    def _ways_days(self, scope: MeasureScope) -> SQL:
        """Whole ways of the company with their working days."""
        company = self.env["res.company"].browse(scope.company_id)
        Workdays = self.env["crm.workdays"]
        calendar = SQL("calendar")
        return SQL(
            """
            SELECT way.*, %(end)s - %(start)s AS working_days
              FROM (%(ways)s) AS way
              JOIN (%(calendars)s) AS calendar ON calendar.company_id = way.company_id
            """,
            start=Workdays._ordinal_sql(SQL("way.started_on"), calendar),
            end=Workdays._ordinal_sql(SQL("way.proven_on"), calendar),
            ways=self.env["crm.moment.duration"]._ways_sql(company),
            calendars=Workdays._calendars_sql(company),
        )

    def _measure_rule_cycle(self, scope: MeasureScope) -> list[MeasureRow]:
        """Passes within their target / passes whose transfer ended in the period."""
        return self._measure_states(scope, self._states_rule_cycle(scope))

    def _records_rule_cycle(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_rule_cycle(scope)
        return "crm.relationship", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_rule_cycle(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_rule_cycle(scope)
        return "crm.relationship", Domain("id", "in", self._state_records(scope, facts, True))

    # beside rule 7: the median way, and customers who specify before they order
    def _measure_cycle_median(self, scope: MeasureScope) -> list[MeasureRow]:
        """Median working days of the way to the transfer; never a mean of medians."""
        return self._measure_percentile(scope, 0.5)

    def _measure_cycle_p90(self, scope: MeasureScope) -> list[MeasureRow]:
        """Working days within which nine of ten ways ended."""
        return self._measure_percentile(scope, 0.9)

    @api.model
    def _measure_percentile(self, scope: MeasureScope, share: float) -> list[MeasureRow]:
        joins, key = self._states_place(scope)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT fact.period_key, %(key)s,
                       (percentile_cont(%(share)s) WITHIN GROUP (ORDER BY fact.days))::numeric,
                       COUNT(*)
                  FROM (SELECT period.key AS period_key, way.company_id, way.partner_id,
                               way.proven_on AS day, way.working_days AS days
                          FROM (%(ways)s) AS way %(periods)s) AS fact %(joins)s
              GROUP BY 1, 2
                """,
                key=key,
                share=share,
                ways=self._ways_days(scope),
                periods=self._state_period(scope, SQL("way.proven_on")),
                joins=joins,
            )
        )
        wanted = scope.scope_ids
        return [
            MeasureRow(period_key, scope_id, days, None, count, is_additive=False)
            for period_key, scope_id, days, count in rows
            if scope.scope == "company" or wanted is None or scope_id in wanted
        ]

    def _records_cycle_median(self, scope: MeasureScope) -> tuple[str, Domain]:
        return self._records_rule_cycle(scope)

    def _records_cycle_p90(self, scope: MeasureScope) -> tuple[str, Domain]:
        return self._records_rule_cycle(scope)

    @api.model
    def _states_specified_first(self, scope: MeasureScope) -> SQL:
        """An ordered pass with a specification succeeds when it was agreed before the order."""
        return SQL(
            """
            SELECT period.key AS period_key, relationship.company_id, relationship.partner_id,
                   ordered.proven_on AS day, relationship.id AS record_id,
                   agreed.proven_on <= ordered.proven_on AS is_good
              FROM crm_relationship AS relationship
              JOIN crm_relationship_moment AS agreed ON agreed.relationship_id = relationship.id
               AND agreed.state = %(proven)s
              JOIN crm_relationship_moment AS ordered ON ordered.relationship_id = relationship.id
               AND ordered.state = %(proven)s
              %(periods)s
             WHERE relationship.active
               AND EXISTS (SELECT FROM crm_moment_end_fact_rel AS proof
                             JOIN crm_moment_fact AS kind ON kind.id = proof.fact_id
                            WHERE proof.moment_id = agreed.moment_id
                              AND kind.code = 'specification_agreed')
               AND ordered.moment_id = (
                    SELECT moment.id FROM crm_moment AS moment
                      JOIN crm_moment_end_fact_rel AS proof ON proof.moment_id = moment.id
                      JOIN crm_moment_fact AS kind ON kind.id = proof.fact_id
                     WHERE moment.chain_id = relationship.chain_id
                       AND kind.code = 'order_confirmed'
                  ORDER BY moment.sequence DESC LIMIT 1)
            """,
            proven=states.PROVEN,
            periods=self._state_period(scope, SQL("ordered.proven_on")),
        )

    def _measure_specified_first(self, scope: MeasureScope) -> list[MeasureRow]:
        """Orders specified together before they were placed / orders with a specification."""
        return self._measure_states(scope, self._states_specified_first(scope))

    def _records_specified_first(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_specified_first(scope)
        return "crm.relationship", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_specified_first(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_specified_first(scope)
        return "crm.relationship", Domain("id", "in", self._state_records(scope, facts, True))
