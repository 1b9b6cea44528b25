"""What invoices prove: one fact per order behind them, with the order's share."""

from datetime import date, datetime
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MomentsCase


@tagged("post_install", "-at_install")
class TestInvoices(MomentsCase):
    def test_draft_invoice_proves_nothing(self):
        order = self._confirm(self._create_order())
        self.assertFalse(self._facts(self._create_invoice(order)))

    def test_posted_invoice_proves_the_transfer_on_its_date(self):
        order = self._confirm(self._create_order())
        invoice = self._post(self._create_invoice(order))
        self.assertRecordValues(
            self._facts(invoice),
            [
                {
                    "fact": "invoice_posted",
                    "occurrence": order.id,
                    "root_model": "sale.order",
                    "root_id": order.id,
                    # noon of 9 March in Bucharest
                    "fact_at": datetime(2026, 3, 9, 10),
                    "amount": 100.0,
                    "name": invoice.name,
                }
            ],
        )
        self.assertMoments(order, M3=("proven", date(2026, 3, 2)), M7=("proven", date(2026, 3, 9)))

    def test_reset_to_draft_voids(self):
        order = self._confirm(self._create_order())
        invoice = self._post(self._create_invoice(order))
        self.assertEqual(self._pass(order).current_moment_id.code, "M7")
        invoice.button_draft()
        self.assertFalse(self._facts(invoice))
        self.assertEqual(self._pass(order).current_moment_id.code, "M5")

    def test_invoice_posted_again_with_another_date_counts_with_that(self):
        order = self._confirm(self._create_order())
        invoice = self._post(self._create_invoice(order))
        self._pass(order)
        invoice.button_draft()
        invoice.invoice_date = date(2026, 3, 11)
        self._post(invoice)
        self.assertMoments(order, M3=("proven", date(2026, 3, 2)), M7=("proven", date(2026, 3, 11)))

    def test_cancelled_invoice_voids(self):
        order = self._confirm(self._create_order())
        invoice = self._post(self._create_invoice(order))
        self._pass(order)
        invoice.button_cancel()
        self.assertFalse(self._facts(invoice))

    def test_two_invoices_of_one_order_belong_to_one_pass(self):
        order = self._confirm(self._create_order(amount=100))
        first = self._post(self._create_invoice(order))
        order.order_line.product_uom_qty = 2
        second = self._post(self._create_invoice(order, date(2026, 3, 16)))
        facts = self._facts(first, second)
        self.assertEqual(facts.mapped("amount"), [100, 100])
        self.assertEqual(set(facts.mapped("root_id")), {order.id})
        self.assertEqual(self._pass(order).event_count, 3)

    def test_one_invoice_of_three_orders_is_shared_to_the_cent(self):
        orders = self._confirm(
            self._create_order(amount=33.33)
            | self._create_order(amount=33.33)
            | self._create_order(amount=33.33)
        )
        invoice = self._create_invoice(orders)
        self.assertEqual(len(invoice), 1)
        # One cent of freight belongs to no order: the orders carry it.
        invoice.write(
            {
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Freight",
                            "price_unit": 0.01,
                            "quantity": 1,
                            "tax_ids": [Command.clear()],
                            "account_id": self.accounts["income"].id,
                        }
                    )
                ]
            }
        )
        self._post(invoice)
        facts = self._facts(invoice)
        self.assertEqual(facts.mapped("occurrence"), orders.sorted("id").ids)
        self.assertEqual(facts.mapped("amount"), [33.34, 33.33, 33.33])
        for order in orders:
            self.assertEqual(self._pass(order).current_moment_id.code, "M7")

    def test_credit_note_takes_its_amount_back_and_keeps_the_transfer(self):
        order = self._confirm(self._create_order())
        invoice = self._post(self._create_invoice(order))
        credit = self._post(invoice._reverse_moves([{"invoice_date": date(2026, 3, 12)}]))
        facts = self._facts(credit)
        self.assertRecordValues(
            facts, [{"fact": "credit_posted", "amount": -100.0, "root_id": order.id}]
        )
        self.assertMoments(order, M3=("proven", date(2026, 3, 2)), M7=("proven", date(2026, 3, 9)))

    def test_invoice_without_order_is_a_pass_of_its_own(self):
        invoice = self._post(self._create_free_invoice())
        self.assertRecordValues(
            self._pass(invoice),
            [
                {
                    "name": invoice.name,
                    "order_id": False,
                    "invoice_id": invoice.id,
                    "amount": 80.0,
                    "partner_id": self.beta.id,
                }
            ],
        )
        self.assertMoments(invoice, M7=("proven", date(2026, 3, 9)))

    def test_credit_note_without_order_joins_the_pass_of_its_invoice(self):
        invoice = self._post(self._create_free_invoice())
        credit = self._post(invoice._reverse_moves([{"invoice_date": date(2026, 3, 12)}]))
        self.assertEqual(self._pass(invoice).event_count, 2)
        self.assertFalse(self._pass(credit))

    def test_invoice_of_a_deleted_order_stands_alone(self):
        order = self._confirm(self._create_order())
        invoice = self._post(self._create_invoice(order))
        relationship = self._pass(order)
        order._action_cancel()
        order.sudo().unlink()
        self.assertMoments(invoice, M7=("proven", date(2026, 3, 9)))
        self.assertFalse(relationship.active)

    def _say(self, document, **vals):
        return document.message_post(
            body="And the discount?",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=document.partner_id.id,
            **vals,
        )

    def test_message_on_a_draft_invoice_begins_no_pass(self):
        customers = self.env["crm.customer"].search([("partner_id", "=", self.beta.id)])
        invoice = self._create_free_invoice()
        self._say(invoice)
        self.assertFalse(self._pass(invoice))
        self.assertEqual(
            self.env["crm.customer"].search([("partner_id", "=", self.beta.id)]), customers
        )
        self._post(invoice)
        self._say(invoice)
        self.assertTrue(self._pass(invoice).active)
        self.assertEqual(self._pass(invoice).event_count, 2)
        invoice.button_draft()
        self.assertFalse(self._pass(invoice).active)
        self._post(invoice)
        self.assertTrue(self._pass(invoice).active)
        self.assertEqual(self._pass(invoice).event_count, 2)

    def test_messages_are_posted_whatever_becomes_of_their_fact(self):
        invoice = self._post(self._create_free_invoice())
        with (
            patch.object(
                type(invoice), "_moment_shares", side_effect=ValueError("shares")
            ) as asked,
            mute_logger("odoo.addons.crm_moments_of_truth.models.crm_moment_message"),
        ):
            invoice.message_post(body="A note among us")
            self.assertFalse(asked.called)
            message = self._say(invoice)
            self.assertTrue(asked.called)
        self.assertIn(message, invoice.message_ids)
        self.assertFalse(self._facts(invoice, fact="message_in"))

    def test_bill_of_a_supplier_proves_nothing(self):
        bill = self._create_free_invoice(move_type="in_invoice", journal_id=self._purchases().id)
        self.assertFalse(self._facts(self._post(bill)))

    def _purchases(self):
        return self.env["account.journal"].create(
            {
                "name": "Purchases",
                "code": "PUR",
                "type": "purchase",
                "company_id": self.company_a.id,
                "default_account_id": self.accounts["income"].id,
            }
        )

    def _create_free_invoice(self, **vals):
        self.beta.property_account_payable_id = self.accounts["payable"]
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.beta.id,
                "invoice_date": date(2026, 3, 9),
                "journal_id": self.sales.id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Lecture",
                            "price_unit": 80,
                            "quantity": 1,
                            "tax_ids": [Command.clear()],
                            "account_id": self.accounts["income"].id,
                        }
                    )
                ],
                **vals,
            }
        )
