from __future__ import annotations

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..core import assessment as core
from ..core.assessment import Item
from ..core.value import UNDEFINED

SCORES = [
    ("0", "0 – not at all"),
    ("1", "1 – begun"),
    ("2", "2 – in parts"),
    ("3", "3 – mostly"),
    ("4", "4 – wholly"),
    ("5", "5 – an example for others"),
]
# What is still written when the scores of an assessment are closed: the follow-up.
FOLLOW_UP = {"action", "action_user_id", "action_date", "is_done", "user_id"}


class CrmAssessmentAnswer(models.Model):
    """The answer to one question: score, evidence, and what is done next."""

    _name = "crm.assessment.answer"
    _description = "Answer"
    _inherit = ["crm.kept.mixin", "crm.privacy.mixin"]
    _order = "assessment_id desc, question_sequence, id"
    _rec_name = "question_id"
    _kept_fields = (
        "assessment_id",
        "question_id",
        "counted_score",
        "is_counted",
        "is_finding",
        "kept_fact",
        "done_date",
        "points",
        "weighted_score",
        "counted_weight",
    )
    _privacy_purpose = "accountability"
    _privacy_expiry = "keep"
    _privacy_texts = ("evidence", "evidence_url", "action", "kept_fact")
    _privacy_only_sure = True

    # identity
    assessment_id = fields.Many2one(
        "crm.assessment", required=True, index=True, ondelete="cascade", readonly=True
    )
    question_id = fields.Many2one(
        "crm.assessment.question",
        string="Question",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    question_sequence = fields.Integer(
        compute="_compute_question", store=True, aggregator=None, string="Order"
    )
    group_id = fields.Many2one(related="question_id.group_id", store=True, index=True)
    description = fields.Text(related="question_id.description")
    weight = fields.Integer(compute="_compute_question", store=True, aggregator=None)
    set_id = fields.Many2one(related="assessment_id.set_id", store=True)
    company_id = fields.Many2one(related="assessment_id.company_id", store=True, index=True)
    segment_id = fields.Many2one(related="assessment_id.segment_id", store=True)
    date = fields.Date(related="assessment_id.date", store=True, string="Assessed on")
    state = fields.Selection(related="assessment_id.state")
    # answer
    score = fields.Selection(
        SCORES,
        help="From 0 (not at all) to 5 (an example for others). Empty: not answered, which is no "
        "data and not 0.",
    )
    answered_on = fields.Date(
        compute="_compute_answered_on",
        store=True,
        readonly=False,
        string="Date",
        help="The day on which the score was given.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        ondelete="set null",
        help="Who answers the question and stands for the evidence.",
    )
    # evidence
    evidence = fields.Text(help="What proves the score, in words.")
    evidence_url = fields.Char(string="Link", help="Address of a page or document that proves it.")
    evidence_ref = fields.Reference(
        selection="_selection_evidence",
        string="Record",
        help="A record of this system that proves it.",
    )
    fact = fields.Text(
        string="What the records say",
        compute="_compute_fact",
        help="Counted from the records: today's figure while the question is open, the figure "
        "of the day of confirmation afterwards.",
    )
    kept_fact = fields.Text(string="Records at confirmation", readonly=True, copy=False)
    has_evidence = fields.Boolean(compute="_compute_has_evidence", store=True)
    # result
    counted_score = fields.Float(
        compute="_compute_counted",
        store=True,
        digits=(16, 2),
        aggregator=None,
        help="The score, or the lowest one that the question stands on while its gate is closed.",
    )
    is_counted = fields.Boolean(
        string="Counts",
        compute="_compute_counted",
        store=True,
        help="The question is answered, and so are those that it stands on.",
    )
    gate_reason = fields.Char(
        string="Gate",
        compute="_compute_gate_reason",
        help="What keeps the gate closed.",
    )
    weighted_score = fields.Float(compute="_compute_points", store=True, aggregator="sum")
    counted_weight = fields.Float(compute="_compute_points", store=True, aggregator="sum")
    points = fields.Float(
        compute="_compute_points",
        store=True,
        digits=(16, 1),
        aggregator="avg",
        help="0 to 100. Grouped: weighted mean of the answers that count.",
    )
    is_finding = fields.Boolean(
        string="Finding",
        compute="_compute_is_finding",
        store=True,
        help="The score is below the score of a finding, or a next action is noted.",
    )
    # follow-up
    action = fields.Char(string="Next action", help="What is done next to raise the score.")
    action_user_id = fields.Many2one(
        "res.users", string="Done by", ondelete="set null", help="Who does it."
    )
    action_date = fields.Date(string="Until", help="The day until which it is done.")
    is_done = fields.Boolean(
        string="Done", help="The next action is done: the finding is answered."
    )
    done_date = fields.Date(
        string="Done on", compute="_compute_done_date", store=True, help="When it was ticked."
    )
    is_late = fields.Boolean(string="Late", compute="_compute_is_late", search="_search_is_late")
    screens = fields.Html(
        compute="_compute_screens",
        help="Where in the suite the work on this question is done.",
    )

    _question_uniq = models.UniqueIndex(
        "(assessment_id, question_id)",
        "The question is answered in this assessment already. Change that answer.",
    )

    @api.depends("question_id.weight", "question_id.sequence", "group_id.sequence")
    def _compute_question(self) -> None:
        for answer in self:
            question = answer.question_id
            answer.weight = question.weight
            answer.question_sequence = question.group_sequence * 1000 + question.sequence

    @api.depends("score")
    def _compute_answered_on(self) -> None:
        today = fields.Date.context_today(self)
        for answer in self:
            answer.answered_on = today if answer.score else False

    @api.depends("evidence", "evidence_url", "evidence_ref", "kept_fact")
    def _compute_has_evidence(self) -> None:
        for answer in self:
            answer.has_evidence = bool(
                answer.evidence or answer.evidence_url or answer.evidence_ref or answer.kept_fact
            )

    @api.depends("question_id.evidence_code", "kept_fact", "state")
    def _compute_fact(self) -> None:
        for answer in self:
            is_open = answer.state == "draft"
            answer.fact = answer._evidence().text if is_open else answer.kept_fact

    @api.depends("score", "question_id.gate_ids", "assessment_id.answer_ids.score")
    def _compute_counted(self) -> None:
        for answer in self:
            counted = core.gated(
                _decimal(answer.score),
                [_decimal(gate.score) for gate in answer._gates()],
                Decimal(answer.set_id.gate_score),
            )
            answer.is_counted = counted is not UNDEFINED
            answer.counted_score = float(counted or 0)

    @api.depends("score", "question_id.gate_ids", "assessment_id.answer_ids.score")
    def _compute_gate_reason(self) -> None:
        for answer in self:
            names = ", ".join(answer._closed_gates().mapped("question_id.name"))
            answer.gate_reason = names and self.env._(
                "Waits for at least %(needed)s at: %(names)s",
                needed=answer.set_id.gate_score,
                names=names,
            )

    @api.depends("counted_score", "is_counted", "weight")
    def _compute_points(self) -> None:
        for answer in self:
            answer.counted_weight = answer.weight if answer.is_counted else 0
            answer.weighted_score = answer.weight * answer.counted_score
            answer.points = answer.counted_score * 20

    @api.depends("score", "action", "set_id.finding_score")
    def _compute_is_finding(self) -> None:
        for answer in self:
            is_low = answer.score and int(answer.score) < answer.set_id.finding_score
            answer.is_finding = bool(is_low or answer.action)

    @api.depends("is_done")
    def _compute_done_date(self) -> None:
        today = fields.Date.context_today(self)
        for answer in self:
            answer.done_date = today if answer.is_done else False

    @api.depends("action_date", "is_done")
    def _compute_is_late(self) -> None:
        today = fields.Date.context_today(self)
        for answer in self:
            answer.is_late = bool(
                answer.action_date and answer.action_date < today and not answer.is_done
            )

    def _search_is_late(self, operator: str, value) -> list:
        if operator not in ("in", "not in"):
            return NotImplemented
        today = fields.Date.context_today(self)
        late = [("action_date", "<", today), ("is_done", "=", False)]
        wanted = True in value
        if operator == "not in":
            wanted = not wanted
        return late if wanted else ["!", "&", *late]

    @api.depends("question_id.menu_ids")
    def _compute_screens(self) -> None:
        # Menus that the reader does not see are no screens of his.
        seen = self.env["ir.ui.menu"].search([("id", "in", self.question_id.menu_ids.ids)])
        for answer in self:
            answer.screens = answer.question_id._screen_links(seen)

    def _read_group_select(self, aggregate_spec: str, query) -> SQL:
        """Points of a group of answers: ratio of sums, NULL without any answer."""
        if aggregate_spec not in ("points:avg", "points:sum"):
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "20 * SUM(%(scores)s) / NULLIF(SUM(%(weights)s), 0)",
            scores=self._field_to_sql(self._table, "weighted_score", query),
            weights=self._field_to_sql(self._table, "counted_weight", query),
        )

    @api.model
    def _selection_evidence(self) -> list[tuple[str, str]]:
        """Kinds of records that may stand as evidence; those the reader may open."""
        names = self._evidence_models()
        return [
            (name, self.env[name]._description)
            for name in names
            if self.env[name].has_access("read")
        ]

    @api.model
    def _evidence_models(self) -> list[str]:
        """Models whose records may stand as evidence; extend it per addon."""
        return [
            "crm.strategy",
            "crm.segment",
            "crm.team",
            "crm.lead",
            "crm.indicator",
            "crm.assessment",
        ]

    # checks
    @api.constrains("is_done", "action")
    def _check_done(self) -> None:
        for answer in self:
            if answer.is_done and not answer.action:
                raise ValidationError(
                    self.env._(
                        "“%(question)s” has no next action that could be done. "
                        "Say what was done before you tick it.",
                        question=answer.question_id.name,
                    )
                )

    def write(self, vals: dict) -> bool:
        """Write answers; of a confirmed assessment only the follow-up changes."""
        if vals.keys() - FOLLOW_UP - {"kept_fact"}:
            for answer in self.filtered(lambda line: line.state == "done"):
                raise UserError(
                    self.env._(
                        "The scores of “%(name)s” are confirmed; only the next actions change. "
                        "Reopen it, or create a new assessment.",
                        name=answer.assessment_id.display_name,
                    )
                )
        return super().write(vals)

    # actions
    def action_open_evidence(self) -> dict:
        """Open the records that the evidence was counted from."""
        self.ensure_one()
        found = self._evidence()
        if not found.model:
            raise UserError(
                self.env._(
                    "No records stand behind “%(question)s”: %(text)s",
                    question=self.question_id.name,
                    text=found.text,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.question_id.name,
            "res_model": found.model,
            "domain": list(found.domain),
            "views": [(False, "list"), (False, "form")],
        }

    # business
    def _items(self) -> list[Item]:
        """The answers as the core counts them."""
        return [
            Item(
                group=answer.group_id.name or "",
                weight=Decimal(answer.weight or 1),
                score=Decimal(str(answer.counted_score)) if answer.is_counted else UNDEFINED,
                has_evidence=answer.has_evidence,
                key=answer.question_id.code or "",
            )
            for answer in self
        ]

    def _gates(self) -> CrmAssessmentAnswer:
        """The answers of the same assessment that this one stands on."""
        gates = self.question_id.gate_ids
        return self.assessment_id.answer_ids.filtered(lambda line: line.question_id in gates)

    def _closed_gates(self) -> CrmAssessmentAnswer:
        """The answers that this one stands on and that do not reach the score of the gate."""
        needed = self.set_id.gate_score
        return self._gates().filtered(lambda gate: not gate.score or int(gate.score) < needed)

    def _evidence(self) -> core.Evidence:
        """What the records say now; an empty sentence where nobody asks them."""
        code = self.question_id.evidence_code
        if not code:
            return core.Evidence("")
        return self.env["crm.assessment.evidence"]._evidence(code, self.assessment_id)

    def _keep_facts(self) -> None:
        """Keep what the records say now, so that the assessment stays true."""
        for answer in self:
            # Access: nobody types what was counted; the caller has checked who confirms.
            answer.sudo().kept_fact = answer._evidence().text or False


def _decimal(score: str | bool) -> Decimal | object:
    return Decimal(score) if score else UNDEFINED
