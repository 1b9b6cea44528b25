from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain

from ..core.health import HealthCheck


class CrmHealth(models.AbstractModel):
    """What plans, campaigns and competitors lack for their figures."""

    _inherit = "crm.health"

    @api.model
    def _health_checks(self) -> list[HealthCheck | None]:
        return [*super()._health_checks(), *self._health_segment_plans()]

    @api.model
    def _health_segment_plans(self) -> list[HealthCheck | None]:
        own = self._health_company_domain()
        return [
            self._health_check(
                "segment_without_plan",
                "crm.segment",
                Domain("plan_ids", "=", False),
                own,
                (
                    self.env._("Segments without a plan"),
                    self.env._("segments"),
                    self.env._("Nothing says with what offer, price and channel they are served."),
                ),
            ),
            self._health_check(
                "campaign_without_cost",
                "crm.campaign",
                Domain("cost_amount", "=", 0),
                own & Domain("state", "!=", "plan"),
                (
                    self.env._("Campaigns without a cost"),
                    self.env._("campaigns"),
                    self.env._("Cost per lead and per won deal leave them out."),
                ),
            ),
            self._health_check(
                "lead_without_competitor",
                "crm.lead",
                Domain("crm_competitor_id", "=", False),
                own & Domain("won_status", "=", "lost") & Domain("type", "=", "opportunity"),
                (
                    self.env._("Lost opportunities without a competitor"),
                    self.env._("lost opportunities"),
                    self.env._("Won and lost by competitor does not count them."),
                ),
                context={"active_test": False},
            ),
        ]
