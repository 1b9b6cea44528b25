from __future__ import annotations

from odoo import api, models


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.model
    def _crm_audited_groups(self) -> list[str]:
        return [*super()._crm_audited_groups(), "crm_erp_bridge.crm_erp_bridge_group_exchange"]
