from __future__ import annotations

from odoo import api, models


class CrmChange(models.Model):
    """The work queue: customer profiles are renewed by its lanes."""

    _inherit = "crm.change"

    @api.model
    def _consumers(self) -> dict[str, str]:
        return {**super()._consumers(), "profile": "crm.customer.profile"}

    @api.model
    def _consumer_labels(self) -> dict[str, str]:
        return {**super()._consumer_labels(), "profile": self.env._("Customer value")}
