from __future__ import annotations

from odoo import fields, models

OFFERED = [("state", "=", "offered")]


class CrmCustomer(models.Model):
    """The button that hands a customer over, and what hangs in the air."""

    _inherit = "crm.customer"

    handoff_ids = fields.One2many("crm.handoff", "customer_id", string="Hand-offs")
    open_handoff_id = fields.Many2one(
        "crm.handoff",
        string="Waits for acceptance",
        compute="_compute_open_handoff_id",
        help="The hand-off of this customer that nobody has answered yet.",
    )

    def _compute_open_handoff_id(self) -> None:
        # Access: that the customer hangs in the air concerns whoever sees the customer.
        Handoff = self.env["crm.handoff"].sudo()
        open_ = Handoff.search([("customer_id", "in", self.ids), *OFFERED])
        by_customer = {handoff.customer_id.id: handoff.id for handoff in open_}
        for customer in self:
            customer.open_handoff_id = by_customer.get(customer.id, False)

    def action_hand_over(self) -> dict:
        """Offer the customer to another owner."""
        self.ensure_one()
        return self.env["crm.handoff"]._offer_window({"default_customer_id": self.id})

    def action_open_handoffs(self) -> dict:
        """Open the hand-offs of the customer, settled ones too."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_handoff_action")
        return {**action, "domain": [("customer_id", "=", self.id)], "context": {}}
