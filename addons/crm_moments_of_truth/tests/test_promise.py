"""Promises: made to the customer, enabled in the house, kept or broken (S003-T1..T3)."""

from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .know_case import KnowCase


@tagged("post_install", "-at_install")
class TestPromise(KnowCase):
    """An order of 2 March promises 10 March.

    ::

        2 March    confirmed, due 10 March          made
        4 March    the owner agrees                 enabled
        9 March    delivered in full                kept on 9 March
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.advice.invoice_policy = "delivery"

    def _order(self, due="2026-03-10 12:00:00", partner=None):
        order = self._create_order(partner)
        order.commitment_date = due
        return self._confirm(order)

    def _of(self, order):
        self._derive()
        return self.env["crm.promise"].search([("order_id", "=", order.id)], order="id")

    def _deliver(self, order, at):
        """Deliver all of it, as somebody does who types quantities on the order."""
        with freeze_time(at):
            for line in order.order_line:
                line.qty_delivered = line.product_uom_qty
            self.env.cr.flush()

    def test_a_delivery_date_is_a_promise_and_delivery_keeps_it(self):
        with freeze_time("2026-03-04 10:00:00"):
            order = self._order()
            promise = self._of(order)
            self.assertEqual(
                (promise.state, promise.source, str(promise.made_on), str(promise.due_on)),
                ("made", "order", "2026-03-02", "2026-03-10"),
            )
            self.assertEqual(promise.customer_id, self.customer)
            self.assertEqual(promise.relationship_id, self._pass(order))
            promise.with_user(self.ana).action_enable()
        self._deliver(order, "2026-03-09 15:00:00")
        with freeze_time("2026-03-20"):
            promise = self._of(order)
            self.assertEqual((promise.state, str(promise.kept_on)), ("kept", "2026-03-09"))
            self.assertEqual(str(promise.enabled_on), "2026-03-04")

    def test_a_day_late_breaks_it_in_the_company_s_zone(self):
        """10 March 22:30 UTC is 11 March in Bucharest: one day late."""
        with freeze_time("2026-03-04 10:00:00"):
            order = self._order()
        self._deliver(order, "2026-03-10 22:30:00")
        with freeze_time("2026-03-20"):
            promise = self._of(order)
            self.assertEqual((promise.state, str(promise.kept_on)), ("broken", "2026-03-11"))

    def test_what_is_not_delivered_is_kept_by_its_invoice(self):
        self.advice.invoice_policy = "order"
        with freeze_time("2026-03-04 10:00:00"):
            order = self._order()
        with freeze_time("2026-03-20"):
            self._post(self._create_invoice(order, day=date(2026, 3, 9)))
            promise = self._of(order)
            self.assertEqual((promise.state, str(promise.kept_on)), ("kept", "2026-03-09"))

    def test_time_alone_breaks_it(self):
        with freeze_time("2026-03-04 10:00:00"):
            order = self._order()
            promise = self._of(order)
        with freeze_time("2026-03-10 21:30:00"):  # still 10 March in Bucharest
            self.env["crm.promise"]._judge_due()
            self.assertEqual(promise.state, "made")
        with freeze_time("2026-03-10 22:30:00"):
            self.assertEqual(self.env["crm.promise"]._judge_due(), 1)
            self.assertEqual(promise.state, "broken")
            self.assertEqual(self.env["crm.promise"]._judge_due(), 0)

    def test_moving_the_day_before_it_is_over_is_counted(self):
        with freeze_time("2026-03-04 10:00:00"):
            order = self._order()
            self._of(order)
            order.commitment_date = "2026-03-16 12:00:00"
            promise = self._of(order)
            self.assertEqual(
                (str(promise.due_on), str(promise.first_due_on), promise.moved_count),
                ("2026-03-16", "2026-03-10", 1),
            )

    def test_moving_the_day_after_it_is_over_makes_a_second_promise(self):
        with freeze_time("2026-03-04 10:00:00"):
            order = self._order()
            self._of(order)
        with freeze_time("2026-03-12 10:00:00"):
            order.commitment_date = "2026-03-16 12:00:00"
            first, second = self._of(order)
            self.assertEqual((first.state, str(first.due_on)), ("broken", "2026-03-10"))
            self.assertEqual((second.state, str(second.made_on)), ("made", "2026-03-12"))
        self._deliver(order, "2026-03-13 10:00:00")
        with freeze_time("2026-03-20"):
            first, second = self._of(order)
            self.assertEqual((first.state, second.state), ("broken", "kept"))

    def test_a_replay_changes_nothing(self):
        with freeze_time("2026-03-12 10:00:00"):
            order = self._order()
            self._of(order)
            self.env["crm.promise"].flush_model()
            before = self._of(order).read()
            self.env["crm.moment.event"]._rebuild(self.company_a)
            self.env["crm.promise"]._follow_orders(order.ids)
            self.assertEqual(self._of(order).read(), before)

    def test_cancelling_withdraws_and_confirming_again_renews(self):
        with freeze_time("2026-03-04 10:00:00"):
            order = self._order()
            promise = self._of(order)
            order._action_cancel()
            self.assertEqual(self._of(order).state, "withdrawn")
            order.action_draft()
            self._confirm(order)
            self.assertEqual(self._of(order), promise)
            self.assertEqual(promise.state, "made")

    def test_kept_and_enabled_shares(self):
        """March: one kept, one broken, one withdrawn (not counted). 1 of 2; enabled 1 of 2."""
        with freeze_time("2026-03-04 10:00:00"):
            kept, broken, gone = self._order(), self._order(), self._order()
            self._of(kept).with_user(self.ana).action_enable()
            gone._action_cancel()
            self._derive()
        self._deliver(kept, "2026-03-09 15:00:00")
        with freeze_time("2026-03-20"):
            self._derive()
            figure, _records, failing = self._figure("promises_kept")
            self.assertEqual((figure, failing), ((1, 2), self._of(broken)))
            figure, _records, failing = self._figure("promises_enabled", team=self.north)
            self.assertEqual((figure, failing), ((1, 2), self._of(broken)))

    def test_what_an_order_promises_is_changed_on_the_order(self):
        with freeze_time("2026-03-04 10:00:00"):
            promise = self._of(self._order()).with_user(self.ana)
            for values in ({"due_on": "2026-04-01"}, {"name": "x"}, {"state": "kept"}):
                with self.subTest(values=values), self.assertRaises(AccessError):
                    promise.write(values)
            with self.assertRaises(AccessError):
                promise.action_keep()

    def test_a_promise_by_hand(self):
        Promise = self.env["crm.promise"].with_user(self.ana)
        with freeze_time("2026-03-04 10:00:00"):
            promise = Promise.create(
                {
                    "name": "A spare pump by Friday",
                    "customer_id": self.customer.id,
                    "due_on": "2026-03-06",
                    "state": "kept",  # nobody forges it
                    "source": "order",
                }
            )
            self.assertEqual((promise.state, promise.source), ("made", "manual"))
            promise.due_on = "2026-03-09"
            self.assertEqual((promise.moved_count, str(promise.first_due_on)), (1, "2026-03-06"))
        with freeze_time("2026-03-11 10:00:00"):
            self.assertTrue(promise.is_late)
            with self.assertRaises(UserError):
                promise.due_on = "2026-03-12"
            promise.action_keep()
            self.assertEqual((promise.state, str(promise.kept_on)), ("broken", "2026-03-11"))
        self.assertFalse(self._seen_by(self.ole, "crm.promise") & promise)
        self.assertTrue(self._seen_by(self.lia, "crm.promise") & promise)
        self.assertFalse(self._seen_by(self.bor, "crm.promise") & promise)

    def test_days_at_the_change_of_summer_time(self):
        """29 March 2026, 00:30 in Bucharest: the day is that of the company's clock."""
        with freeze_time("2026-03-04 10:00:00"):
            order = self._order(due=datetime(2026, 3, 28, 22, 30))
            self.assertEqual(str(self._of(order).due_on), "2026-03-29")
