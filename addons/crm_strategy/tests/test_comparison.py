from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..core.measure import MeasureRow
from ..core.period import Period
from .common import CrmStrategyCase

DAY = date(2026, 3, 10)


@tagged("post_install", "-at_install")
class TestComparison(CrmStrategyCase):
    """The nightly comparison finds what went past the ORM; the lanes heal it."""

    def setUp(self):
        super().setUp()
        self.Comparison = self.env["crm.comparison"]
        with self._on(DAY):
            self._assign()
        self.env["crm.change"]._run_all()
        self.env["crm.change"].search([]).unlink()
        self.Comparison.search([]).unlink()

    def _compare(self, companies=None):
        """Run the comparisons of company A like a night, without commits; returns them."""
        self.Comparison._open(companies or self.company_a)
        while self.Comparison._step():
            pass
        self.env.cr.flush()
        return self.Comparison.search([("company_id", "=", self.company_a.id)])

    def _of(self, lines, subject):
        return lines.filtered(lambda line: line.subject == subject)[:1]

    def _sql(self, query, *params):
        self.env.flush_all()
        self.env.cr.execute(query, params)
        self.env.invalidate_all()

    def test_nothing_differs_when_nothing_went_past_the_orm(self):
        lines = self._compare()
        self.assertEqual(set(lines.mapped("state")), {"done"})
        self.assertEqual(sum(lines.mapped("differing")), 0)
        self.assertEqual(self._of(lines, "segments").checked, 4)
        self.assertIn("All 4 rows agree", self._of(lines, "segments").result)
        self.assertFalse(self.env["crm.change"].search([]))

    def test_customer_row_deleted_by_sql_comes_back(self):
        self.env["crm.lead"].create(
            {
                "name": "Ovens",
                "type": "opportunity",
                "partner_id": self.brewery.id,
                "company_id": self.company_a.id,
            }
        )
        self._sql("DELETE FROM crm_customer WHERE partner_id = %s", self.brewery.id)
        line = self._of(self._compare(), "customers")
        self.assertEqual(line.differing, 1)
        self.assertIn("Brewery", line.result)
        self.env["crm.change"]._run_all("customers")
        self.assertEqual(len(self._customer(self.brewery)), 1)
        self.assertEqual(self._of(self._compare(), "customers").differing, 0)

    def test_segment_changed_by_sql_enters_the_history(self):
        self._sql(
            "UPDATE crm_customer SET segment_id = %s WHERE partner_id = %s AND company_id = %s",
            self.segment_de.id,
            self.bakery.id,
            self.company_a.id,
        )
        line = self._of(self._compare(), "segments")
        self.assertEqual((line.checked, line.differing), (4, 1))
        self.assertIn("“Bakery” is in segment “Germany” today", line.result)
        with self._on(date(2026, 4, 1)):
            self.env["crm.change"]._run_all("segments")
        self.assertEqual(
            self._history(self.bakery),
            [("Belgium", None, date(2026, 4, 1)), ("Germany", date(2026, 4, 1), None)],
        )
        self.assertEqual(self._of(self._compare(), "segments").differing, 0)

    def test_history_that_names_another_contact_is_put_right(self):
        self._sql(
            "UPDATE crm_segment_membership SET partner_id = %s WHERE customer_id = %s",
            self.mill.id,
            self._customer(self.bakery).id,
        )
        self.assertEqual(self._of(self._compare(), "segments").differing, 1)
        self.env["crm.change"]._run_all("segments")
        self.assertEqual(self._customer(self.bakery).membership_ids.partner_id, self.bakery)

    def test_other_companies_are_left_alone(self):
        self._sql(
            "UPDATE crm_customer SET segment_id = NULL WHERE company_id = %s", self.company_b.id
        )
        self.assertEqual(sum(self._compare().mapped("differing")), 0)

    def test_what_the_queue_knows_already_is_no_difference(self):
        self._sql(
            "UPDATE crm_customer SET segment_id = %s WHERE partner_id = %s AND company_id = %s",
            self.segment_de.id,
            self.bakery.id,
            self.company_a.id,
        )
        self.env["crm.change"]._collect("segments", [(self.company_a.id, self.bakery.id, DAY)])
        self.env.cr.flush()
        self.assertEqual(self._of(self._compare(), "segments").differing, 0)

    def test_comparison_goes_on_where_it_was_interrupted(self):
        self.Comparison._open(self.company_a)
        others = self.Comparison.search([("subject", "!=", "segments")])
        others.unlink()
        with patch("odoo.addons.crm_strategy.models.crm_comparison.BATCH", 1):
            steps = 0
            while self.Comparison._step():
                steps += 1
                line = self.Comparison.search([("company_id", "=", self.company_a.id)])
                self.assertEqual(line.state, "done" if steps == 4 else "running")
                # A server that dies here starts again with this row and its number.
                self.env.invalidate_all()
        self.assertEqual((steps, line.checked, line.differing), (4, 4, 0))

    def test_fault_ends_one_comparison_and_the_others_go_on(self):
        def fail(model, company, partners):
            raise UserError(self.env._("The segments cannot be read. Ask an administrator."))

        with patch.object(type(self.env["crm.segment.membership"]), "_compare", fail):
            lines = self._compare()
        self.assertEqual(self._of(lines, "segments").state, "failed")
        self.assertIn("cannot be read", self._of(lines, "segments").result)
        self.assertEqual(self._of(lines, "customers").state, "done")

    def test_unfinished_comparison_of_yesterday_is_told(self):
        self.Comparison._open(self.company_a)
        lines = self.Comparison.search([])
        self._sql("UPDATE crm_comparison SET create_date = create_date - interval '21 hours'")
        self.Comparison._begin_night()
        self.assertEqual(set(lines.mapped("state")), {"stopped"})
        tonight = self.Comparison.search([("state", "=", "waiting")])
        self.assertIn(self.company_a, tonight.company_id)
        self.Comparison._begin_night()
        self.assertEqual(self.Comparison.search([("state", "=", "waiting")]), tonight)

    def test_strategy_manager_starts_and_reads_it_finance_reads_it(self):
        self.Comparison.with_user(self.manager_a).action_compare()
        line = self.Comparison.with_user(self.manager_a).search([], limit=1)
        self.assertEqual(line.company_id, self.company_a)
        self.assertTrue(line.with_user(self.finance_a).result is not None)
        with self.assertRaises(AccessError):
            self.Comparison.with_user(self.finance_a).action_compare()
        with self.assertRaises(AccessError):
            self.Comparison.with_user(self.user_a).search([])
        with self.assertRaises(AccessError):
            line.write({"differing": 0})

    def test_differences_leave_a_line_in_the_audit_log(self):
        self._sql(
            "UPDATE crm_customer SET segment_id = NULL WHERE id = %s",
            self._customer(self.bakery).id,
        )
        self._compare()
        entry = self.env["crm.audit.log"].search([("kind", "=", "run")], limit=1)
        self.assertEqual(entry.company_id, self.company_a)
        self.assertIn("Bakery", entry.after)


