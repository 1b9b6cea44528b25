from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain

from ..core.health import HealthCheck


class CrmHealth(models.AbstractModel):
    """Whether anybody asked if the company is ready, and what became of what was found."""

    _inherit = "crm.health"

    @api.model
    def _health_checks(self) -> list[HealthCheck | None]:
        return [*super()._health_checks(), *self._health_readiness()]

    @api.model
    def _health_readiness(self) -> list[HealthCheck | None]:
        if not self.env["crm.assessment"].has_access("read"):
            return []
        companies = Domain("id", "in", self.env.companies.ids)
        return [
            self._health_check(
                "readiness_not_assessed",
                "res.company",
                ~self.env["crm.readiness"]._ready_domain(),
                companies & Domain("crm_readiness_threshold", ">", 0),
                (
                    self.env._("Companies whose readiness was not assessed"),
                    self.env._("companies"),
                    self.env._("Their strategies are approved with a reason only."),
                ),
            ),
            self._health_check(
                "finding_late",
                "crm.assessment.answer",
                Domain("is_late", "=", True),
                self._health_company_domain() & Domain("action", "!=", False),
                (
                    self.env._("Next actions of assessments that are late"),
                    self.env._("next actions"),
                    self.env._("What was found stays as it is; the findings remain open."),
                ),
            ),
        ]
