from __future__ import annotations

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.crm_strategy.core import health
from odoo.addons.crm_strategy.core.health import HealthCheck

ADDON = "crm_moments_of_truth"


class CrmHealth(models.AbstractModel):
    """What keeps customers from being asked, and events from being answered."""

    _inherit = "crm.health"

    @api.model
    def _health_checks(self) -> list[HealthCheck | None]:
        return [*super()._health_checks(), *self._health_satisfaction(), self._health_reactions()]

    @api.model
    def _health_satisfaction(self) -> list[HealthCheck | None]:
        Rule = self.env["crm.satisfaction.rule"]
        if not Rule.has_access("read"):
            return []
        companies = self.env.companies
        rules = Rule.search(Domain.TRUE)
        asked = companies if rules.filtered(lambda rule: not rule.company_id) else rules.company_id
        unasked = companies - asked
        since = fields.Datetime.now() - timedelta(days=90)
        return [
            self._health_check(
                "company_without_satisfaction_rule",
                "res.company",
                Domain("id", "in", unasked.ids),
                Domain("id", "in", companies.ids),
                (
                    self.env._("Companies that ask no customer how it was"),
                    self.env._("companies"),
                    self.env._(
                        "Moment 9 stays not proven, and there is no recommendation score. "
                        "Activate a satisfaction rule."
                    ),
                ),
                addon=ADDON,
            ),
            self._health_check(
                "invitation_without_address",
                "crm.satisfaction.invitation",
                Domain("reason", "=", "nobody"),
                self._health_company_domain() & Domain("date", ">", since),
                (
                    self.env._("Customers nobody could be asked at"),
                    self.env._("invitations of 90 days"),
                    self.env._(
                        "No contact of theirs has an e-mail address, so that their opinion is in "
                        "no figure. Add one."
                    ),
                ),
                addon=ADDON,
            ),
        ]

    @api.model
    def _health_reactions(self) -> HealthCheck | None:
        return self._health_check(
            "reaction_failed",
            "crm.event.reaction",
            Domain("state", "=", "failed"),
            self._health_company_domain(),
            (
                self.env._("Events that nobody answered"),
                self.env._("reactions"),
                self.env._("They failed five times; each says why. Mend it and press “Try again”."),
            ),
            addon=ADDON,
            severity=health.WRONG,
        )
