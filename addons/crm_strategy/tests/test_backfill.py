from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.crm_strategy.models import crm_backfill

from .common import CrmStrategyCase

CONSUMER = "customers"


@tagged("post_install", "-at_install")
class TestBackfill(CrmStrategyCase):
    """Figures of the past: in batches, stopped and resumed, begun again, whatever fails."""

    def setUp(self):
        super().setUp()
        self.seen, self.refused = [], set()
        self.startPatcher(
            patch.object(
                type(self.env["crm.customer"]),
                "_process_changes",
                lambda model, rows: self._process(rows),
            )
        )
        self.startPatcher(patch.object(crm_backfill, "CHUNK", 2))
        self.env["crm.backfill"].search([]).unlink()
        self.env["crm.backfill"]._open([CONSUMER])
        self.line = self._of(self.company_a)

    def _process(self, rows):
        for company_id, partner_id, _day in rows:
            if partner_id in self.refused:
                raise UserError(self.env._("The country is missing. Enter it and try again."))
            self.seen.append((company_id, partner_id))

    def _of(self, company):
        return self.env["crm.backfill"].search([("company_id", "=", company.id)])

    def _seen_of(self, company):
        return [partner_id for company_id, partner_id in self.seen if company_id == company.id]

    def _partners(self, company):
        customers = self.env["crm.customer"].search([("company_id", "=", company.id)], order="id")
        return customers.partner_id.ids

    def _steps(self, line):
        """Run steps until the record has moved once."""
        before = line.position
        while line.position == before and self.env["crm.backfill"]._step():
            line.invalidate_recordset()

    def test_every_customer_of_every_company_is_computed_once(self):
        self.env["crm.backfill"]._run_all()
        for company in self.company_a | self.company_b:
            self.assertEqual(self._seen_of(company), self._partners(company))
        self.assertRecordValues(
            self.line,
            [{"state": "done", "total": 4, "done_count": 4, "progress": 100.0, "failed_count": 0}],
        )

    def test_stopped_one_keeps_its_place_and_resumes_there(self):
        self._steps(self.line)
        self.assertEqual(len(self._seen_of(self.company_a)), 2)
        self.line.with_user(self.manager_a).action_stop()
        self.env["crm.backfill"]._run_all()
        self.assertRecordValues(
            self.line, [{"state": "stopped", "done_count": 2, "progress": 50.0}]
        )
        self.assertEqual(len(self._seen_of(self.company_a)), 2)
        self.line.with_user(self.manager_a).action_resume()
        self.env["crm.backfill"]._run_all()
        self.assertEqual(self.line.state, "done")
        self.assertEqual(self._seen_of(self.company_a), self._partners(self.company_a))

    def test_stopped_one_stays_stopped_when_an_addon_asks_again(self):
        self._steps(self.line)
        self.line.with_user(self.manager_a).action_stop()
        self.env["crm.backfill"]._open([CONSUMER])
        self.assertRecordValues(self.line, [{"state": "stopped", "done_count": 0}])

    def test_done_one_begins_again_with_the_customers_of_then(self):
        self.env["crm.backfill"]._run_all()
        self.env["crm.customer"]._ensure([(self.mill.id, self.company_a.id)])
        self.seen.clear()
        self.line.with_user(self.manager_a).action_restart()
        self.assertRecordValues(self.line, [{"state": "waiting", "total": 5, "done_count": 0}])
        self.env["crm.backfill"]._run_all()
        self.assertEqual(self._seen_of(self.company_a), self._partners(self.company_a))

    def test_customer_that_fails_is_put_off_with_the_reason_and_the_others_go_on(self):
        self.refused = {self.brewery.id}
        self.env["crm.backfill"]._run_all()
        self.assertRecordValues(self.line, [{"state": "done", "done_count": 4, "failed_count": 1}])
        waiting = self.env["crm.change"].search(
            [("company_id", "=", self.company_a.id), ("tries", ">", 0)]
        )
        self.assertRecordValues(
            waiting, [{"partner_id": self.brewery.id, "consumer": CONSUMER, "tries": 1}]
        )
        self.assertIn("country is missing", waiting.reason)

    def test_batch_that_dies_is_computed_again(self):
        """What a killed server had in hand was never written."""
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self._steps(self.line)
            raise ZeroDivisionError
        self.env.invalidate_all()
        self.assertEqual(self.line.position, 0)
        self.env["crm.backfill"]._run_all()
        self.assertLessEqual(
            set(self._partners(self.company_a)), set(self._seen_of(self.company_a))
        )

    def test_indicators_of_a_company_are_measured_for_the_last_year(self):
        asked = []
        self.startPatcher(
            patch.object(
                type(self.env["crm.indicator"]),
                "_refresh",
                lambda model, companies, periods: asked.append((companies, list(periods))),
            )
        )
        self.env["crm.backfill"]._open(["indicators"])
        self.env["crm.backfill"]._run_all()
        measured = [keys for company, keys in asked if company == self.company_a]
        self.assertEqual(len(measured), 1, "once, however many customers")
        self.assertEqual(len([item for item in measured[0] if item.key.count("-") == 1]), 17)

    def test_lane_works_it_off(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_strategy.crm_backfill_lane_cron_1").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.line.state, "done")

    def test_only_manager_and_administrator_decide(self):
        for user in (self.user_a, self.leader_a, self.finance_a):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.line.with_user(user).action_stop()
        self.assertEqual(self.line.state, "waiting")

    def test_manager_sees_the_companies_he_works_for(self):
        lines = self.env["crm.backfill"].with_user(self.manager_a).search([])
        self.assertEqual(lines.company_id, self.company_a)
