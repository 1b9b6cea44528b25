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
