from __future__ import annotations

from odoo import models

from ..core.assessment import Evidence


class CrmAssessmentEvidenceOpen(models.AbstractModel):
    """Evidence whose facts belong to other addons: no data, with the reason, until they fill it."""

    _inherit = "crm.assessment.evidence"

    def _evidence_value_both(self, assessment: models.BaseModel) -> Evidence:
        """Value for both sides, moment by moment (S002-4.4-2)."""
        return self._no_evidence(
            self.env._("no installed addon keeps what value each moment brought to both sides.")
        )

    def _evidence_portfolio(self, assessment: models.BaseModel) -> Evidence:
        """Customers classed by value and cost to serve (S002-4.3-1)."""
        return self._no_evidence(
            self.env._("no installed addon knows what customers bring and what they cost.")
        )

    def _evidence_network(self, assessment: models.BaseModel) -> Evidence:
        """Suppliers and partners linked to customers (S002-4.3-4)."""
        return self._no_evidence(
            self.env._("no installed addon links suppliers and partners to customers.")
        )
