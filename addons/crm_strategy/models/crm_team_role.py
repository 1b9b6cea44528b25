from __future__ import annotations

from odoo import api, fields, models


class CrmTeamRole(models.Model):
    """What somebody does in a customer team: sell, look after, deliver, collect (S001-3-a)."""

    _name = "crm.team.role"
    _description = "Team Role"
    _inherit = "crm.audited.mixin"
    _order = "sequence, name, id"

    # identity
    name = fields.Char(
        required=True, translate=True, help="What your people call the role in the team."
    )
    code = fields.Char(required=True, help="A short word for files and figures; it stays.")
    sequence = fields.Integer(default=10, help="Order in lists.")
    active = fields.Boolean(default=True, help="Untick when teams no longer have this role.")
    is_sales = fields.Boolean(
        string="Sells",
        help="Not ticked: the role comes from another department. A team without such roles "
        "serves its segment with sales alone.",
    )
    description = fields.Text(
        string="What the role does",
        translate=True,
        help="What the team expects of whoever has the role.",
    )
    # training
    needs_training = fields.Boolean(
        string="Needs training",
        default=True,
        help="Ticked: a seat with this role counts as filled only when its person was trained.",
    )
    training = fields.Text(
        string="Trained by",
        translate=True,
        help="Who trains for the role, and in what. A good training ends with a short check.",
    )
    # results
    seat_ids = fields.One2many("crm.team.seat", "role_id", string="Seats")
    seat_count = fields.Integer(
        string="Number of seats",
        compute="_compute_seat_count",
        help="Seats with this role in the teams of your companies.",
    )

    _code_uniq = models.UniqueIndex(
        "(code)", "Another role has this code already. Choose another code."
    )

    @api.depends("seat_ids")
    def _compute_seat_count(self) -> None:
        counts = dict(
            self.env["crm.team.seat"]._read_group(
                [("role_id", "in", self.ids)], ["role_id"], ["__count"]
            )
        )
        for role in self:
            role.seat_count = counts.get(role, 0)

    def action_open_seats(self) -> dict:
        """Open the seats with this role."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_team_seat_action")
        return {
            **action,
            "domain": [("role_id", "=", self.id)],
            "context": {"default_role_id": self.id},
        }
