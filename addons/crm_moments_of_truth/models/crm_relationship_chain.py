from __future__ import annotations

from odoo import api, fields, models

from odoo.addons.crm_strategy.models.figure_field import FigureField

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

    obligation_ids = fields.One2many(
        "crm.obligation",
        "relationship_id",
        string="Obligations",
        help="What we owe the customer after the transfer.",
    )
    obligation_count = fields.Integer(
        string="Still owed",
        compute="_compute_obligation_count",
        help="Obligations after the transfer that are not done yet.",
    )
    affinity = FigureField(
        digits=(3, 0),
        aggregator="avg",
        help="How well the opportunity fitted us when the pass began, 0 to 100. Empty: nothing "
        "was known, or the pass did not begin with an opportunity.",
    )

    @api.depends("obligation_ids.state")
    def _compute_obligation_count(self) -> None:
        counts = dict(
            self.env["crm.obligation"]._read_group(
                [("relationship_id", "in", self.ids), ("state", "=", "open")],
                ["relationship_id"],
                ["__count"],
            )
        )
        for item in self:
            item.obligation_count = counts.get(item, 0)

    def _after_derivation(self) -> None:
        """Look for the inputs first: ruptures are judged by them. New leads get their score."""
        self._keep_affinity()
        self.env["crm.relationship.input"]._look(self)
        return super()._after_derivation()

    def _keep_affinity(self) -> None:
        """Keep the affinity of leads that are not qualified yet; afterwards it stays."""
        if self.env.context.get("crm_history"):
            return
        fresh = self.filtered(lambda item: item.lead_id and item.is_open and item.proven_count == 0)
        for item in fresh:
            value = item.lead_id.crm_affinity
            if item.affinity != value:
                item.affinity = value

    def action_open_obligations(self) -> dict:
        """Open what is owed after the transfer, or begin the list."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_obligation_action"
        )
        return {
            **action,
            "domain": [("relationship_id", "=", self.id)],
            "context": {"default_relationship_id": self.id},
        }

    def action_open_inputs(self) -> dict:
        """Open the inputs of the pass."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_relationship_input_action"
        )
        return {**action, "domain": [("relationship_id", "=", self.id)], "context": {}}
