from __future__ import annotations

from odoo import api, models

SOURCES = ("crm.satisfaction.answer", "survey.survey", "crm.case", "sale.order")


class CrmNeedInput(models.Model):
    """A need may have been heard in a survey, in a case or on an order (S000-9.9-I2)."""

    _inherit = "crm.need.input"

    @api.model
    def _reference_models(self) -> list[tuple[str, str]]:
        known = super()._reference_models()
        return [*known, *((name, self.env["ir.model"]._get(name).name) for name in SOURCES)]
