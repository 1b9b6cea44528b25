from __future__ import annotations

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

SUBJECTS = [
    ("company", "The company"),
    ("strategy", "A strategy"),
    ("segment", "A segment"),
]
FROZEN = {"code", "company_id", "subject", "gate_score", "finding_score"}


class CrmAssessmentSet(models.Model):
    """A questionnaire whose items are scored from 0 to 5 with evidence.

    Readiness, alignment, models of consultants and maturity are all sets. A set in use is never
    edited: a new version opens, and what was assessed by the old one stays true.
    """

    _name = "crm.assessment.set"
    _description = "Assessment Set"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin", "crm.type.mixin"]
    _kept_fields = ("version",)
    _order = "sequence, company_id, version desc, id"

    # identity
    name = fields.Char(required=True, translate=True, help="What people call the questionnaire.")
    code = fields.Char(
        required=True,
        help="Short name that all versions of the questionnaire share; results are compared "
        "over time by it.",
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        help="Empty: the questionnaire of all companies that have none of their own.",
    )
    sequence = fields.Integer(default=10, help="The order in lists.")
    active = fields.Boolean(
        default=True,
        copy=False,
        help="New assessments use the active version. Older versions are kept for what was "
        "assessed with them.",
    )
    version = fields.Integer(
        required=True,
        readonly=True,
        copy=False,
        aggregator=None,
        help="Counts up with each new version of the questionnaire.",
    )
    description = fields.Text(
        string="What for",
        translate=True,
        help="What the questionnaire tells, and what to do about a low result.",
    )
    # rules
    subject = fields.Selection(
        SUBJECTS,
        string="Assesses",
        required=True,
        default="company",
        help="What is assessed: the company as a whole, one strategy or one segment.",
    )
    gate_score = fields.Integer(
        string="Score that opens a gate",
        required=True,
        default=3,
        aggregator=None,
        help="A question that stands on others counts fully once these reach this score.",
    )
    finding_score = fields.Integer(
        string="Finding below the score",
        required=True,
        default=3,
        aggregator=None,
        help="An answer below this score is a finding and asks for a next action.",
    )
    # links
    group_ids = fields.One2many(
        "crm.assessment.group",
        "set_id",
        string="Groups",
        copy=True,
        help="The groups of questions: the axes of the radar picture.",
    )
    question_ids = fields.One2many("crm.assessment.question", "set_id", string="Questions")
    question_count = fields.Integer(string="Number of questions", compute="_compute_counts")
    assessment_count = fields.Integer(
        string="Assessments",
        compute="_compute_counts",
        help="How often this version was used. A version in use is not edited.",
    )

    _version_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), code, version)",
        "This version of the questionnaire exists already. Use “New version” to get the next one.",
    )
    _active_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), code) WHERE active",
        "Another version of this questionnaire is in use. Press “Use this version” on the one "
        "that shall be used.",
    )
    _scores_check = models.Constraint(
        "CHECK (gate_score BETWEEN 0 AND 5 AND finding_score BETWEEN 0 AND 5)",
        "Scores lie between 0 and 5. Correct the score of the gate or of the finding.",
    )

    @api.depends("name", "version")
    def _compute_display_name(self) -> None:
        for line in self:
            name = line.name or ""
            if line.version and line.version > 1:
                name = self.env._("%(name)s, version %(version)s", name=name, version=line.version)
            line.display_name = name

    @api.depends("question_ids")
    def _compute_counts(self) -> None:
        # Access: whether a questionnaire was used decides about its edits, whoever may see where.
        used = dict(
            self.env["crm.assessment"]
            .sudo()
            ._read_group([("set_id", "in", self.ids)], ["set_id"], ["__count"])
        )
        for line in self:
            line.question_count = len(line.question_ids)
            line.assessment_count = used.get(line._origin, 0)

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmAssessmentSet:
        """Create questionnaires; each gets the next version number of its code."""
        numbered = []
        for vals in vals_list:
            code, company_id = vals.get("code"), vals.get("company_id") or False
            numbered.append(
                {**vals, "version": vals.get("version") or self._next_version(code, company_id)}
            )
        return super().create(numbered)

    def write(self, vals: dict) -> bool:
        """Write questionnaires; what assessments were made by stays as it was."""
        if FROZEN & vals.keys():
            self._check_editable()
        return super().write(vals)

    def copy_data(self, default: dict | None = None) -> list[dict]:
        """A copy waits as the next version until somebody takes it into use."""
        return super().copy_data({"active": False, **(default or {})})

    def copy(self, default: dict | None = None) -> CrmAssessmentSet:
        """Copy with groups and questions; gates follow to the copied questions."""
        copies = super().copy(default)
        for old, new in zip(self, copies, strict=True):
            by_code = {question.code: question for question in new.question_ids}
            for question in old.question_ids.filtered("gate_ids"):
                by_code[question.code].gate_ids = [
                    Command.set([by_code[gate.code].id for gate in question.gate_ids])
                ]
        return copies

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self) -> None:
        self._check_editable()

    def _next_version(self, code: str | None, company_id: int | bool) -> int:
        same = self.with_context(active_test=False).search(
            [("code", "=", code), ("company_id", "=", company_id)]
        )
        return max(same.mapped("version"), default=0) + 1

    @api.private
    def _check_editable(self) -> None:
        """Refuse to change a version that assessments were made by.

        :raise UserError: names the questionnaire and says to open a new version
        """
        for line in self:
            if line.assessment_count:
                raise UserError(
                    self.env._(
                        "“%(name)s” was used in %(count)s assessments, which would no longer be "
                        "true. Press “New version” and change that one.",
                        name=line.display_name,
                        count=line.assessment_count,
                    )
                )

    # actions
    def action_new_version(self) -> dict:
        """Copy the questionnaire into a version that may be edited, and open it."""
        self.ensure_one()
        return self._open_form(self.copy())

    def action_company_version(self) -> dict:
        """Copy a shared questionnaire for the current company, and open it."""
        self.ensure_one()
        return self._open_form(self.copy({"company_id": self.env.company.id}))

    def action_use(self) -> bool:
        """Use this version from now on; the one before it is kept for its assessments."""
        self.check_access("write")
        for line in self:
            if not line.question_ids:
                raise UserError(
                    self.env._(
                        "“%(name)s” has no questions. Add a group with questions first.",
                        name=line.display_name,
                    )
                )
            used = self.search([("code", "=", line.code), ("company_id", "=", line.company_id.id)])
            (used - line).active = False
            # The index allows one version in use, so the old one is written before the new.
            self.flush_model(["active"])
            line.active = True
        return True

    def action_open_assessments(self) -> dict:
        """Open what was assessed with this version."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_assessment_action")
        return {**action, "domain": [("set_id", "=", self.id)], "context": {}}

    def _open_form(self, record: models.BaseModel) -> dict:
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    # business
    @api.model
    @api.private
    def _for_company(self, company: models.BaseModel, code: str) -> CrmAssessmentSet:
        """The questionnaire of this code by which a company works: its own, else the shared."""
        sets = self.search([("code", "=", code), ("company_id", "in", (company.id, False))])
        return (sets.filtered("company_id") or sets)[:1]
