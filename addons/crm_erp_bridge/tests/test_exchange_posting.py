"""Posting is a step of its own, by a person, and the books tie to the files afterwards."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ExchangeCase


@tagged("post_install", "-at_install")
class TestExchangePosting(ExchangeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_harbour(segments=None)

    def _post(self):
        wizard = self.env(user=self.accountant)["crm.exchange.post"].create({})
        wizard.action_post()
        return wizard

    def _invoice(self, key):
        return self._order(key).invoice_ids

    def test_posting_keeps_dates_and_settles_the_stated_amounts(self):
        wizard = self._post()
        self.assertIn("12 invoices posted, 5 payments posted, 7 shares settled", wizard.result_text)
        invoices = self._orders().invoice_ids
        self.assertEqual(set(invoices.mapped("state")), {"posted"})
        for order in self._orders().filtered("crm_shipped_date"):
            self.assertEqual(order.invoice_ids.invoice_date, order.crm_shipped_date)
            self.assertEqual(order.invoice_ids.date, order.crm_shipped_date)
        expected = {
            "9001": 0.0,  # whole
            "9002": 228.45,  # part
            "9004": 0.0,  # whole, with one payment for two
            "9010": 376.09,  # 100.00 of the same payment, not more
            "9003": 0.0,
            "9011": 0.0,
            "9006": 630.58,  # not paid
        }
        self.assertEqual({key: self._invoice(key).amount_residual for key in expected}, expected)
        self.assertEqual(self._invoice("9001").payment_state, "paid")
        self.assertEqual(self._invoice("9010").payment_state, "partial")

    def test_payments_have_entries_of_their_day_that_balance(self):
        self._post()
        payments = self.env["account.payment"].search([("company_id", "=", self.company.id)])
        self.assertEqual(
            payments.sorted("memo").mapped("move_id.date"),
            [
                date(2024, 2, 9),
                date(2024, 2, 20),
                date(2024, 3, 20),
                date(2024, 4, 1),
                date(2024, 7, 1),
            ],
        )
        receivable = self._orders().invoice_ids.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        open_amount = sum(receivable.mapped("amount_residual"))
        self.assertAlmostEqual(open_amount, 5590.96 - 3024.98, 2)

    def test_a_second_click_finds_nothing(self):
        self._post()
        wizard = self._post()
        self.assertEqual((wizard.invoice_count, wizard.payment_count, wizard.open_count), (0, 0, 0))

    def test_a_refused_invoice_is_named_and_the_others_go_on(self):
        self._invoice("9001").invoice_line_ids.unlink()
        wizard = self._post()
        self.assertIn("11 invoices posted", wizard.result_text)
        self.assertIn("H1", wizard.result_text, "its payment waits and says so")
        self.assertEqual(self._invoice("9002").state, "posted")

    def test_only_accountants_post(self):
        with self.assertRaises(AccessError):
            self.env(user=self.loader)["crm.exchange.post"].create({})

    def test_a_payment_of_another_customer_is_refused(self):
        row = {"payment_id": "H9", "date": "2024-08-01", "customer_id": "BALTI", "order_id": "9001"}
        data = self._csv([{**row, "amount": "10"}])
        run = self._load({"payments.csv": data})["payments.csv"]["run"]
        self.assertCounts(run, error=1)
        self.assertIn("another customer", run.row_ids.reason)

    def test_a_payment_for_an_order_without_invoice_waits(self):
        row = {"payment_id": "H9", "date": "2024-08-01", "customer_id": "FJORD", "order_id": "9013"}
        data = self._csv([{**row, "amount": "10"}])
        run = self._load({"payments.csv": data})["payments.csv"]["run"]
        self.assertCounts(run, waiting=1)
        self._order("9013")._create_invoices()
        run.with_user(self.loader).action_retry()
        self.assertCounts(run, created=1)
