from __future__ import annotations

from odoo import fields, models


class CrmSegment(models.Model):
    """What was assessed of a segment."""

    _inherit = "crm.segment"

    assessment_count = fields.Integer(
        string="Number of assessments",
        compute="_compute_assessment_count",
        help="Assessments of this segment.",
    )

    def _compute_assessment_count(self) -> None:
        counts = dict(
            self.env["crm.assessment"]._read_group(
                [("segment_id", "in", self.ids)], ["segment_id"], ["__count"]
            )
        )
        for segment in self:
            segment.assessment_count = counts.get(segment, 0)

    def action_open_assessments(self) -> dict:
        """Open the assessments of the segment."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_assessment_action")
        asked = self.env["crm.assessment.set"]._for_company(self.company_id, "idic")
        context = {"default_segment_id": self.id, "default_set_id": asked.id}
        return {**action, "domain": [("segment_id", "=", self.id)], "context": context}
