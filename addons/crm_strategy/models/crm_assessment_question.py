from __future__ import annotations

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError

FREE = {"sequence", "description", "menu_ids"}


class CrmAssessmentQuestion(models.Model):
    """One item of a questionnaire, scored from 0 to 5."""

    _name = "crm.assessment.question"
    _description = "Question"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _audit_parent = "set_id"
    _order = "set_id, group_sequence, group_id, sequence, id"

    # identity
    name = fields.Char(
        string="Question",
        required=True,
        translate=True,
        help="What is scored, as a statement: 0 is not at all, 5 is an example for others.",
    )
    code = fields.Char(
        required=True,
        help="Short name that the question keeps in later versions; unique in its questionnaire.",
    )
    group_id = fields.Many2one(
        "crm.assessment.group",
        string="Group",
        required=True,
        index=True,
        ondelete="cascade",
        help="The group whose points the question counts in.",
    )
    group_sequence = fields.Integer(
        related="group_id.sequence", store=True, aggregator=None, string="Order of the group"
    )
    set_id = fields.Many2one(related="group_id.set_id", store=True, index=True)
    company_id = fields.Many2one(related="group_id.set_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10, help="The order within the group.")
    description = fields.Text(
        string="How to score",
        translate=True,
        help="What speaks for a high or a low score, and what counts as evidence.",
    )
    # rules
    weight = fields.Integer(
        required=True,
        default=1,
        aggregator=None,
        help="How much the question counts beside the others: 2 counts twice.",
    )
    evidence_code = fields.Char(
        string="Evidence from records",
        help="Names the computation whose result stands beside the score; empty where no record "
        "can tell.",
    )
    gate_ids = fields.Many2many(
        "crm.assessment.question",
        "crm_assessment_question_gate_rel",
        "question_id",
        "gate_id",
        string="Stands on",
        copy=False,
        domain="[('set_id', '=', set_id), ('id', '!=', id)]",
        help="Questions that must reach the score of the gate before this one counts fully.",
    )
    menu_ids = fields.Many2many(
        "ir.ui.menu",
        string="Screens",
        help="Where in the suite the work on this question is done.",
    )

    _code_uniq = models.UniqueIndex(
        "(set_id, code)",
        "Another question of the questionnaire has this code. Choose another code.",
    )
    _weight_check = models.Constraint(
        "CHECK (weight > 0)", "A weight is above zero. Delete the question if it does not count."
    )

    @api.constrains("gate_ids")
    def _check_gates(self) -> None:
        if self._has_cycle("gate_ids"):
            raise ValidationError(
                self.env._(
                    "“%(name)s” would stand on itself. Take one of the gates away.",
                    name=self[:1].name,
                )
            )
        for question in self:
            if question.gate_ids.set_id - question.set_id:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” stands on a question of another questionnaire. "
                        "Choose questions of the same one.",
                        name=question.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmAssessmentQuestion:
        """Create questions; a questionnaire in use refuses them."""
        questions = super().create(vals_list)
        questions.set_id._check_editable()
        return questions

    def write(self, vals: dict) -> bool:
        """Write questions; a questionnaire in use keeps what scores were given for."""
        if vals.keys() - FREE:
            self.set_id._check_editable()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self) -> None:
        self.set_id._check_editable()

    def _screen_links(self, seen: models.BaseModel) -> Markup:
        """Links to the screens of the question, among the menus that a reader sees."""
        link = Markup('<a href="/odoo/action-%s">%s</a>')
        menus = (self.menu_ids & seen).filtered("action")
        return Markup(", ").join(link % (menu.action.id, menu.name) for menu in menus)
