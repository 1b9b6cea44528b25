from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..core.rivalry import Strength, win_rate


class CrmCompetitor(models.Model):
    """Somebody else our customers could buy from (S000-9.7-2, 9.9-I8)."""

    _name = "crm.competitor"
    _description = "Competitor"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "crm.kept.mixin",
        "crm.partner.keyed.mixin",
    ]
    _order = "name, id"
    _check_company_auto = True
    _partner_merge = "rekey"
    # A competitor is a company of its own, not a customer's record.
    _partner_is_buyer = False
    _privacy_purpose = "accountability"
    _privacy_expiry = "keep"
    _privacy_only_sure = True
    _privacy_texts = ("name", "description")

    # identity
    name = fields.Char(
        required=True, tracking=True, help="The name by which people here know the competitor."
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="Our company that meets this competitor.",
    )
    active = fields.Boolean(
        default=True, help="Archive a competitor who left the market; its history stays."
    )
    color = fields.Integer(string="Colour")
    description = fields.Text(
        help="Who they are, how they sell, whom they serve best, what they live on."
    )
    # links
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The competitor's record in your contacts, where there is one.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Watched by",
        ondelete="set null",
        default=lambda self: self.env.user,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="The person who keeps what we know of this competitor up to date.",
    )
    segment_ids = fields.Many2many(
        "crm.segment",
        "crm_competitor_segment_rel",
        "competitor_id",
        "segment_id",
        string="Segments",
        check_company=True,
        help="The segments in which we meet this competitor. Those segments show it on their map.",
    )
    advantage_ids = fields.One2many(
        "crm.competitor.advantage",
        "competitor_id",
        string="Advantages",
        help="What the competitor does better than we do, each dated and with its source.",
    )
    response_ids = fields.One2many(
        "crm.competitor.response",
        "competitor_id",
        string="Our responses",
        help="What we do about it: who, until when.",
    )
    lead_ids = fields.One2many("crm.lead", "crm_competitor_id", string="Opportunities")
    # results
    advantage_count = fields.Integer(
        string="Advantages still valid",
        compute="_compute_counts",
        help="Advantages of this competitor that were noted and not yet made up for.",
    )
    response_open_count = fields.Integer(
        string="Open responses",
        compute="_compute_counts",
        help="Responses that are not done yet: the pressure that we keep up.",
    )
    response_closed_count = fields.Integer(
        string="Closed responses",
        compute="_compute_counts",
        help="Responses that were done.",
    )
    response_overdue_count = fields.Integer(
        string="Overdue responses",
        compute="_compute_counts",
        help="Open responses whose due date has passed.",
    )
    won_count = fields.Integer(
        string="Won against them",
        compute="_compute_won_lost",
        help="Opportunities with this competitor that we won, of those you may see.",
    )
    lost_count = fields.Integer(
        string="Lost to them",
        compute="_compute_won_lost",
        help="Opportunities with this competitor that we lost, of those you may see.",
    )
    win_rate_text = fields.Char(
        string="Won of decided",
        compute="_compute_won_lost",
        help="Won / (won + lost). Open opportunities are in neither; no data without a decision.",
    )

    _name_company_uniq = models.UniqueIndex(
        "(company_id, lower(name)) WHERE active",
        "This competitor is in the list already. Open it and add what you know.",
    )

    @api.depends("advantage_ids.is_valid", "response_ids.state", "response_ids.date_deadline")
    def _compute_counts(self) -> None:
        valid = self._crm_counts("crm.competitor.advantage", Domain("is_valid", "=", True))
        todo = Domain("state", "=", "open")
        is_open = self._crm_counts("crm.competitor.response", todo)
        closed = self._crm_counts("crm.competitor.response", Domain("state", "=", "done"))
        overdue = self._crm_counts("crm.competitor.response", Domain("is_overdue", "=", True))
        for competitor in self:
            key = competitor._origin
            competitor.advantage_count = valid.get(key, 0)
            competitor.response_open_count = is_open.get(key, 0)
            competitor.response_closed_count = closed.get(key, 0)
            competitor.response_overdue_count = overdue.get(key, 0)

    def _crm_counts(self, model: str, domain: Domain) -> dict[CrmCompetitor, int]:
        mine = Domain("competitor_id", "in", self._origin.ids)
        return dict(self.env[model]._read_group(mine & domain, ["competitor_id"], ["__count"]))

    @api.depends("lead_ids.won_status")
    def _compute_won_lost(self) -> None:
        decided = Domain("won_status", "in", ("won", "lost")) & Domain("type", "=", "opportunity")
        groups = (
            self.env["crm.lead"]
            .with_context(active_test=False)
            ._read_group(
                Domain("crm_competitor_id", "in", self._origin.ids) & decided,
                ["crm_competitor_id", "won_status"],
                ["__count"],
            )
        )
        counts = {(competitor, status): count for competitor, status, count in groups}
        for competitor in self:
            won = counts.get((competitor._origin, "won"), 0)
            lost = counts.get((competitor._origin, "lost"), 0)
            rate = win_rate(won, lost)
            competitor.won_count, competitor.lost_count = won, lost
            competitor.win_rate_text = (
                self.env._("%(rate)s %% of %(count)s", rate=round(rate * 100), count=won + lost)
                if won + lost
                else self.env._("no data")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_met(self) -> None:
        # Access: an opportunity that the person may not read is a reason as well.
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        for competitor in leads.search([("crm_competitor_id", "in", self.ids)]).crm_competitor_id:
            raise UserError(
                self.env._(
                    "Competitor “%(name)s” is named on opportunities. "
                    "Archive the competitor instead of deleting it.",
                    name=competitor.name,
                )
            )

    # business
    def _strengths(self) -> list[Strength]:
        """What we know of the competitor, as the map wants it."""
        self.ensure_one()
        return [
            Strength(
                line.area_id.id,
                line._strength_score(),
                line.date,
                line.segment_id.id or 0,
                line.is_valid,
                line.source or "",
            )
            for line in self.advantage_ids
        ]

    # actions
    def action_open_leads(self) -> dict:
        """Open the opportunities in which we met this competitor."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_opportunities")
        return {
            **action,
            "name": self.env._("Opportunities against %(name)s", name=self.name),
            "views": [(False, "list"), (False, "form"), (False, "pivot"), (False, "graph")],
            "domain": [("crm_competitor_id", "=", self.id)],
            "context": {"active_test": False, "default_crm_competitor_id": self.id},
        }

    def action_open_responses(self) -> dict:
        """Open what we do about this competitor."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_competitor_response_action"
        )
        return {
            **action,
            "domain": [("competitor_id", "=", self.id)],
            "context": {"default_competitor_id": self.id},
        }
