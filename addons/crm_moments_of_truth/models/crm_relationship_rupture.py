from __future__ import annotations

from odoo import api, fields, models

from ..core import rupture

OPEN = [("state", "=", rupture.OPEN)]


class CrmRelationship(models.Model):
    """Ruptures of a pass: judged after each derivation, counted, and handed to a new owner."""

    _inherit = "crm.relationship"

    rupture_ids = fields.One2many(
        "crm.rupture", "relationship_id", string="Ruptures", help="Where the pass breaks or broke."
    )
    open_rupture_ids = fields.One2many(
        "crm.rupture",
        "relationship_id",
        string="Open ruptures",
        domain=OPEN,
        help="Where the pass breaks now.",
    )
    rupture_count = fields.Integer(
        string="Ruptures open",
        compute="_compute_rupture_count",
        search="_search_rupture_count",
        help="How many ruptures of the pass are open.",
    )

    def _compute_rupture_count(self) -> None:
        counts = dict(
            self.env["crm.rupture"]._read_group(
                [("relationship_id", "in", self.ids), *OPEN], ["relationship_id"], ["__count"]
            )
        )
        for relation in self:
            relation.rupture_count = counts.get(relation, 0)

    @api.model
    def _search_rupture_count(self, operator: str, value: object):
        if operator not in (">", "=", "in") or value not in (0, [0], {0}):
            return NotImplemented
        wanted = "any" if operator == ">" else "not any"
        return [("rupture_ids", wanted, OPEN)]

    def _after_derivation(self) -> None:
        result = super()._after_derivation()
        self.env["crm.rupture"]._judge(self)
        return result

    def _rupture_owner(self) -> models.BaseModel:
        """Who repairs what breaks: the interlocutor, else the customer's owner, else the leader
        of the team; nobody who is archived."""
        self.ensure_one()
        people = [self.user_id, self.customer_id.user_id, self.team_id.user_id]
        return next((user for user in people if user.active), self.env["res.users"])

    # actions
    def action_open_ruptures(self) -> dict:
        """Open the ruptures of the pass, settled ones too."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_rupture_action"
        )
        return {
            **action,
            "domain": [("relationship_id", "in", self.ids)],
            "context": {"default_relationship_id": self[:1].id},
        }

    def action_report_rupture(self) -> dict:
        """Note a rupture that no document shows."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Report a rupture"),
            "res_model": "crm.rupture",
            "views": [
                (self.env.ref("crm_moments_of_truth.crm_rupture_view_form_report").id, "form")
            ],
            "target": "new",
            "context": {"default_relationship_id": self.id},
        }

    def action_reassign(self) -> dict:
        """Ask who answers for these passes from now on."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give to somebody else"),
            "res_model": "crm.relationship.reassign",
            "view_mode": "form",
            "target": "new",
            "context": {"default_relationship_ids": [fields.Command.set(self.ids)]},
        }
