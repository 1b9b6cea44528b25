from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_strategy.core import health
from odoo.addons.crm_strategy.core.health import HealthCheck

from ..core import rupture
from .crm_health import ADDON


class CrmHealth(models.AbstractModel):
    """Ruptures that nobody will repair, because nobody hears of them."""

    _inherit = "crm.health"

    @api.model
    def _health_checks(self) -> list[HealthCheck | None]:
        return [
            *super()._health_checks(),
            self._health_check(
                "rupture_without_person",
                "crm.rupture",
                Domain("user_id", "=", False) | Domain("user_id.active", "=", False),
                self._health_company_domain() & Domain("state", "=", rupture.OPEN),
                (
                    self.env._("Open ruptures that nobody is responsible for"),
                    self.env._("open ruptures"),
                    self.env._(
                        "Nobody was told of them. Give the pass to somebody, or name a leader "
                        "for its team."
                    ),
                ),
                addon=ADDON,
                severity=health.WRONG,
            ),
        ]
