from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_strategy.core import health
from odoo.addons.crm_strategy.core.health import HealthCheck

from .crm_health import ADDON


class CrmHealth(models.AbstractModel):
    """What keeps cases from being answered, and service from being measured."""

    _inherit = "crm.health"

    @api.model
    def _health_checks(self) -> list[HealthCheck | None]:
        return [*super()._health_checks(), *self._health_cases()]

    @api.model
    def _health_cases(self) -> list[HealthCheck | None]:
        Level, Queue = self.env["crm.service.level"], self.env["crm.case.queue"]
        if not Level.has_access("read"):
            return []
        companies = self.env.companies
        floorless = [company.id for company in companies if not Level._floor(company)]
        served = Queue.search([("company_id", "in", companies.ids)]).company_id
        among = Domain("id", "in", companies.ids)
        noun = self.env._("companies")
        return [
            self._health_check(
                "company_without_floor",
                "res.company",
                Domain("id", "in", floorless),
                among,
                (
                    self.env._("Companies that promise no least level of service"),
                    noun,
                    self.env._(
                        "Nobody can say who was served too late. Add a service level without a "
                        "class: the floor for every customer."
                    ),
                ),
                addon=ADDON,
            ),
            self._health_check(
                "company_without_case_queue",
                "res.company",
                Domain("id", "not in", served.ids),
                among,
                (
                    self.env._("Companies without a queue for cases"),
                    noun,
                    self.env._(
                        "What customers report there goes to nobody. Create a queue with people."
                    ),
                ),
                addon=ADDON,
            ),
            self._health_check(
                "case_without_responsible",
                "crm.case",
                Domain("user_id", "=", False),
                self._health_company_domain() & Domain("is_open", "=", True),
                (
                    self.env._("Open cases for which nobody answers"),
                    self.env._("open cases"),
                    self.env._(
                        "The customer waits. Name people, skills and a last resort in the queue."
                    ),
                ),
                addon=ADDON,
                severity=health.WRONG,
            ),
        ]
