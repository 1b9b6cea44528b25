from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain

from ..core.health import HealthCheck


class CrmHealth(models.AbstractModel):
    """What is missing between needs and contracts."""

    _inherit = "crm.health"

    @api.model
    def _health_checks(self) -> list[HealthCheck | None]:
        """Also needs that nothing answers and legal needs that nothing covers."""
        return [*super()._health_checks(), *self._health_needs()]

    @api.model
    def _health_needs(self) -> list[HealthCheck | None]:
        own = self._health_company_domain() & Domain("analysis_id.state", "!=", "closed")
        noun = self.env._("needs")
        return [
            self._health_check(
                "legal_need_uncovered",
                "crm.need",
                Domain("is_settled", "=", False),
                own & Domain("is_legal", "=", True),
                (
                    self.env._("Legal needs that no approved commitment covers"),
                    noun,
                    self.env._(
                        "Opportunities of these customers show a warning; orders are refused where "
                        "the company asks for it."
                    ),
                ),
            ),
            self._health_check(
                "need_orphan",
                "crm.need",
                Domain("is_orphan", "=", True),
                own,
                (
                    self.env._("Needs without a specification"),
                    noun,
                    self.env._("What the customer asked for reaches no contract."),
                ),
            ),
        ]
