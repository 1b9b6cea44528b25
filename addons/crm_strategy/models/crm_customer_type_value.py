from __future__ import annotations

from odoo import fields, models

from .crm_channel_policy import VALUE_CLASSES


class CrmCustomerType(models.Model):
    """Of which value the customers of a type are, for the channel policy (S002-2.3-C)."""

    _inherit = "crm.customer.type"

    value_class = fields.Selection(
        VALUE_CLASSES,
        string="Value of the customer",
        help="Channel policies use it while no installed addon measures the value of customers. "
        "Empty: customers of this type fall under no policy.",
    )
