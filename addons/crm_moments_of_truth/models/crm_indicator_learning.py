from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.measure import MeasureRow, MeasureScope


class CrmIndicator(models.Model):
    """What is learned, read and used again: rule 10 and the figures beside it."""

    _inherit = "crm.indicator"

    # rule 10: what we learn stays
    @api.model
    def _states_rule_knowledge(self, scope: MeasureScope) -> SQL:
        """A confirmed order passes when it, or its pass, has taught something."""
        return SQL(
            """
            SELECT period.key AS period_key, contract.company_id, contract.partner_id,
                   contract.day, contract.id AS record_id,
                   EXISTS (SELECT FROM crm_insight AS insight
                            WHERE insight.order_id = contract.id)
                OR EXISTS (SELECT FROM crm_insight AS insight
                             JOIN crm_moment_event AS event
                               ON event.relationship_id = insight.relationship_id
                            WHERE event.fact = 'order_confirmed' AND event.voided_at IS NULL
                              AND event.res_id = contract.id) AS is_good
              FROM (%(contracts)s) AS contract
              %(periods)s
             WHERE contract.company_id = %(company)s
            """,
            contracts=self._state_contracts(),
            periods=self._state_period(scope, SQL("contract.day")),
            company=scope.company_id,
        )

    def _measure_rule_knowledge(self, scope: MeasureScope) -> list[MeasureRow]:
        """Contracts from which a lesson was kept / contracts, by the day of the order."""
        return self._measure_states(scope, self._states_rule_knowledge(scope))

    def _records_rule_knowledge(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_rule_knowledge(scope)
        return "sale.order", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_rule_knowledge(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_rule_knowledge(scope)
        return "sale.order", Domain("id", "in", self._state_records(scope, facts, True))

    @api.model
    def _state_contracts(self) -> SQL:
        """Confirmed orders with the commercial partner and their day in the company's zone."""
        return SQL(
            """
            SELECT contract.id, contract.company_id, person.commercial_partner_id AS partner_id,
                   (contract.date_order AT TIME ZONE 'UTC'
                        AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date AS day
              FROM sale_order AS contract
              JOIN res_partner AS person ON person.id = contract.partner_id
              JOIN res_company AS company ON company.id = contract.company_id
         LEFT JOIN resource_calendar AS calendar ON calendar.id = company.resource_calendar_id
             WHERE contract.state = 'sale'
            """
        )

    @api.model
    def _states_learning_rate(self, scope: MeasureScope) -> SQL:
        """A contact passes when something was written down to have been learned from it."""
        return SQL(
            """
            SELECT period.key AS period_key, contact.company_id, contact.partner_id,
                   contact.date AS day, contact.message_id AS record_id,
                   EXISTS (SELECT FROM crm_insight AS insight
                            WHERE insight.message_id = contact.message_id)
                OR EXISTS (SELECT FROM crm_insight AS insight
                             JOIN crm_customer AS customer ON customer.id = insight.customer_id
                            WHERE insight.message_id IS NULL AND insight.date = contact.date
                              AND customer.partner_id = contact.partner_id
                              AND customer.company_id = contact.company_id) AS is_good
              FROM (%(contacts)s) AS contact
              %(periods)s
             WHERE contact.company_id = %(company)s AND contact.message_id IS NOT NULL
            """,
            contacts=self.env["crm.channel"]._contacts_sql(),
            periods=self._state_period(scope, SQL("contact.date")),
            company=scope.company_id,
        )

    def _measure_learning_rate(self, scope: MeasureScope) -> list[MeasureRow]:
        """Contacts with a note of what was learned / contacts, by their day (S000-9.3-06)."""
        return self._measure_states(scope, self._states_learning_rate(scope))

    def _records_learning_rate(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_learning_rate(scope)
        return "mail.message", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_learning_rate(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_learning_rate(scope)
        return "mail.message", Domain("id", "in", self._state_records(scope, facts, True))

    @api.model
    def _states_insights_read(self, scope: MeasureScope) -> SQL:
        """An insight passes when somebody other than its author has read it."""
        return SQL(
            """
            SELECT period.key AS period_key, insight.company_id, customer.partner_id,
                   insight.date AS day, insight.id AS record_id,
                   EXISTS (SELECT FROM crm_insight_reading AS reading
                            WHERE reading.insight_id = insight.id) AS is_good
              FROM crm_insight AS insight
         LEFT JOIN crm_customer AS customer ON customer.id = insight.customer_id
              %(periods)s
             WHERE insight.company_id = %(company)s
            """,
            periods=self._state_period(scope, SQL("insight.date")),
            company=scope.company_id,
        )

    def _measure_insights_read(self, scope: MeasureScope) -> list[MeasureRow]:
        """Insights read by colleagues / insights written, by their day (S000-9.3-07)."""
        return self._measure_states(scope, self._states_insights_read(scope))

    def _records_insights_read(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_insights_read(scope)
        return "crm.insight", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_insights_read(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_insights_read(scope)
        return "crm.insight", Domain("id", "in", self._state_records(scope, facts, True))

    @api.model
    def _states_knowledge_reuse(self, scope: MeasureScope) -> SQL:
        """An insight known by the end of the period passes when it was used in the period."""
        return self._states_reuse(scope, SQL("crm_insight"), SQL("insight_id"))

    def _measure_knowledge_reuse(self, scope: MeasureScope) -> list[MeasureRow]:
        """Insights used / insights known on the last day of the period (S000-9.7-7)."""
        return self._measure_states(scope, self._states_knowledge_reuse(scope))

    def _records_knowledge_reuse(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_knowledge_reuse(scope)
        return "crm.insight", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_knowledge_reuse(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_knowledge_reuse(scope)
        return "crm.insight", Domain("id", "in", self._state_records(scope, facts, True))

    @api.model
    def _states_preference_reuse(self, scope: MeasureScope) -> SQL:
        """A preference known by the end of the period passes when it was used in the period."""
        return self._states_reuse(scope, SQL("crm_preference"), SQL("preference_id"))

    def _measure_preference_reuse(self, scope: MeasureScope) -> list[MeasureRow]:
        """Preferences used / preferences known on the last day of the period (S002-II.3-L)."""
        return self._measure_states(scope, self._states_preference_reuse(scope))

    def _records_preference_reuse(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_preference_reuse(scope)
        return "crm.preference", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_preference_reuse(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_preference_reuse(scope)
        return "crm.preference", Domain("id", "in", self._state_records(scope, facts, True))

    @api.model
    def _states_reuse(self, scope: MeasureScope, table: SQL, link: SQL) -> SQL:
        return SQL(
            """
            SELECT period.key AS period_key, known.company_id, customer.partner_id,
                   LEAST(COALESCE(period.date_to - 1, %(today)s), %(today)s) AS day,
                   known.id AS record_id,
                   EXISTS (SELECT FROM crm_knowledge_use AS used
                            WHERE used.%(link)s = known.id
                              AND (period.date_from IS NULL OR period.date_from <= used.date)
                              AND (period.date_to IS NULL OR used.date < period.date_to))
                       AS is_good
              FROM %(table)s AS known
         LEFT JOIN crm_customer AS customer ON customer.id = known.customer_id
              JOIN %(periods)s
                ON (period.date_to IS NULL OR known.date < period.date_to)
               AND (period.date_from IS NULL OR period.date_from <= %(today)s)
             WHERE known.company_id = %(company)s AND known.active
            """,
            table=table,
            link=link,
            periods=self._periods_sql(scope.periods),
            today=self._state_today(scope),
            company=scope.company_id,
        )
