from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.value import UNDEFINED

DECISIONS = [
    ("invest", "Invest"),
    ("grow", "Grow"),
    ("select", "Be selective"),
    ("hold", "Hold"),
    ("harvest", "Harvest"),
    ("leave", "Leave"),
]


class CrmSegmentDecision(models.Model):
    """What was decided about a segment, what the map suggested, why otherwise (S001-3-c)."""

    _name = "crm.segment.decision"
    _description = "Decision on a Segment"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _audit_parent = "segment_id"
    _order = "date desc, id desc"
    _rec_name = "decision"
    _kept_fields = (
        "segment_id",
        "company_id",
        "user_id",
        "suggestion",
        "attractiveness",
        "competitiveness",
        "is_placed",
    )
    _made_fields = _kept_fields[1:]

    segment_id = fields.Many2one(
        "crm.segment", required=True, index=True, ondelete="cascade", help="Who is decided about."
    )
    company_id = fields.Many2one(related="segment_id.company_id", store=True, index=True)
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="Day of the decision; the map's suggestion is that of this day.",
    )
    decision = fields.Selection(
        DECISIONS,
        required=True,
        help="Invest and grow: put people and money in. Be selective: only where it pays. "
        "Hold: keep what is there. Harvest: take, put nothing in. Leave: withdraw.",
    )
    reason = fields.Text(
        help="Why; needed when you decide otherwise than the map suggests.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Decided by",
        ondelete="set null",
        readonly=True,
        default=lambda self: self.env.user,
        help="Who decided.",
    )
    # what the map said
    is_placed = fields.Boolean(
        string="On the map",
        compute="_compute_suggestion",
        store=True,
        precompute=True,
        help="Ticked when both axes were scored on that day.",
    )
    attractiveness = fields.Float(
        digits=(3, 2),
        compute="_compute_suggestion",
        store=True,
        precompute=True,
        aggregator="avg",
        help="Weighted mean of the scores on that day, 0 to 5.",
    )
    competitiveness = fields.Float(
        digits=(3, 2),
        compute="_compute_suggestion",
        store=True,
        precompute=True,
        aggregator="avg",
        help="Weighted mean of the scores on that day, 0 to 5.",
    )
    suggestion = fields.Selection(
        DECISIONS,
        compute="_compute_suggestion",
        store=True,
        precompute=True,
        help="What the field of the map suggests. Empty while an axis is not scored.",
    )
    is_otherwise = fields.Boolean(
        string="Against the suggestion",
        compute="_compute_is_otherwise",
        store=True,
        precompute=True,
        help="Ticked when a person decided otherwise than the map suggested.",
    )

    _otherwise_check = models.Constraint(
        "CHECK (decision IS NOT DISTINCT FROM suggestion"
        " OR length(btrim(COALESCE(reason, ''))) > 0)",
        "You decide otherwise than the map suggests, or before it suggests anything. "
        "Say why in the field “Reason”.",
    )

    @api.depends("segment_id", "date")
    def _compute_suggestion(self) -> None:
        """Kept as it was on the day: later scores and weights do not rewrite a decision."""
        for day, decisions in self.grouped("date").items():
            positions = decisions.segment_id._positions(day or fields.Date.context_today(self))
            for decision in decisions:
                position = positions.get(decision.segment_id._origin.id)
                is_placed = bool(position and position.field is not UNDEFINED)
                decision.is_placed = is_placed
                decision.attractiveness = position.attractiveness if is_placed else 0.0
                decision.competitiveness = position.competitiveness if is_placed else 0.0
                decision.suggestion = position.decision if is_placed else False

    @api.depends("decision", "suggestion")
    def _compute_is_otherwise(self) -> None:
        for line in self:
            line.is_otherwise = bool(line.suggestion) and line.decision != line.suggestion

    @api.onchange("segment_id", "date")
    def _onchange_suggestion(self) -> None:
        self.decision = self.decision or self.suggestion

    @api.constrains("date")
    def _check_date(self) -> None:
        today = fields.Date.context_today(self)
        for line in self:
            if line.date > today:
                raise ValidationError(
                    self.env._(
                        "The decision on “%(segment)s” lies in the future. "
                        "Choose today or an earlier day.",
                        segment=line.segment_id.name,
                    )
                )
