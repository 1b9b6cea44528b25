from __future__ import annotations

from odoo import api, models

from odoo.addons.crm_strategy.models.crm_compared_mixin import Comparison


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

    @api.model
    def _comparisons(self) -> dict[str, Comparison]:
        return {
            **super()._comparisons(),
            "facts": Comparison(
                "crm.moment.event", "moments_history", self.env._("Facts of documents")
            ),
            "passes": Comparison(
                "crm.relationship", "moments_history", self.env._("Passes and their moments")
            ),
        }
