from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.measure import MeasureRow, MeasureScope


class CrmIndicator(models.Model):
    """Figures of what customers and our own people think, and of how promptly we react."""

    _inherit = "crm.indicator"

    # would they recommend us
    def _measure_recommendation_score(self, scope: MeasureScope) -> list[MeasureRow]:
        """(Promoters - detractors) / answers with a recommendation."""
        return self._measure_facts(scope, self._recommendation_sql())

    def _records_recommendation_score(self, scope: MeasureScope) -> tuple[str, Domain]:
        ids = self._scope_values(scope, self._recommendation_sql(), "res_id")
        return "crm.satisfaction.answer", Domain("id", "in", ids)

    @api.model
    def _recommendation_sql(self) -> SQL:
        return SQL(
            "SELECT company_id, partner_id, answered_at::date AS fact_date,"
            " recommendation_points / 100 AS numerator, 1 AS denominator, id AS res_id"
            " FROM crm_satisfaction_answer WHERE recommendation_points IS NOT NULL"
        )

    # did they get what they expected
    def _measure_expectation_met_rate(self, scope: MeasureScope) -> list[MeasureRow]:
        """What customers got / what they expected, over classes in which both were answered."""
        return self._measure_facts(scope, self._expectation_sql())

    def _records_expectation_met_rate(self, scope: MeasureScope) -> tuple[str, Domain]:
        ids = self._scope_values(scope, self._expectation_sql(), "res_id")
        return "crm.satisfaction.line", Domain("id", "in", ids)

    @api.model
    def _expectation_sql(self) -> SQL:
        return SQL(
            """
            SELECT answer.company_id, answer.partner_id, answer.answered_at::date AS fact_date,
                   line.perceived AS numerator, line.expected AS denominator, line.id AS res_id
              FROM crm_satisfaction_line AS line
              JOIN crm_satisfaction_answer AS answer ON answer.id = line.answer_id
             WHERE line.gap IS NOT NULL
            """
        )

    # is it better than before
    def _measure_satisfaction_better_rate(self, scope: MeasureScope) -> list[MeasureRow]:
        """Answers better than the customer's one before / answers that have one before (M9)."""
        return self._measure_facts(scope, self._better_sql())

    def _records_satisfaction_better_rate(self, scope: MeasureScope) -> tuple[str, Domain]:
        ids = self._scope_values(scope, self._better_sql(), "res_id")
        return "crm.satisfaction.answer", Domain("id", "in", ids)

    @api.model
    def _better_sql(self) -> SQL:
        return SQL(
            "SELECT company_id, partner_id, answered_at::date AS fact_date,"
            " (change > 0)::int AS numerator, 1 AS denominator, id AS res_id"
            " FROM crm_satisfaction_answer WHERE change IS NOT NULL"
        )

    # do they answer
    def _measure_satisfaction_response_rate(self, scope: MeasureScope) -> list[MeasureRow]:
        """Invitations answered / invitations sent, by the day of the invitation."""
        return self._measure_facts(scope, self._response_sql())

    def _records_satisfaction_response_rate(self, scope: MeasureScope) -> tuple[str, Domain]:
        ids = self._scope_values(scope, self._response_sql(), "res_id")
        return "crm.satisfaction.invitation", Domain("id", "in", ids)

    @api.model
    def _response_sql(self) -> SQL:
        return SQL(
            "SELECT company_id, partner_id, date::date AS fact_date,"
            " (state = 'answered')::int AS numerator, 1 AS denominator, id AS res_id"
            " FROM crm_satisfaction_invitation WHERE state <> 'skipped'"
        )

    # do we react in time
    def _measure_event_in_time_rate(self, scope: MeasureScope) -> list[MeasureRow]:
        """Reactions within the promised minutes / reactions done or overdue (S001-4-MA)."""
        return self._measure_facts(scope, self._in_time_sql())

    def _records_event_in_time_rate(self, scope: MeasureScope) -> tuple[str, Domain]:
        ids = self._scope_values(scope, self._in_time_sql(), "res_id")
        return "crm.event.reaction", Domain("id", "in", ids)

    @api.model
    def _in_time_sql(self) -> SQL:
        return SQL(
            "SELECT company_id, partner_id, event_at::date AS fact_date,"
            " COALESCE(is_in_time, FALSE)::int AS numerator, 1 AS denominator, id AS res_id"
            " FROM crm_event_reaction WHERE state = 'done' OR state IN ('waiting', 'failed')"
            " AND due_at < %s",
            self.env.cr.now(),
        )

    # our own people
    def _measure_staff_satisfaction_rate(self, scope: MeasureScope) -> list[MeasureRow]:
        """Mean mark of our people on a scale from 0 to 10, as a share of 10 (S001-1-MK5)."""
        return self._measure_facts(scope, self._staff_sql())

    def _records_staff_satisfaction_rate(self, scope: MeasureScope) -> tuple[str, Domain]:
        ids = self._scope_values(scope, self._staff_sql(), "res_id")
        return "crm.staff.answer", Domain("id", "in", ids)

    @api.model
    def _staff_sql(self) -> SQL:
        return SQL(
            "SELECT company_id, NULL::int AS partner_id, date AS fact_date,"
            " score AS numerator, 10 AS denominator, id AS res_id"
            " FROM crm_staff_answer WHERE is_shown AND score IS NOT NULL"
        )
