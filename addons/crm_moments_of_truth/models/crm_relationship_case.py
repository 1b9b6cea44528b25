from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain


class CrmRelationship(models.Model):
    """The cases of a pass, and how they find it."""

    _inherit = "crm.relationship"

    case_ids = fields.One2many(
        "crm.case", "relationship_id", string="Cases", help="Anomalies and requests of the pass."
    )
    open_case_count = fields.Integer(
        string="Open cases",
        compute="_compute_open_case_count",
        help="Cases of the pass that are not settled, as far as you may see them.",
    )

    @api.depends("case_ids.is_open")
    def _compute_open_case_count(self) -> None:
        counts = dict(
            self.env["crm.case"]._read_group(
                [("relationship_id", "in", self.ids), ("is_open", "=", True)],
                ["relationship_id"],
                ["__count"],
            )
        )
        for relation in self:
            relation.open_case_count = counts.get(relation, 0)

    def _after_derivation(self) -> None:
        """Cases of an order follow it to the pass where it is now."""
        result = super()._after_derivation()
        # Access: the engine links what belongs together; nothing is shown.
        of_orders = Domain("order_id", "in", self.order_id.ids) | Domain(
            "order_id.opportunity_id", "in", self.lead_id.ids
        )
        cases = self.env["crm.case"].sudo().search(Domain("order_id", "!=", False) & of_orders)
        for case in cases:
            root = case._moment_root()
            pass_ = self.filtered(
                lambda relation, root=root: (relation.root_model, relation.root_id) == root
            )
            if pass_ and case.relationship_id != pass_:
                case.relationship_id = pass_
        return result

    def action_open_cases(self) -> dict:
        """Open the cases of the pass."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_case_action"
        )
        context = {
            "default_relationship_id": self.id,
            "default_order_id": self.order_id.id,
            "default_company_id": self.company_id.id,
        }
        return {**action, "domain": [("relationship_id", "=", self.id)], "context": context}
