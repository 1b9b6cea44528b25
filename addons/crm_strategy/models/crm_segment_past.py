from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.period import Period
from ..core.value import UNDEFINED, Undefined


class CrmSegmentPast(models.AbstractModel):
    """Who was a customer, in which segment, at the end of a day; and what they brought in.

    Whoever has a stay that is open to the past was a customer ever since; others are customers
    from the day on which their row, or their first stay, began.
    """

    _name = "crm.segment.past"
    _description = "Segments of a Day"

    @api.model
    def _past_sql(self, company: models.BaseModel, day: date) -> SQL:
        """SELECT of (id, segment_id): the customers of the day; segment_id null = unassigned."""
        return SQL(
            """
            SELECT customer.id, stay.segment_id
              FROM crm_customer AS customer
         LEFT JOIN crm_segment_membership AS stay
                ON stay.customer_id = customer.id
               AND (stay.date_from IS NULL OR stay.date_from <= %(day)s)
               AND (stay.date_to IS NULL OR %(day)s < stay.date_to)
             WHERE customer.company_id = %(company)s
               AND (customer.create_date < %(after)s
                    OR EXISTS (
                        SELECT FROM crm_segment_membership AS earlier
                         WHERE earlier.customer_id = customer.id
                           AND (earlier.date_from IS NULL OR earlier.date_from <= %(day)s)
                    ))
            """,
            day=day,
            company=company.id,
            after=self._past_end(company, day),
        )

    @api.model
    def _past_end(self, company: models.BaseModel, day: date) -> datetime:
        """The end of the day in the company's zone, as naive UTC."""
        zone = ZoneInfo(company.resource_calendar_id.tz or "UTC")
        end = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
        return end.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)

    @api.model
    def _past_customers(self, company: models.BaseModel, day: date) -> Domain:
        """The customers of the day, as a list opens them."""
        before = fields.Datetime.to_string(self._past_end(company, day))
        began = Domain("date_from", "=", False) | Domain("date_from", "<=", day)
        return Domain("company_id", "=", company.id) & (
            Domain("create_date", "<", before) | Domain("membership_ids", "any", began)
        )

    @api.model
    def _past_new(self, company: models.BaseModel, day: date) -> Domain:
        """The customers who were none yet on the day."""
        before = fields.Datetime.to_string(self._past_end(company, day))
        began = Domain("date_from", "=", False) | Domain("date_from", "<=", day)
        return (
            Domain("company_id", "=", company.id)
            & Domain("create_date", ">=", before)
            & Domain("membership_ids", "not any", began)
        )

    @api.model
    def _past_in(self, company: models.BaseModel, day: date, segment_id: int) -> Domain:
        """The customers who were in the segment on the day; 0: those who were unassigned."""
        valid = (Domain("date_from", "=", False) | Domain("date_from", "<=", day)) & (
            Domain("date_to", "=", False) | Domain("date_to", ">", day)
        )
        if segment_id:
            stay = Domain("segment_id", "=", segment_id) & valid
            return Domain("company_id", "=", company.id) & Domain("membership_ids", "any", stay)
        return self._past_customers(company, day) & Domain("membership_ids", "not any", valid)

    @api.model
    def _past_year(self, day: date) -> Period:
        """The twelve months that end with the day."""
        after = day + timedelta(days=1)
        return Period.parse(f"{after - relativedelta(years=1)}..{after}")

    @api.model
    def _past_revenue(self, company: models.BaseModel, day: date) -> dict[int, Decimal] | Undefined:
        """Posted revenue of the twelve months by segment id (0 = unassigned), when it is known.

        Nobody else's business: who may not see revenue has none.
        """
        if not self.env["crm.facts"]._may_see_revenue():
            return UNDEFINED
        revenue = self.env["crm.facts"]._revenue_by_customer(company, self._past_year(day))
        if revenue is UNDEFINED:
            return UNDEFINED
        self.env.flush_all()
        found: dict[int, Decimal] = {}
        for customer_id, segment_id in self.env.execute_query(self._past_sql(company, day)):
            if customer_id in revenue:
                key = segment_id or 0
                found[key] = found.get(key, Decimal(0)) + revenue[customer_id]
        return found

    @api.model
    def _past_option_company(self, options: dict) -> dict:
        """A filter for one of the companies that the reader has switched on."""
        choices = [(company.id, company.name) for company in self.env.companies]
        return self._matrix_option_selection(
            options, "company", self.env._("Company"), choices, self.env.company.id
        )
