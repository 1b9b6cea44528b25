from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain

from .crm_team_seat import READY

ROLES = "crm_strategy.crm_strategy_group_user,crm_strategy.crm_strategy_group_finance"


class CrmTeam(models.Model):
    """Who works in a team beside those who sell, and what waits to be taken over."""

    _inherit = "crm.team"

    crm_seat_ids = fields.One2many(
        "crm.team.seat",
        "team_id",
        string="Roles and seats",
        groups=ROLES,
        help="The roles the team needs and who has them, from all departments.",
    )
    crm_seat_count = fields.Integer(
        string="Seats", compute="_compute_crm_people", groups=ROLES, help="Roles the team needs."
    )
    crm_ready_count = fields.Integer(
        string="Filled seats",
        compute="_compute_crm_people",
        groups=ROLES,
        help="Seats with somebody who was trained, where the role asks for training.",
    )
    crm_people_count = fields.Integer(
        string="People",
        compute="_compute_crm_people",
        groups=ROLES,
        help="Members of the team and people with a seat in it, each counted once.",
    )
    crm_non_sales_count = fields.Integer(
        string="From other departments",
        compute="_compute_crm_people",
        groups=ROLES,
        help="People of the team who are no sales members and whose roles do not sell.",
    )
    crm_non_sales_rate = fields.Float(
        string="Share of other departments",
        compute="_compute_crm_people",
        groups=ROLES,
        aggregator=None,
        help="People from other departments / people. Without anybody there is no share.",
    )
    crm_has_people = fields.Boolean(
        string="Has people", compute="_compute_crm_people", groups=ROLES
    )
    crm_handoff_count = fields.Integer(
        string="Open hand-offs",
        compute="_compute_crm_handoff_count",
        groups="crm_strategy.crm_strategy_group_user",
        help="Customers and opportunities of the team that are offered and not yet answered.",
    )

    @api.depends("member_ids", "crm_seat_ids.user_id", "crm_seat_ids.state", "crm_seat_ids.role_id")
    def _compute_crm_people(self) -> None:
        for team in self:
            seats = team.crm_seat_ids
            sellers = team.member_ids | seats.filtered("is_sales").user_id
            others = seats.user_id - sellers
            people = sellers | others
            team.crm_seat_count = len(seats)
            team.crm_ready_count = len(seats.filtered(lambda seat: seat.state == READY))
            team.crm_people_count = len(people)
            team.crm_non_sales_count = len(others)
            team.crm_has_people = bool(people)
            team.crm_non_sales_rate = len(others) / len(people) if people else 0.0

    def _compute_crm_handoff_count(self) -> None:
        counts = dict(
            self.env["crm.handoff"]._read_group(
                [("team_id", "in", self.ids), ("state", "=", "offered")],
                ["team_id"],
                ["__count"],
            )
        )
        for team in self:
            team.crm_handoff_count = counts.get(team, 0)

    def action_crm_open_handoffs(self) -> dict:
        """Open the hand-offs of the team that wait for an answer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_handoff_action")
        return {
            **action,
            "domain": [("team_id", "=", self.id)],
            "context": {"search_default_offered": 1},
        }

    @api.model
    @api.private
    def _non_sales_share(self, company: models.BaseModel) -> tuple[int, int]:
        """(people from other departments, people) of the company's teams with a segment."""
        teams = self.search(
            Domain("company_id", "=", company.id) & Domain("crm_segment_id", "!=", False)
        )
        seats = teams.crm_seat_ids
        sellers = teams.member_ids | seats.filtered("is_sales").user_id
        others = seats.user_id - sellers
        return len(others), len(sellers | others)

    # leads
    def _allocate_leads(self, creation_delta_days: int = 7) -> dict:
        """Give leads of a segment to its team before Odoo shares the others out by chance."""
        self._crm_route_open_leads(creation_delta_days)
        return super()._allocate_leads(creation_delta_days)

    def _crm_route_open_leads(self, creation_delta_days: int) -> None:
        """Leads without team and salesperson whose customer's segment has a team go there."""
        domain = Domain("team_id", "=", False) & Domain("user_id", "=", False)
        domain &= Domain("won_status", "!=", "won") & Domain("partner_id", "!=", False)
        if creation_delta_days > 0:
            oldest = fields.Datetime.subtract(self.env.cr.now(), days=creation_delta_days)
            domain &= Domain("create_date", ">", oldest)
        leads = self.env["crm.lead"].search(domain)
        for team, routed in self._crm_leads_by_team(leads).items():
            # Said with it: the segment chose the team, no person did.
            routed.write({"team_id": team.id, "crm_team_manual": False})

    def _crm_leads_by_team(self, leads: models.BaseModel) -> dict[CrmTeam, models.BaseModel]:
        """Which of these teams serves the customers of the leads.

        A lead without a company of its own goes to the one team among these that serves its
        customer; when teams of several companies do, nobody can tell and Odoo shares it out.
        """
        # Access: the segment's team serves the lead whoever starts the assignment.
        customers = (
            self.env["crm.customer"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", leads.partner_id.commercial_partner_id.ids),
                    ("segment_id.team_id", "in", self.ids),
                ]
            )
        )
        by_partner = customers.grouped("partner_id")
        found: dict[CrmTeam, models.BaseModel] = {}
        for lead in leads:
            places = by_partner.get(lead.partner_id.commercial_partner_id, customers[:0])
            if lead.company_id:
                places = places.filtered(
                    lambda place, lead=lead: place.company_id == lead.company_id
                )
            if len(places) == 1:
                team = places.segment_id.team_id.sudo(False)
                found[team] = found.get(team, leads.browse()) | lead
        return found
