from __future__ import annotations

from odoo import api, models


class CrmChange(models.Model):
    """The work queue: passes are derived, and history is replayed, by its lanes."""

    _inherit = "crm.change"

    @api.model
    def _consumers(self) -> dict[str, str]:
        return {
            **super()._consumers(),
            # First: the replay of history leaves changes for the passes.
            "moments_history": "crm.moment.event",
            "moments": "crm.relationship",
        }

    @api.model
    def _consumer_labels(self) -> dict[str, str]:
        return {
            **super()._consumer_labels(),
            "moments_history": self.env._("Facts and passes"),
            "moments": self.env._("Passes"),
        }
