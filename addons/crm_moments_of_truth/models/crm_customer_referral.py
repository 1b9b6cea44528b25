from __future__ import annotations

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.crm_strategy.core.period import Period
from odoo.addons.crm_strategy.core.value import UNDEFINED
from odoo.addons.crm_strategy.models.crm_facts import REVENUE_ROLES


class CrmCustomer(models.Model):
    """Whom a customer recommended us to, and what came of it (S001-1-REF)."""

    _inherit = "crm.customer"

    crm_referral_count = fields.Integer(
        string="Recommendations",
        compute="_compute_crm_referrals",
        help="Leads and opportunities of the company that this customer, or one of its people, "
        "recommended us to; lost ones too.",
    )
    crm_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the company"
    )
    crm_has_referral_amount = fields.Boolean(
        string="Revenue by recommendation is known",
        compute="_compute_crm_referrals",
        groups=REVENUE_ROLES,
        help="Whether anything was invoiced; without it there is no figure, not 0.",
    )
    crm_referral_amount = fields.Monetary(
        string="Revenue by recommendation (ERP)",
        compute="_compute_crm_referrals",
        currency_field="crm_currency_id",
        groups=REVENUE_ROLES,
        help="Posted revenue without tax of these leads, of all times, in the currency of the "
        "company.",
    )

    def _compute_crm_referrals(self) -> None:
        facts = self.env["crm.facts"]
        for company, customers in self.grouped("company_id").items():
            revenue = UNDEFINED
            if company and facts._may_ask(company):
                revenue = facts._revenue_by_lead(company, Period.between(None, None))
            # Access: a count and a total of the customer that the person reads.
            leads = (
                self.env["crm.lead"]
                .sudo()
                .with_context(active_test=False)
                .search_fetch(customers._referral_domain(), ["crm_referrer_id"])
                .grouped(lambda lead: lead.crm_referrer_id.commercial_partner_id)
            )
            for customer in customers:
                own = leads.get(customer.partner_id, self.env["crm.lead"])
                known = (
                    [] if revenue is UNDEFINED else [revenue[i] for i in own.ids if i in revenue]
                )
                customer.crm_referral_count = len(own)
                customer.crm_has_referral_amount = bool(known)
                customer.crm_referral_amount = float(sum(known))

    def _referral_domain(self) -> Domain:
        return Domain("company_id", "in", self.company_id.ids) & Domain(
            "crm_referrer_id.commercial_partner_id", "in", self.partner_id.ids
        )

    def action_open_crm_referrals(self) -> dict:
        """Open the leads that the customer recommended us to."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Recommended by %(customer)s", customer=self.display_name),
            "res_model": "crm.lead",
            "views": [(False, "list"), (False, "form")],
            "domain": list(self._referral_domain()),
            "context": {"active_test": False, "create": False},
        }
