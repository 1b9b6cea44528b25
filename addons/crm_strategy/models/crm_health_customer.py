from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain

from ..core.health import HealthCheck


class CrmHealth(models.AbstractModel):
    """What is missing so that customers can be sorted, decided about and reached."""

    _inherit = "crm.health"

    @api.model
    def _health_checks(self) -> list[HealthCheck | None]:
        return [
            *super()._health_checks(),
            *self._health_classes(),
            *self._health_privacy(),
            *self._health_plans(),
        ]

    @api.model
    def _health_classes(self) -> list[HealthCheck | None]:
        own = self._health_company_domain()
        noun = self.env._("customers")
        return [
            self._health_check(
                "customer_without_class",
                "crm.customer",
                Domain("loyalty_class_id", "=", False),
                own,
                (
                    self.env._("Customers without a loyalty class"),
                    noun,
                    self.env._(
                        "Orders and invoices decide the class: without them these customers stand "
                        "under “no data” in every mix of classes."
                    ),
                ),
            ),
            self._health_check(
                "customer_without_type",
                "crm.customer",
                Domain("type_id", "=", False),
                own,
                (
                    self.env._("Customers without a type"),
                    noun,
                    self.env._(
                        "Margin and first purchase decide the type: without them no strategy is "
                        "recommended."
                    ),
                ),
            ),
            self._health_check(
                "customer_without_decision",
                "crm.customer",
                Domain("decision", "=", False),
                own,
                (
                    self.env._("Customers about whom nobody decided to keep, develop or exit"),
                    noun,
                    self.env._("They stay in phase 2 at most; effort goes where it happens to go."),
                ),
            ),
            self._health_check(
                "customer_hardly_known",
                "crm.customer",
                Domain("phase_id.code", "=", "identify"),
                own,
                (
                    self.env._("Customers whose key data is missing"),
                    noun,
                    self.env._("They stay in phase 1. Each customer says what is missing."),
                ),
            ),
            self._health_check(
                "customer_possible_duplicate",
                "crm.customer",
                Domain("duplicate_count", ">", 0),
                own,
                (
                    self.env._("Customers with the same VAT number or e-mail address"),
                    noun,
                    self.env._("One customer counts as two: its figures are split. Merge them."),
                ),
            ),
        ]

    @api.model
    def _health_privacy(self) -> list[HealthCheck | None]:
        own = self._health_company_domain()
        return [
            self._health_check(
                "customer_without_consent",
                "crm.customer",
                Domain("privacy_state", "in", ["open"]),
                own & Domain("privacy_state", "in", ["open", "covered"]),
                (
                    self.env._("Customers whose people did not answer about their data"),
                    self.env._("customers with named people"),
                    self.env._(
                        "Profiles and mailings about them lack a ground. Ask, and write the "
                        "answers down under Consents."
                    ),
                ),
            ),
            self._health_check(
                "purpose_without_period",
                "crm.purpose",
                Domain("retention_months", "=", 0),
                self._health_company_domain(shared=True),
                (
                    self.env._("Purposes without a period"),
                    self.env._("purposes"),
                    self.env._("Personal data kept for them never goes; nobody is covered."),
                ),
            ),
        ]

    @api.model
    def _health_plans(self) -> list[HealthCheck | None]:
        running = self._health_company_domain() & Domain("state", "=", "active")
        noun = self.env._("running plans")
        return [
            self._health_check(
                "plan_review_late",
                "crm.account.plan",
                Domain("review_date", "<", fields.Date.context_today(self)),
                running,
                (
                    self.env._("Account plans whose review is late"),
                    noun,
                    self.env._("Nobody looks whether the plan still leads to its goals."),
                ),
            ),
            self._health_check(
                "plan_action_late",
                "crm.account.plan",
                Domain("late_count", ">", 0),
                running,
                (
                    self.env._("Account plans with late actions"),
                    noun,
                    self.env._("The figure “plans kept” falls with every late action."),
                ),
            ),
        ]
