from __future__ import annotations

from datetime import date

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.measure import MeasureRow, MeasureScope


class CrmIndicator(models.Model):
    """Value for both sides, rounds of improvement and promises, as rules 4 and 6 ask for."""

    _inherit = "crm.indicator"

    # rule 4: each moment gives something to both
    @api.model
    def _states_rule_value(self, scope: MeasureScope) -> SQL:
        """A proven moment passes when the ledger says what it gave to both sides."""
        return SQL(
            """
            SELECT period.key AS period_key, line.company_id, pass.partner_id,
                   line.proven_on AS day, line.id AS record_id,
                   EXISTS (SELECT FROM crm_value_entry AS entry
                            WHERE entry.line_id = line.id AND entry.side = 'client')
               AND EXISTS (SELECT FROM crm_value_entry AS entry
                            WHERE entry.line_id = line.id AND entry.side = 'firm') AS is_good
              FROM crm_relationship_moment AS line
              JOIN crm_relationship AS pass ON pass.id = line.relationship_id AND pass.active
              %(periods)s
             WHERE line.state = 'proven' AND line.company_id = %(company)s
            """,
            periods=self._state_period(scope, SQL("line.proven_on")),
            company=scope.company_id,
        )

    def _measure_rule_value(self, scope: MeasureScope) -> list[MeasureRow]:
        """Proven moments with value for both sides / proven moments, by the day of the proof."""
        return self._measure_states(scope, self._states_rule_value(scope))

    def _records_rule_value(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_rule_value(scope)
        return "crm.relationship.moment", Domain(
            "id", "in", self._state_records(scope, facts, False)
        )

    def _failing_rule_value(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_rule_value(scope)
        return "crm.relationship.moment", Domain(
            "id", "in", self._state_records(scope, facts, True)
        )

    @api.model
    def _states_ledger_filled(self, scope: MeasureScope) -> SQL:
        """A pass with a fact in the period passes when its ledger has both sides."""
        return SQL(
            """
            SELECT period.key AS period_key, pass.company_id, pass.partner_id,
                   pass.date_last AS day, pass.id AS record_id,
                   EXISTS (SELECT FROM crm_value_entry AS entry
                            WHERE entry.relationship_id = pass.id AND entry.side = 'client')
               AND EXISTS (SELECT FROM crm_value_entry AS entry
                            WHERE entry.relationship_id = pass.id AND entry.side = 'firm')
                       AS is_good
              FROM crm_relationship AS pass
              %(periods)s
             WHERE pass.active AND pass.proven_count > 0 AND pass.company_id = %(company)s
            """,
            periods=self._state_period(scope, SQL("pass.date_last")),
            company=scope.company_id,
        )

    def _measure_ledger_filled(self, scope: MeasureScope) -> list[MeasureRow]:
        """Passes with value for both sides / passes with a proven moment, by their last fact."""
        return self._measure_states(scope, self._states_ledger_filled(scope))

    def _records_ledger_filled(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_ledger_filled(scope)
        return "crm.relationship", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_ledger_filled(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_ledger_filled(scope)
        return "crm.relationship", Domain("id", "in", self._state_records(scope, facts, True))

    # rule 6: plan, do, check, improve
    @api.model
    def _states_rule_pdca(self, scope: MeasureScope) -> SQL:
        """A round that is or should be over passes when closed in time with all steps proven."""
        return SQL(
            """
            SELECT period.key AS period_key, round.company_id, customer.partner_id,
                   LEAST(round.closed_on, round.date_due) AS day, round.id AS record_id,
                   round.state = 'closed' AND round.closed_on <= round.date_due
                   AND round.has_p AND round.has_d AND round.has_c AND round.has_a AS is_good
              FROM crm_pdca_cycle AS round
         LEFT JOIN crm_customer AS customer ON customer.id = round.customer_id
              %(periods)s
             WHERE round.state <> 'cancelled' AND round.company_id = %(company)s
               AND (round.state = 'closed' OR round.date_due < %(today)s)
            """,
            periods=self._state_period(scope, SQL("LEAST(round.closed_on, round.date_due)")),
            today=self._state_today(scope),
            company=scope.company_id,
        )

    def _measure_rule_pdca(self, scope: MeasureScope) -> list[MeasureRow]:
        """Rounds closed in time with all steps proven / rounds that are or should be closed."""
        return self._measure_states(scope, self._states_rule_pdca(scope))

    def _records_rule_pdca(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_rule_pdca(scope)
        return "crm.pdca.cycle", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_rule_pdca(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_rule_pdca(scope)
        return "crm.pdca.cycle", Domain("id", "in", self._state_records(scope, facts, True))

    @api.model
    def _states_pdca_client(self, scope: MeasureScope) -> SQL:
        return SQL(
            """
            SELECT period.key AS period_key, round.company_id, customer.partner_id,
                   round.closed_on AS day, round.id AS record_id,
                   COALESCE(round.is_client_involved, FALSE) AS is_good
              FROM crm_pdca_cycle AS round
         LEFT JOIN crm_customer AS customer ON customer.id = round.customer_id
              %(periods)s
             WHERE round.state = 'closed' AND round.company_id = %(company)s
            """,
            periods=self._state_period(scope, SQL("round.closed_on")),
            company=scope.company_id,
        )

    def _measure_pdca_client(self, scope: MeasureScope) -> list[MeasureRow]:
        """Closed rounds in which the customer took part / closed rounds, by the day of closing."""
        return self._measure_states(scope, self._states_pdca_client(scope))

    def _records_pdca_client(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_pdca_client(scope)
        return "crm.pdca.cycle", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_pdca_client(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_pdca_client(scope)
        return "crm.pdca.cycle", Domain("id", "in", self._state_records(scope, facts, True))

    # the service triangle: promised, enabled, kept (S003-T1..T3)
    @api.model
    def _states_promises_kept(self, scope: MeasureScope) -> SQL:
        """A promise that is settled or should be passes when it was kept by its day."""
        return SQL(
            """
            SELECT period.key AS period_key, promise.company_id, customer.partner_id,
                   promise.due_on AS day, promise.id AS record_id,
                   promise.state = 'kept' AS is_good
              FROM crm_promise AS promise
         LEFT JOIN crm_customer AS customer ON customer.id = promise.customer_id
              %(periods)s
             WHERE promise.company_id = %(company)s
               AND (promise.state IN ('kept', 'broken')
                    OR (promise.state IN ('made', 'enabled') AND promise.due_on < %(today)s))
            """,
            periods=self._state_period(scope, SQL("promise.due_on")),
            today=self._state_today(scope),
            company=scope.company_id,
        )

    def _measure_promises_kept(self, scope: MeasureScope) -> list[MeasureRow]:
        """Promises kept / promises settled or due, by the day due."""
        return self._measure_states(scope, self._states_promises_kept(scope))

    def _records_promises_kept(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_promises_kept(scope)
        return "crm.promise", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_promises_kept(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_promises_kept(scope)
        return "crm.promise", Domain("id", "in", self._state_records(scope, facts, True))

    @api.model
    def _states_promises_enabled(self, scope: MeasureScope) -> SQL:
        """A promise passes when somebody said by its day that it can be done."""
        return SQL(
            """
            SELECT period.key AS period_key, promise.company_id, customer.partner_id,
                   promise.made_on AS day, promise.id AS record_id,
                   COALESCE(promise.enabled_on <= promise.due_on, FALSE) AS is_good
              FROM crm_promise AS promise
         LEFT JOIN crm_customer AS customer ON customer.id = promise.customer_id
              %(periods)s
             WHERE promise.company_id = %(company)s AND promise.state <> 'withdrawn'
            """,
            periods=self._state_period(scope, SQL("promise.made_on")),
            company=scope.company_id,
        )

    def _measure_promises_enabled(self, scope: MeasureScope) -> list[MeasureRow]:
        """Promises that were said to be possible by their day / promises made, by that day."""
        return self._measure_states(scope, self._states_promises_enabled(scope))

    def _records_promises_enabled(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_promises_enabled(scope)
        return "crm.promise", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_promises_enabled(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_promises_enabled(scope)
        return "crm.promise", Domain("id", "in", self._state_records(scope, facts, True))

    @api.model
    def _state_today(self, scope: MeasureScope) -> date:
        """Today in the zone of the company that is measured."""
        company = self.env["res.company"].browse(scope.company_id)
        return self.env["crm.segment.membership"]._today(company)
