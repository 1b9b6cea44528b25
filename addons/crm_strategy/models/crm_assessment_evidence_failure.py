from __future__ import annotations

from odoo import api, models

from ..core.assessment import Evidence
from ..core.value import UNDEFINED

WARNS = {"alarm": True, "quiet": False}


class CrmAssessmentEvidenceFailure(models.AbstractModel):
    """The signs of the risk register beside the scores of the causes of failure (S003-F1..8)."""

    _inherit = "crm.assessment.evidence"

    @api.model
    def _sign(self, cause: str, assessment: models.BaseModel) -> Evidence:
        """The sign of a cause in the strategy of the company: the approved one, else the draft."""
        strategy = self._strategy(assessment)
        if not strategy:
            return self._no_evidence(self.env._("the company has no strategy yet."))
        sign = getattr(self.env["crm.strategy.sign"], f"_sign_{cause}")(strategy)
        return Evidence(
            sign.text,
            model=sign.model or None,
            domain=tuple(sign.domain or ()),
            warns=WARNS.get(sign.state, UNDEFINED),
        )

    @api.model
    def _strategy(self, assessment: models.BaseModel) -> models.BaseModel:
        if assessment.strategy_id:
            return assessment.strategy_id
        strategies = self.env["crm.strategy"].search(self._own(assessment))
        return (
            strategies.filtered(lambda one: one.state == "approved")
            or strategies.filtered(lambda one: one.state == "draft")
        )[:1]

    def _evidence_sponsor_reviews(self, assessment: models.BaseModel) -> Evidence:
        """Reviews that the sponsor held, out of those planned."""
        return self._sign("commitment", assessment)

    def _evidence_failure_technology(self, assessment: models.BaseModel) -> Evidence:
        """S003-F1."""
        return self._sign("technology", assessment)

    def _evidence_failure_promises(self, assessment: models.BaseModel) -> Evidence:
        """S003-F2."""
        return self._sign("promises", assessment)

    def _evidence_failure_barriers(self, assessment: models.BaseModel) -> Evidence:
        """S003-F3."""
        return self._sign("barriers", assessment)

    def _evidence_failure_understanding(self, assessment: models.BaseModel) -> Evidence:
        """S003-F4."""
        return self._sign("understanding", assessment)

    def _evidence_failure_planning(self, assessment: models.BaseModel) -> Evidence:
        """S003-F5."""
        return self._sign("planning", assessment)

    def _evidence_failure_skills(self, assessment: models.BaseModel) -> Evidence:
        """S003-F6."""
        return self._sign("skills", assessment)

    def _evidence_failure_software(self, assessment: models.BaseModel) -> Evidence:
        """S003-F7."""
        return self._sign("software", assessment)

    def _evidence_failure_commitment(self, assessment: models.BaseModel) -> Evidence:
        """S003-F8."""
        return self._sign("commitment", assessment)
