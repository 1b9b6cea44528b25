from odoo import models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.known.mixin"]

    def _crm_known_company(self) -> models.BaseModel:
        return self._crm_document_company() or super()._crm_known_company()
