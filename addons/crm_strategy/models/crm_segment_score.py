from __future__ import annotations

from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class CrmSegmentScore(models.Model):
    """How a segment was judged by one criterion on a day, and why."""

    _name = "crm.segment.score"
    _description = "Score of a Segment"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _audit_parent = "segment_id"
    _order = "axis, criterion_sequence, criterion_id, date desc, id desc"
    _rec_name = "criterion_id"
    _check_company_auto = True
    _kept_fields = ("user_id", "company_id")
    _made_fields = _kept_fields

    segment_id = fields.Many2one(
        "crm.segment", required=True, index=True, ondelete="cascade", help="Who is judged."
    )
    company_id = fields.Many2one(related="segment_id.company_id", store=True, index=True)
    criterion_id = fields.Many2one(
        "crm.segment.criterion",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        help="What the segment is judged by.",
    )
    axis = fields.Selection(related="criterion_id.axis", store=True)
    criterion_sequence = fields.Integer(
        related="criterion_id.sequence", store=True, string="Order of the criterion"
    )
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="From this day on the score counts, until a later one takes its place.",
    )
    score = fields.Float(
        required=True,
        digits=(2, 1),
        aggregator="avg",
        help="From 0 (nothing speaks for it) to 5 (nothing could be better).",
    )
    reason = fields.Text(
        required=True, help="Why this score and no other; what you saw, counted or were told."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Judged by",
        ondelete="set null",
        readonly=True,
        default=lambda self: self.env.user,
        help="Who scored.",
    )
    is_current = fields.Boolean(
        string="Counts today",
        compute="_compute_is_current",
        help="Ticked for the latest score of a criterion up to today.",
    )

    _one_a_day_uniq = models.Constraint(
        "UNIQUE (segment_id, criterion_id, date)",
        "This criterion was scored for the segment on that day already. Correct that score, or "
        "choose another day.",
    )
    _score_check = models.Constraint(
        "CHECK (score >= 0 AND score <= 5)",
        "A score lies between 0 and 5. Correct the score.",
    )
    _reason_check = models.Constraint(
        "CHECK (length(btrim(reason)) > 0)",
        "A score without a reason convinces nobody. Say in a few words why.",
    )

    @api.depends("segment_id", "criterion_id", "date")
    def _compute_is_current(self) -> None:
        current = set(self._latest(self.segment_id._origin.ids).values())
        for score in self:
            score.is_current = score._origin.id in current

    @api.model
    @api.private
    def _latest(self, segment_ids: list[int], day: date | None = None) -> dict:
        """(segment id, criterion id) -> id of the score that counts on the day (default today)."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (segment_id, criterion_id) segment_id, criterion_id, id
                  FROM crm_segment_score
                 WHERE segment_id = ANY(%s) AND date <= %s
              ORDER BY segment_id, criterion_id, date DESC
                """,
                segment_ids,
                day or fields.Date.context_today(self),
            )
        )
        return {(segment_id, criterion_id): id_ for segment_id, criterion_id, id_ in rows}

    @api.constrains("date")
    def _check_date(self) -> None:
        today = fields.Date.context_today(self)
        for score in self:
            if score.date > today:
                raise ValidationError(
                    self.env._(
                        "“%(criterion)s” of “%(segment)s” is scored for a day to come. "
                        "Choose today or an earlier day.",
                        criterion=score.criterion_id.name,
                        segment=score.segment_id.name,
                    )
                )
