from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain

KINDS = [("sponsor", "Sponsor review"), ("training", "Training check")]


class CrmStrategyReview(models.Model):
    """A review of the strategy by its sponsor, or a check of what people understood of it."""

    _name = "crm.strategy.review"
    _description = "Review of a Strategy"
    _inherit = ["crm.strategy.part.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_planned desc, id desc"
    _rec_name = "date_planned"
    _privacy_texts = ("agenda", "decision")

    kind = fields.Selection(
        KINDS,
        required=True,
        default="sponsor",
        index=True,
        help="Sponsor review: the management looks at the strategy and decides. Training check: "
        "whether people understood what CRM is and what it is for.",
    )
    date_planned = fields.Date(
        string="Planned for", required=True, index=True, tracking=True, help="The day planned."
    )
    date_held = fields.Date(
        string="Held on", tracking=True, help="The day on which it took place; empty until then."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Held by",
        ondelete="set null",
        tracking=True,
        help="The sponsor who holds the review, or who leads the check.",
    )
    agenda = fields.Text(help="What is to be looked at.")
    decision = fields.Text(string="Result", help="What was decided, or how the check went.")
    is_overdue = fields.Boolean(
        string="Missed",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="The planned day has passed and the review was not held.",
    )

    @api.depends("kind", "date_planned")
    def _compute_display_name(self) -> None:
        words = dict(self._fields["kind"]._description_selection(self.env))
        for review in self:
            day = fields.Date.to_string(review.date_planned) if review.date_planned else ""
            review.display_name = f"{words.get(review.kind, '')} {day}".strip()

    @api.depends("date_planned", "date_held")
    def _compute_is_overdue(self) -> None:
        today = fields.Date.context_today(self)
        for review in self:
            planned = review.date_planned
            review.is_overdue = bool(planned and planned < today and not review.date_held)

    @api.model
    def _search_is_overdue(self, operator: str, value) -> Domain:
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        missed = Domain("date_planned", "<", today) & Domain("date_held", "=", False)
        return Domain.OR([missed if wanted else ~missed for wanted in value])

    def action_held(self) -> None:
        """Note that the review took place today."""
        self.check_access("write")
        self.filtered(lambda review: not review.date_held).date_held = fields.Date.context_today(
            self
        )
