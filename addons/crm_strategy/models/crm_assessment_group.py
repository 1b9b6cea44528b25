from __future__ import annotations

from odoo import api, fields, models


class CrmAssessmentGroup(models.Model):
    """A group of questions: one axis of the radar picture."""

    _name = "crm.assessment.group"
    _description = "Group of Questions"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _audit_parent = "set_id"
    _order = "set_id, sequence, id"

    set_id = fields.Many2one(
        "crm.assessment.set",
        string="Questionnaire",
        required=True,
        index=True,
        ondelete="cascade",
        help="The questionnaire to which the group belongs.",
    )
    company_id = fields.Many2one(related="set_id.company_id", store=True, index=True)
    name = fields.Char(
        required=True, translate=True, help="The word at the axis of the radar picture: be short."
    )
    sequence = fields.Integer(default=10, help="The order of the axes.")
    question_ids = fields.One2many(
        "crm.assessment.question", "group_id", string="Questions", copy=True
    )

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmAssessmentGroup:
        """Create groups; a questionnaire in use refuses them."""
        groups = super().create(vals_list)
        groups.set_id._check_editable()
        return groups

    def write(self, vals: dict) -> bool:
        """Write groups; a questionnaire in use refuses other names."""
        if vals.keys() - {"sequence"}:
            self.set_id._check_editable()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self) -> None:
        self.set_id._check_editable()
