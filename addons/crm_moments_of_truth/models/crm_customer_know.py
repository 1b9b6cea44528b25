from __future__ import annotations

from odoo import fields, models


class CrmCustomer(models.Model):
    """What we promised the customer, remember of them and learned from them."""

    _inherit = "crm.customer"

    promise_standing_count = fields.Integer(
        string="Promises to keep",
        compute="_compute_know_counts",
        help="Promises to this customer that are neither kept nor broken yet.",
    )
    preference_count = fields.Integer(
        string="Number of preferences",
        compute="_compute_know_counts",
        help="What we remember of how the customer likes to be served.",
    )
    insight_count = fields.Integer(
        string="Number of insights",
        compute="_compute_know_counts",
        help="What this customer has taught us.",
    )

    def _compute_know_counts(self) -> None:
        known = {
            "promise_standing_count": ("crm.promise", [("state", "in", ("made", "enabled"))]),
            "preference_count": ("crm.preference", []),
            "insight_count": ("crm.insight", []),
        }
        for name, (model, domain) in known.items():
            counts = dict(
                self.env[model]._read_group(
                    [("customer_id", "in", self.ids), *domain], ["customer_id"], ["__count"]
                )
            )
            for customer in self:
                customer[name] = counts.get(customer, 0)

    def action_open_promises(self) -> dict:
        """Open the promises to the customer."""
        return self._open_known("crm_promise_action", {"search_default_standing": 1})

    def action_open_preferences(self) -> dict:
        """Open what we remember of the customer."""
        return self._open_known("crm_preference_action")

    def action_open_insights(self) -> dict:
        """Open what the customer taught us."""
        return self._open_known("crm_insight_action")

    def _open_known(self, action_name: str, context: dict | None = None) -> dict:
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"crm_moments_of_truth.{action_name}"
        )
        return {
            **action,
            "domain": [("customer_id", "=", self.id)],
            "context": {"default_customer_id": self.id, **(context or {})},
        }
