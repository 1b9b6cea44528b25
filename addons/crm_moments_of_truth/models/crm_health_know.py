from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_strategy.core import health
from odoo.addons.crm_strategy.core.health import HealthCheck

ADDON = "crm_moments_of_truth"


class CrmHealth(models.AbstractModel):
    """What keeps rules 4, 6 and 10 of the charter from being told."""

    _inherit = "crm.health"

    @api.model
    def _health_checks(self) -> list[HealthCheck | None]:
        checks = super()._health_checks()
        if not self.env["crm.promise"].has_access("read"):
            return checks
        return [*checks, self._health_value_sides(), *self._health_notes()]

    @api.model
    def _health_value_sides(self) -> HealthCheck | None:
        """Companies that could not fill the ledger: a side has no kind of value."""
        sides = {side for (side,) in self.env["crm.value.type"]._read_group([], ["side"])}
        companies = self.env.companies
        return self._health_check(
            "value_side_without_kind",
            "res.company",
            Domain.FALSE if {"client", "firm"} <= sides else Domain("id", "in", companies.ids),
            Domain("id", "in", companies.ids),
            (
                self.env._("Companies without kinds of value for both sides"),
                self.env._("companies"),
                self.env._(
                    "The value ledger cannot be filled, and rule 4 passes nowhere. Add a kind of "
                    "value for the side that has none."
                ),
            ),
            addon=ADDON,
            severity=health.WRONG,
        )

    @api.model
    def _health_notes(self) -> list[HealthCheck | None]:
        standing = Domain("state", "in", ("made", "enabled")) & self._health_company_domain()
        running = Domain("state", "in", ("p", "d", "c", "a")) & self._health_company_domain()
        return [
            self._health_check(
                "promise_unsettled",
                "crm.promise",
                Domain("is_late", "=", True),
                standing,
                (
                    self.env._("Promises of which nobody said whether they were kept"),
                    self.env._("promises"),
                    self.env._("They count as not kept. Say whether the customer had it in time."),
                ),
                addon=ADDON,
            ),
            self._health_check(
                "round_overdue",
                "crm.pdca.cycle",
                Domain("is_late", "=", True),
                running,
                (
                    self.env._("Rounds of improvement that should be closed"),
                    self.env._("rounds"),
                    self.env._("They count as not closed in time. Close them, or give them up."),
                ),
                addon=ADDON,
            ),
        ]
