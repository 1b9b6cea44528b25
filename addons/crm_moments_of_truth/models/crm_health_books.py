from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.health import HealthCheck

from .account_move import SALE_TYPES


class CrmHealth(models.AbstractModel):
    """What keeps posted documents from saying by which channel was sold."""

    _inherit = "crm.health"

    @api.model
    def _health_checks(self) -> list[HealthCheck | None]:
        return [*super()._health_checks(), self._health_media()]

    @api.model
    def _health_media(self) -> HealthCheck | None:
        """Media on posted documents that count for no channel."""
        self.env.flush_all()
        used = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT move.medium_id, channel.id
                  FROM account_move AS move
             LEFT JOIN crm_channel_medium_rel AS way ON way.medium_id = move.medium_id
             LEFT JOIN crm_channel AS channel ON channel.id = way.channel_id AND channel.active
                 WHERE move.medium_id IS NOT NULL AND move.state = 'posted'
                   AND move.move_type = ANY(%s) AND move.company_id = ANY(%s)
                """,
                list(SALE_TYPES),
                self.env.companies.ids,
            )
        )
        known = {medium_id for medium_id, channel_id in used if channel_id}
        every = {medium_id for medium_id, _channel_id in used}
        return self._health_check(
            "medium_without_channel",
            "utm.medium",
            Domain("id", "in", list(every - known)),
            Domain("id", "in", list(every)),
            (
                self.env._("Media on invoices that count for no channel"),
                self.env._("media"),
                self.env._(
                    "What was sold through them stands under “Unknown channel”. Give each medium "
                    "to a channel under Configuration > Channels."
                ),
            ),
            addon="crm_moments_of_truth",
        )
