from datetime import date

from odoo.tests import tagged

from odoo.addons.crm_moments_of_truth.models.crm_moment_source_mixin import CrmMomentSourceMixin

from .common import MomentsCase


@tagged("post_install", "-at_install")
class TestComparison(MomentsCase):
    """What went past the ORM is found by night and healed by the lanes.

    ::

        Alfa: order of 100, invoiced on 9 March, half paid on 20 March
        Beta: invoice of 30 without an order, its credit note of 10
    """

    def setUp(self):
        super().setUp()
        self.order = self._confirm(self._create_order(amount=100))
        self.invoice = self._post(self._create_invoice(self.order))
        self.match = self._pay(self.invoice, 50)
        self.env.cr.flush()
        self.env["crm.change"]._run_all()

    def _compare(self, model):
        self.env.invalidate_all()
        return self.env[model]._compare(self.company_a, range(2**31 - 1))

    def _sql(self, query, *params):
        self.env.flush_all()
        self.env.cr.execute(query, params)
        self.env.invalidate_all()

    def _heal(self, *partners):
        day = date(2026, 1, 1)
        rows = [(self.company_a.id, partner.id, day) for partner in partners]
        self.env["crm.change"]._collect("moments_history", rows)
        self.env["crm.change"]._run_all()
        self.assertAllEqual()

    def assertAllEqual(self):
        for model in ("crm.moment.event", "crm.relationship"):
            found = self._compare(model)
            self.assertTrue(found.checked, model)
            self.assertEqual((found.differing, found.sample), ((), ""), model)

    def assertDiffers(self, model, *partners):
        found = self._compare(model)
        self.assertEqual({partner for partner, _day in found.differing}, {p.id for p in partners})
        return found

    def test_nothing_differs_when_nothing_went_past_the_orm(self):
        self.assertAllEqual()
        self.assertEqual(self._compare("crm.moment.event").checked, 3)
        self.assertEqual(self._compare("crm.relationship").checked, 1)

    def test_every_kind_of_document_agrees(self):
        """Shared invoices, credit notes, payments back, foreign zones: SQL and facts say the same."""
        orders = self._confirm(self._create_order(amount=33.33) | self._create_order(amount=66.67))
        shared = self._post(self._create_invoice(orders))
        self._pay(shared, 40.01)
        self._pay(shared, 59.99)
        refund = self.invoice._reverse_moves([{"invoice_date": date(2026, 4, 2)}])
        self._post(refund)
        self._pay(refund, -25)
        alone = self.invoice.copy({"invoice_date": date(2026, 3, 31), "partner_id": self.beta.id})
        self._post(alone)
        self.company_a.resource_calendar_id.tz = "Pacific/Auckland"
        self.env["crm.moment.event"]._rebuild(self.company_a)
        self.env["crm.change"]._run_all()
        self.assertAllEqual()

    def test_a_source_without_sql_of_its_own_is_compared_by_its_facts(self):
        """What the mixin does for a new source gives what the SQL of ours gives."""
        everybody, beta = range(2**31 - 1), range(self.beta.id, self.beta.id + 1)
        for name in ("sale.order", "account.move", "account.partial.reconcile"):
            with self.subTest(source=name):
                documents = self.env[name]
                by_facts = CrmMomentSourceMixin._moment_check_sql(
                    documents, self.company_a, everybody
                )
                by_sql = documents._moment_check_sql(self.company_a, everybody)
                found = self._rows(by_facts)
                self.assertTrue(found)
                self.assertEqual(found, self._rows(by_sql))
                nobody = CrmMomentSourceMixin._moment_check_sql(documents, self.company_a, beta)
                self.assertFalse(self._rows(nobody), "Beta has no document")

    def _rows(self, query):
        return {tuple(row[:4]) for row in self.env.execute_query(query)}

    def test_date_of_an_invoice_changed_by_sql(self):
        self._sql(
            "UPDATE account_move SET invoice_date = '2026-02-27' WHERE id = %s", self.invoice.id
        )
        found = self.assertDiffers("crm.moment.event", self.alfa)
        self.assertEqual(found.differing[0][1], date(2026, 2, 27))
        self.assertIn("another customer, date or amount", found.sample)
        self.assertIn(self.invoice.name, found.sample)
        self._heal(self.alfa)
        self.assertEqual(
            self._line(self.order, "M7").proven_on,
            date(2026, 2, 27),
        )

    def test_amount_of_a_payment_changed_by_sql(self):
        self._sql(
            "UPDATE account_partial_reconcile SET amount = 100, debit_amount_currency = 100 "
            "WHERE id = %s",
            self.match.id,
        )
        self.assertDiffers("crm.moment.event", self.alfa)
        self._heal(self.alfa)
        self.assertEqual(self._line(self.order, "M8").state, "proven")

    def test_order_moved_to_another_customer_by_sql(self):
        self._sql(
            "UPDATE sale_order SET partner_id = %s WHERE id = %s", self.beta.id, self.order.id
        )
        self.assertDiffers("crm.moment.event", self.alfa, self.beta)
        self._heal(self.alfa, self.beta)
        self.assertEqual(self._pass(self.order).partner_id, self.beta)

    def test_document_deleted_by_sql(self):
        lone = self._confirm(self._create_order(self.beta))
        self.env["crm.change"]._run_all()
        self._sql("DELETE FROM sale_order WHERE id = %s", lone.id)
        found = self.assertDiffers("crm.moment.event", self.beta)
        self.assertIn("no document proves it", found.sample)
        self._heal(self.beta)
        self.assertFalse(self._pass(lone).active)

    def test_fact_deleted_by_sql(self):
        self._sql("DELETE FROM crm_moment_event WHERE fact = 'invoice_posted'")
        found = self.assertDiffers("crm.moment.event", self.alfa)
        self.assertIn("was not recorded", found.sample)
        self._heal(self.alfa)
        self.assertEqual(self._line(self.order, "M7").state, "proven")

    def test_pass_changed_by_sql(self):
        self._sql("UPDATE crm_relationship SET date_last = '2020-01-01', proven_count = 9")
        self.assertDiffers("crm.relationship", self.alfa)
        self._heal(self.alfa)
        self.assertEqual(self._pass(self.order).date_last, date(2026, 3, 20))

    def test_moment_changed_and_moment_deleted_by_sql(self):
        line = self._line(self.order, "M7")
        self._sql("UPDATE crm_relationship_moment SET proven_on = NULL WHERE id = %s", line.id)
        self.assertDiffers("crm.relationship", self.alfa)
        self._heal(self.alfa)
        self._sql("DELETE FROM crm_relationship_moment WHERE id = %s", line.id)
        self.assertDiffers("crm.relationship", self.alfa)
        self._heal(self.alfa)
        self.assertMoments(
            self.order,
            M3=("proven", date(2026, 3, 2)),
            M7=("proven", date(2026, 3, 9)),
            M8=("started", date(2026, 3, 20)),
        )

    def test_pass_deleted_by_sql(self):
        self._sql("DELETE FROM crm_relationship")
        self.assertDiffers("crm.relationship", self.alfa)
        self._heal(self.alfa)
        self.assertEqual(len(self._pass(self.order)), 1)

    def test_pass_that_lost_its_facts_by_sql_no_longer_counts(self):
        self._sql("DELETE FROM crm_moment_event")
        self._sql("UPDATE sale_order SET state = 'cancel' WHERE id = %s", self.order.id)
        self._sql("UPDATE account_move SET state = 'draft' WHERE id = %s", self.invoice.id)
        self.assertDiffers("crm.relationship", self.alfa)

    def test_whole_night_ends_in_order(self):
        self._sql(
            "UPDATE account_move SET invoice_date = '2026-02-27' WHERE id = %s", self.invoice.id
        )
        Comparison = self.env["crm.comparison"]
        Comparison.search([]).unlink()
        for expected in (1, 0):
            Comparison._open(self.company_a)
            while Comparison._step():
                pass
            lines = Comparison.search([("company_id", "=", self.company_a.id)], limit=5)
            facts = lines.filtered(lambda line: line.subject == "facts")[:1]
            self.assertEqual((facts.state, facts.differing), ("done", expected))
            self.env["crm.change"]._run_all()
