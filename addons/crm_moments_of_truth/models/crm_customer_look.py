from __future__ import annotations

from odoo import fields, models


class CrmCustomer(models.Model):
    """How a customer looked when it was last compared, to notice what changes there."""

    _inherit = "crm.customer"

    crm_client_print = fields.Char(
        string="Print of the customer's data",
        copy=False,
        groups="base.group_system",
        help="A hash of names, numbers, address and people; it tells that something changed.",
    )
    crm_client_seen_at = fields.Datetime(
        string="Compared on",
        copy=False,
        groups="base.group_system",
        help="When the customer's data were last compared.",
    )
