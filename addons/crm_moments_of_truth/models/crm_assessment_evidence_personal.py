from __future__ import annotations

from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_strategy.core.assessment import Evidence
from odoo.addons.crm_strategy.core.measure import COMPANY, SEGMENT, MeasureScope


class CrmAssessmentEvidence(models.AbstractModel):
    """What the records say about customising: how much goes from person to person (4.1-C)."""

    _inherit = "crm.assessment.evidence"

    def _evidence_customise(self, assessment: models.BaseModel) -> Evidence:
        """Personal contacts of twelve months / contacts that we made."""
        period = self.env["crm.fit"]._period(None)
        segment = assessment.segment_id
        scope = MeasureScope(
            assessment.company_id.id,
            SEGMENT if segment else COMPANY,
            tuple(segment.ids) or None,
            (period,),
        )
        Indicator = self.env["crm.indicator"]
        rows = Indicator._measure_personal_share(scope)
        if not rows:
            return self._no_evidence(
                self.env._("no contact of ours with these customers is known.")
            )
        (row,) = rows
        text = self.env._(
            "%(percent)s %% of our contacts of the last 12 months went from person to person "
            "(n = %(count)s).",
            percent=round(row.value * 100),
            count=row.n,
        )
        model, domain = Indicator._records_personal_share(scope)
        return self._counted(text, model, Domain(domain), row.value)
