from __future__ import annotations

from odoo import fields, models


class CrmLeadLost(models.TransientModel):
    """Whom we lost to is asked when it is known: at the moment of losing."""

    _inherit = "crm.lead.lost"

    crm_competitor_id = fields.Many2one(
        "crm.competitor",
        string="Lost to",
        domain="[('company_id', 'in', allowed_company_ids)]",
        groups="crm_strategy.crm_strategy_group_user",
        help="The competitor who won the customer. Leave it empty when you do not know, or when "
        "nobody did: competitors noted before then stay.",
    )

    def action_lost_reason_apply(self) -> dict | bool:
        """Mark the leads as lost, to the competitor chosen."""
        # Access: the field is kept from salesmen without a role of ours, who lose deals too.
        competitor = self.sudo().crm_competitor_id
        if competitor:
            self.lead_ids.write({"crm_competitor_id": competitor.id})
        return super().action_lost_reason_apply()
