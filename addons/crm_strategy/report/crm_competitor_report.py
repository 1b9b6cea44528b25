from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL

COUNTS = ("won_count", "lost_count", "open_count")


class CrmCompetitorReport(models.Model):
    """Won and lost by competitor: one row per opportunity that names one (S000-9.7-2)."""

    _name = "crm.competitor.report"
    _description = "Won and Lost by Competitor"
    _auto = False
    _order = "date_closed desc, id desc"
    _rec_name = "lead_id"
    _depends = {
        "crm.lead": [
            "crm_competitor_id",
            "company_id",
            "partner_id",
            "user_id",
            "team_id",
            "lost_reason_id",
            "date_closed",
            "type",
            "won_status",
            "expected_revenue",
        ],
        "crm.customer": ["partner_id", "company_id", "segment_id"],
        "res.partner": ["commercial_partner_id"],
    }

    lead_id = fields.Many2one("crm.lead", string="Opportunity", readonly=True)
    competitor_id = fields.Many2one(
        "crm.competitor",
        string="Competitor",
        readonly=True,
        help="Who else the customer asked; empty where nobody is named.",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Company",
        readonly=True,
        help="The company of the opportunity, else of its team, else of its salesperson.",
    )
    currency_id = fields.Many2one("res.currency", string="Currency", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        help="The company behind the contact of the opportunity.",
    )
    segment_id = fields.Many2one(
        "crm.segment",
        string="Segment today",
        readonly=True,
        help="The segment in which the customer is now.",
    )
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Team", readonly=True)
    lost_reason_id = fields.Many2one("crm.lost.reason", string="Lost reason", readonly=True)
    date_closed = fields.Date(
        string="Decided on",
        readonly=True,
        help="The day on which the opportunity was won or lost; empty while it is open.",
    )
    outcome = fields.Selection(
        [("won", "Won"), ("lost", "Lost"), ("pending", "Open")],
        readonly=True,
        help="How the opportunity ended.",
    )
    won_count = fields.Integer(
        string="Won", readonly=True, help="Opportunities that we won against the competitor."
    )
    lost_count = fields.Integer(
        string="Lost", readonly=True, help="Opportunities that we lost to the competitor."
    )
    open_count = fields.Integer(
        string="Open", readonly=True, help="Opportunities that are not decided yet."
    )
    won_amount = fields.Monetary(
        string="Amount won (CRM)",
        readonly=True,
        help="Expected revenue of the opportunities won: a judgement of the salesperson, "
        "not a posted figure.",
    )
    lost_amount = fields.Monetary(
        string="Amount lost (CRM)",
        readonly=True,
        help="Expected revenue of the opportunities lost: a judgement of the salesperson.",
    )
    win_rate = fields.Float(
        string="Won of decided",
        readonly=True,
        aggregator="avg",
        help="Won / (won + lost), also in every group: a ratio of sums. Open opportunities are "
        "in neither; where nothing is decided there is no figure.",
    )

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    @api.model
    def _select(self) -> SQL:
        return SQL(
            """
            SELECT lead.id,
                   lead.id AS lead_id,
                   lead.crm_competitor_id AS competitor_id,
                   company.id AS company_id,
                   company.currency_id,
                   partner.commercial_partner_id AS partner_id,
                   customer.segment_id,
                   lead.user_id,
                   lead.team_id,
                   lead.lost_reason_id,
                   CASE WHEN lead.won_status <> 'pending' THEN lead.date_closed::date
                        END AS date_closed,
                   lead.won_status AS outcome,
                   (lead.won_status = 'won')::int AS won_count,
                   (lead.won_status = 'lost')::int AS lost_count,
                   (lead.won_status = 'pending')::int AS open_count,
                   CASE WHEN lead.won_status = 'won' THEN lead.expected_revenue
                        ELSE 0 END AS won_amount,
                   CASE WHEN lead.won_status = 'lost' THEN lead.expected_revenue
                        ELSE 0 END AS lost_amount,
                   CASE lead.won_status WHEN 'won' THEN 1.0 WHEN 'lost' THEN 0.0 END AS win_rate
            """
        )

    @api.model
    def _from(self) -> SQL:
        return SQL(
            """
              FROM crm_lead AS lead
         LEFT JOIN crm_team AS team ON team.id = lead.team_id
         LEFT JOIN res_users AS salesperson ON salesperson.id = lead.user_id
              JOIN res_company AS company
                ON company.id = COALESCE(
                       lead.company_id, team.company_id, salesperson.company_id)
         LEFT JOIN res_partner AS partner ON partner.id = lead.partner_id
         LEFT JOIN crm_customer AS customer
                ON customer.partner_id = partner.commercial_partner_id
               AND customer.company_id = company.id
            """
        )

    @api.model
    def _where(self) -> SQL:
        return SQL("WHERE lead.type = 'opportunity' AND lead.crm_competitor_id IS NOT NULL")

    def _read_group_select(self, aggregate_spec: str, query) -> SQL:
        """Won of decided is a ratio of sums in every group; NULL where nothing is decided."""
        if aggregate_spec not in ("win_rate:avg", "win_rate:sum"):
            return super()._read_group_select(aggregate_spec, query)
        won, lost, _open = (self._field_to_sql(self._table, name, query) for name in COUNTS)
        return SQL(
            "SUM(%(won)s)::float / NULLIF(SUM(%(won)s) + SUM(%(lost)s), 0)", won=won, lost=lost
        )

    def action_open_lead(self) -> dict:
        """Open the opportunity behind the row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "views": [(False, "form")],
        }
