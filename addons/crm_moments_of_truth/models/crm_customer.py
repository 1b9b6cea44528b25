from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomer(models.Model):
    """Orders and posted invoices make a partner a customer of the company."""

    _name = "crm.customer"
    _inherit = ["crm.customer", "crm.customer.page.sections"]

    crm_relationship_ids = fields.One2many(
        "crm.relationship", "customer_id", string="Passes", help="The passes with this customer."
    )
    crm_relationship_count = fields.Integer(
        string="Number of passes",
        compute="_compute_crm_relationship_count",
        help="How many passes through the chain of moments this customer has.",
    )

    crm_open_pass_count = fields.Integer(
        string="Passes under way",
        compute="_compute_crm_position",
        help="How many passes with this customer are not over.",
    )
    crm_position_id = fields.Many2one(
        "crm.relationship",
        string="Current pass",
        compute="_compute_crm_position",
        help="The newest pass under way, else the newest one at all.",
    )
    crm_position_moment_id = fields.Many2one(
        "crm.moment",
        string="Stands at",
        compute="_compute_crm_position",
        help="The moment at which the current pass stands.",
    )

    def write(self, vals: dict) -> bool:
        """Write customers; passes that missed what is filled in now follow."""
        result = super().write(vals)
        self.env["crm.relationship.input"]._notice_fields(self, vals)
        return result

    def _compute_crm_position(self) -> None:
        """Where customers stand: an aggregate of their passes, never stored."""
        passes = self.env["crm.relationship"].search(
            [("customer_id", "in", self.ids)],
            order="is_open desc, date_first desc, id desc",
        )
        by_customer = passes.grouped("customer_id")
        for customer in self:
            own = by_customer.get(customer, passes.browse())
            customer.crm_open_pass_count = len(own.filtered("is_open"))
            customer.crm_position_id = own[:1]
            customer.crm_position_moment_id = own[:1].current_moment_id

    def _compute_crm_relationship_count(self) -> None:
        counts = dict(
            self.env["crm.relationship"]._read_group(
                [("customer_id", "in", self.ids)], ["customer_id"], ["__count"]
            )
        )
        for customer in self:
            customer.crm_relationship_count = counts.get(customer, 0)

    @api.model
    def _customer_document_queries(self) -> list[SQL]:
        orders = SQL(
            """
            SELECT partner.commercial_partner_id AS partner_id, document.company_id
              FROM sale_order AS document
              JOIN res_partner AS partner ON partner.id = document.partner_id
             WHERE document.state IN ('sent', 'sale')
            """
        )
        invoices = SQL(
            """
            SELECT partner.commercial_partner_id AS partner_id, document.company_id
              FROM account_move AS document
              JOIN res_partner AS partner ON partner.id = document.partner_id
             WHERE document.state = 'posted'
               AND document.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
            """
        )
        return [*super()._customer_document_queries(), orders, invoices]

    def action_open_relationships(self) -> dict:
        """Open the passes with this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_relationship_action"
        )
        return {**action, "domain": [("customer_id", "=", self.id)], "context": {}}

    def action_open_page(self) -> dict:
        """Open the customer whole: Customer 360."""
        self.ensure_one()
        action = self.env["ir.actions.client"]._for_xml_id(
            "crm_moments_of_truth.crm_customer_page_action"
        )
        context = {"active_id": self.id, "active_model": self._name}
        return {**action, "context": context}
