from __future__ import annotations

from odoo import api, models

from odoo.addons.crm_strategy.models.crm_compared_mixin import Comparison


class CrmChange(models.Model):
    """The work queue: customer profiles are renewed by its lanes."""

    _inherit = "crm.change"

    @api.model
    def _consumers(self) -> dict[str, str]:
        return {**super()._consumers(), "profile": "crm.customer.profile"}

    @api.model
    def _consumer_labels(self) -> dict[str, str]:
        return {**super()._consumer_labels(), "profile": self.env._("Customer value")}

    @api.model
    def _comparisons(self) -> dict[str, Comparison]:
        return {
            **super()._comparisons(),
            "profile": Comparison("crm.customer.profile", "profile", self.env._("Customer value")),
        }
