from __future__ import annotations

from odoo import models


class CrmCustomer(models.Model):
    _inherit = "crm.customer"

    def action_open_figures(self) -> dict:
        """Open the indicators of this customer, measured now."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_strategy.crm_customer_measure_action"
        )
        options = {"customer": self.id}
        return {**action, "params": {"model": "crm.customer.measure", "options": options}}
