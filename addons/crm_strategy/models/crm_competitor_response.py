from __future__ import annotations

from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain

STATES = [("open", "Open"), ("done", "Done"), ("dropped", "Dropped")]


class CrmCompetitorResponse(models.Model):
    """What we do about a competitor: the pressure that is kept up (S000-9.7-3)."""

    _name = "crm.competitor.response"
    _description = "Response to a Competitor"
    _inherit = ["mail.thread", "mail.activity.mixin", "crm.kept.mixin", "crm.privacy.mixin"]
    _order = "state desc, date_deadline, id"
    _check_company_auto = True
    _kept_fields = ("done_on",)
    _privacy_purpose = "accountability"
    _privacy_expiry = "keep"
    _privacy_only_sure = True
    _privacy_texts = ("name", "result")

    # identity
    name = fields.Char(
        string="Response", required=True, tracking=True, help="What we will do, as a task."
    )
    competitor_id = fields.Many2one(
        "crm.competitor",
        required=True,
        index=True,
        ondelete="cascade",
        help="The competitor whom this answers.",
    )
    company_id = fields.Many2one(
        related="competitor_id.company_id", store=True, index=True, precompute=True
    )
    advantage_id = fields.Many2one(
        "crm.competitor.advantage",
        string="Answers the advantage",
        index="btree_not_null",
        ondelete="set null",
        domain="[('competitor_id', '=', competitor_id)]",
        help="The advantage that this makes up for.",
    )
    # work
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        index="btree_not_null",
        ondelete="set null",
        default=lambda self: self.env.user,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="The person who sees to it.",
    )
    date_deadline = fields.Date(
        string="Due",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        help="The day by which it is done.",
    )
    state = fields.Selection(
        STATES,
        required=True,
        default="open",
        tracking=True,
        index=True,
        group_expand=True,
        help="Open: to be done. Done: carried out. Dropped: not needed any more.",
    )
    done_on = fields.Date(
        compute="_compute_done_on",
        store=True,
        help="The day on which the response was done or dropped.",
    )
    result = fields.Text(help="What came of it.")
    is_overdue = fields.Boolean(
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="Still open although the due date has passed.",
    )

    @api.depends("state")
    def _compute_done_on(self) -> None:
        today = fields.Date.context_today(self)
        for response in self:
            response.done_on = response.state != "open" and (response.done_on or today)

    @api.depends("state", "date_deadline")
    def _compute_is_overdue(self) -> None:
        today = fields.Date.context_today(self)
        for response in self:
            deadline: date | bool = response.date_deadline
            response.is_overdue = response.state == "open" and bool(deadline) and deadline < today

    def _search_is_overdue(self, operator: str, value) -> Domain:
        if operator != "in":
            return NotImplemented
        return Domain("state", "=", "open") & Domain(
            "date_deadline", "<", fields.Date.context_today(self)
        )

    # actions
    def action_done(self) -> None:
        """Say that the responses were carried out."""
        self.state = "done"

    def action_drop(self) -> None:
        """Say that the responses are not needed any more."""
        self.state = "dropped"

    def action_reopen(self) -> None:
        """Take the responses up again."""
        self.state = "open"
