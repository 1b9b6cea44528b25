from __future__ import annotations

from odoo import fields, models


class CrmCustomer(models.Model):
    """The cases of a customer."""

    _inherit = "crm.customer"

    crm_case_ids = fields.One2many(
        "crm.case", "customer_id", string="Cases", help="What the customer reported or asked for."
    )
    crm_open_case_count = fields.Integer(
        string="Open cases",
        compute="_compute_crm_open_case_count",
        help="Cases of the customer that are not settled, as far as you may see them.",
    )

    def _compute_crm_open_case_count(self) -> None:
        counts = dict(
            self.env["crm.case"]._read_group(
                [("customer_id", "in", self.ids), ("is_open", "=", True)],
                ["customer_id"],
                ["__count"],
            )
        )
        for customer in self:
            customer.crm_open_case_count = counts.get(customer, 0)

    def action_open_cases(self) -> dict:
        """Open the cases of the customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_case_action"
        )
        context = {
            "default_contact_id": self.partner_id.id,
            "default_company_id": self.company_id.id,
        }
        return {**action, "domain": [("customer_id", "=", self.id)], "context": context}
