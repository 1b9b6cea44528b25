from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Command

MULTI_MEMBERSHIP = "sales_team.membership_multi"


class CrmSetup(models.TransientModel):
    """The page that gives each segment its team."""

    _inherit = "crm.setup"

    team_line_ids = fields.One2many("crm.setup.team", "setup_id", string="Segments without a team")
    is_multi_allowed = fields.Boolean(
        string="People may already be in several teams", compute="_compute_is_multi_allowed"
    )
    allow_multi = fields.Boolean(
        string="Let a person be in several teams",
        help="Odoo's own setting, for all companies. Without it, whoever joins a second team "
        "leaves the first one silently.",
    )
    team_effect = fields.Text(string="What the teams get", compute="_compute_team_effect")

    @api.depends("page")
    def _compute_is_multi_allowed(self) -> None:
        # Access: whether a setting of Odoo is on; nothing else is read.
        value = self.env["ir.config_parameter"].sudo().get_param(MULTI_MEMBERSHIP)
        self.is_multi_allowed = value not in (False, "", "False", "0")

    def _teamless_segments(self):
        return self.env["crm.segment"].search(
            [("company_id", "=", self.company_id.id), ("team_id", "=", False)]
        )

    def _prepare_teams(self) -> None:
        before = {line.segment_id.id: line for line in self.team_line_ids}
        commands = [Command.clear()]
        for segment in self._teamless_segments():
            known = before.get(segment.id)
            commands.append(
                Command.create(
                    {
                        "segment_id": segment.id,
                        "is_chosen": known.is_chosen if known else True,
                        "team_id": known.team_id.id if known else False,
                        "name": known.name if known else segment.name,
                        "user_id": known.user_id.id if known else False,
                    }
                )
            )
        self.team_line_ids = commands

    @api.depends("team_line_ids.is_chosen", "team_line_ids.team_id", "allow_multi", "page")
    def _compute_team_effect(self) -> None:
        for setup in self:
            chosen = setup.team_line_ids.filtered("is_chosen")
            taken = chosen.filtered("team_id")
            sentences = []
            if not setup.team_line_ids:
                sentences.append(self.env._("Every segment has its team already."))
            else:
                sentences.append(
                    self.env._(
                        "%(created)s teams will be created, "
                        "%(taken)s existing ones take a segment.",
                        created=len(chosen) - len(taken),
                        taken=len(taken),
                    )
                )
            if setup.allow_multi and not setup.is_multi_allowed:
                sentences.append(
                    self.env._("From then on a person may be in several teams, in all companies.")
                )
            setup.team_effect = " ".join(sentences)

    def _apply_teams(self) -> list[str]:
        sentences = []
        if self.allow_multi and not self.is_multi_allowed:
            # Access: asked for by name on the page, by the strategy manager who builds the teams;
            # only this one setting is written.
            self.env["ir.config_parameter"].sudo().set_param(MULTI_MEMBERSHIP, True)
            sentences.append(self.env._("A person may now be in several teams."))
        teams = self.env["crm.team"]
        open_segments = self._teamless_segments()
        for line in self.team_line_ids.filtered("is_chosen"):
            if line.segment_id in open_segments:
                teams += line._make_team()
        if teams:
            names = ", ".join(teams.mapped("name"))
            sentences.append(self.env._("Teams with a segment: %(names)s.", names=names))
        return sentences


class CrmSetupTeam(models.TransientModel):
    """A segment that looks for its team."""

    _name = "crm.setup.team"
    _description = "Proposed Team"

    setup_id = fields.Many2one("crm.setup", required=True, ondelete="cascade", string="Set-up")
    company_id = fields.Many2one(related="setup_id.company_id")
    is_chosen = fields.Boolean(string="Do it", help="Tick to give this segment its team now.")
    segment_id = fields.Many2one(
        "crm.segment", required=True, ondelete="cascade", help="The segment without a team."
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Existing team",
        ondelete="cascade",
        domain="[('crm_segment_id', '=', False), ('company_id', 'in', (company_id, False))]",
        help="This team takes the segment. A team of all companies becomes one of this company. "
        "Empty: a new team is made.",
    )
    name = fields.Char(string="Name of the new team", help="Only for a new team.")
    user_id = fields.Many2one(
        "res.users",
        string="Leader",
        ondelete="cascade",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who answers for the team.",
    )

    def _make_team(self) -> models.BaseModel:
        self.ensure_one()
        vals = {"crm_segment_id": self.segment_id.id}
        if self.user_id:
            vals["user_id"] = self.user_id.id
        if self.team_id:
            self.team_id.write(vals)
            return self.team_id
        return self.env["crm.team"].create(
            {
                **vals,
                "user_id": self.user_id.id,
                "name": self.name or self.segment_id.name,
                "company_id": self.company_id.id,
            }
        )
