from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain

ROLES = "crm_strategy.crm_strategy_group_user"


class CrmKnownMixin(models.AbstractModel):
    """Documents of a customer on which the suite shows what is known of the customer."""

    _name = "crm.known.mixin"
    _description = "Document with Knowledge of the Customer"

    crm_preference_count = fields.Integer(
        string="Number of preferences",
        compute="_compute_crm_known_counts",
        groups=ROLES,
        help="What we remember of how the customer likes to be served.",
    )
    crm_insight_count = fields.Integer(
        string="Number of insights",
        compute="_compute_crm_known_counts",
        groups=ROLES,
        help="What the customer, or others of its segment, taught us.",
    )

    @api.depends("partner_id")
    def _compute_crm_known_counts(self) -> None:
        Preference, Insight = self.env["crm.preference"], self.env["crm.insight"]
        for document in self:
            customer = document._crm_known_customer()
            document.crm_preference_count = (
                Preference.search_count([("customer_id", "=", customer.id)]) if customer else 0
            )
            document.crm_insight_count = (
                Insight.search_count(document._crm_known_insights(customer)) if customer else 0
            )

    def _crm_known_company(self) -> models.BaseModel:
        return self.company_id or self.env.company

    def _crm_known_customer(self) -> models.BaseModel:
        """The customer of the document in its company."""
        self.ensure_one()
        partner = self.partner_id.commercial_partner_id
        if not partner:
            return self.env["crm.customer"]
        return self.env["crm.customer"].search(
            [("partner_id", "=", partner.id), ("company_id", "=", self._crm_known_company().id)]
        )

    def _crm_known_insights(self, customer: models.BaseModel) -> Domain:
        """Insights of the customer, and those of its segment that are about nobody alone."""
        own = Domain("customer_id", "=", customer.id)
        if not customer.segment_id:
            return own
        return own | (
            Domain("segment_id", "=", customer.segment_id.id) & Domain("customer_id", "=", False)
        )

    def action_crm_open_preferences(self) -> dict:
        """Open what we remember of the customer; “Use” counts for this document."""
        customer = self._crm_known_customer()
        return self._crm_open_known(
            "crm_preference_action", Domain("customer_id", "=", customer.id), customer
        )

    def action_crm_open_insights(self) -> dict:
        """Open what the customer and its segment taught us; “Use” counts for this document."""
        customer = self._crm_known_customer()
        return self._crm_open_known(
            "crm_insight_action", self._crm_known_insights(customer), customer
        )

    def _crm_open_known(self, action_name: str, domain: Domain, customer) -> dict:
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"crm_moments_of_truth.{action_name}"
        )
        link = "default_order_id" if self._name == "sale.order" else "default_lead_id"
        return {
            **action,
            "domain": list(domain),
            "context": {link: self.id, "default_customer_id": customer.id},
        }
