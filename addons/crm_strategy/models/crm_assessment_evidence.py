from __future__ import annotations

from odoo import api, models

from ..core.assessment import Evidence


class CrmAssessmentEvidence(models.AbstractModel):
    """What the records say to a question: evidence that nobody has to type.

    A question names its ``evidence_code``; ``_evidence_<code>(assessment) -> Evidence`` answers.
    An addon adds methods by ``_inherit``. A method is called with the rights of the system: it
    filters by ``assessment.company_id`` itself, counts and never quotes.
    """

    _name = "crm.assessment.evidence"
    _description = "Evidence from Records"

    @api.model
    @api.private
    def _evidence(self, code: str, assessment: models.BaseModel) -> Evidence:
        """The evidence of this code for an assessment: its company, strategy or segment."""
        method = getattr(self, f"_evidence_{code}", None)
        if method is None:
            return self._no_evidence(
                self.env._("no installed addon knows the computation “%(code)s”.", code=code)
            )
        # Access: the figure is the same for everybody who reads the assessment; only numbers are
        # told, and the records behind them open with the reader's own rights.
        company = assessment.company_id
        model = self.sudo().with_context(allowed_company_ids=company.ids, active_test=True)
        return getattr(model, f"_evidence_{code}")(assessment.sudo())

    @api.model
    def _no_evidence(self, why: str) -> Evidence:
        """No data, with the reason."""
        return Evidence(self.env._("No data: %(why)s", why=why))
