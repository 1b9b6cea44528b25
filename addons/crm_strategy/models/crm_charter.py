from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain


class CrmCharter(models.Model):
    """What a team agreed on: the ten rules with its own targets, and how it keeps them."""

    _name = "crm.charter"
    _description = "Team Charter"
    _inherit = [
        "crm.kept.mixin",
        "crm.charter.matrix",
        "crm.matrix.mixin",
        "crm.audited.mixin",
        "mail.thread",
    ]
    _order = "company_id, team_id"
    _rec_name = "team_id"
    _kept_fields = ("team_id", "company_id")
    _audited_fields = ("promise", "agreed_on")

    team_id = fields.Many2one(
        "crm.team",
        string="Team",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('crm_segment_id', '!=', False)]",
        help="The team whose charter it is; it serves a segment.",
    )
    company_id = fields.Many2one(
        related="team_id.company_id", store=True, index=True, help="The company of the team."
    )
    segment_id = fields.Many2one(related="team_id.crm_segment_id", string="Segment")
    promise = fields.Text(
        string="Our promise",
        help="What the team promises its customers and each other, in its own words.",
    )
    agreed_on = fields.Date(
        string="Agreed on", help="The day on which the team agreed on its targets."
    )
    line_ids = fields.One2many("crm.charter.line", "charter_id", string="Rules")
    line_count = fields.Integer(string="Number of rules", compute="_compute_line_count")

    _team_uniq = models.Constraint(
        "UNIQUE (team_id)", "This team has its charter already. Open that one instead."
    )

    @api.depends("line_ids")
    def _compute_line_count(self) -> None:
        for charter in self:
            charter.line_count = len(charter.line_ids)

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmCharter:
        """Create charters, each with a line per rule."""
        charters = super().create(vals_list)
        # Access: lines follow from the rules; whoever may make a charter gets them with it.
        charters.sudo()._ensure_lines()
        return charters

    def _ensure_lines(self) -> None:
        """Give each charter a line for every rule that it lacks, with the rule's target."""
        rules = self.env["crm.charter.rule"].search(Domain.TRUE)
        known = {
            (line.charter_id.id, line.rule_id.id)
            for line in self.env["crm.charter.line"].search([("charter_id", "in", self.ids)])
        }
        self.env["crm.charter.line"].create(
            [
                {"charter_id": charter.id, "rule_id": rule.id, "target": rule.target}
                for charter in self
                for rule in rules
                if (charter.id, rule.id) not in known
            ]
        )

    @api.model
    @api.private
    def _ensure_all(self) -> None:
        """A charter for each active team that serves a segment; changes nothing twice."""
        teams = self.env["crm.team"].search([("crm_segment_id", "!=", False)])
        have = self.search([("team_id", "in", teams.ids)]).team_id
        self.create([{"team_id": team.id} for team in teams - have])

    def action_open_matrix(self) -> dict:
        """Open the charter with its figures."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_strategy.crm_charter_matrix_action"
        )
        return {
            **action,
            "name": self.env._("Charter of %(team)s", team=self.team_id.name),
            "params": {"model": self._name, "res_id": self.id},
        }
