from __future__ import annotations

from odoo import api, models
from odoo.tools import SQL


class CrmRetentionRule(models.Model):
    """Orders and invoices keep a relation alive."""

    _inherit = "crm.retention.rule"

    @api.model
    def _last_document_queries(self) -> list[SQL]:
        orders = SQL(
            """
            SELECT partner.commercial_partner_id AS partner_id, document.company_id,
                   document.date_order::date AS day
              FROM sale_order AS document
              JOIN res_partner AS partner ON partner.id = document.partner_id
             WHERE document.state != 'cancel'
            """
        )
        invoices = SQL(
            """
            SELECT document.commercial_partner_id AS partner_id, document.company_id,
                   document.date AS day
              FROM account_move AS document
             WHERE document.state != 'cancel' AND document.commercial_partner_id IS NOT NULL
            """
        )
        return [*super()._last_document_queries(), orders, invoices]
