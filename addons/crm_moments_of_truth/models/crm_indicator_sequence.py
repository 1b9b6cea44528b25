from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.measure import MeasureRow, MeasureScope

from ..core import order


class CrmIndicator(models.Model):
    """Rule 2 of the charter: the chain is led through its moments in order (S000-9.5-R2)."""

    _inherit = "crm.indicator"

    @api.model
    def _states_rule_moments(self, scope: MeasureScope) -> SQL:
        """An expected moment passes when it came in its turn, or beside another as declared.

        It counts on the day on which it began; one that was left out on the day of the pass's
        last fact. What is exempt or not yet its turn is not expected.
        """
        return SQL(
            """
            SELECT period.key AS period_key, line.company_id, line.partner_id, line.day,
                   line.id AS record_id, line.order_state = ANY(%(kept)s) AS is_good
              FROM (
                SELECT line.id, line.company_id, known.partner_id, line.order_state,
                       COALESCE(line.started_on, known.date_last) AS day
                  FROM crm_relationship_moment AS line
                  JOIN crm_relationship AS known ON known.id = line.relationship_id
                 WHERE known.active AND line.order_state = ANY(%(expected)s)
              ) AS line
              %(periods)s
            """,
            kept=sorted(order.KEPT),
            expected=sorted(order.EXPECTED),
            periods=self._state_period(scope, SQL("line.day")),
        )

    def _measure_rule_moments(self, scope: MeasureScope) -> list[MeasureRow]:
        """Moments reached in order / expected moments, by the day on which they began."""
        return self._measure_states(scope, self._states_rule_moments(scope))

    def _records_rule_moments(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_rule_moments(scope)
        ids = self._state_records(scope, facts, False)
        return "crm.relationship.moment", Domain("id", "in", ids)

    def _failing_rule_moments(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_rule_moments(scope)
        ids = self._state_records(scope, facts, True)
        return "crm.relationship.moment", Domain("id", "in", ids)
