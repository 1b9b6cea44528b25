"""Customer values that went past the ORM are found by night and renewed by the lanes."""

from datetime import date

from .common import ScorecardCase


class TestComparison(ScorecardCase):
    def setUp(self):
        super().setUp()
        self.invoice = self._create_invoice(self.alfa, 100)
        self._create_invoice(self.beta, 11)
        self._derive()

    def _compare(self):
        self.env.invalidate_all()
        Profile = self.env["crm.customer.profile"]
        return Profile._compare(self.company_a, range(2**31 - 1))

    def _sql(self, query, *params):
        self.env.flush_all()
        self.env.cr.execute(query, params)
        self.env.invalidate_all()

    def assertHeals(self, *partners):
        found = self._compare()
        self.assertEqual([partner for partner, _day in found.differing], [p.id for p in partners])
        Comparison = self.env["crm.comparison"]
        Comparison._open(self.company_a)
        while Comparison._step():
            pass
        self._derive()
        self.assertEqual(self._compare().differing, ())
        self.assertProfilesTie()
        return found

    def test_nothing_differs_when_nothing_went_past_the_orm(self):
        self.assertEqual(self._compare(), (2, (), ""))

    def test_amount_of_an_invoice_changed_by_sql(self):
        self._sql(
            "UPDATE account_move SET amount_untaxed_signed = 80 WHERE id = %s", self.invoice.id
        )
        found = self.assertHeals(self.alfa)
        self.assertRegex(found.sample, "“Alfa” was stored with a revenue of .*100.* say .*80")
        self.assertEqual(self._profile(self.alfa).posted_revenue, 80)

    def test_date_of_an_invoice_changed_by_sql(self):
        self._sql(
            "UPDATE account_move SET invoice_date = '2025-12-31' WHERE id = %s", self.invoice.id
        )
        found = self.assertHeals(self.alfa)
        self.assertEqual(found.differing[0][1], date(2025, 12, 31))

    def test_invoice_deleted_by_sql(self):
        self._sql("DELETE FROM account_move WHERE id = %s", self.invoice.id)
        self.assertHeals(self.alfa)
        self.assertFalse(self._profile(self.alfa))

    def test_profile_deleted_by_sql(self):
        self._sql("DELETE FROM crm_customer_profile WHERE partner_id = %s", self.beta.id)
        self.assertHeals(self.beta)
        self.assertEqual(self._profile(self.beta).posted_revenue, 11)

    def test_customer_that_a_posted_invoice_names_by_sql_only(self):
        self._sql(
            "UPDATE account_move SET partner_id = %s WHERE id = %s", self.gamma.id, self.invoice.id
        )
        self.assertHeals(self.alfa, self.gamma)

    def test_batches_see_each_customer_once(self):
        low, high = range(self.beta.id), range(self.beta.id, 2**31 - 1)
        Profile = self.env["crm.customer.profile"]
        parts = [Profile._compare(self.company_a, part).checked for part in (low, high)]
        self.assertEqual(sum(parts), 2)
