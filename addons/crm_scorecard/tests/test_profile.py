"""Customer value follows the posted documents to the cent, and nothing else."""

from datetime import date
from decimal import Decimal

from odoo.exceptions import AccessError

from .common import ScorecardCase


class TestProfile(ScorecardCase):
    def _fill_books(self):
        """Everything that may be confused with revenue, and what is revenue."""
        self._create_invoice(self.alfa, 100.10, date(2026, 1, 5))
        self._create_invoice(self.alfa_buyer, 200.20, date(2026, 5, 5))
        self._create_invoice(self.alfa, 50.05, date(2026, 6, 6), "out_refund")
        self._create_invoice(self.alfa, 999, date(2026, 6, 7), post=False)
        self._create_invoice(self.alfa, 10.33, move_type="out_receipt")
        self._create_invoice(self.alfa, 33.33, currency=self.dollar)
        self._create_invoice(self.alfa, 7.77, company=self.company_b)
        self._create_invoice(self.beta, 20, move_type="out_refund")
        bill = {"move_type": "in_invoice", "partner_id": self.alfa.id}
        self.env["account.move"].new(bill)

    def test_revenue_equals_a_loop_over_the_documents(self):
        self._fill_books()
        self.env["crm.customer.profile"]._refresh()
        self.assertProfilesTie()
        alfa = self._profile(self.alfa)
        # 100.10 + 200.20 - 50.05 + 10.33 + 33.33 USD / 2 (16.67)
        self.assertEqual(Decimal(f"{alfa.posted_revenue:.2f}"), Decimal("277.25"))
        self.assertEqual((alfa.invoice_count, alfa.refund_count), (4, 1))
        self.assertEqual(alfa.currency_id, self.euro)
        self.assertEqual(self._profile(self.beta).posted_revenue, -20)
        self.assertEqual(self._profile(self.alfa, self.company_b).posted_revenue, 7.77)

    def test_a_part_gives_what_the_whole_gives(self):
        self._fill_books()
        self._derive()
        by_changes = self._profiles_say()
        self.env["crm.customer.profile"].search([]).unlink()
        Profile = self.env["crm.customer.profile"]
        self.assertEqual(Profile._refresh(pairs=[(self.alfa.id, self.company_a.id)]), 1)
        self.assertEqual(Profile._refresh(self.company_b), 1)
        self.assertEqual(Profile._refresh(), 1)
        self.assertEqual(self._profiles_say(), by_changes)
        self.assertProfilesTie()

    def test_a_second_run_changes_nothing(self):
        self._fill_books()
        self.assertEqual(self.env["crm.customer.profile"]._refresh(), 3)
        self.assertEqual(self.env["crm.customer.profile"]._refresh(), 0)
        self.assertEqual(self.env["crm.customer.profile"]._refresh(pairs=[]), 0)

    def test_each_step_of_a_document_reaches_the_profile(self):
        invoice = self._create_invoice(self.alfa, 100, post=False)
        self._derive()
        self.assertFalse(self._profile(self.alfa))
        invoice.with_user(self.boo).action_post()
        self._derive()
        self.assertEqual(self._profile(self.alfa).open_amount, 100)
        self._pay(invoice, 60)
        self._derive()
        self.assertEqual(self._profile(self.alfa).open_amount, 40)
        invoice.line_ids.remove_move_reconcile()
        self._derive()
        self.assertEqual(self._profile(self.alfa).open_amount, 100)
        invoice.button_draft()
        self._derive()
        self.assertFalse(self._profile(self.alfa))
        invoice.invoice_line_ids.price_unit = 70
        invoice.action_post()
        self._derive()
        self.assertEqual(self._profile(self.alfa).posted_revenue, 70)
        invoice.button_draft()
        invoice.button_cancel()
        self._derive()
        self.assertFalse(self._profile(self.alfa))
        self.assertProfilesTie()

    def test_a_new_customer_of_the_books_becomes_a_customer(self):
        delta = self.env["res.partner"].create({"name": "Delta", "is_company": True})
        delta.property_account_receivable_id = self.books[self.company_a]["receivable"]
        self._create_invoice(delta, 5)
        self._derive()
        self.assertEqual(self._profile(delta).customer_id.partner_id, delta)

    def test_a_contact_that_changes_its_company_takes_its_invoices_along(self):
        self._create_invoice(self.alfa, 100)
        self._create_invoice(self.alfa_buyer, 7)
        self._derive()
        self.assertEqual(self._profile(self.alfa).posted_revenue, 107)
        self.alfa_buyer.parent_id = self.beta
        self._derive()
        self.assertEqual(self._profile(self.alfa).posted_revenue, 100)
        self.assertEqual(self._profile(self.beta).posted_revenue, 7)
        self.assertProfilesTie()

    def test_merged_contacts_have_one_profile(self):
        self._create_invoice(self.alfa, 100)
        self._create_invoice(self.beta, 11)
        self._derive()
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.alfa | self.beta).ids, self.alfa
        )
        self._derive()
        self.assertEqual(self._profile(self.alfa).posted_revenue, 111)
        self.assertEqual(len(self._profile(self.alfa)), 1)
        self.assertProfilesTie()

    def test_cost_does_not_grow_with_the_customers(self):
        self._create_invoice(self.alfa, 1)
        self._derive()
        self._create_invoice(self.alfa, 2)
        self._create_invoice(self.beta, 2)
        self._create_invoice(self.gamma, 2)
        self.env.flush_all()
        pairs = [(partner.id, self.company_a.id) for partner in self.customers]
        with self.assertQueryCount(2):
            self.env["crm.customer.profile"]._refresh(pairs=pairs)

    # access
    def test_who_sees_whose_value(self):
        for partner in (self.alfa, self.beta):
            self._create_invoice(partner, 10)
        self._create_invoice(self.beta, 10, company=self.company_b)
        self._derive()
        seen = {
            self.ana: self.alfa,
            self.ole: self.env["res.partner"],
            self.lia: self.alfa,
            self.sim: self.alfa | self.beta,
            self.fin: self.alfa | self.beta,
            self.bor: self.beta,
        }
        for user, partners in seen.items():
            with self.subTest(user=user.login):
                profiles = self.env["crm.customer.profile"].with_user(user)
                profiles = profiles.with_context(allowed_company_ids=user.company_ids.ids)
                self.assertEqual(profiles.search([]).partner_id, partners)
        with self.assertRaises(AccessError):
            self.env["crm.customer.profile"].with_user(self.boo).search([])

    def test_nobody_writes_figures_by_hand(self):
        self._create_invoice(self.alfa, 10)
        self._derive()
        for user in (self.ana, self.sim, self.fin):
            profile = self._profile(self.alfa).with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                profile.write({"posted_revenue": 1})

    def test_manager_compares_with_the_books(self):
        self._create_invoice(self.alfa, 10)
        action = self.env["crm.customer.profile"].with_user(self.sim).action_refresh()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(self._profile(self.alfa).posted_revenue, 10)
        with self.assertRaises(AccessError):
            self.env["crm.customer.profile"].with_user(self.boo).action_refresh()
