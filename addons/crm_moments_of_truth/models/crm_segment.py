from __future__ import annotations

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.crm_strategy.core.value import UNDEFINED
from odoo.addons.crm_strategy.models.crm_facts import REVENUE_ROLES

from .account_move import SALE_TYPES


class CrmSegment(models.Model):
    """Who of a segment buys, and what it brought in: facts of the books (S001-1-MK1)."""

    _inherit = "crm.segment"

    crm_active_count = fields.Integer(
        string="Active customers",
        compute="_compute_crm_books",
        help="Customers of the segment who were invoiced in the last twelve months.",
    )
    crm_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the company"
    )
    crm_has_revenue = fields.Boolean(
        string="Posted revenue is known",
        compute="_compute_crm_books",
        groups=REVENUE_ROLES,
        help="Whether anything was invoiced; without it there is no figure, not 0.",
    )
    crm_revenue_amount = fields.Monetary(
        string="Posted revenue (ERP)",
        compute="_compute_crm_books",
        currency_field="crm_currency_id",
        groups=REVENUE_ROLES,
        help="Posted invoices less credit notes of the last twelve months without tax, of the "
        "customers who are in the segment today, in the currency of the company.",
    )

    def _compute_crm_books(self) -> None:
        """Two questions per company, however many segments."""
        past = self.env["crm.segment.past"]
        facts = self.env["crm.facts"]
        # Access: totals of the segment; the amount is for REVENUE_ROLES alone.
        for company, segments in self.sudo().grouped("company_id").items():
            day = self.env["crm.segment.membership"]._today(company)
            active = set()
            revenue = UNDEFINED
            if company and facts._may_ask(company):
                active = set(facts._active_customers(company, past._past_year(day)))
                # Access: shown to REVENUE_ROLES alone; the count beside it is for everybody.
                revenue = past.sudo()._past_revenue(company, day)
            for segment in segments:
                known = UNDEFINED if revenue is UNDEFINED else revenue.get(segment.id, UNDEFINED)
                segment.crm_has_revenue = known is not UNDEFINED
                segment.crm_revenue_amount = float(known or 0)
                segment.crm_active_count = len(active.intersection(segment.customer_ids.ids))

    def action_open_crm_active_customers(self) -> dict:
        """Open the customers of the segment who were invoiced in the last twelve months."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_customer_action")
        period = self.env["crm.segment.past"]._past_year(
            self.env["crm.segment.membership"]._today(self.company_id)
        )
        active = self.env["crm.facts"]._active_customers(self.company_id, period)
        domain = Domain("segment_id", "=", self.id) & Domain("id", "in", active)
        return {**action, "domain": list(domain), "context": {}}

    def action_open_crm_revenue(self) -> dict:
        """Open the posted documents that the revenue is made of, with the reader's rights."""
        self.ensure_one()
        self.check_access("read")
        day = self.env["crm.segment.membership"]._today(self.company_id)
        period = self.env["crm.segment.past"]._past_year(day)
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "=", "posted")
            & Domain("move_type", "in", SALE_TYPES)
            & Domain("invoice_date", ">=", period.date_from)
            & Domain("invoice_date", "<", period.date_to)
            & Domain("commercial_partner_id", "in", self.customer_ids.partner_id.ids)
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices of %(segment)s", segment=self.name),
            "res_model": "account.move",
            "views": [(False, "list"), (False, "form")],
            "domain": list(domain),
            "context": {"create": False},
        }
