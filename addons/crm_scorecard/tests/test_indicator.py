"""The two indicators: their figures per team and segment, and the documents behind them."""

from datetime import date, datetime
from decimal import Decimal

from odoo import fields

from odoo.addons.crm_strategy.core.measure import MeasureScope
from odoo.addons.crm_strategy.core.period import Period

from .common import ScorecardCase


class TestIndicator(ScorecardCase):
    def setUp(self):
        super().setUp()
        self.revenue = self.env.ref("crm_scorecard.crm_indicator_posted_revenue")
        self.rate = self.env.ref("crm_scorecard.crm_indicator_order_invoiced_rate")

    def _scope(self, scope, keys=("2026",), ids=None, company=None):
        periods = tuple(Period.parse(key) for key in keys)
        return MeasureScope((company or self.company_a).id, scope, ids, periods)

    def _answers(self, indicator, scope, *keys):
        rows = indicator._measure(self._scope(scope, keys or ("2026",)))
        return {(row.period_key, row.scope_id): (row.value, row.n) for row in rows}

    def _opened(self, indicator, scope, scope_id, key):
        model, domain = indicator._records(self._scope(scope, (key,), (scope_id,)))
        return self.env[model].search(domain)

    def test_revenue_of_teams_and_of_none_add_up_to_the_company(self):
        self._create_invoice(self.alfa, 100)
        self._create_invoice(self.alfa, 30, move_type="out_refund")
        self._create_invoice(self.beta, 5)
        self._create_invoice(self.gamma, 2)
        self._create_invoice(self.alfa, 1000, post=False)
        self._create_invoice(self.alfa, 1000, company=self.company_b)
        teams = self._answers(self.revenue, "team")
        self.assertEqual(
            teams,
            {
                ("2026", self.north.id): (70, 2),
                ("2026", self.south.id): (5, 1),
                ("2026", 0): (2, 1),
            },
        )
        company = self._answers(self.revenue, "company")
        self.assertEqual(company, {("2026", 0): (77, 4)})

    def test_one_query_for_all_periods_and_scopes(self):
        self._create_invoice(self.alfa, 100, date(2026, 1, 31))
        self._create_invoice(self.beta, 7, date(2026, 2, 1))
        self.env.flush_all()
        self.revenue.mapped("code")
        keys = ("all", "2026", "2026-Q1", "2026-01", "2026-02", "2025")
        with self.assertQueryCount(1):
            answers = self._answers(self.revenue, "team", *keys)
        self.assertEqual(answers["2026-01", self.north.id], (100, 1))
        self.assertEqual(answers["2026-02", self.south.id], (7, 1))
        self.assertEqual(answers["all", self.north.id], (100, 1))
        self.assertNotIn(("2026-02", self.north.id), answers)
        self.assertFalse([key for key in answers if key[0] == "2025"])

    def _move_on(self, customer, segment, day):
        """Let the customer leave its segment for another one on a day in the past."""
        Membership = self.env["crm.segment.membership"]
        before = Membership.search([("customer_id", "=", customer.id)])
        before.assigned_on = "2026-01-01"
        self.env.flush_all()
        customer.segment_id = segment
        self.env.flush_all()
        before.date_to = day
        after = Membership.search([("customer_id", "=", customer.id)]) - before
        after.date_from = day
        self.env.flush_all()

    def test_documents_count_for_the_segment_of_their_day(self):
        self._create_invoice(self.alfa, 100, date(2026, 3, 9))
        self._create_invoice(self.alfa, 40, date(2026, 5, 1))
        self._move_on(self.customers[self.alfa], self.small, date(2026, 4, 1))
        self.assertEqual(
            self._answers(self.revenue, "segment"),
            {("2026", self.key.id): (100, 1), ("2026", self.small.id): (40, 1)},
        )
        self.assertTies(self.revenue, "segment", "2026")
        self.assertTies(self.revenue, "team", "2026")
        invoices = self.env["account.move"].with_user(self.sim)
        before, after = invoices.search(
            [("partner_id", "=", self.alfa.id), ("state", "=", "posted")], order="invoice_date"
        )
        self.assertEqual(
            (before.crm_segment_then_id, before.crm_team_then_id), (self.key, self.north)
        )
        self.assertEqual(
            (after.crm_segment_then_id, after.crm_team_then_id), (self.small, self.south)
        )
        self.assertEqual(invoices.search([("crm_team_then_id", "=", "North")]), before)

    def assertTies(self, indicator, scope, key):
        """Each figure is what the documents it opens add up to."""
        answers = self._answers(indicator, scope, key)
        self.assertTrue(answers)
        for (period, scope_id), (value, n) in answers.items():
            documents = self._opened(indicator, scope, scope_id, period)
            with self.subTest(scope=scope, scope_id=scope_id):
                self.assertEqual(len(documents), n)
                if indicator == self.revenue:
                    total = sum(Decimal(f"{d.amount_untaxed_signed:.2f}") for d in documents)
                    self.assertEqual(total, value)
                else:
                    done = documents.filtered(lambda o: o.invoice_status == "invoiced")
                    self.assertEqual(Decimal(len(done)) / len(documents), value)

    def test_every_figure_opens_the_documents_it_is_made_of(self):
        self._create_invoice(self.alfa, 100.01)
        self._create_invoice(self.alfa, 33.33, currency=self.dollar)
        self._create_invoice(self.beta, 30, move_type="out_refund")
        self._create_invoice(self.gamma, 2, date(2025, 12, 31))
        self._create_invoice(self.gamma, 4, move_type="out_receipt")
        self._create_order(self.alfa, invoiced=True)
        self._create_order(self.alfa)
        self._create_order(self.gamma, datetime(2026, 12, 31, 23))
        for indicator in (self.revenue, self.rate):
            for scope in ("company", "segment", "team"):
                for key in ("all", "2026", "2026-03", "2026-Q1"):
                    self.assertTies(indicator, scope, key)

    def test_share_of_orders_invoiced_in_full(self):
        self._create_order(self.alfa, invoiced=True)
        self._create_order(self.alfa)
        self._create_order(self.beta, invoiced=True)
        self._create_order(self.beta).action_cancel()
        self.assertEqual(
            self._answers(self.rate, "team"),
            {
                ("2026", self.north.id): (Decimal("0.5"), 2),
                ("2026", self.south.id): (Decimal(1), 1),
            },
        )
        # The company's rate is ratio of sums, not the average of the teams'.
        value, n = self._answers(self.rate, "company")["2026", 0]
        self.assertEqual((round(value, 6), n), (Decimal("0.666667"), 3))

    def test_days_are_cut_in_the_zone_of_the_company(self):
        order = self._create_order(self.alfa, datetime(2026, 3, 31, 22, 30))
        self.assertEqual(order.date_order, fields.Datetime.to_datetime("2026-03-31 22:30:00"))
        answers = self._answers(self.rate, "company", "2026-03", "2026-04")
        self.assertEqual(answers, {("2026-04", 0): (0, 1)})
        self.assertEqual(self._opened(self.rate, "company", 0, "2026-04"), order)
        self.assertFalse(self._opened(self.rate, "company", 0, "2026-03"))

    def test_stored_values_equal_the_measured_ones(self):
        self._create_invoice(self.alfa, 100)
        self._create_order(self.alfa)
        periods = [Period.parse("2026")]
        indicators = self.revenue | self.rate
        self.assertGreater(indicators._refresh(self.company_a, periods), 0)
        self.assertEqual(indicators._refresh(self.company_a, periods), 0)
        stored = self.env["crm.indicator.value"].search(
            [("indicator_id", "in", indicators.ids), ("scope", "=", "team")]
        )
        self.assertEqual(
            {(line.indicator_id, line.team_id, line.value) for line in stored},
            {(self.revenue, self.north, 100), (self.rate, self.north, 0)},
        )
