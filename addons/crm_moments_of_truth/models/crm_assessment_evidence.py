from __future__ import annotations

from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_strategy.core.assessment import Evidence
from odoo.addons.crm_strategy.core.value import ratio

from ..core import states


class CrmAssessmentEvidence(models.AbstractModel):
    """What the chains say to the question of processes (S002-4.3-C3)."""

    _inherit = "crm.assessment.evidence"

    def _evidence_processes(self, assessment: models.BaseModel) -> Evidence:
        """Segments served by an active chain of moments / segments."""
        own = self._own(assessment)
        segments = self.env["crm.segment"].search(own)
        if not segments:
            return self._no_evidence(self.env._("the company has no segments yet."))
        company = assessment.company_id
        chains = self.env["crm.moment.chain"]._for_segments(company, segments)
        served = segments.filtered(lambda segment: chains[segment.id])
        active = self.env["crm.moment.chain"].search_count(
            [("state", "=", states.ACTIVE), ("company_id", "in", (company.id, False))]
        )
        named = segments.filtered(lambda segment: segment in chains[segment.id].segment_ids)
        text = self.env._(
            "%(served)s of %(total)s segments work by one of %(chains)s active chains of moments; "
            "%(named)s of them have a chain of their own.",
            served=len(served),
            total=len(segments),
            chains=active,
            named=len(named),
        )
        domain = Domain("id", "in", segments.ids)
        return self._counted(text, "crm.segment", domain, ratio(len(served), len(segments)))
