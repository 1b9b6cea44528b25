from datetime import date, timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

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

    def test_a_new_fact_takes_the_waiting_row_along(self):
        """One customer, one answer: success clears both rows, failure leaves one."""
        a = self.company_a.id
        self._stuck(self.clinic)
        self._collect((a, self.clinic.id, DAY + timedelta(3)))
        self.refused = set()
        self.assertEqual(self.Change._run_all(CONSUMER), 1)
        self.assertEqual(self.processed, [(a, self.clinic.id, DAY)])
        self.assertFalse(self.Change.search([]))

    def test_a_new_fact_of_a_waiting_customer_gets_one_try(self):
        self._stuck(self.clinic)
        self._collect((self.company_a.id, self.clinic.id, DAY + timedelta(3)))
        self.Change._run_all(CONSUMER)
        self.assertRecordValues(
            self.Change.search([]), [{"tries": 5, "fact_date": DAY, "state": "stuck"}]
        )
        self.assertEqual(self.Change._run_all(CONSUMER), 0)

    def test_waiting_rows_of_others_stay_where_they_are(self):
        self._stuck(self.clinic)
        self._collect(
            (self.company_a.id, self.bakery.id, DAY), (self.company_b.id, self.clinic.id, DAY)
        )
        self.refused = set()
        self.Change._run_all(CONSUMER)
        waiting = self.Change.search([])
        self.assertEqual((waiting.partner_id, waiting.company_id), (self.clinic, self.company_a))

    def test_one_bad_row_among_many_is_found_in_few_calls(self):
        rows = [(self.company_a.id, number, DAY) for number in range(512)]
        calls = []

        def process(batch):
            calls.append(len(batch))
            if any(partner == 300 for _company, partner, _day in batch):
                raise UserError(self.env._("Row 300 cannot be read. Correct it."))

        failed = self.Change._process_isolated(rows, process)
        self.assertEqual([row for row, _reason in failed], [rows[300]])
        self.assertLess(len(calls), 30)

    def test_copied_lane_works_the_queue_off_as_well(self):
        lane = self.env.ref("crm_strategy.crm_change_lane_cron_1").copy()
        self._collect((self.company_a.id, self.bakery.id, DAY))
        with self.enter_registry_test_mode():
            lane.method_direct_trigger()
        self.assertEqual(len(self.processed), 1)

    def test_second_lane_is_woken_while_the_first_is_switched_off(self):
        first, second = (
            self.env.ref(f"crm_strategy.crm_change_lane_cron_{number}") for number in (1, 2)
        )
        triggers = self.env["ir.cron.trigger"]
        triggers.search([("cron_id", "in", (first + second).ids)]).unlink()
        first.active = False
        self._collect((self.company_a.id, self.bakery.id, DAY))
        self.assertFalse(triggers.search([("cron_id", "=", first.id)]))
        self.assertTrue(triggers.search([("cron_id", "=", second.id)]))

    def test_much_work_wakes_all_lanes(self):
        lanes = self.env["ir.cron"].browse(self.Change._other_lanes())
        lanes |= lanes[:1].copy()
        self.env["ir.cron.trigger"].search([("cron_id", "in", lanes.ids)]).unlink()
        self._collect(
            (self.company_a.id, self.bakery.id, DAY), (self.company_a.id, self.clinic.id, DAY)
        )
        with (
            patch("odoo.addons.crm_strategy.models.crm_change_queue.LIMIT", 1),
            patch.object(type(self.Change), "_run_lane"),
        ):
            self.Change._cron_lane()
        woken = self.env["ir.cron.trigger"].search([("cron_id", "in", lanes.ids)]).cron_id
        self.assertEqual(woken, lanes)

    def test_lane_with_nothing_to_do_costs_one_query(self):
        self._stuck(self.clinic)
        self.Change._cron_lane()
        with self.assertQueryCount(1):
            self.Change._cron_lane()

    def test_conflict_with_another_lane_is_tried_again_and_blames_no_row(self):
        attempts = []

        def process(model, rows):
            attempts.append(rows)
            if len(attempts) < 3:
                raise SerializationFailure
            self.processed.extend(rows)

        self._collect((self.company_a.id, self.bakery.id, DAY))
        rollback = patch.object(self.env.cr, "rollback")
        with (
            patch.object(type(self.env["crm.customer"]), "_process_changes", process),
            patch("time.sleep"),
            rollback,
        ):
            # The rollback of the real lane brings the claimed row back; here it stays claimed.
            claimed = self.Change._claim(CONSUMER)
            with patch.object(type(self.Change), "_claim", lambda *_args: claimed):
                self.Change._attempt(lambda: self.Change._run(CONSUMER))
        self.assertEqual(len(attempts), 3)
        self.assertEqual(len(self.processed), 1)
        self.assertFalse(self.Change.search([("tries", ">", 0)]))

    def test_manager_reads_what_waits_why_and_what_to_do(self):
        self._stuck(self.clinic)
        customer = self._customer(self.clinic).with_user(self.manager_a)
        self.assertEqual(customer.change_count, 1)
        action = customer.action_open_changes()
        change = self.Change.with_user(self.manager_a).search(action["domain"])
        self.assertEqual(change.state, "stuck")
        self.assertIn("rate of EUR", change.reason)
        self.assertIn("Try again", change.remedy)
        self.assertEqual(change.action_open_customer()["res_id"], customer.id)
        change.action_drop()
        customer.invalidate_recordset()
        self.assertEqual(customer.change_count, 0)

    def _stuck(self, partner):
        """Let the change of a customer fail until it waits for a person."""
        self.refused = {partner.id}
        self._collect((self.company_a.id, partner.id, DAY))
        for _try in range(5):
            self.Change._run_all(CONSUMER)
            self.Change.search([]).next_try = False
        self.processed.clear()
