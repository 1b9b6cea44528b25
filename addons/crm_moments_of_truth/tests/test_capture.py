"""What an order proves: one fact, with the order's date, for as long as it is confirmed."""

from datetime import date, datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ORDER_DAY, MomentsCase


@tagged("post_install", "-at_install")
class TestCapture(MomentsCase):
    def test_quotation_proves_nothing(self):
        order = self._create_order()
        self.assertFalse(self._facts(order))
        self.assertFalse(self._pass(order))

    def test_confirmed_order_is_one_fact_with_its_date_and_amount(self):
        order = self._confirm(self._create_order(self.alfa_buyer, 250))
        self.assertRecordValues(
            self._facts(order),
            [
                {
                    "fact": "order_confirmed",
                    "res_id": order.id,
                    "occurrence": 0,
                    "company_id": self.company_a.id,
                    "partner_id": self.alfa.id,
                    "root_model": "sale.order",
                    "root_id": order.id,
                    "fact_at": ORDER_DAY,
                    "amount": 250.0,
                    "currency_id": self.euro.id,
                    "name": order.name,
                    "kind": "derived",
                }
            ],
        )

    def test_order_begins_one_pass_with_the_contract_proven(self):
        order = self._confirm(self._create_order())
        relationship = self._pass(order)
        self.assertEqual(len(relationship), 1)
        self.assertEqual(len(relationship.line_ids), 10)
        self.assertEqual(relationship.current_moment_id.code, "M5")
        self.assertMoments(order, M3=("proven", date(2026, 3, 2)))

    def test_date_written_later_moves_the_fact(self):
        order = self._confirm(self._create_order())
        self._pass(order)
        order.date_order = datetime(1996, 7, 4, 12)
        self.assertMoments(order, M3=("proven", date(1996, 7, 4)))

    def test_day_is_cut_in_the_zone_of_the_company(self):
        """23:30 in London on 31 March is 1 April in Bucharest."""
        order = self._confirm(self._create_order(), datetime(2026, 3, 31, 22, 30))
        self.assertMoments(order, M3=("proven", date(2026, 4, 1)))

    def test_line_added_later_changes_the_worth(self):
        order = self._confirm(self._create_order(amount=100))
        self._pass(order)
        order.order_line.price_unit = 130
        self.assertEqual(self._facts(order).amount, 130)
        self.assertEqual(self._pass(order).amount, 130)

    def test_cancelled_order_proves_nothing_any_more(self):
        order = self._confirm(self._create_order())
        relationship = self._pass(order)
        order._action_cancel()
        self.assertEqual(self._facts(order).mapped("fact"), ["order_cancelled"])
        self._derive()
        self.assertFalse(relationship.active)
        self.assertEqual(set(relationship.line_ids.mapped("state")), {"open"})

    def test_voided_fact_is_kept_and_dated(self):
        order = self._confirm(self._create_order())
        event = self._facts(order)
        order._action_cancel()
        self.env.cr.flush()
        event.invalidate_recordset()
        self.assertTrue(event.voided_at)
        self.assertEqual(event.name, order.name)

    def test_order_confirmed_again_stands_again(self):
        order = self._confirm(self._create_order())
        relationship = self._pass(order)
        order._action_cancel()
        self._derive()
        order.action_draft()
        self._confirm(order)
        self.assertEqual(self._pass(order), relationship)
        self.assertTrue(relationship.active)
        self.assertMoments(order, M3=("proven", date(2026, 3, 2)))

    def test_deleted_order_leaves_its_name(self):
        order = self._confirm(self._create_order())
        relationship, name = self._pass(order), order.name
        order._action_cancel()
        self.env.cr.flush()
        order.sudo().unlink()
        self._derive()
        self.assertRecordValues(relationship, [{"name": name, "active": False}])
        self.assertFalse(relationship.order_id)

    def test_saving_twice_keeps_one_fact(self):
        order = self._confirm(self._create_order())
        event = self._facts(order)
        order.date_order = order.date_order
        self.assertEqual(self._facts(order), event)

    def test_contact_moved_to_another_customer_takes_its_orders_along(self):
        order = self._confirm(self._create_order(self.alfa_buyer))
        self.assertEqual(self._pass(order).partner_id, self.alfa)
        self.alfa_buyer.parent_id = self.beta
        self.env["crm.change"]._run_all()
        self.assertEqual(self._pass(order).partner_id, self.beta)
        self.assertEqual(self._facts(order).partner_id, self.beta)

    def test_order_makes_a_customer(self):
        order = self._confirm(self._create_order(self.beta))
        customer = self._pass(order).customer_id
        self.assertRecordValues(
            customer, [{"partner_id": self.beta.id, "company_id": self.company_a.id}]
        )

    def test_fact_opens_its_document(self):
        order = self._confirm(self._create_order())
        action = self._facts(order).with_user(self.sim).action_open_document()
        self.assertEqual((action["res_model"], action["res_id"]), ("sale.order", order.id))
        # The leader reads the team's facts, but Odoo shows orders of others to nobody in sales.
        with self.assertRaisesRegex(AccessError, f"{order.name} is not visible"):
            self._facts(order).with_user(self.lia).action_open_document()

    def test_fact_of_a_deleted_document_says_so(self):
        order = self._confirm(self._create_order())
        event, name = self._facts(order), order.name
        order._action_cancel()
        order.sudo().unlink()
        with self.assertRaisesRegex(UserError, name):
            event.with_user(self.sim).action_open_document()
