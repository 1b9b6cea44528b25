from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import satisfaction
from .survey_survey import TEAM

ROLES = [
    (satisfaction.EXPECTED, "What they expect"),
    (satisfaction.PERCEIVED, "What they get"),
    (satisfaction.RECOMMENDATION, "Would they recommend us?"),
    (satisfaction.COMMENT, "In their own words"),
]


class SurveyQuestion(models.Model):
    """Questions say which figure their answer becomes."""

    _inherit = "survey.question"

    crm_answer_role = fields.Selection(
        ROLES,
        string="Becomes in CRM",
        help="Which figure of the relation the answer becomes. Scales only, except for what "
        "people write in their own words.",
    )
    crm_needs_class_id = fields.Many2one(
        "crm.need.class",
        string="Class of needs",
        index="btree_not_null",
        ondelete="set null",
        groups="crm_strategy.crm_strategy_group_user",
        help="The kind of value the question is about, from law to recognition.",
    )

    @api.constrains(
        "crm_answer_role",
        "crm_needs_class_id",
        "question_type",
        "scale_min",
        "scale_max",
        "survey_id",
    )
    def _check_crm_answer_role(self) -> None:
        """What becomes a figure is asked on a scale, and expectation and experience by class."""
        # Access: whoever writes surveys need not read classes of needs.
        for question in self.sudo():
            role = question.crm_answer_role
            fault = None
            if not role:
                continue
            if role == satisfaction.COMMENT:
                if question.question_type not in ("char_box", "text_box"):
                    fault = self.env._("Choose a text box as the type of the question.")
            elif question.question_type != "scale":
                fault = self.env._("Choose “Scale” as the type of the question.")
            elif role == satisfaction.RECOMMENDATION and (
                question.scale_min != 0 or question.scale_max != 10
            ):
                fault = self.env._("Let its scale run from 0 to 10.")
            elif (
                role in satisfaction.BY_CLASS
                and not question.crm_needs_class_id
                and question.survey_id.crm_use != TEAM
            ):
                fault = self.env._("Choose the class of needs it asks about.")
            if fault:
                raise ValidationError(
                    self.env._(
                        "The answer to “%(question)s” cannot become a figure. %(remedy)s",
                        question=question.title,
                        remedy=fault,
                    )
                )
