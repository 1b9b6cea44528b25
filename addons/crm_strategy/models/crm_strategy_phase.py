from __future__ import annotations

from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# A phase without a result for longer than this is a promise, not a plan (S003-F2).
LONGEST = relativedelta(months=6)
KINDS = [
    ("define", "Define the business"),
    ("redefine", "Redefine the strategy"),
    ("plan", "Set the plans"),
    ("apply", "Put into practice"),
    ("evaluate", "Evaluate"),
]


class CrmStrategyPhase(models.Model):
    """One of the five phases in which CRM is introduced, and what came of it (S003-I4..8)."""

    _name = "crm.strategy.phase"
    _description = "Phase of the Programme"
    _inherit = "crm.strategy.part.mixin"
    _order = "strategy_id, place, id"
    _kept_fields = ("strategy_id", "kind")
    _privacy_texts = ("result",)

    kind = fields.Selection(
        KINDS,
        string="Phase",
        required=True,
        readonly=True,
        index=True,
        help="Define the business, redefine the strategy, set plans, put them into practice, "
        "evaluate.",
    )
    place = fields.Integer(
        compute="_compute_place", store=True, aggregator=None, help="Order of the five phases."
    )
    user_id = fields.Many2one(
        "res.users", string="Owner", ondelete="set null", help="Who answers for the phase."
    )
    date_from = fields.Date(string="From", help="The day on which the phase begins.")
    date_to = fields.Date(string="Until", help="The day by which the phase has its result.")
    result = fields.Text(
        help="What the phase brought, so that somebody outside the team can see it. A phase over "
        "six months without a result is a sign of failure."
    )
    result_date = fields.Date(string="Result on", help="The day on which the result was there.")
    is_long = fields.Boolean(
        string="Over six months without a result",
        compute="_compute_is_long",
        help="The phase lasts, or is planned to last, more than six months and has no result.",
    )

    _kind_uniq = models.UniqueIndex(
        "(strategy_id, kind)", "The programme has this phase already. Reload the page."
    )

    @api.depends("kind")
    def _compute_place(self) -> None:
        order = {kind: number for number, (kind, _label) in enumerate(KINDS, 1)}
        for phase in self:
            phase.place = order.get(phase.kind, 0)

    @api.depends("kind")
    def _compute_display_name(self) -> None:
        words = dict(self._fields["kind"]._description_selection(self.env))
        for phase in self:
            phase.display_name = words.get(phase.kind, "")

    @api.depends("date_from", "date_to", "result")
    def _compute_is_long(self) -> None:
        today = fields.Date.context_today(self)
        for phase in self:
            phase.is_long = not phase.result and phase._lasts_too_long(today)

    def _lasts_too_long(self, today: date) -> bool:
        if not self.date_from:
            return False
        limit = self.date_from + LONGEST
        return today > limit or bool(self.date_to and self.date_to > limit)

    @api.constrains("date_from", "date_to")
    def _check_dates(self) -> None:
        for phase in self:
            if phase.date_from and phase.date_to and phase.date_to < phase.date_from:
                raise ValidationError(
                    self.env._(
                        "Phase “%(name)s” ends before it begins. Correct its dates.",
                        name=phase.display_name,
                    )
                )
