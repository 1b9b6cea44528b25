from __future__ import annotations

from odoo import api, fields, models

from ..core.measure import COMPANY, SEGMENT, MeasureRow
from .crm_indicator_value import SCOPE_NAMES
from .figure_field import FigureField


class CrmIndicatorRestatement(models.Model):
    """A figure that changed after its period had ended: what it was, what it is, and when."""

    _name = "crm.indicator.restatement"
    _description = "Restated Figure"
    _order = "id desc"
    _rec_name = "indicator_id"

    indicator_id = fields.Many2one(
        "crm.indicator",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
        help="The figure that changed.",
    )
    version = fields.Integer(
        required=True, readonly=True, aggregator=None, help="Version of the definition."
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one("res.currency", readonly=True, help="Currency of the amounts.")
    unit = fields.Selection(related="indicator_id.unit")
    label = fields.Selection(related="indicator_id.label")
    period_key = fields.Char(
        string="Period", required=True, readonly=True, help="The period that had ended."
    )
    scope = fields.Selection(
        SCOPE_NAMES, string="Of", required=True, readonly=True, help="What the figure is of."
    )
    scope_id = fields.Integer(string="Scope number", readonly=True, aggregator=None)
    segment_id = fields.Many2one(
        "crm.segment", readonly=True, ondelete="cascade", help="The segment, if of one."
    )
    team_id = fields.Many2one(
        "crm.team", readonly=True, ondelete="set null", help="The team, if of one."
    )
    scope_name = fields.Char(
        string="Segment or team", compute="_compute_scope_name", help="What the figure is of."
    )
    restated_at = fields.Datetime(
        string="Restated", required=True, readonly=True, index=True, help="When it changed."
    )
    known_since = fields.Datetime(
        string="Shown until then since",
        readonly=True,
        help="When the old figure was last found to be right.",
    )
    stale_since = fields.Date(
        string="Because of facts since",
        readonly=True,
        help="Day of the earliest fact that changed and brought the new figure.",
    )
    value_before = FigureField(
        string="Before", digits=(16, 6), readonly=True, aggregator=None, help="Empty: no data."
    )
    value_after = FigureField(
        string="After", digits=(16, 6), readonly=True, aggregator=None, help="Empty: no data."
    )
    n_before = fields.Integer(
        string="Facts before", readonly=True, aggregator=None, help="Number of facts before."
    )
    n_after = fields.Integer(
        string="Facts after", readonly=True, aggregator=None, help="Number of facts after."
    )
    text_before = fields.Char(
        string="Figure before", compute="_compute_texts", help="As people read it."
    )
    text_after = fields.Char(
        string="Figure after", compute="_compute_texts", help="As people read it."
    )

    @api.depends("scope", "segment_id", "team_id", "company_id")
    @api.depends_context("lang")
    def _compute_scope_name(self) -> None:
        for line in self:
            if line.scope == COMPANY:
                line.scope_name = line.company_id.name
            elif line.scope == SEGMENT:
                line.scope_name = line.segment_id.name or self.env._("Unassigned")
            else:
                line.scope_name = line.team_id.name or self.env._("Without a team")

    @api.depends("value_before", "value_after", "n_before", "n_after", "unit")
    @api.depends_context("lang")
    def _compute_texts(self) -> None:
        for line in self:
            line.text_before = line._words(line.value_before, line.n_before)
            line.text_after = line._words(line.value_after, line.n_after)

    def _words(self, value, n: int) -> str:
        known = n and value is not False
        row = MeasureRow(self.period_key, 0, value, None, n) if known else None
        return self.indicator_id._figure_words(row, self.currency_id)

    def action_open_value(self) -> dict:
        """Open the figure as it is stored now."""
        self.ensure_one()
        value = self.env["crm.indicator.value"].search(
            [
                ("indicator_id", "=", self.indicator_id.id),
                ("company_id", "=", self.company_id.id),
                *[(name, "=", self[name]) for name in ("version", "period_key", "scope")],
                ("scope_id", "=", self.scope_id),
            ]
        )
        return value._get_records_action(name=self.indicator_id.name)
