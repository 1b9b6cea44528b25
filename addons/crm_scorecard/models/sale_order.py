from __future__ import annotations

from odoo import api, models
from odoo.tools import SQL


class SaleOrder(models.Model):
    """Orders say in which segment their customer was on the day of the order."""

    _name = "sale.order"
    _inherit = ["sale.order", "crm.segment.then.mixin"]

    @api.model
    def _segment_then_date_sql(self, alias: str) -> SQL:
        """Day of the order in the zone of its company's calendar."""
        return SQL(
            """
            (%s.date_order AT TIME ZONE 'UTC' AT TIME ZONE COALESCE((
                SELECT calendar.tz
                  FROM res_company AS company
                  JOIN resource_calendar AS calendar ON calendar.id = company.resource_calendar_id
                 WHERE company.id = %s.company_id
            ), 'UTC'))::date
            """,
            SQL.identifier(alias),
            SQL.identifier(alias),
        )
