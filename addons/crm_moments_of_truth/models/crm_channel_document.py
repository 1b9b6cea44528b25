from __future__ import annotations

from odoo import api, models
from odoo.tools import SQL

from .account_move import SALE_TYPES


class CrmChannel(models.Model):
    """Messages on quotations, orders and invoices are contacts with the customer as well."""

    _inherit = "crm.channel"

    @api.model
    def _contact_threads(self) -> SQL:
        return SQL(
            """
            %(threads)s
         UNION ALL
            SELECT 'sale.order', document.id, NULL, document.company_id,
                   person.id, person.commercial_partner_id
              FROM sale_order AS document
              JOIN res_partner AS person ON person.id = document.partner_id
         UNION ALL
            SELECT 'account.move', document.id, NULL, document.company_id,
                   person.id, person.commercial_partner_id
              FROM account_move AS document
              JOIN res_partner AS person ON person.id = document.partner_id
             WHERE document.move_type = ANY(%(types)s)
            """,
            threads=super()._contact_threads(),
            types=list(SALE_TYPES),
        )
