from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL

RATIOS = {"cost_per_lead": "lead_count", "cost_per_won": "won_count"}


class CrmCampaignReport(models.Model):
    """Campaigns with what they cost and brought; every cost per something is a ratio of sums."""

    _name = "crm.campaign.report"
    _description = "Result of Campaigns"
    _auto = False
    _order = "date_from desc, id desc"
    _rec_name = "campaign_plan_id"
    _depends = {
        "crm.campaign": [
            "campaign_id",
            "segment_id",
            "company_id",
            "user_id",
            "state",
            "date_from",
            "budget_amount",
            "cost_amount",
        ],
        "crm.lead": ["campaign_id", "company_id", "team_id", "user_id", "type", "won_status"],
    }

    campaign_plan_id = fields.Many2one("crm.campaign", string="Campaign", readonly=True)
    segment_id = fields.Many2one("crm.segment", string="Segment", readonly=True)
    company_id = fields.Many2one("res.company", string="Company", readonly=True)
    currency_id = fields.Many2one("res.currency", string="Currency", readonly=True)
    user_id = fields.Many2one("res.users", string="Owner", readonly=True)
    state = fields.Selection(
        selection=lambda self: self.env["crm.campaign"]._fields["state"].selection,
        string="State",
        readonly=True,
    )
    date_from = fields.Date(string="From", readonly=True)
    budget_amount = fields.Monetary(string="Budget", readonly=True)
    cost_amount = fields.Monetary(string="Cost", readonly=True)
    lead_count = fields.Integer(
        string="Leads",
        readonly=True,
        help="Leads and opportunities of the company that carry the campaign, lost ones too.",
    )
    opportunity_count = fields.Integer(
        string="Opportunities", readonly=True, help="Leads that became an opportunity."
    )
    won_count = fields.Integer(string="Won", readonly=True, help="Opportunities that were won.")
    cost_per_lead = fields.Monetary(
        string="Cost per lead",
        readonly=True,
        aggregator="avg",
        help="Cost / leads; in a group sum of costs / sum of leads. Campaigns whose cost is not "
        "typed are in neither sum; without leads there is no figure.",
    )
    cost_per_won = fields.Monetary(
        string="Cost per won deal",
        readonly=True,
        aggregator="avg",
        help="Cost / won opportunities; in a group sum of costs / sum of won. Campaigns whose cost "
        "is not typed are in neither sum; without won deals there is no figure.",
    )

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s", self._select(), self._from())

    @api.model
    def _select(self) -> SQL:
        return SQL(
            """
            SELECT campaign.id,
                   campaign.id AS campaign_plan_id,
                   campaign.segment_id,
                   campaign.company_id,
                   company.currency_id,
                   campaign.user_id,
                   campaign.state,
                   campaign.date_from,
                   campaign.budget_amount,
                   campaign.cost_amount,
                   COALESCE(result.leads, 0) AS lead_count,
                   COALESCE(result.opportunities, 0) AS opportunity_count,
                   COALESCE(result.won, 0) AS won_count,
                   NULLIF(campaign.cost_amount, 0) / result.leads AS cost_per_lead,
                   NULLIF(campaign.cost_amount, 0) / NULLIF(result.won, 0) AS cost_per_won
            """
        )

    @api.model
    def _from(self) -> SQL:
        return SQL(
            """
              FROM crm_campaign AS campaign
              JOIN res_company AS company ON company.id = campaign.company_id
         LEFT JOIN (
                SELECT lead.campaign_id,
                       COALESCE(lead.company_id, team.company_id, salesperson.company_id)
                       AS company_id,
                       COUNT(*) AS leads,
                       COUNT(*) FILTER (WHERE lead.type = 'opportunity') AS opportunities,
                       COUNT(*) FILTER (WHERE lead.type = 'opportunity'
                                          AND lead.won_status = 'won') AS won
                  FROM crm_lead AS lead
             LEFT JOIN crm_team AS team ON team.id = lead.team_id
             LEFT JOIN res_users AS salesperson ON salesperson.id = lead.user_id
                 WHERE lead.campaign_id IS NOT NULL
              GROUP BY 1, 2
                ) AS result
                ON result.campaign_id = campaign.campaign_id
               AND result.company_id = campaign.company_id
            """
        )

    def _read_group_select(self, aggregate_spec: str, query) -> SQL:
        """Cost per lead and per won deal are ratios of sums; NULL where there is no figure."""
        name = aggregate_spec.partition(":")[0]
        if name not in RATIOS:
            return super()._read_group_select(aggregate_spec, query)
        cost = self._field_to_sql(self._table, "cost_amount", query)
        count = self._field_to_sql(self._table, RATIOS[name], query)
        return SQL(
            "SUM(%(cost)s) FILTER (WHERE %(cost)s <> 0) / "
            "NULLIF(SUM(%(count)s) FILTER (WHERE %(cost)s <> 0), 0)",
            cost=cost,
            count=count,
        )

    def action_open_campaign(self) -> dict:
        """Open the campaign behind the row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.campaign",
            "res_id": self.campaign_plan_id.id,
            "views": [(False, "form")],
        }
