from __future__ import annotations

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..core import assessment as core
from ..core.value import UNDEFINED, ratio

# A radar of fewer axes is a line.
FEWEST_AXES = 3


class CrmAssessment(models.Model):
    """Answers to a questionnaire on a day, about the company, a strategy or a segment."""

    _name = "crm.assessment"
    _description = "Assessment"
    _inherit = ["crm.kept.mixin", "crm.privacy.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _rec_name = "set_id"
    _check_company_auto = True
    _kept_fields = (
        "state",
        "score_sum",
        "weight_sum",
        "points",
        "answered_count",
        "question_count",
        "proven_count",
        "finding_count",
        "finding_done_count",
    )
    _made_fields = ("state",)
    # Judgements of our own work; what people wrote about somebody is covered when he is erased.
    _privacy_purpose = "accountability"
    _privacy_expiry = "keep"
    _privacy_texts = ("note",)
    _privacy_only_sure = True

    # identity
    set_id = fields.Many2one(
        "crm.assessment.set",
        string="Questionnaire",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('active', '=', True), ('company_id', 'in', (company_id, False))]",
        help="What is asked. The answers are laid out when the assessment is saved.",
    )
    set_code = fields.Char(related="set_id.code", store=True, index=True, string="Code")
    subject = fields.Selection(related="set_id.subject")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="The company that is assessed.",
    )
    strategy_id = fields.Many2one(
        "crm.strategy",
        string="Strategy",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="The strategy that is assessed, for questionnaires about strategies.",
    )
    segment_id = fields.Many2one(
        "crm.segment",
        string="Segment",
        index=True,
        ondelete="cascade",
        check_company=True,
        help="The segment that is assessed, for questionnaires about segments.",
    )
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        index=True,
        tracking=True,
        help="The day whose state of things the answers describe.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        default=lambda self: self.env.user,
        ondelete="set null",
        index=True,
        tracking=True,
        help="Who sees to it that the questions are answered and the findings followed up.",
    )
    state = fields.Selection(
        [("draft", "Being answered"), ("done", "Confirmed")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        help="Scores of a confirmed assessment no longer change; only it counts in comparisons "
        "and at the readiness gate.",
    )
    note = fields.Text(
        string="Conclusion", help="What the assessment says in a few words, and what comes of it."
    )
    answer_ids = fields.One2many(
        "crm.assessment.answer", "assessment_id", string="Answers", copy=False
    )
    # results
    score_sum = fields.Float(
        string="Weighted scores",
        compute="_compute_results",
        store=True,
        aggregator="sum",
        help="Sum of score times weight over the questions that count.",
    )
    weight_sum = fields.Float(
        string="Weights answered",
        compute="_compute_results",
        store=True,
        aggregator="sum",
        help="Sum of the weights of the questions that count.",
    )
    points = fields.Float(
        compute="_compute_results",
        store=True,
        digits=(16, 1),
        aggregator="avg",
        help="0 to 100: the weighted mean of the answered questions. Questions without an answer "
        "are no data and count neither for nor against.",
    )
    answered_count = fields.Integer(
        string="Answered", compute="_compute_results", store=True, help="Questions with a score."
    )
    question_count = fields.Integer(
        string="Questions",
        compute="_compute_results",
        store=True,
        help="Questions of the questionnaire.",
    )
    coverage_rate = fields.Float(
        string="Coverage",
        compute="_compute_rates",
        help="Questions with an answer, out of all questions.",
    )
    coverage_text = fields.Char(
        string="Answered questions",
        compute="_compute_rates",
        help="Questions with a score, out of all questions.",
    )
    proven_count = fields.Integer(
        string="With evidence",
        compute="_compute_results",
        store=True,
        help="Answered questions with evidence: words, a record, a link or what records tell.",
    )
    finding_count = fields.Integer(
        string="Findings",
        compute="_compute_results",
        store=True,
        help="Answers below the score of a finding, and answers with a next action.",
    )
    finding_done_count = fields.Integer(
        string="Findings answered",
        compute="_compute_results",
        store=True,
        help="Findings whose next action is done.",
    )
    finding_rate = fields.Float(
        string="Findings answered (%)",
        compute="_compute_rates",
        help="Findings whose action is done, out of all findings.",
    )
    previous_id = fields.Many2one(
        "crm.assessment",
        string="Assessment before",
        compute="_compute_previous_id",
        help="The confirmed assessment before this one, of the same questionnaire and subject.",
    )
    radar = fields.Json(string="Picture", compute="_compute_radar")
    has_gates = fields.Boolean(compute="_compute_has_gates", string="Has gates")

    @api.depends("set_id", "date", "segment_id", "strategy_id")
    def _compute_display_name(self) -> None:
        for line in self:
            words = [line.set_id.name or "", self._subject_name(line)]
            words.append(format_date(self.env, line.date) if line.date else "")
            line.display_name = ", ".join(filter(None, words))

    @api.model
    def _subject_name(self, assessment: models.BaseModel) -> str:
        """What is assessed, in words; empty for the company itself."""
        return assessment.segment_id.name or assessment.strategy_id.display_name or ""

    @api.depends(
        "answer_ids.counted_score",
        "answer_ids.is_counted",
        "answer_ids.score",
        "answer_ids.weight",
        "answer_ids.has_evidence",
        "answer_ids.is_finding",
        "answer_ids.is_done",
    )
    def _compute_results(self) -> None:
        for line in self:
            answers = line.answer_ids
            counted = answers.filtered("is_counted")
            findings = answers.filtered("is_finding")
            found = core.score(answers._items())
            line.score_sum = sum(answer.weight * answer.counted_score for answer in counted)
            line.weight_sum = sum(counted.mapped("weight"))
            line.points = 0.0 if found.points is UNDEFINED else float(found.points)
            line.answered_count = len(answers.filtered("score"))
            line.question_count = found.total
            line.proven_count = len(answers.filtered(lambda a: a.score and a.has_evidence))
            line.finding_count = len(findings)
            line.finding_done_count = len(findings.filtered("is_done"))

    @api.depends("answered_count", "question_count", "finding_count", "finding_done_count")
    def _compute_rates(self) -> None:
        for line in self:
            line.coverage_rate = float(ratio(line.answered_count, line.question_count) or 0)
            line.coverage_text = self.env._(
                "%(answered)s of %(all)s (%(percent)s %%)",
                answered=line.answered_count,
                all=line.question_count,
                percent=round(line.coverage_rate * 100),
            )
            line.finding_rate = float(ratio(line.finding_done_count, line.finding_count) or 0)

    @api.depends("set_id", "company_id", "segment_id", "date")
    def _compute_previous_id(self) -> None:
        for line in self:
            line.previous_id = line.date and self.search(line._previous_domain(), limit=1)

    def _previous_domain(self) -> Domain:
        """Confirmed assessments of the same questionnaire and subject before this one."""
        own = self._origin.id
        before = Domain("date", "<", self.date)
        if own:
            before |= Domain("date", "=", self.date) & Domain("id", "<", own)
        return (
            before
            & Domain("state", "=", "done")
            & Domain("set_id.code", "=", self.set_id.code)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("segment_id", "=", self.segment_id.id)
            & Domain("strategy_id", "in", self.strategy_id._versions().ids or [False])
        )

    @api.depends("answer_ids.counted_score", "answer_ids.is_counted", "previous_id")
    def _compute_radar(self) -> None:
        for line in self:
            line.radar = line._radar()

    @api.depends("set_id")
    def _compute_has_gates(self) -> None:
        for line in self:
            line.has_gates = bool(line.set_id.question_ids.gate_ids)

    def _radar(self) -> dict:
        """The picture as the screen draws it: points per axis, now and the time before."""
        now, before = self._axes(), self.previous_id._axes()
        return {
            "title": self.set_id.name or "",
            "label": format_date(self.env, self.date) if self.date else "",
            "previous_label": format_date(self.env, self.previous_id.date)
            if self.previous_id
            else False,
            "axes": [
                {
                    "name": name,
                    "points": _shown(score.points),
                    "previous": _shown(before[key][1].points) if key in before else None,
                    "answered": score.answered,
                    "total": score.total,
                }
                for key, (name, score) in now.items()
            ],
        }

    def _axes(self) -> dict[str, tuple[str, core.Score]]:
        """Key -> (words, score) of each axis: the groups, or the questions of one or two groups."""
        answers = self.answer_ids
        if len(answers.group_id) >= FEWEST_AXES:
            return {name: (name, score) for name, score in self._scores_by_group().items()}
        return {
            answer.question_id.code: (answer.question_id.name, core.score(answer._items()))
            for answer in answers
        }

    def _scores_by_group(self) -> dict[str, core.Score]:
        """Name of the group -> its score, in the order of the groups."""
        return core.by_group(self.answer_ids._items())

    def _whole(self) -> core.Score:
        """Points, coverage and evidence of all answers."""
        return core.score(self.answer_ids._items())

    def _read_group_select(self, aggregate_spec: str, query) -> SQL:
        """Points of a group of assessments: ratio of sums, NULL without any answer."""
        if aggregate_spec not in ("points:avg", "points:sum"):
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "20 * SUM(%(scores)s) / NULLIF(SUM(%(weights)s), 0)",
            scores=self._field_to_sql(self._table, "score_sum", query),
            weights=self._field_to_sql(self._table, "weight_sum", query),
        )

    # checks
    @api.constrains("set_id", "segment_id", "strategy_id")
    def _check_subject(self) -> None:
        words = dict(
            self.env["crm.assessment.set"]._fields["subject"]._description_selection(self.env)
        )
        for line in self:
            for subject, name in self._subject_fields().items():
                if bool(line[name]) != (line.set_id.subject == subject):
                    raise ValidationError(
                        self.env._(
                            "“%(name)s” assesses: %(subject)s. Choose it, and leave other "
                            "subjects empty.",
                            name=line.set_id.display_name,
                            subject=words[line.set_id.subject].lower(),
                        )
                    )

    @api.model
    def _subject_fields(self) -> dict[str, str]:
        """Subject of a questionnaire -> the field that names it; extend it per addon."""
        return {"strategy": "strategy_id", "segment": "segment_id"}

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmAssessment:
        """Create assessments with an empty answer to each question."""
        records = super().create(vals_list)
        records._lay_out_answers()
        return records

    def write(self, vals: dict) -> bool:
        """Write assessments; what a confirmed one is about stays."""
        about = {"set_id", "company_id", "date", *self._subject_fields().values()}
        fixed = about & vals.keys()
        for line in self:
            changed = {
                name
                for name in fixed
                if self._fields[name].convert_to_write(line[name], line) != vals[name]
            }
            if (line.state == "done" and changed) or "set_id" in changed:
                raise UserError(
                    self.env._(
                        "“%(name)s” has its questionnaire, subject and date. "
                        "Create a new assessment instead of changing this one.",
                        name=line.display_name,
                    )
                )
        return super().write(vals)

    def copy_data(self, default: dict | None = None) -> list[dict]:
        """A copy begins today with the version of the questionnaire that is in use."""
        rows = super().copy_data(default)
        for line, vals in zip(self, rows, strict=True):
            current = self.env["crm.assessment.set"]._for_company(line.company_id, line.set_code)
            vals["set_id"] = (current or line.set_id).id
            vals["date"] = fields.Date.context_today(self)
        return rows

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self) -> None:
        for line in self:
            if line.state == "done":
                raise UserError(
                    self.env._(
                        "“%(name)s” is confirmed and stands in comparisons. "
                        "Reopen it before you delete it.",
                        name=line.display_name,
                    )
                )

    def _lay_out_answers(self) -> None:
        # Access: empty answers follow from the questionnaire that the person just chose.
        Answer = self.env["crm.assessment.answer"].sudo()
        Answer.create(
            [
                {"assessment_id": line.id, "question_id": question.id, "user_id": line.user_id.id}
                for line in self
                for question in line.set_id.question_ids - line.answer_ids.question_id
            ]
        )
        self.invalidate_recordset(["answer_ids"])

    # actions
    def action_confirm(self) -> bool:
        """Close the answers: evidence from records is kept as it is today."""
        self.check_access("write")
        for line in self:
            if not line.answered_count:
                raise UserError(
                    self.env._(
                        "“%(name)s” has no answer yet. Score at least one question.",
                        name=line.display_name,
                    )
                )
            line.answer_ids._keep_facts()
        # Access: checked above; the state changes by these buttons alone.
        return self.sudo().write({"state": "done"})

    def action_reopen(self) -> bool:
        """Let scores be changed again; for strategy managers."""
        self.check_access("write")
        if not self.env.user.has_group("crm_strategy.crm_strategy_group_manager"):
            raise UserError(
                self.env._(
                    "Only a strategy manager reopens a confirmed assessment. "
                    "Ask for it, or create a new assessment.",
                )
            )
        # Access: checked above; the state changes by these buttons alone.
        return self.sudo().write({"state": "draft"})

    def action_open_findings(self) -> dict:
        """Open the findings of the assessments with their next actions."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_assessment_answer_action"
        )
        domain = [("assessment_id", "in", self.ids), ("is_finding", "=", True)]
        return {**action, "domain": domain, "context": {}}

    # business
    @api.private
    def _check_reader(self) -> None:
        """Refuse whoever may not read these, saved or not; a call names them as it likes."""
        self.check_access("read")
        (self.company_id | self.strategy_id.company_id | self.segment_id.company_id).check_access(
            "read"
        )

    @api.model
    @api.private
    def _latest(
        self, company: models.BaseModel, code: str, domain: Domain = Domain.TRUE
    ) -> CrmAssessment:
        """The last confirmed assessment of a questionnaire in a company; empty without one."""
        return self.search(
            Domain("set_id.code", "=", code)
            & Domain("company_id", "=", company.id)
            & Domain("state", "=", "done")
            & domain,
            limit=1,
        )


def _shown(points: Decimal | object) -> float | None:
    """Points as JSON carries them; None is no data."""
    return None if points is UNDEFINED else round(float(points), 1)
