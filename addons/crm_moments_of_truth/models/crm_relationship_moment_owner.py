from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain


class CrmRelationshipMoment(models.Model):
    """Who answers for a moment of a pass: whoever has its role in the team."""

    _inherit = "crm.relationship.moment"

    input_ids = fields.One2many(
        "crm.relationship.input", "line_id", string="Inputs", help="What the moment needs at hand."
    )
    owner_id = fields.Many2one(
        "res.users",
        string="Owner",
        compute="_compute_owner_id",
        help="Who answers for this moment: the person with the moment's role in the team of the "
        "pass, else its salesperson.",
    )

    @api.depends("moment_id.owner_role_id", "relationship_id.team_id", "relationship_id.user_id")
    def _compute_owner_id(self) -> None:
        seats = self._seats()
        for line in self:
            item = line.relationship_id
            person = seats.get((item.team_id.id, line.moment_id.owner_role_id.id))
            line.owner_id = person or item.user_id

    def _seats(self) -> dict[tuple[int, int], models.BaseModel]:
        """Person by (team id, role id); the one with the oldest seat where several have a role."""
        teams, roles = self.relationship_id.team_id, self.moment_id.owner_role_id
        if not teams or not roles:
            return {}
        # sudo: whoever sees the pass may know who answers for its moments.
        seats = (
            self.env["crm.team.seat"]
            .sudo()
            .search(
                Domain("team_id", "in", teams.ids)
                & Domain("role_id", "in", roles.ids)
                & Domain("user_id.active", "=", True),
                order="id desc",
            )
        )
        return {(seat.team_id.id, seat.role_id.id): seat.user_id.sudo(False) for seat in seats}
