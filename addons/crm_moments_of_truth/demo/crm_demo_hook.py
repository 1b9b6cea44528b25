from __future__ import annotations

from odoo import api, models

# How the story's customers found their way to an order.
MEDIA = ("utm.utm_medium_direct", "utm.utm_medium_phone", "utm.utm_medium_email")


class CrmDemoStory(models.AbstractModel):
    """What was agreed stands on the orders, and the books say how they came about."""

    _inherit = "crm.demo.story"

    @api.model
    def _chapters(self) -> list[str]:
        return [*super()._chapters(), "agreed"]

    @api.model
    def _tell_agreed(self) -> None:
        """Lines name specifications and commitments; orders and invoices carry their medium."""
        company = self._get("company")
        orders = self.env["sale.order"].search(
            [("company_id", "=", company.id), ("state", "=", "sale")], order="id"
        )
        orders.action_crm_fill_references()
        media = [self.env.ref(name, raise_if_not_found=False) for name in MEDIA]
        for number, order in enumerate(orders):
            medium = media[number % len(media)]
            lead = order.opportunity_id
            values = {
                name: record.id
                for name, record in (("medium_id", medium), ("campaign_id", lead.campaign_id))
                if record
            }
            if values:
                order.write(values)
                order.invoice_ids.write(values)
        self._tell_recommendation(orders)

    @api.model
    def _tell_recommendation(self, orders) -> None:
        """A customer recommended us to another one, who ordered and was invoiced."""
        customers = orders.partner_id.commercial_partner_id
        leads = orders.filtered("invoice_ids").opportunity_id
        if not leads.crm_referrer_id & customers:
            lead = leads.filtered(lambda lead: not lead.crm_referrer_id)[-1:]
            lead.crm_referrer_id = (customers - lead.partner_id.commercial_partner_id)[:1]
