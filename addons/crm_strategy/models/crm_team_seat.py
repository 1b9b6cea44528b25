from __future__ import annotations

from dataclasses import dataclass

from odoo import api, fields, models
from odoo.fields import Domain

OPEN, UNTRAINED, READY = "open", "untrained", "ready"


@dataclass(frozen=True)
class Staffing:
    """Seats of teams: how many there are, have somebody, and have somebody who is trained."""

    seats: int
    staffed: int
    ready: int

    @property
    def share(self) -> float | None:
        """Ready / seats; None when no team has seats."""
        return self.ready / self.seats if self.seats else None


class CrmTeamSeat(models.Model):
    """A role that a team needs, and who has it: also people who do not sell (S001-3-a)."""

    _name = "crm.team.seat"
    _description = "Seat in a Team"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _order = "team_id, sequence, id"
    _rec_name = "role_id"
    _check_company_auto = True
    _audited_fields = ("team_id", "role_id", "user_id", "trained_on")
    _kept_fields = ("company_id",)

    # identity
    team_id = fields.Many2one(
        "crm.team",
        string="Team",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('company_id', 'in', allowed_company_ids + [False])]",
        help="The team that needs the role.",
    )
    company_id = fields.Many2one(
        related="team_id.company_id", store=True, index=True, help="The company of the team."
    )
    role_id = fields.Many2one(
        "crm.team.role",
        string="Role",
        required=True,
        index=True,
        ondelete="restrict",
        help="What whoever sits here does for the team.",
    )
    is_sales = fields.Boolean(related="role_id.is_sales")
    sequence = fields.Integer(related="role_id.sequence", store=True)
    # person
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        index=True,
        ondelete="set null",
        domain="[('share', '=', False)]",
        help="Who has the role; from any department. Empty: the seat is open.",
    )
    trained_on = fields.Date(
        string="Trained on", help="The day on which the person passed the training for the role."
    )
    note = fields.Char(help="What is agreed: share of the time, deputy, until when.")
    state = fields.Selection(
        [(OPEN, "Nobody yet"), (UNTRAINED, "Not trained yet"), (READY, "Filled")],
        string="Filled?",
        compute="_compute_state",
        store=True,
        help="Filled: somebody has the role and was trained, where the role asks for training.",
    )

    _person_uniq = models.UniqueIndex(
        "(team_id, role_id, user_id) WHERE user_id IS NOT NULL",
        "This person has the role in this team already.",
    )

    @api.depends("user_id", "trained_on", "role_id.needs_training")
    def _compute_state(self) -> None:
        for seat in self:
            if not seat.user_id:
                seat.state = OPEN
            elif seat.role_id.needs_training and not seat.trained_on:
                seat.state = UNTRAINED
            else:
                seat.state = READY

    @api.model
    def _privacy_text_names(self) -> list[str]:
        return ["note"]

    @api.onchange("user_id")
    def _onchange_user_id(self) -> None:
        self.trained_on = False

    def write(self, vals: dict) -> bool:
        """Write seats; somebody else in the seat was not trained by having sat down."""
        if "user_id" in vals and "trained_on" not in vals:
            moved = self.filtered(lambda seat: seat.user_id.id != vals["user_id"])
            if moved:
                super(CrmTeamSeat, moved).write({**vals, "trained_on": False})
                return super(CrmTeamSeat, self - moved).write(vals)
        return super().write(vals)

    @api.model
    @api.private
    def _staffing(self, company: models.BaseModel, extra: Domain = Domain.TRUE) -> Staffing:
        """Seats of the active teams of the company (S002-4.3-C4); ``extra`` narrows them down."""
        domain = Domain("company_id", "=", company.id) & Domain("team_id.active", "=", True) & extra
        counts = dict(self._read_group(domain, ["state"], ["__count"]))
        ready = counts.get(READY, 0)
        return Staffing(sum(counts.values()), ready + counts.get(UNTRAINED, 0), ready)

    @api.model
    @api.private
    def _roles_without_trained_person(self, company: models.BaseModel) -> models.BaseModel:
        """Roles that some team of the company needs and nobody there is trained for (S003-F6)."""
        seats = self.search([("company_id", "=", company.id), ("team_id.active", "=", True)])
        return seats.role_id - seats.filtered(lambda seat: seat.state == READY).role_id
