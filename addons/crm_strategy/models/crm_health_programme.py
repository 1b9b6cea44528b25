from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain

from ..core.health import HealthCheck


class CrmHealth(models.AbstractModel):
    """What is missing in the strategy programme."""

    _inherit = "crm.health"

    @api.model
    def _health_checks(self) -> list[HealthCheck | None]:
        return [*super()._health_checks(), *self._health_programme()]

    @api.model
    def _health_programme(self) -> list[HealthCheck | None]:
        return [self._health_strategy(), self._health_steps(), self._health_objectives()]

    @api.model
    def _health_strategy(self) -> HealthCheck | None:
        today = fields.Date.context_today(self)
        found = self.env["crm.strategy"].browse()
        if found.has_access("read"):
            found = found.search(
                self._health_company_domain()
                & Domain("state", "=", "approved")
                & Domain("date_from", "<=", today)
                & Domain("date_to", ">=", today)
            )
        elif not self.env.su:
            return None
        return self._health_check(
            "company_without_strategy",
            "res.company",
            Domain("id", "not in", found.company_id.ids),
            Domain("id", "in", self.env.companies.ids),
            (
                self.env._("Companies without an approved strategy today"),
                self.env._("companies"),
                self.env._(
                    "Steps that need an approved strategy do not start, and the readiness gate "
                    "stays closed."
                ),
            ),
        )

    @api.model
    def _health_steps(self) -> HealthCheck | None:
        return self._health_check(
            "step_overdue",
            "crm.strategy.step",
            self.env["crm.strategy.step"]._overdue_domain(),
            self._health_company_domain() & Domain("strategy_id.state", "!=", "closed"),
            (
                self.env._("Steps of the programme that are overdue"),
                self.env._("steps"),
                self.env._("The steps after them cannot start."),
            ),
        )

    @api.model
    def _health_objectives(self) -> HealthCheck | None:
        return self._health_check(
            "strategic_rupture",
            "crm.strategy.objective",
            Domain("is_rupture", "=", True),
            self._health_company_domain() & Domain("strategy_id.state", "!=", "closed"),
            (
                self.env._("Objectives without a tie to the business strategy"),
                self.env._("objectives"),
                self.env._("Customers are promised what the business does not pursue."),
            ),
        )
