from __future__ import annotations

from odoo import fields, models


class CrmSetupCustomer(models.TransientModel):
    """One of the biggest customers by posted invoices, shown before customers are added."""

    _name = "crm.setup.customer"
    _description = "Proposed Customer"
    _order = "posted_revenue desc, id"

    setup_id = fields.Many2one("crm.setup", required=True, ondelete="cascade", string="Set-up")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="setup_id.currency_id")
    is_known = fields.Boolean(string="Known", help="Not ticked: is added when you continue.")
    invoice_count = fields.Integer(string="Invoices", help="Posted invoices and receipts.")
    posted_revenue = fields.Monetary(
        string="Posted revenue", help="Posted invoices less credit notes, without taxes."
    )
    last_invoice_date = fields.Date(string="Last invoice")
