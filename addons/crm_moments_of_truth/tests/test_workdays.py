from datetime import date, datetime, timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from .common import MomentsCase

FRIDAY, MONDAY = date(2026, 4, 10), date(2026, 4, 13)


@tagged("post_install", "-at_install")
class TestWorkdays(MomentsCase):
    """Working days follow the company's calendar, holidays and zone, for whoever asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Orthodox Easter Monday of 2026 in Bucharest (UTC+3), entered by company A alone.
        cls.env["resource.calendar.leaves"].create(
            {
                "name": "Easter",
                "company_id": cls.company_a.id,
                "calendar_id": cls.company_a.resource_calendar_id.id,
                "date_from": datetime(2026, 4, 12, 21),
                "date_to": datetime(2026, 4, 13, 20, 59, 59),
            }
        )

    def _of(self, company, user=None):
        return self.env["crm.workdays"].with_user(user or self.ana)._of(company)

    def test_a_public_holiday_counts_for_its_company_alone(self):
        self.assertEqual(self._of(self.company_a).between(FRIDAY, MONDAY), 0)
        self.assertEqual(self._of(self.company_b).between(FRIDAY, MONDAY), 1)
        self.assertEqual(self._of(self.company_a).after(FRIDAY, 1), date(2026, 4, 14))

    def test_every_reader_counts_alike(self):
        self.ana.tz = "Pacific/Kiritimati"
        self.lia.tz = "America/Los_Angeles"
        tables = {self._of(self.company_a, user) for user in (self.ana, self.lia, self.fin)}
        self.assertEqual(len(tables), 1)
        self.assertEqual(tables.pop().zone, "Europe/Bucharest")

    def test_a_calendar_of_two_weeks_alternates(self):
        calendar = self.company_b.resource_calendar_id
        calendar.switch_calendar_type()
        calendar.attendance_ids.filtered(
            lambda line: line.week_type == "1" and line.dayofweek == "4"
        ).unlink()
        days = self._of(self.company_b)
        fridays = [date(2026, 4, 3) + timedelta(weeks=n) for n in range(4)]
        worked = [days.is_working(friday) for friday in fridays]
        self.assertEqual(worked, [calendar._works_on_date(friday) for friday in fridays])
        self.assertEqual(sum(worked), 2)

    def test_the_database_counts_as_the_core_does(self):
        Workdays = self.env["crm.workdays"]
        calendars = Workdays._calendars_sql(self.company_a | self.company_b)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT calendar.company_id, day::date, %s
                  FROM (%s) AS calendar,
                       generate_series('2026-04-01'::date, '2026-05-10', '1 day') AS day
                """,
                Workdays._ordinal_sql(SQL("day::date"), SQL("calendar")),
                calendars,
            )
        )
        tables = {company.id: self._of(company) for company in self.company_a | self.company_b}
        self.assertEqual(len(rows), 80)
        for company_id, day, ordinal in rows:
            self.assertEqual(ordinal, tables[company_id].ordinal(day), (company_id, day))

    def test_without_working_hours_monday_to_friday_count(self):
        self.company_b.resource_calendar_id = False
        days = self._of(self.company_b)
        self.assertEqual((days.between(FRIDAY, MONDAY), days.zone), (1, "UTC"))
