from datetime import date, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CrmStrategyCase

CONSUMER = "test"
DAY = date(2026, 1, 15)


@tagged("post_install", "-at_install")
class TestChange(CrmStrategyCase):
    """The queue: noted once per transaction, claimed, retried, at last shown to a person."""

    def setUp(self):
        super().setUp()
        self.Change = self.env["crm.change"]
        self.processed = []
        self.refused = set()
        consumers = {CONSUMER: "crm.customer"}
        self.startPatcher(patch.object(type(self.Change), "_consumers", lambda model: consumers))
        self.startPatcher(
            patch.object(
                type(self.env["crm.customer"]),
                "_process_changes",
                lambda model, rows: self._process(rows),
                create=True,
            )
        )

    def _process(self, rows):
        for _company, partner_id, _day in rows:
            if partner_id in self.refused:
                raise UserError(self.env._("The rate of EUR is missing. Enter it and try again."))
        self.processed += rows

    def _collect(self, *rows):
        self.Change._collect(CONSUMER, rows)
        self.env.cr.flush()

    def test_changes_of_one_transaction_become_one_row_per_customer(self):
        a = self.company_a.id
        self._collect((a, self.bakery.id, DAY), (a, self.bakery.id, DAY - timedelta(9)))
        self.assertRecordValues(
            self.Change.search([]),
            [{"partner_id": self.bakery.id, "fact_date": DAY - timedelta(9), "tries": 0}],
        )

    def test_claimed_customer_carries_its_earliest_date(self):
        a = self.company_a.id
        self._collect((a, self.bakery.id, DAY))
        self._collect((a, self.bakery.id, DAY - timedelta(5)))
        self.assertEqual(self.Change._run_all(CONSUMER), 1)
        self.assertEqual(self.processed, [(a, self.bakery.id, DAY - timedelta(5))])
        self.assertFalse(self.Change.search([]))

    def test_failed_row_goes_back_with_its_reason_and_the_others_are_done(self):
        a = self.company_a.id
        self.refused = {self.clinic.id}
        self._collect((a, self.bakery.id, DAY), (a, self.clinic.id, DAY))
        self.assertEqual(self.Change._run_all(CONSUMER), 2)
        self.assertEqual(self.processed, [(a, self.bakery.id, DAY)])
        waiting = self.Change.search([])
        self.assertRecordValues(waiting, [{"partner_id": self.clinic.id, "tries": 1}])
        self.assertIn("rate of EUR", waiting.reason)
        self.assertGreater(waiting.next_try, fields.Datetime.now())

    def test_row_is_left_for_a_person_after_five_tries(self):
        self.refused = {self.clinic.id}
        self._collect((self.company_a.id, self.clinic.id, DAY))
        for _try in range(5):
            self.Change._run_all(CONSUMER)
            self.Change.search([]).next_try = False
        self.assertEqual(self.Change.search([]).tries, 5)
        self.assertEqual(self.Change._run_all(CONSUMER), 0)

    def test_manager_tries_a_waiting_row_again(self):
        self._collect((self.company_a.id, self.clinic.id, DAY))
        change = self.Change.search([])
        change.tries = 5
        with self.assertRaises(AccessError):
            change.with_user(self.leader_a).action_retry()
        change.with_user(self.manager_a).action_retry()
        self.assertEqual(self.Change._run_all(CONSUMER), 1)
        self.assertEqual(len(self.processed), 1)

    def test_manager_sees_only_the_rows_of_the_own_company(self):
        self._collect((self.company_b.id, self.mill.id, DAY))
        self.assertFalse(self.Change.with_user(self.manager_a).search([]))

    def test_lane_works_the_queue_off(self):
        self._collect((self.company_a.id, self.bakery.id, DAY))
        with self.enter_registry_test_mode():
            self.env.ref("crm_strategy.crm_change_lane_cron_1").method_direct_trigger()
        self.assertEqual(len(self.processed), 1)
        self.assertFalse(self.Change.search([]))

    def test_new_rows_wake_the_lane(self):
        lane = self.env.ref("crm_strategy.crm_change_lane_cron_1")
        count = self.env["ir.cron.trigger"].search_count([("cron_id", "=", lane.id)])
        self._collect((self.company_a.id, self.bakery.id, DAY))
        self.assertEqual(
            self.env["ir.cron.trigger"].search_count([("cron_id", "=", lane.id)]), count + 1
        )
