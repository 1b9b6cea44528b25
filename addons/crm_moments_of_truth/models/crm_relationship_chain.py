from __future__ import annotations

from odoo import fields, models

from ..core import inputs


class CrmRelationship(models.Model):
    """What the chain asks of a pass: inputs at hand, and what is owed after the transfer."""

    _inherit = "crm.relationship"

    input_ids = fields.One2many(
        "crm.relationship.input",
        "relationship_id",
        string="Inputs",
        help="What has to be at hand when a moment begins, and whether it was.",
    )
    input_missing_count = fields.Integer(
        string="Inputs missing now",
        compute="_compute_input_missing_count",
        help="Required inputs of moments that have begun, which are still missing.",
    )

    def _compute_input_missing_count(self) -> None:
        counts = dict(
            self.env["crm.relationship.input"]._read_group(
                [
                    ("relationship_id", "in", self.ids),
                    ("is_required", "=", True),
                    ("filled_on", "=", False),
                    ("state", "!=", inputs.WAITING),
                ],
                ["relationship_id"],
                ["__count"],
            )
        )
        for item in self:
            item.input_missing_count = counts.get(item, 0)

    def _after_derivation(self) -> None:
        """Look for the inputs first: ruptures are judged by them."""
        self.env["crm.relationship.input"]._look(self)
        super()._after_derivation()

    def action_open_inputs(self) -> dict:
        """Open the inputs of the pass."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_relationship_input_action"
        )
        return {**action, "domain": [("relationship_id", "=", self.id)], "context": {}}
