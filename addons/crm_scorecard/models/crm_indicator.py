from __future__ import annotations

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.measure import SEGMENT, TEAM, MeasureScope
from odoo.addons.crm_strategy.core.period import Period
from odoo.addons.crm_strategy.models.crm_indicator_facts import Facts

from .account_move import SALE_TYPES

# Nothing of the order is left to invoice; “upselling” means that even more was delivered.
INVOICED = ("invoiced", "upselling")
SCOPE_FIELDS = {SEGMENT: "crm_segment_then_id", TEAM: "crm_team_then_id"}


class CrmIndicator(models.Model):
    """Two indicators from the books: revenue posted, and orders invoiced in full."""

    _inherit = "crm.indicator"

    @api.model
    def _followed_codes(self) -> frozenset[str]:
        return super()._followed_codes() | {"posted_revenue", "order_invoiced_rate"}

    # posted revenue
    @api.model
    def _facts_posted_revenue(self, scope: MeasureScope) -> Facts:
        """Sum of untaxed posted sales documents by their date, in company currency.

        Source: ``account.move.amount_untaxed_signed``; credit notes are negative. n counts
        documents.
        """
        return Facts(
            "account.move",
            SQL(
                """
                SELECT move.id AS res_id, move.company_id,
                       contact.commercial_partner_id AS partner_id,
                       %(day)s AS fact_date, move.amount_untaxed_signed AS numerator,
                       NULL::numeric AS denominator
                  FROM account_move AS move
                  JOIN res_partner AS contact ON contact.id = move.partner_id
                 WHERE move.state = 'posted' AND move.move_type = ANY(%(types)s)
                   AND move.company_id = %(company)s AND %(near)s
                """,
                day=self.env["account.move"]._segment_then_date_sql("move"),
                near=self._near_sql(self.env["account.move"]._segment_then_date_sql("move"), scope),
                types=list(SALE_TYPES),
                company=scope.company_id,
            ),
        )

    @api.model
    def _records_posted_revenue(self, scope: MeasureScope) -> tuple[str, Domain]:
        """The posted documents of one figure; their untaxed totals add up to it."""
        (period,) = scope.periods
        return "account.move", (
            Domain("company_id", "=", scope.company_id)
            & Domain("state", "=", "posted")
            & Domain("move_type", "in", SALE_TYPES)
            & Domain("partner_id", "!=", False)
            & self._period_domain("invoice_date", period)
            & self._scope_domain(scope)
        )

    # orders invoiced in full
    @api.model
    def _facts_order_invoiced_rate(self, scope: MeasureScope) -> Facts:
        """Confirmed orders with nothing left to invoice / confirmed orders, by order date.

        Source: ``sale.order.invoice_status``. n counts confirmed orders.
        """
        return Facts(
            "sale.order",
            SQL(
                """
                SELECT document.id AS res_id, document.company_id,
                       contact.commercial_partner_id AS partner_id,
                       %(day)s AS fact_date,
                       (document.invoice_status = ANY(%(invoiced)s))::int AS numerator,
                       1 AS denominator
                  FROM sale_order AS document
                  JOIN res_partner AS contact ON contact.id = document.partner_id
                 WHERE document.state = 'sale' AND document.company_id = %(company)s
                   AND %(near)s
                """,
                # The zone of the one company asked for, not looked up for each order.
                day=SQL(
                    "(document.date_order AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
                    self._zone_of(scope.company_id),
                ),
                near=self._near_sql(SQL("document.date_order"), scope),
                invoiced=list(INVOICED),
                company=scope.company_id,
            ),
        )

    @api.model
    def _records_order_invoiced_rate(self, scope: MeasureScope) -> tuple[str, Domain]:
        """The confirmed orders of one figure: as many as its n, invoiced or not."""
        (period,) = scope.periods
        return "sale.order", (
            Domain("company_id", "=", scope.company_id)
            & Domain("state", "=", "sale")
            & self._local_period_domain("date_order", period, scope.company_id)
            & self._scope_domain(scope)
        )

    @api.model
    def _near_sql(self, column: SQL, scope: MeasureScope) -> SQL:
        """Condition that leaves out documents a day and more outside of all periods asked for.

        The engine cuts the periods exactly, in the zone of the company; this only spares it the
        documents of other years.
        """
        starts = [period.date_from for period in scope.periods]
        ends = [period.date_to for period in scope.periods]
        conditions = [SQL("TRUE")]
        if starts and None not in starts:
            conditions.append(SQL("%s >= %s", column, min(starts) - timedelta(days=1)))
        if ends and None not in ends:
            conditions.append(SQL("%s < %s", column, max(ends) + timedelta(days=1)))
        return SQL(" AND ").join(conditions)

    @api.model
    def _zone_of(self, company_id: int) -> str:
        """Zone by which the days of a company are cut."""
        company = self.env["res.company"].browse(company_id)
        # sudo: the zone of the calendar decides about days; nothing else of it is read.
        return company.sudo().resource_calendar_id.tz or "UTC"

    # drill-down
    @api.model
    def _scope_domain(self, scope: MeasureScope) -> Domain:
        """Documents of one segment or team on their date; id 0 is what belonged to none."""
        name = SCOPE_FIELDS.get(scope.scope)
        if not name:
            return Domain.TRUE
        scope_id, _key = scope.single()
        return Domain(name, "=", scope_id or False)

    @api.model
    def _local_period_domain(self, name: str, period: Period, company_id: int) -> Domain:
        """Condition on a datetime whose days are cut in the zone of the company's calendar."""
        zone = ZoneInfo(self._zone_of(company_id))

        def start(day):
            local = datetime.combine(day, time.min, tzinfo=zone)
            return local.astimezone(timezone.utc).replace(tzinfo=None)

        domain = Domain.TRUE
        if period.date_from:
            domain &= Domain(name, ">=", start(period.date_from))
        if period.date_to:
            domain &= Domain(name, "<", start(period.date_to))
        return domain
