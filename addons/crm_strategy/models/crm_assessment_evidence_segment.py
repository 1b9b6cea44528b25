from __future__ import annotations

from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

from ..core.assessment import Evidence
from ..core.value import UNDEFINED, ratio, total
from .crm_assessment_evidence import _percent

PLAN_DAYS = 90


class CrmAssessmentEvidenceSegment(models.AbstractModel):
    """IDIC: what the records say about the customers of one segment (S002-4.1)."""

    _inherit = "crm.assessment.evidence"

    def _evidence_identify(self, assessment: models.BaseModel) -> Evidence:
        """Key data of the segment's customers that is known, and customers found twice."""
        domain = Domain("segment_id", "=", assessment.segment_id.id)
        Customer = self.env["crm.customer"]
        rates = Customer._completeness_rates(Customer.search(domain).ids)
        if not rates:
            return self._no_evidence(self.env._("the segment has no customers."))
        share = total(rates.values()) / len(rates)
        text = self.env._(
            "%(percent)s %% of the key data of %(customers)s customers is known; %(twice)s may be "
            "there twice.",
            percent=_percent(share),
            customers=len(rates),
            twice=Customer.search_count(domain & Domain("duplicate_count", ">", 0)),
        )
        return self._counted(text, "crm.customer", domain, share)

    def _evidence_interact(self, assessment: models.BaseModel) -> Evidence:
        """Activities of the last 90 days done by their day / those done or due (S002-4.1-N)."""
        today = fields.Date.context_today(self)
        domain = self._planned_contacts(assessment.segment_id) & Domain(
            "date_deadline", ">=", today - timedelta(days=PLAN_DAYS)
        )
        domain &= Domain("date_deadline", "<", today) | Domain("date_done", "!=", False)
        planned = self.env["mail.activity"].with_context(active_test=False).search(domain)
        kept = planned.filtered(lambda one: one.date_done and one.date_done <= one.date_deadline)
        share = ratio(len(kept), len(planned))
        if share is UNDEFINED:
            return self._no_evidence(
                self.env._("no contact with these customers was planned in the last 90 days.")
            )
        text = self.env._(
            "%(kept)s of %(planned)s planned contacts of the last 90 days were kept by their day.",
            kept=len(kept),
            planned=len(planned),
        )
        domain &= Domain("active", "in", (True, False))
        return self._counted(text, "mail.activity", domain, share)

    def _planned_contacts(self, segment: models.BaseModel) -> Domain:
        """Activities on the segment's customers, their contacts and their opportunities."""
        partners = Domain(
            "commercial_partner_id.crm_customer_ids", "any", [("segment_id", "=", segment.id)]
        )
        people = self.env["res.partner"].with_context(active_test=False)._search(partners)
        leads = (
            self.env["crm.lead"]
            .with_context(active_test=False)
            ._search(
                Domain("partner_id", "in", people)
                & self.env["crm.lead"]._crm_company_domain(segment.company_id)
            )
        )
        return (Domain("res_model", "=", "res.partner") & Domain("res_id", "in", people)) | (
            Domain("res_model", "=", "crm.lead") & Domain("res_id", "in", leads)
        )

    def _evidence_differentiate(self, assessment: models.BaseModel) -> Evidence:
        """Value of the customers now and in the long run; the addon of the scorecard knows it."""
        return self._no_evidence(
            self.env._("no installed addon knows the value of customers now and in the long run.")
        )

    def _evidence_customise(self, assessment: models.BaseModel) -> Evidence:
        """Personalised share of what the customers get; the addon of the scorecard knows it."""
        return self._no_evidence(
            self.env._("no installed addon knows which orders and contacts are personalised.")
        )
