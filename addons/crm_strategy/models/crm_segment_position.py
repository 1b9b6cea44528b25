from __future__ import annotations

from datetime import date
from decimal import Decimal

from odoo import api, fields, models

from ..core.position import Criterion, Position, axis
from ..core.value import UNDEFINED
from .crm_segment_decision import DECISIONS

PROGRESS = [
    ("described", "Described"),
    ("judged", "Judged"),
    ("decided", "Decided"),
    ("served", "Served"),
]


class CrmSegmentPosition(models.AbstractModel):
    """Where a segment stands on the map of attractiveness and competitiveness (S001-3-c)."""

    _name = "crm.segment.position"
    _description = "Position of a Segment"

    score_ids = fields.One2many(
        "crm.segment.score",
        "segment_id",
        string="Scores",
        help="How the segment was judged by each criterion; the latest score counts.",
    )
    decision_ids = fields.One2many(
        "crm.segment.decision", "segment_id", string="Decisions", readonly=True
    )
    attractiveness = fields.Float(
        digits=(3, 2),
        compute="_compute_position",
        help="Weighted mean of the latest scores, 0 to 5: what the segment offers to anybody.",
    )
    competitiveness = fields.Float(
        digits=(3, 2),
        compute="_compute_position",
        help="Weighted mean of the latest scores, 0 to 5: how well we serve it.",
    )
    is_placed = fields.Boolean(
        string="On the map",
        compute="_compute_position",
        help="Ticked when at least one criterion of each axis is scored.",
    )
    suggestion = fields.Selection(
        DECISIONS,
        string="Suggested decision",
        compute="_compute_position",
        help="What the field of the map suggests; a person may decide otherwise and says why.",
    )
    position_note = fields.Char(
        string="What is missing",
        compute="_compute_position",
        help="Criteria without a score; they do not count in the mean.",
    )
    decision = fields.Selection(
        DECISIONS,
        compute="_compute_decision",
        store=True,
        tracking=True,
        help="What was decided last. Use “Decide” to decide anew.",
    )
    decision_date = fields.Date(
        string="Decided on", compute="_compute_decision", store=True, help="Day of that decision."
    )
    decision_count = fields.Integer(string="Number of decisions", compute="_compute_decision_count")
    progress = fields.Selection(
        PROGRESS,
        string="Where we are",
        compute="_compute_progress",
        help="Described: it has a name. Judged: both axes are scored. Decided: somebody decided. "
        "Served: it has a team and customers.",
    )

    @api.private
    def _positions(self, day: date | None = None) -> dict[int, Position]:
        """Position of each segment by its id, from the scores that count on the day.

        Weights are those of today.
        """
        scores = self._scores_at(day)
        positions = {}
        for company, segments in self.grouped("company_id").items():
            weights = self.env["crm.segment.criterion"]._used_by(company)
            for segment in segments:
                items = {"attractiveness": [], "competitiveness": []}
                for criterion, weight in weights.items():
                    score = scores.get((segment._origin.id, criterion.id))
                    value = _decimal(score.score) if score else UNDEFINED
                    items[criterion.axis].append(Criterion(_decimal(weight), value))
                positions[segment._origin.id] = Position(
                    axis(items["attractiveness"]), axis(items["competitiveness"])
                )
        return positions

    @api.private
    def _scores_at(self, day: date | None = None) -> dict[tuple[int, int], models.BaseModel]:
        """(segment id, criterion id) -> the score that counts on the day."""
        Score = self.env["crm.segment.score"]
        latest = Score._latest(self._origin.ids, day)
        # Together, so that they are read together.
        return dict(zip(latest, Score.browse(latest.values()), strict=True))

    @api.depends("score_ids.score", "score_ids.date", "score_ids.criterion_id", "company_id")
    def _compute_position(self) -> None:
        positions, notes = self._positions(), self._position_notes()
        for segment in self:
            position = positions[segment._origin.id]
            is_placed = position.field is not UNDEFINED
            segment.is_placed = is_placed
            segment.attractiveness = _shown(position.attractiveness)
            segment.competitiveness = _shown(position.competitiveness)
            segment.suggestion = position.decision if is_placed else False
            segment.position_note = notes[segment._origin.id]

    @api.private
    def _position_notes(self, day: date | None = None) -> dict[int, str]:
        """Names of the criteria that are not scored on the day, by segment id, in a sentence."""
        scores = self._scores_at(day)
        notes = {}
        for company, segments in self.grouped("company_id").items():
            used = list(self.env["crm.segment.criterion"]._used_by(company))
            for segment in segments:
                id_ = segment._origin.id
                missing = [item.name for item in used if (id_, item.id) not in scores]
                notes[id_] = self._position_note(missing, len(used))
        return notes

    @api.model
    def _position_note(self, missing: list[str], count: int) -> str:
        if not count:
            return self.env._("No criterion is used by the company yet.")
        if not missing:
            return ""
        return self.env._(
            "%(missing)s of %(all)s criteria are not scored: %(names)s.",
            missing=len(missing),
            all=count,
            names=", ".join(missing),
        )

    @api.depends("decision_ids.decision", "decision_ids.date")
    def _compute_decision(self) -> None:
        for segment in self:
            lines = segment.decision_ids.sorted(lambda line: (line.date, line.id), reverse=True)
            segment.decision = lines[:1].decision
            segment.decision_date = lines[:1].date

    @api.depends("decision_ids")
    def _compute_decision_count(self) -> None:
        for segment in self:
            segment.decision_count = len(segment.decision_ids)

    @api.depends("is_placed", "decision", "team_id", "customer_count")
    def _compute_progress(self) -> None:
        for segment in self:
            if not segment.decision:
                segment.progress = "judged" if segment.is_placed else "described"
            else:
                is_served = segment.team_id and segment.customer_count
                segment.progress = "served" if is_served else "decided"

    # actions
    def action_decide(self) -> dict:
        """Ask for a decision, with what the map suggests."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide about “%(name)s”", name=self.name),
            "res_model": "crm.segment.decision",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_segment_id": self.id, "default_decision": self.suggestion},
        }

    def action_open_decisions(self) -> dict:
        """Open the history of decisions on the segment."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_segment_decision_action"
        )
        return {**action, "domain": [("segment_id", "=", self.id)], "context": {}}


def _decimal(value: float) -> Decimal:
    """The number as people typed it."""
    return Decimal(str(round(value, 2)))


def _shown(value) -> float:
    return 0.0 if value is UNDEFINED else float(value)
