"""Customers show their value, and segment rules may ask for it; no data is never 0."""

from datetime import date

from .common import ScorecardCase


class TestCustomerValue(ScorecardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_invoice(cls.alfa, 30000, date(2026, 1, 5))
        cls._create_invoice(cls.beta, 500, date(2026, 2, 5))
        cls._derive()

    def _found(self, *leaves):
        customers = self.env["crm.customer"].search(
            [("company_id", "=", self.company_a.id), *leaves]
        )
        return customers.partner_id

    def test_customer_shows_what_the_books_say(self):
        alfa = self.customers[self.alfa].with_user(self.ana)
        self.assertTrue(alfa.has_posted_invoice)
        self.assertEqual(alfa.posted_revenue, 30000)
        self.assertEqual(alfa.invoice_count, 1)
        self.assertEqual(alfa.last_invoice_date, date(2026, 1, 5))
        self.assertFalse(self.customers[self.gamma].has_posted_invoice)

    def test_a_user_does_not_see_the_value_of_a_colleagues_customer(self):
        alfa = self.customers[self.alfa].with_user(self.ole)
        self.assertFalse(alfa.has_posted_invoice)
        self.assertFalse(alfa.posted_revenue)
        self.assertTrue(alfa.with_user(self.sim).has_posted_invoice)

    def test_lists_and_programs_read_no_data_as_nothing(self):
        """The footer of a list adds up what is there; a nought would make it say 0.00."""
        names = ["posted_revenue", "open_amount", "invoice_count"]
        customers = self.customers[self.alfa] | self.customers[self.gamma]
        known, unknown = customers.with_user(self.sim).read(names)
        self.assertEqual([known[name] for name in names], [30000, 30000, 1])
        self.assertEqual([unknown[name] for name in names], [False] * 3)
        self.assertNotIn(0, [value for value in unknown.values() if value is not False])
        (own,) = (
            self.customers[self.alfa].with_user(self.ole).web_read({name: {} for name in names})
        )
        self.assertTrue(all(own[name] is False for name in names))

    def test_search_by_revenue_never_finds_customers_without_data(self):
        both = self.alfa | self.beta
        for leaf, expected in (
            (("posted_revenue", ">=", 25000), self.alfa),
            (("posted_revenue", "<", 25000), self.beta),
            (("posted_revenue", "=", 500), self.beta),
            (("posted_revenue", "!=", 500), self.alfa),
            (("posted_revenue", "=", 0), self.env["res.partner"]),
            (("posted_revenue", "=", False), self.gamma),
            (("posted_revenue", "!=", False), both),
            (("invoice_count", ">", 0), both),
            (("last_invoice_date", ">=", "2026-02-01"), self.beta),
            (("open_amount", ">", 1000), self.alfa),
            (("has_posted_invoice", "=", True), both),
            (("has_posted_invoice", "=", False), self.gamma),
        ):
            with self.subTest(leaf=leaf):
                self.assertEqual(self._found(leaf), expected)
        # No data is neither at least nor less than an amount.
        self.assertEqual(self._found("!", ("posted_revenue", ">=", 25000)), self.beta)

    def test_segment_rule_by_revenue_places_customers(self):
        self.env["crm.customer"].search([]).is_segment_manual = False
        self.key.write({"rule_domain": '[("posted_revenue", ">=", 25000)]', "sequence": 1})
        self.small.write({"rule_domain": '[("posted_revenue", "<", 25000)]', "sequence": 2})
        self.lost.write({"rule_domain": '[("posted_revenue", "=", False)]', "sequence": 3})
        self.env["crm.segment"].with_user(self.sim).action_assign()
        self.env.invalidate_all()
        placed = {partner: customer.segment_id for partner, customer in self.customers.items()}
        self.assertEqual(
            placed, {self.alfa: self.key, self.beta: self.small, self.gamma: self.lost}
        )

    def test_documents_behind_the_revenue_add_up_to_it(self):
        self._create_invoice(self.alfa, 5000, move_type="out_refund")
        self._create_invoice(self.alfa, 77, post=False)
        self._derive()
        customer = self.customers[self.alfa].with_user(self.fin)
        action = customer.action_open_invoices()
        documents = self.env[action["res_model"]].with_user(self.fin).search(action["domain"])
        self.assertEqual(sum(documents.mapped("amount_untaxed_signed")), customer.posted_revenue)
        self.assertEqual(customer.posted_revenue, 25000)
