from __future__ import annotations

from odoo import fields, models


class CrmRelationship(models.Model):
    """What the customer thinks of a pass."""

    _inherit = "crm.relationship"

    satisfaction_ids = fields.One2many(
        "crm.satisfaction.answer",
        "relationship_id",
        string="Satisfaction answers",
        help="What contacts of the customer answered about this pass.",
    )
    satisfaction_count = fields.Integer(
        string="Number of answers",
        compute="_compute_satisfaction_count",
        help="How many satisfaction answers there are about this pass.",
    )

    def _compute_satisfaction_count(self) -> None:
        counts = dict(
            self.env["crm.satisfaction.answer"]._read_group(
                [("relationship_id", "in", self.ids)], ["relationship_id"], ["__count"]
            )
        )
        for relationship in self:
            relationship.satisfaction_count = counts.get(relationship, 0)

    # actions
    def action_open_satisfaction(self) -> dict:
        """Open what contacts answered about the pass."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_satisfaction_answer_action"
        )
        return {**action, "domain": [("relationship_id", "=", self.id)], "context": {}}

    def action_ask_opinion(self) -> dict:
        """Send the contact of the pass an invitation to the satisfaction survey now."""
        self.ensure_one()
        invitation = self.env["crm.satisfaction.invitation"]._ask_by_hand(self)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(contact)s is asked about “%(name)s”.",
                    contact=invitation.contact_id.display_name,
                    name=self.display_name,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