@tagged("post_install", "-at_install")
class TestComparisonOfIndicators(CrmStrategyCase):
    """Stored values of open periods equal what would be measured now."""

    def setUp(self):
        super().setUp()
        Indicator = type(self.env["crm.indicator"])
        self.figure = 7
        self.indicator = self.env["crm.indicator"].create(
            {"name": "Bread sold", "code": "bread", "company_id": self.company_a.id}
        )
        self.startPatcher(patch.object(Indicator, "_measure_bread", self._measure, create=True))
        self.startPatcher(patch.object(Indicator, "_for_company", lambda *_args: self.indicator))
        self.startPatcher(self._on(date(2026, 3, 10)))

    def _measure(self, scope):

        if scope.scope != "company":
            return []
        return [MeasureRow(period.key, 0, self.figure, None, 1) for period in scope.periods]

    def _compare(self):
        return self.env["crm.indicator"]._compare(self.company_a, range(1))

    def _refresh(self, *keys):

        self.indicator._refresh(self.company_a, [Period.parse(key) for key in keys])

    def test_company_without_stored_values_is_left_alone(self):
        self.assertEqual(self._compare().checked, 0)

    def test_value_changed_by_sql_differs_and_is_measured_again(self):
        self._refresh("2026-02", "2026-03")
        self.assertEqual(self._compare()[:2], (2, ()))
        self.env.cr.execute(
            "UPDATE crm_indicator_value SET numerator = 9 WHERE period_key = '2026-03'"
        )
        self.env.invalidate_all()
        found = self._compare()
        self.assertEqual(found.differing, ((self.company_a.partner_id.id, date(2026, 3, 1)),))
        self.assertIn("“Bread sold” of 2026-03", found.sample)
        self.env["crm.indicator"]._process_changes([(self.company_a.id, *found.differing[0])])
        self.assertEqual(self._compare().differing, ())

    def test_month_that_has_just_begun_is_measured_too(self):
        self._refresh("2026-01", "2026-02")
        self.assertEqual(len(self._compare().differing), 1)

    def test_closed_periods_are_compared_in_turn_some_each_night(self):
        months = [f"2025-{month:02}" for month in range(1, 13)]
        self._refresh(*months, "2026-02", "2026-03")
        self.env.cr.execute(
            "UPDATE crm_indicator_value SET numerator = 9 WHERE period_key = ANY(%s)",
            [["2025-06", "2025-11"]],
        )
        self.env.invalidate_all()
        found = {}
        for day in (10, 11):
            with self._on(date(2026, 3, day)):
                found[day] = [since for _partner, since in self._compare().differing]
        self.assertEqual(sorted(map(len, found.values())), [1, 1])
        self.assertEqual(
            {*found[10], *found[11]},
            {date(2025, 6, 1), date(2025, 11, 1)},
        )
