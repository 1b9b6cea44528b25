"""Stored figures on the scorecard: right while nothing waits, measured while something does."""

from datetime import date, datetime

from odoo.addons.crm_strategy.core.measure import SCOPES, MeasureScope
from odoo.addons.crm_strategy.core.period import Period
from odoo.addons.crm_strategy.tests.contract_indicators import IndicatorContract

from .common import ScorecardCase

KEYS = ("all", "2026", "2026-Q1", "2026-03", "2026-04", "r12:2026-03")


class TestStored(IndicatorContract, ScorecardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.env.ref("crm_scorecard.crm_scorecard_teams")
        cls.figures = cls.env.ref("crm_scorecard.crm_indicator_posted_revenue")
        cls.figures |= cls.env.ref("crm_scorecard.crm_indicator_order_invoiced_rate")
        cls.invoice = cls._create_invoice(cls.alfa, 100)
        cls.other = cls._create_invoice(cls.beta, 20.50, date(2026, 4, 1))
        cls.order = cls._create_order(cls.alfa)
        cls.done = cls._create_order(cls.beta, invoiced=True)
        cls.periods = [Period.parse(key) for key in KEYS]
        cls._renew()

    @classmethod
    def _renew(cls):
        """What the lanes do seconds later, and what a first measuring stored."""
        cls.env.cr.flush()
        cls.figures._refresh(cls.company_a, cls.periods)
        cls.env["crm.change"]._run_all()
        cls.env.invalidate_all()

    def _stored(self, key):
        return self.figures._stored_now(self.company_a, Period.parse(key))

    def _measured(self, indicator, scope, key):
        question = MeasureScope(self.company_a.id, scope, None, (Period.parse(key),))
        return {row.scope_id: (row.value, row.n) for row in indicator._measure(question)}

    def assertHonest(self, key):
        """What is offered as stored equals what is measured; returns how many indicators are."""
        stored = self._stored(key)
        for indicator in self.figures:
            if indicator.id in stored:
                for scope in SCOPES:
                    kept = {
                        row.scope_id: (row.value, row.n) for row in stored[indicator.id].rows[scope]
                    }
                    self.assertEqual(
                        kept, self._measured(indicator, scope, key), (indicator.code, scope, key)
                    )
        return len(stored)

    def _notes(self):
        matrix = (
            self.card.with_user(self.ole)
            .with_context(allowed_company_ids=self.company_a.ids)
            ._build_matrix({"period": "2026"})
        )
        return matrix, matrix.notes[0]

    def test_whatever_changes_a_figure_makes_readers_measure_until_a_lane_was_there(self):
        customer = self.customers[self.alfa]

        def reset():
            self.invoice.button_draft()

        def post():
            self.invoice.action_post()

        def move_invoice():
            self.other.button_draft()
            self.other.invoice_date = date(2026, 3, 2)
            self.other.action_post()

        changes = {
            "an order is confirmed": lambda: self._create_order(self.gamma),
            "its date changes": lambda: self.order.write({"date_order": datetime(2026, 4, 9)}),
            "its invoice status changes": lambda: self.order._create_invoices().action_post(),
            "its customer changes": lambda: self.done.write({"partner_id": self.gamma.id}),
            "an order is cancelled": lambda: self._create_order(self.beta).action_cancel(),
            "an invoice goes back to draft": reset,
            "it is posted again": post,
            "an invoice moves to another month": move_invoice,
            "a credit note": lambda: self._create_invoice(self.beta, 7, move_type="out_refund"),
            "a customer changes its segment": lambda: customer.write({"segment_id": self.small.id}),
            "a team gives up its segment": lambda: self.north.write({"crm_segment_id": False}),
            "a contact buys for another company": lambda: self.beta.write(
                {"parent_id": self.alfa.id, "is_company": False}
            ),
            "the calendar of the company": lambda: (
                self.env["resource.calendar"]
                .browse(self.company_a.resource_calendar_id.id)
                .write({"tz": "Asia/Tokyo"})
            ),
        }
        for words, change in changes.items():
            with self.subTest(words):
                self.assertEqual(len(self._stored("2026")), 2, "stored before")
                change()
                self.assertEqual(len(self._stored("2026")), 0, "before the commit")
                self.env.cr.flush()
                self.assertEqual(len(self._stored("2026")), 0, "between commit and renewal")
                self.env["crm.change"]._run_all("indicators")
                for key in KEYS:
                    self.assertEqual(self.assertHonest(key), 2, key)

    def test_what_changes_no_figure_leaves_the_stored_ones_standing(self):
        self.order.client_order_ref = "Their number"
        self.invoice.ref = "Our words"
        self._create_invoice(self.alfa, 5, post=False)
        self.beta.name = "Beta and Sons"
        self.env.cr.flush()
        self.assertEqual(self.assertHonest("2026"), 2)

    def test_scorecard_says_whether_its_figures_are_stored_or_measured(self):
        before, words = self._notes()
        self.assertIn("Figures as of", words)
        order = self._create_order(self.alfa)
        self.env.cr.flush()
        during, words = self._notes()
        self.assertEqual(words, "Figures measured now.")
        count = during.cell("company", "order_invoiced_rate_n").value
        self.assertEqual(count, before.cell("company", "order_invoiced_rate_n").value + 1)
        self.env["crm.change"]._run_all("indicators")
        after, words = self._notes()
        self.assertIn("Figures as of", words)
        self.assertEqual(after.cell("company", "order_invoiced_rate_n").value, count)
        self.assertTrue(order)

    def test_stored_and_measured_scorecards_are_equal_cell_by_cell(self):
        stored, _words = self._notes()
        self.env["crm.indicator"]._note_stale(self.company_a.ids, date(2026, 1, 1))
        measured, words = self._notes()
        self.assertEqual(words, "Figures measured now.")
        self.assertEqual(
            [row.as_dict(stored.columns) for row in stored.rows],
            [row.as_dict(measured.columns) for row in measured.rows],
        )

    def test_period_that_is_not_stored_is_measured(self):
        self.assertEqual(self._stored("2026-01-15..2026-04-01"), {})
        self.assertEqual(self._stored("2019"), {})

    def test_records_of_every_indicator_add_up(self):
        seen = self.assertRecordsAddUp(self.company_a + self.company_b, KEYS)
        self.assertLessEqual({"posted_revenue", "order_invoiced_rate"}, seen)

    def test_figures_of_one_customer(self):
        revenue = self.env.ref("crm_scorecard.crm_indicator_posted_revenue")
        customers = self.customers[self.alfa] | self.customers[self.beta]
        found = revenue._measure_customers(customers, Period.parse("2026"))
        self.assertEqual(
            {key: row.value for key, row in found.items()},
            {self.customers[self.alfa].id: 100, self.customers[self.beta].id: 120.5},
        )
