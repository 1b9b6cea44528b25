from collections import defaultdict
from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_reports import CANARY, JointReportCase

ZONES = (
    "Pacific/Kiritimati",
    "Asia/Tokyo",
    "Europe/Bucharest",
    "UTC",
    "America/New_York",
    "America/Los_Angeles",
)
DAYS = (
    "2026-01-31",
    "2026-02-15",
    "2026-02-28",
    "2026-03-05",
    "2026-03-12",
    "2026-03-17",
    "2026-03-31",
    "2026-05-02",
)
NO_HISTORY = ("pipeline", "delivered", "to_invoice")


@tagged("post_install", "-at_install")
class TestAsOf(JointReportCase):
    """The books of a past day are told exactly; what nobody kept is not made up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Part of a payment later than another, a refund matched, a gain of currency, in two years.
        cls.late = cls._invoice(cls.alfa, "2026-02-12", 900, tax=cls.tax)
        cls._pay(cls.late, "2026-03-02", 300)
        cls._pay(cls.late, "2026-04-20", 200)
        refunded = cls._invoice(cls.gamma, "2026-02-14", 240)
        refund = cls._invoice(cls.gamma, "2026-03-16", 90, kind="out_refund")
        lines = (refunded | refund).line_ids
        lines.filtered(lambda line: line.account_id == cls.accounts["receivable"]).reconcile()
        foreign = cls._invoice(cls.beta, "2026-02-25", 1000, currency=cls.foreign)
        cls._pay(foreign, "2026-04-10", 260, foreign=1000)
        cls.ahead = cls._invoice(cls.alfa, "2027-02-01", 5000)
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        clock = freeze_time("2026-06-15 12:00:00")
        clock.start()
        self.addCleanup(clock.stop)

    # by hand
    def _day_of(self, text):
        return date.fromisoformat(text)

    def _open_by_hand(self, day, company=None):
        """{segment name: balance} by a loop over receivable items and their matchings."""
        company = company or self.company
        found = defaultdict(float)
        lines = self.env["account.move.line"].search(
            [
                ("company_id", "=", company.id),
                ("parent_state", "=", "posted"),
                ("account_type", "=", "asset_receivable"),
                ("date", "<=", day),
            ]
        )
        for line in lines:
            rest = line.balance
            for partial in line.matched_credit_ids | line.matched_debit_ids:
                if partial.max_date <= day:
                    rest -= partial.amount if partial.debit_move_id == line else -partial.amount
            partner = line.partner_id.commercial_partner_id
            found[self._segment_then(partner, line.date).name or "Unassigned"] += rest
        return {name: round(amount, 2) for name, amount in found.items() if round(amount, 2)}

    def _open(self, day, user=None, **options):
        matrix = self._matrix("crm.waterfall", user, as_of=day, **options)
        figures = {
            row.title: float(row.cells["open"].value)
            for row in matrix.rows
            if row.style == "line" and row.cells["open"].is_numeric and row.cells["open"].value
        }
        return figures, matrix

    # figures
    def test_open_is_the_receivable_balance_of_that_day(self):
        totals = set()
        for day in DAYS:
            by_hand = self._open_by_hand(self._day_of(day))
            figures, matrix = self._open(day)
            with self.subTest(day=day):
                self.assertEqual(figures, by_hand)
                cells = matrix.row("total").cells
                total = float(cells["open"].value) if cells["open"].is_numeric else 0.0
                self.assertAlmostEqual(total, sum(by_hand.values()), 2)
                self.assertEqual(set(self._figures(matrix)["difference"].values()), {0.0})
                totals.add(total)
        self.assertGreater(len(totals), 6, "the days do not differ enough to prove anything")

    def test_what_was_open_on_a_day_opens_as_it_was(self):
        """A payment of April is not yet known in March, also when the invoice is settled today."""
        for day in DAYS[2:]:
            _figures, matrix = self._open(day)
            with self.subTest(day=day):
                self._assert_drills_add_up(matrix, self.finance, self._amount_of)
        cell = self._open("2026-02-28")[1].cell("total", "open")
        report = self._report("crm.waterfall", **cell.drill.context)
        self.assertIn(self.invoice_foreign, report.search(cell.drill.domain).move_id)
        cell = self._open("2026-03-31")[1].cell("total", "open")
        report = self._report("crm.waterfall", **cell.drill.context)
        self.assertNotIn(self.invoice_foreign, report.search(cell.drill.domain).move_id)

    def _amount_of(self, record, column):
        if record._name == "crm.waterfall":
            return record.amount
        return record.balance if column in ("invoiced_tax", "open") else -record.balance

    def test_period_and_day_together_stop_at_the_earlier_one(self):
        march, _matrix = self._open(False, period="2026-03")
        self.assertEqual(march, self._open_by_hand(self._day_of("2026-03-31")))
        middle, matrix = self._open("2026-03-12", period="2026-03")
        self.assertEqual(middle, self._open_by_hand(self._day_of("2026-03-12")))
        self.assertEqual(set(self._figures(matrix)["difference"].values()), {0.0})
        before, matrix = self._open("2026-02-28", period="2026-03")
        self.assertEqual(before, self._open_by_hand(self._day_of("2026-02-28")))
        self.assertIsNone(self._figures(matrix)["total"]["invoiced"])

    def test_profit_is_that_of_the_items_until_the_day(self):
        kinds = {"income": "income", "income_other": "income"}
        for day in DAYS:
            expected = -sum(
                line.balance
                for line in self._posted()
                if line.account_id.account_type in kinds and line.date <= self._day_of(day)
            )
            matrix = self._matrix("crm.segment.profit", as_of=day)
            told = self._figures(matrix)["total"]["income"]
            with self.subTest(day=day):
                self.assertAlmostEqual(told or 0.0, expected, 2)
                self.assertEqual(set(self._figures(matrix)["difference"].values()), {0.0})

    def test_what_is_dated_later_does_not_count_today(self):
        today, _matrix = self._open(False)
        self.assertEqual(today, self._open_by_hand(self._day_of("2026-06-15")))
        later, _matrix = self._open("2027-02-01")
        self.assertEqual(later["Key"], today["Key"] + 5000)
        rows = self._report("crm.waterfall").search([("move_id", "=", self.ahead.id)])
        self.assertFalse(rows)
        rows = self._report("crm.waterfall", crm_as_of="2027-02-01").search(
            [("move_id", "=", self.ahead.id)]
        )
        self.assertEqual(set(rows.mapped("stage")), {"invoiced", "invoiced_tax", "open_invoices"})

    # no history
    def test_what_nobody_kept_is_no_data_and_says_why(self):
        matrix = self._matrix("crm.waterfall", as_of="2026-03-31")
        for key in NO_HISTORY:
            for row in matrix.rows[:-2]:
                cell = row.cells[key]
                self.assertEqual(cell.state, "none")
                self.assertIn("03/31/2026 is not kept", cell.note)
        self.assertTrue(matrix.cell("total", "ordered").is_numeric)
        today = self._matrix("crm.waterfall", as_of="2026-06-15")
        for key in NO_HISTORY:
            self.assertTrue(today.cell("total", key).is_numeric)
        rows = self._report("crm.waterfall", crm_as_of="2026-03-31").search([])
        self.assertFalse(set(rows.mapped("stage")) & set(NO_HISTORY))

    # records
    def test_a_figure_of_one_day_is_not_shown_for_another(self):
        """Both are read in one environment: without depends_context the first would stick."""
        rows = self._report("crm.waterfall", crm_as_of="2026-02-28").search(
            [("move_id", "=", self.invoice_foreign.id), ("stage", "=", "open_invoices")]
        )
        self.assertEqual(rows.mapped("is_settled"), [False])
        later = rows.with_context(crm_as_of="2026-03-31")
        self.assertEqual(later.mapped("is_settled"), [True])
        self.assertEqual(rows.mapped("is_settled"), [False])

    def test_row_ids_are_the_same_on_every_day(self):
        found = {}
        for day in ("2026-03-05", "2026-03-31", "2026-06-15"):
            rows = self._report("crm.waterfall", crm_as_of=day).search([])
            found[day] = {
                row.id: (row.stage, row.move_id.id, row.order_id.id, row.amount) for row in rows
            }
        before, then, today = found.values()
        self.assertTrue(before.items() <= then.items() <= today.items())
        self.assertLess(len(before), len(then))

    def test_nonsense_in_the_context_is_refused_with_a_sentence(self):
        for value in ("tomorrow", "0000-01-01", "1899-12-31", "2101-01-01", "2026-02-30", 5, [1]):
            for name in ("crm.waterfall", "crm.segment.profit"):
                with self.subTest(value=value, name=name), self.assertRaises(UserError) as caught:
                    self._report(name, crm_as_of=value).search([])
                self.assertIn("between 1900 and 2100", str(caught.exception))

    # zones and companies
    def test_people_in_all_zones_read_equal_totals(self):
        """At 22:30 UTC on 31 March it is April in the company, whoever asks from wherever."""
        self.company.resource_calendar_id.tz = "Pacific/Kiritimati"
        order = self._order(self.gamma, "2026-03-31 11:30:00", 1, 7)
        self.env.flush_all()
        told = set()
        with freeze_time("2026-03-31 22:30:00"):
            for zone in ZONES:
                for options in ({}, {"period": "2026-04"}, {"period": "2026-03-31..2026-04-02"}):
                    for name in ("crm.waterfall", "crm.segment.profit"):
                        matrix = self._report(name, tz=zone).get_matrix(options)["matrix"]
                        figures = [
                            (row["key"], key, cell["value"], cell["note"])
                            for row in matrix["rows"]
                            for key, cell in row["cells"].items()
                        ]
                        told.add((name, str(options), str(figures), str(matrix["parameters"])))
        self.assertEqual(len(told), 6)
        april = self._figures(self._matrix("crm.waterfall", period="2026-04"))
        self.assertEqual(april["unassigned"]["ordered"], 7)
        self.assertEqual(order.state, "sale")

    def test_two_companies_are_told_one_at_a_time(self):
        both = self.company | self.canary_company
        self.finance.company_ids = both
        report = self._report("crm.waterfall", allowed_company_ids=both.ids)
        for company, day in ((self.company, "2026-03-12"), (self.canary_company, "2026-03-12")):
            options = {"company": company.id, "as_of": day}
            rows = {row["key"]: row for row in report.get_matrix(options)["matrix"]["rows"]}
            by_hand = self._open_by_hand(self._day_of(day), company)
            total = float(rows["total"]["cells"]["open"]["value"])
            self.assertAlmostEqual(total, sum(by_hand.values()), 2)
        self.assertEqual(total, CANARY)

    # compared
    def test_a_period_stands_beside_another_one(self):
        cases = (
            ("2026-03", "previous", "2026-02"),
            ("2026-Q2", "previous", "2026-Q1"),
            ("2027-02", "year_before", "2026-02"),
            ("2026-03-01..2026-03-11", "previous", "2026-02-19..2026-03-01"),
        )
        with freeze_time("2027-06-15 12:00:00"):
            for period, choice, other in cases:
                for group_by in ("segment", "customer", "team", "account"):
                    options = {"group_by": group_by}
                    matrix = self._matrix(
                        "crm.segment.profit", period=period, compared=choice, **options
                    )
                    with self.subTest(period=period, choice=choice, group_by=group_by):
                        self._assert_beside(matrix, period, other, options)
                        self._assert_drills_add_up(
                            matrix, self.finance, lambda line, key: -line.balance
                        )

    def _assert_beside(self, matrix, period, other, options):
        figures = self._figures(matrix)
        self.assertEqual(
            {value for key, value in figures["difference"].items()}, {0.0}, "the books differ"
        )
        for suffix, key in (("", period), ("_before", other)):
            alone = self._figures(self._matrix("crm.segment.profit", period=key, **options))
            for row, cells in alone.items():
                for column, value in cells.items():
                    if value is not None:
                        self.assertEqual(figures[row][column + suffix], value)

    def test_change_is_a_share_of_what_it_is_compared_with(self):
        matrix = self._matrix("crm.segment.profit", period="2026-03", compared="previous")
        cells = matrix.row(f"segment_{self.key.id}").cells
        now, before = cells["income"].value, cells["income_before"].value
        self.assertEqual(cells["income_change"].value, (now - before) / abs(before))
        self.assertEqual(cells["cogs_before"].state, "none")
        self.assertEqual(cells["cogs_change"].state, "none")
        self.assertEqual(cells["cogs_change"].note, "There is nothing to compare with.")

    def test_a_running_period_is_compared_with_as_many_days(self):
        """On 12 March, March has told twelve days: so does February beside it."""
        for choice, other in (
            ("previous", "2026-02-01..2026-02-13"),
            ("year_before", "2025-03-01..2025-03-13"),
        ):
            matrix = self._matrix(
                "crm.segment.profit", period="2026-03", as_of="2026-03-12", compared=choice
            )
            alone = self._figures(self._matrix("crm.segment.profit", period=other))
            figures = self._figures(matrix)
            self.assertEqual(figures["total"]["income_before"], alone["total"]["income"])

    def test_without_another_period_nothing_is_compared(self):
        for options in (
            {"period": "all", "compared": "previous"},
            {"period": "2026-03", "compared": "nonsense"},
            {"period": "2026", "compared": "year_before", "group_by": "month"},
            {"period": "1900", "compared": "year_before"},
            {"period": "2027", "compared": "previous", "as_of": "2026-03-01"},
        ):
            columns = self._matrix("crm.segment.profit", **options).columns
            self.assertEqual(len(columns), 4, options)

    def test_days_add_up_to_their_month(self):
        months = self._figures(self._matrix("crm.segment.profit", period="2026-03"))
        first = self._day_of("2026-03-01")
        total = 0.0
        for day in range(31):
            start = first + timedelta(days=day)
            key = f"{start}..{start + timedelta(days=1)}"
            total += (
                self._figures(self._matrix("crm.segment.profit", period=key))["total"][
                    "contribution"
                ]
                or 0.0
            )
        self.assertAlmostEqual(total, months["total"]["contribution"], 2)
