from __future__ import annotations

from odoo import fields, models


class CrmKnowledgeMixin(models.AbstractModel):
    """What is kept to be used again; ``_use_field`` names its link in a use."""

    _name = "crm.knowledge.mixin"
    _description = "Knowledge to Use Again"
    _inherit = "crm.pass.note.mixin"

    _use_field = ""

    use_count = fields.Integer(
        string="Times used",
        compute="_compute_use_count",
        help="How often a colleague said to have used it.",
    )
    last_used_on = fields.Date(
        string="Last used on", compute="_compute_use_count", help="When it was used last."
    )

    def _compute_use_count(self) -> None:
        found = {
            record.id: (count, last)
            for record, count, last in self.env["crm.knowledge.use"]._read_group(
                [(self._use_field, "in", self.ids)], [self._use_field], ["__count", "date:max"]
            )
        }
        for record in self:
            record.use_count, record.last_used_on = found.get(record.id, (0, False))

    def action_use(self) -> dict:
        """Say that it was used: at once where it is clear for what, else in a small form."""
        context = self.env.context
        if context.get("default_order_id") or context.get("default_lead_id"):
            Use = self.env["crm.knowledge.use"]
            for record in self:
                Use._ensure_use({self._use_field: record.id})
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "success",
                    "message": self.env._("Written down as used here."),
                    "next": {"type": "ir.actions.client", "tag": "soft_reload"},
                },
            }
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Where did you use it?"),
            "res_model": "crm.knowledge.use",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                f"default_{self._use_field}": self.id,
                "default_customer_id": self.customer_id.id,
            },
        }

    def action_open_uses(self) -> dict:
        """Open where it was used."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_knowledge_use_action"
        )
        return {**action, "domain": [(self._use_field, "=", self.id)], "context": {}}
