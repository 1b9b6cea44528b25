from __future__ import annotations

from odoo import api, models


class CrmAuditLog(models.Model):
    _inherit = "crm.audit.log"

    @api.model
    def _selection_area(self) -> list[tuple[str, str]]:
        return [*super()._selection_area(), ("exchange", self.env._("Data exchange"))]
