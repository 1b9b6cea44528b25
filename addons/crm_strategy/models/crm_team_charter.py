from __future__ import annotations

from odoo import api, fields, models

ROLES = "crm_strategy.crm_strategy_group_user"


class CrmTeam(models.Model):
    """A team that serves a segment has a charter."""

    _inherit = "crm.team"

    crm_charter_ids = fields.One2many(
        "crm.charter", "team_id", string="Charter", groups=ROLES, help="Its ten rules."
    )

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmTeam:
        """Create teams; those with a segment get their charter."""
        teams = super().create(vals_list)
        if any(vals.get("crm_segment_id") for vals in vals_list):
            teams._crm_ensure_charters()
        return teams

    def write(self, vals: dict) -> bool:
        """Write teams; one that gets a segment gets its charter."""
        result = super().write(vals)
        if vals.get("crm_segment_id"):
            self._crm_ensure_charters()
        return result

    def _crm_ensure_charters(self) -> None:
        # Access: whoever gives a team its segment gives it the charter that goes with it.
        teams = self.sudo().filtered(lambda team: team.crm_segment_id and not team.crm_charter_ids)
        self.env["crm.charter"].sudo().create([{"team_id": team.id} for team in teams])

    def action_crm_open_charter(self) -> dict:
        """Open the charter of the team with its figures."""
        self.ensure_one()
        return self.crm_charter_ids.action_open_matrix()
