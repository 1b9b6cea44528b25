from __future__ import annotations

from odoo import api, models


class CrmAuditedMixin(models.AbstractModel):
    _inherit = "crm.audited.mixin"

    @api.model
    def _audit_readers(self) -> str:
        return f"{super()._audit_readers()},crm_erp_bridge.crm_erp_bridge_group_exchange"
