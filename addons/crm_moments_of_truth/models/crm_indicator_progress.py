from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.measure import MeasureRow, MeasureScope


class CrmIndicator(models.Model):
    """Whether customers look at the way of their orders: beside rule 8 of the charter."""

    _inherit = "crm.indicator"

    @api.model
    def _states_progress_seen(self, scope: MeasureScope) -> SQL:
        """A confirmed order passes when its customer looked at its way in the portal."""
        company = self.env["res.company"].browse(scope.company_id)
        day = SQL(
            "(document.date_order AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
            self.env["crm.facts"]._zone(company),
        )
        return SQL(
            """
            SELECT period.key AS period_key, document.company_id,
                   person.commercial_partner_id AS partner_id, %(day)s AS day,
                   document.id AS record_id,
                   EXISTS (SELECT FROM crm_moment_event AS event
                            WHERE event.fact = 'progress_seen' AND event.res_id = document.id
                              AND event.voided_at IS NULL) AS is_good
              FROM sale_order AS document
              JOIN res_partner AS person ON person.id = document.partner_id
              %(periods)s
             WHERE document.state = 'sale' AND document.company_id = %(company)s
            """,
            day=day,
            periods=self._state_period(scope, day),
            company=scope.company_id,
        )

    def _measure_progress_seen(self, scope: MeasureScope) -> list[MeasureRow]:
        """Confirmed orders whose customer looked at their way / confirmed orders."""
        return self._measure_states(scope, self._states_progress_seen(scope))

    def _records_progress_seen(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_progress_seen(scope)
        return "sale.order", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_progress_seen(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_progress_seen(scope)
        return "sale.order", Domain("id", "in", self._state_records(scope, facts, True))
