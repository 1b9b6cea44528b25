"""What payments prove: acceptance is under way with the first, proven with the last."""

from datetime import date

from odoo.tests import tagged

from .common import MomentsCase

CONTRACT = {"M3": ("proven", date(2026, 3, 2)), "M7": ("proven", date(2026, 3, 9))}


@tagged("post_install", "-at_install")
class TestPayments(MomentsCase):
    def _sold(self, *amounts):
        orders = self.env["sale.order"]
        for amount in amounts or (100,):
            orders |= self._create_order(amount=amount)
        return self._confirm(orders)

    def test_whole_payment_proves_acceptance_on_the_later_date(self):
        order = self._sold()
        invoice = self._post(self._create_invoice(order))
        payment = self._pay(invoice, 100)
        self.assertRecordValues(
            self._facts(payment),
            [{"fact": "payment_received", "amount": 100.0, "occurrence": order.id}],
        )
        self.assertMoments(order, **CONTRACT, M8=("proven", date(2026, 3, 20)))

    def test_payment_in_advance_counts_from_the_invoice_on(self):
        order = self._sold()
        invoice = self._post(self._create_invoice(order))
        self._pay(invoice, 100, date(2026, 3, 5))
        self.assertMoments(order, **CONTRACT, M8=("proven", date(2026, 3, 9)))

    def test_part_payment_is_under_way_until_the_rest_comes(self):
        order = self._sold()
        invoice = self._post(self._create_invoice(order))
        self._pay(invoice, 40)
        self.assertMoments(order, **CONTRACT, M8=("started", date(2026, 3, 20)))
        self._pay(invoice, 60, date(2026, 3, 27))
        self.assertMoments(order, **CONTRACT, M8=("proven", date(2026, 3, 27)))

    def test_undone_match_voids_the_payment(self):
        order = self._sold()
        invoice = self._post(self._create_invoice(order))
        payment = self._pay(invoice, 100)
        self.assertEqual(self._pass(order).current_moment_id.code, "M8")
        payment.with_user(self.boo).unlink()
        self.assertMoments(order, **CONTRACT)

    def test_payment_matched_with_a_draft_invoice_does_not_count(self):
        order = self._sold()
        invoice = self._post(self._create_invoice(order))
        payment = self._pay(invoice, 100)
        self._pass(order)
        invoice.button_draft()
        self.assertFalse(self._facts(payment.exists()))
        self.assertMoments(order, M3=CONTRACT["M3"])

    def test_payments_of_a_shared_invoice_cover_each_order_exactly(self):
        orders = self._sold(33.34, 33.33, 33.33)
        invoice = self._post(self._create_invoice(orders))
        first = self._pay(invoice, 50)
        second = self._pay(invoice, 50, date(2026, 3, 27))
        for order in orders:
            paid = self._facts(first, second).filtered(lambda e, o=order: e.occurrence == o.id)
            self.assertAlmostEqual(sum(paid.mapped("amount")), order.amount_total, 2)
            self.assertMoments(order, **CONTRACT, M8=("proven", date(2026, 3, 27)))

    def test_undoing_one_of_two_payments_shares_the_other_anew(self):
        orders = self._sold(33.34, 33.33, 33.33)
        invoice = self._post(self._create_invoice(orders))
        first = self._pay(invoice, 50)
        second = self._pay(invoice, 50, date(2026, 3, 27))
        self.env.cr.flush()
        first.unlink()
        self.assertEqual(self._facts(second).mapped("amount"), [16.67, 16.67, 16.66])

    def test_one_payment_of_two_invoices_proves_both_passes(self):
        one, two = self._sold(100), self._sold(40)
        invoices = self._post(self._create_invoice(one) | self._create_invoice(two))
        entry_line = self._pay(invoices[0], 140).credit_move_id
        receivable = invoices[1].line_ids.filtered("account_id.reconcile")
        (entry_line | receivable).reconcile()
        for order in one | two:
            self.assertMoments(order, **CONTRACT, M8=("proven", date(2026, 3, 20)))

    def test_match_with_a_credit_note_is_no_payment(self):
        order = self._sold()
        invoice = self._post(self._create_invoice(order))
        credit = invoice._reverse_moves([{"invoice_date": date(2026, 3, 12)}], cancel=True)
        self.assertEqual(credit.payment_state, "paid")
        self.assertFalse(self._facts(credit, invoice, fact="payment_received"))
        self.assertMoments(order, **CONTRACT)

    def test_rest_after_a_credit_note_is_payment_in_full(self):
        order = self._sold()
        invoice = self._post(self._create_invoice(order))
        credit = invoice._reverse_moves([{"invoice_date": date(2026, 3, 12)}])
        credit.invoice_line_ids.price_unit = 30
        self._post(credit)
        (invoice | credit).line_ids.filtered("account_id.reconcile").reconcile()
        self._pay(invoice, 70)
        self.assertMoments(order, **CONTRACT, M8=("proven", date(2026, 3, 20)))

    def test_payment_opens_its_entry(self):
        invoice = self._post(self._create_invoice(self._sold()))
        payment = self._pay(invoice, 100)
        action = self._facts(payment).with_user(self.fin).action_open_document()
        self.assertEqual(action["res_model"], "account.move")
        self.assertEqual(action["res_id"], payment.credit_move_id.move_id.id)
        # A salesperson reads the own invoices, no entries of the bank.
        action = self._facts(payment).with_user(self.ana).action_open_document()
        self.assertEqual((action["res_model"], action["res_id"]), ("account.move", invoice.id))
