from __future__ import annotations

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.crm_strategy.core import health
from odoo.addons.crm_strategy.core.health import HealthCheck

from ..core import states

ADDON = "crm_moments_of_truth"


class CrmHealth(models.AbstractModel):
    """What keeps the documents from telling where each relationship stands."""

    _inherit = "crm.health"

    @api.model
    def _health_areas(self) -> dict[str, str]:
        areas = super()._health_areas()
        if self._health_is_crm_reader():
            areas[ADDON] = self.env._("Moments of truth")
        return areas

    @api.model
    def _health_lane_addons(self) -> list[str]:
        return [*super()._health_lane_addons(), ADDON]

    @api.model
    def _health_checks(self) -> list[HealthCheck | None]:
        return [
            *super()._health_checks(),
            self._health_orders(),
            *self._health_companies(),
            self._health_moments(),
            self._health_silent_passes(),
        ]

    @api.model
    def _health_orders(self) -> HealthCheck | None:
        """Orders whose customer has no row in the order's company."""
        rowless = Domain.OR(
            Domain("company_id", "=", company_id)
            & Domain(
                "partner_id.commercial_partner_id.crm_customer_ids",
                "not any",
                [("company_id", "=", company_id)],
            )
            for company_id in self.env.companies.ids
        )
        return self._health_check(
            "order_without_customer",
            "sale.order",
            rowless,
            self._health_company_domain() & Domain("state", "in", ("sent", "sale")),
            (
                self.env._("Orders whose customer is not on the list of customers"),
                self.env._("orders"),
                self.env._(
                    "They have no segment. “Assign customers now” in the list of segments, or "
                    "the daily run, adds the customers."
                ),
            ),
            addon=ADDON,
        )

    @api.model
    def _health_companies(self) -> list[HealthCheck | None]:
        companies = self.env.companies
        Chain = self.env["crm.moment.chain"]
        among = Domain("id", "in", companies.ids)
        chainless = []
        if Chain.has_access("read"):
            chainless = [company.id for company in companies if not Chain._for_company(company)]
        noun = self.env._("companies")
        return [
            Chain.has_access("read")
            and self._health_check(
                "company_without_chain",
                "res.company",
                Domain("id", "in", chainless),
                among,
                (
                    self.env._("Companies without an active chain of moments"),
                    noun,
                    self.env._("Their documents start no pass. Activate a chain."),
                ),
                addon=ADDON,
                severity=health.WRONG,
            ),
            self._health_check(
                "company_without_calendar",
                "res.company",
                Domain("resource_calendar_id", "=", False),
                among,
                (
                    self.env._("Companies without working hours and time zone"),
                    noun,
                    self.env._(
                        "Their days are cut at midnight in London, and Monday to Friday count as "
                        "working days. The set-up asks for them."
                    ),
                ),
                addon=ADDON,
                severity=health.WRONG,
            ),
        ]

    @api.model
    def _health_moments(self) -> HealthCheck | None:
        return self._health_check(
            "moment_without_fact",
            "crm.moment",
            Domain("end_fact_ids", "=", False),
            Domain("chain_id.state", "=", states.ACTIVE) & self._health_company_domain(shared=True),
            (
                self.env._("Moments that no fact can prove"),
                self.env._("moments of active chains"),
                self.env._("They stay “not proven” in every pass."),
            ),
            addon=ADDON,
        )

    @api.model
    def _health_silent_passes(self) -> HealthCheck | None:
        """Passes short of the transfer, without any fact for the company's days."""
        if not self.env["crm.moment"].has_access("read"):
            return None
        today = fields.Date.context_today(self)
        silent = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("date_last", "<", today - timedelta(days=company.crm_silent_days))
            for company in self.env.companies
        )
        return self._health_check(
            "pass_silent",
            "crm.relationship",
            silent
            & Domain("is_open", "=", True)
            & Domain("current_moment_id.letter", "not in", ("c", "a")),
            self._health_company_domain(),
            (
                self.env._("Passes that stand still"),
                self.env._("passes"),
                self.env._(
                    "Nothing was delivered, invoiced or paid for a long time. Ask the customer, "
                    "or end the order. The settings say after how many days."
                ),
            ),
            addon=ADDON,
        )
