from __future__ import annotations

from odoo import api, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmLead:
        """Create leads; whoever has an opportunity is a customer of its company."""
        leads = super().create(vals_list)
        leads._crm_ensure_customers()
        return leads

    def write(self, vals: dict) -> bool:
        """Write leads; whoever has an opportunity is a customer of its company."""
        result = super().write(vals)
        if {"partner_id", "type", "company_id", "team_id", "user_id"} & set(vals):
            self._crm_ensure_customers()
        return result

    def _crm_document_company(self) -> models.BaseModel:
        """Company for which the lead counts: its own, else its team's, else its salesperson's."""
        self.ensure_one()
        return self.company_id or self.team_id.company_id or self.user_id.company_id

    def _crm_ensure_customers(self) -> None:
        # Access: a salesman's opportunity makes the customer row that he may not create by hand.
        named = self.sudo().filtered(lambda lead: lead.partner_id and lead.type == "opportunity")
        self.env["crm.customer"]._ensure(
            (lead.partner_id.id, lead._crm_document_company().id) for lead in named
        )
