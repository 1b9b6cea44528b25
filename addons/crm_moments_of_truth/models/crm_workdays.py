from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core import workdays

UTC = ZoneInfo("UTC")


class CrmWorkdays(models.AbstractModel):
    """Reads a company's calendar into the working days of the core.

    Targets and delays are counted in the working days of the company, never of the reader. A
    company without working hours counts Monday to Friday in UTC; data health says so.
    """

    _name = "crm.workdays"
    _description = "Working Days of a Company"

    @api.model
    def _of(self, company: models.BaseModel) -> workdays.Workdays:
        """The working days of one company, with its public holidays; hold it for a batch."""
        # sudo: which days a company works is no secret, and engines count for every reader alike.
        calendar = company.sudo().resource_calendar_id
        zone = calendar.tz or "UTC"
        return workdays.build(
            self._hours(calendar), self._leaves(company.sudo(), calendar, zone), zone
        )

    # days
    @api.model
    def _zone_sql(self, company_id: SQL) -> SQL:
        """The zone by which a company's days are cut, as ``_moment_zone`` has it."""
        return SQL(
            """COALESCE((SELECT calendar.tz FROM res_company AS firm
                           JOIN resource_calendar AS calendar
                             ON calendar.id = firm.resource_calendar_id
                          WHERE firm.id = %s), 'UTC')""",
            company_id,
        )

    @api.model
    def _day_sql(self, moment: SQL, company_id: SQL) -> SQL:
        """``core.facts.local_day`` in SQL: the company's day of a time."""
        return SQL(
            "((%s)::timestamp AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
            moment,
            self._zone_sql(company_id),
        )

    @api.model
    def _today_sql(self, company_id: SQL) -> SQL:
        """The day that the company has now."""
        return self._day_sql(SQL("%s", fields.Datetime.now()), company_id)

    @api.model
    def _begin_sql(self, day: SQL, company_id: SQL) -> SQL:
        """The time at which a day of the company begins."""
        return SQL(
            "((%s)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')", day, self._zone_sql(company_id)
        )

    # hours
    @api.model
    def _hours(self, calendar: models.BaseModel) -> dict[int, workdays.Hours]:
        """First and last working hour by slot of the cycle of two weeks."""
        hours: dict[int, workdays.Hours] = {}
        for line in calendar.attendance_ids:
            if line.display_type or line.day_period == "lunch":
                continue
            weeks = (int(line.week_type),) if calendar.two_weeks_calendar else (0, 1)
            for week in weeks:
                slot = 7 * week + int(line.dayofweek)
                first, last = hours.get(slot, (line.hour_from, line.hour_to))
                hours[slot] = (min(first, line.hour_from), max(last, line.hour_to))
        return hours

    @api.model
    def _leaves(
        self, company: models.BaseModel, calendar: models.BaseModel, zone: str
    ) -> list[tuple[datetime, datetime]]:
        """Times on which the whole company is away, in its zone."""
        leaves = self.env["resource.calendar.leaves"].sudo()  # sudo: see _of.
        away = leaves.search_fetch(
            Domain("resource_id", "=", False)
            & Domain("time_type", "=", "leave")
            & Domain("calendar_id", "in", (calendar.id, False))
            & Domain("company_id", "in", (company.id, False)),
            ["date_from", "date_to"],
        )
        return [(_local(leave.date_from, zone), _local(leave.date_to, zone)) for leave in away]

    @api.model
    def _calendars_sql(self, companies: models.BaseModel) -> SQL:
        """SELECT of the companies' calendars, for `_ordinal_sql`: one row a company."""
        tables = [(company.id, self._of(company)) for company in companies]
        rows = [
            SQL(
                "(%s, %s, %s::int[], %s::date[])",
                company_id,
                len(table.week),
                list(table.prefix),
                list(table.off),
            )
            for company_id, table in tables
        ]
        if not rows:
            rows = [SQL("(0, 0, '{}'::int[], '{}'::date[])")]
        return SQL(
            "SELECT * FROM (VALUES %s) AS calendar(company_id, per_cycle, prefix, off_days)",
            SQL(", ").join(rows),
        )

    @api.model
    def _ordinal_sql(self, day: SQL, calendar: SQL) -> SQL:
        """`Workdays.ordinal` in SQL: of a date, by a row of `_calendars_sql`."""
        return SQL(
            """(
            (%(day)s - DATE '0001-01-01') / 14 * %(calendar)s.per_cycle
            + %(calendar)s.prefix[(%(day)s - DATE '0001-01-01') %% 14 + 1]
            - width_bucket(%(day)s, %(calendar)s.off_days)
            )""",
            day=day,
            calendar=calendar,
        )


def _local(moment: datetime, zone: str) -> datetime:
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
