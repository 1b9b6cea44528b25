from __future__ import annotations

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.misc import formatLang

from ..core.value import UNDEFINED, Undefined, ratio
from .crm_facts import REVENUE_ROLES

STATES = [("plan", "Planned"), ("running", "Running"), ("done", "Finished")]


class CrmCampaign(models.Model):
    """A campaign for a segment: plan, cost, and what came of it (S000-9.8-08, S002-2.2-M2).

    It stands beside Odoo's campaign (``utm.campaign``), by which leads and mailings are marked and
    which all companies share; cost and segment are matters of one company.
    """

    _name = "crm.campaign"
    _description = "Campaign of a Segment"
    _inherit = ["mail.thread", "mail.activity.mixin", "crm.kept.mixin", "crm.audited.mixin"]
    _order = "date_from desc, id desc"
    _rec_name = "campaign_id"
    _check_company_auto = True

    # identity
    campaign_id = fields.Many2one(
        "utm.campaign",
        string="Campaign",
        required=True,
        index=True,
        ondelete="cascade",
        help="The campaign that leads and mailings carry. Its leads count here.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="Our company that pays for the campaign and whose leads count.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    segment_id = fields.Many2one(
        "crm.segment",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        help="The segment that the campaign speaks to.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        index="btree_not_null",
        ondelete="set null",
        default=lambda self: self.env.user,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="The person who answers for plan, cost and result.",
    )
    state = fields.Selection(
        STATES,
        required=True,
        default="plan",
        tracking=True,
        group_expand=True,
        help="Planned: not begun. Running: spends and brings leads. Finished: judged.",
    )
    # plan
    date_from = fields.Date(string="From", help="First day of the campaign.")
    date_to = fields.Date(string="Until", help="Last day of the campaign.")
    plan = fields.Text(help="Whom it addresses, what it says, over which channels, in what steps.")
    budget_amount = fields.Monetary(
        string="Budget", tracking=True, help="What the campaign may cost, without tax."
    )
    cost_amount = fields.Monetary(
        string="Cost",
        tracking=True,
        help="What the campaign has cost so far, without tax. While it is 0, cost per lead and per "
        "won deal say “no data”.",
    )
    lead_target = fields.Integer(
        string="Leads wanted", help="How many leads the campaign is meant to bring."
    )
    learned = fields.Text(string="What we learned", help="What the next campaign does better.")
    # results
    lead_count = fields.Integer(
        string="Leads",
        compute="_compute_results",
        help="Leads and opportunities of this company that carry the campaign, lost ones too.",
    )
    opportunity_count = fields.Integer(
        string="Opportunities",
        compute="_compute_results",
        help="Those of the leads that became an opportunity.",
    )
    won_count = fields.Integer(
        string="Won", compute="_compute_results", help="Those of the opportunities that were won."
    )
    cost_per_lead_text = fields.Char(
        string="Cost per lead",
        compute="_compute_results",
        help="Cost / leads, and the number of leads it is made of.",
    )
    cost_per_won_text = fields.Char(
        string="Cost per won deal",
        compute="_compute_results",
        help="Cost / won opportunities, and the number of deals it is made of.",
    )
    revenue_text = fields.Char(
        string="Posted revenue (ERP)",
        compute="_compute_revenue_text",
        groups=REVENUE_ROLES,
        help="Posted revenue without tax of the documents that carry the campaign.",
    )

    _campaign_company_uniq = models.UniqueIndex(
        "(campaign_id, company_id)",
        "The company has a plan for this campaign already. Open that one, or choose another "
        "campaign.",
    )
    _days_check = models.Constraint(
        "CHECK (date_to >= date_from)",
        "A campaign ends on or after the day on which it begins. Correct one of the two days.",
    )

    @api.depends("campaign_id", "company_id", "cost_amount")
    def _compute_results(self) -> None:
        # The report counts set-based, and alike for everybody: a total of the company.
        groups = self.env["crm.campaign.report"]._read_group(
            [("id", "in", self._origin.ids)],
            ["campaign_plan_id"],
            ["lead_count:sum", "opportunity_count:sum", "won_count:sum"],
        )
        results = {campaign: counts for campaign, *counts in groups}
        for campaign in self:
            campaign.lead_count, campaign.opportunity_count, campaign.won_count = results.get(
                campaign._origin, (0, 0, 0)
            )
            campaign.cost_per_lead_text = campaign._cost_per(campaign.lead_count)
            campaign.cost_per_won_text = campaign._cost_per(campaign.won_count)

    def _cost_per(self, count: int) -> str:
        cost = ratio(self.cost_amount or UNDEFINED, count)
        if cost is UNDEFINED:
            return self.env._("no data")
        amount = formatLang(self.env, float(cost), currency_obj=self.currency_id)
        return self.env._("%(amount)s (n = %(count)s)", amount=amount, count=count)

    @api.depends("campaign_id", "company_id")
    def _compute_revenue_text(self) -> None:
        facts = self.env["crm.facts"]
        self.revenue_text = facts._why_no_data()
        for company in self.company_id.filtered(facts._may_ask):
            campaigns = self.filtered(lambda line, company=company: line.company_id == company)
            found = facts._revenue_by_campaign(company, campaigns.campaign_id.ids)
            for campaign in campaigns:
                campaign.revenue_text = campaign._revenue_words(found)

    def _revenue_words(self, found: dict[int, Decimal] | Undefined) -> str:
        if found is UNDEFINED:
            return self.env["crm.facts"]._why_no_data()
        revenue = found.get(self.campaign_id.id, UNDEFINED)
        if revenue is UNDEFINED:
            return self.env._("No data: no posted document carries the campaign.")
        return formatLang(self.env, float(revenue), currency_obj=self.currency_id)

    @api.constrains("date_from", "date_to")
    def _check_days(self) -> None:
        for campaign in self:
            if campaign.date_to and not campaign.date_from:
                raise ValidationError(
                    self.env._(
                        "Campaign “%(name)s” has a last day and no first one. "
                        "Fill in the day on which it begins.",
                        name=campaign.display_name,
                    )
                )

    # actions
    def action_start(self) -> None:
        """Say that the campaigns have begun."""
        self.state = "running"

    def action_finish(self) -> None:
        """Say that the campaigns are over."""
        self.state = "done"

    def action_open_leads(self) -> dict:
        """Open the leads that the campaign brought to the company."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Leads of %(campaign)s", campaign=self.display_name),
            "res_model": "crm.lead",
            "views": [(False, "list"), (False, "form"), (False, "pivot"), (False, "graph")],
            "domain": list(self._leads_domain()),
            "context": {"active_test": False, "create": False},
        }

    def _leads_domain(self) -> Domain:
        """The leads of the company that carry the campaign, as the report counts them."""
        company = self.company_id.id
        of_nobody = Domain("team_id", "=", False) | Domain("team_id.company_id", "=", False)
        of_person = of_nobody & Domain("user_id.company_id", "=", company)
        of_team = Domain("team_id.company_id", "=", company)
        return Domain("campaign_id", "=", self.campaign_id.id) & (
            Domain("company_id", "=", company)
            | Domain("company_id", "=", False) & (of_team | of_person)
        )
