from datetime import date, timedelta

from odoo import Command
from odoo.tests import tagged

from odoo.addons.crm_strategy.tests.common_health import HealthReader

from .common import SALE_TYPES, ScorecardCase


@tagged("post_install", "-at_install")
class TestHealth(HealthReader, ScorecardCase):
    """What the data-health page says about invoices, rates, costs and repeat customers."""

    def _create_product_invoice(self, product, day=date(2026, 3, 9), company=None):
        invoice = self._create_invoice(self.alfa, 10, day, company=company, post=False)
        invoice.invoice_line_ids.write({"product_id": product.id})
        invoice.action_post()
        return invoice

    def _posted(self, company=None):
        """Posted sales documents, by a plain filter."""
        moves = self.env["account.move"].search([("move_type", "in", SALE_TYPES)])
        return moves.filtered(
            lambda move: move.state == "posted" and move.company_id == (company or self.company_a)
        )

    def test_invoices_outside_every_segment(self):
        self._create_invoice(self.alfa, 10)
        stray = self._create_invoice(self.gamma, 20) + self._create_invoice(
            self.gamma, 5, move_type="out_refund"
        )
        self._create_invoice(self.gamma, 99, post=False)
        self._create_invoice(self.gamma, 7, company=self.company_b)
        for user in (self.sim, self.fin):
            self.assertFinds(user, "invoice_without_segment", stray, total=len(self._posted()))

    # rates
    def test_documents_with_an_old_rate(self):
        Rate = self.env["res.currency.rate"]
        Rate.create(
            {
                "name": "2026-03-01",
                "currency_id": self.dollar.id,
                "company_id": self.company_a.id,
                "company_rate": 2.5,
            }
        )
        documents = self.env["account.move"]
        for day in ("2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01"):
            documents += self._create_invoice(
                self.alfa, 10, date.fromisoformat(day), currency=self.dollar
            )
        self._create_invoice(self.alfa, 10)
        stale = self.env["account.move"]
        for document in documents:
            known = [
                rate.name
                for rate in Rate.search([("currency_id", "=", self.dollar.id)])
                if rate.company_id == self.company_a and rate.name <= document.invoice_date
            ]
            if not known or document.invoice_date - max(known) > timedelta(days=30):
                stale += document
        self.assertEqual(stale.mapped("invoice_date"), [date(2026, 2, 28), date(2026, 4, 1)])
        self.assertFinds(self.fin, "rate_too_old", stale, total=4)
        self.company_a.crm_rate_days = 31
        self.assertFinds(self.fin, "rate_too_old", stale[0], total=4)

    def test_without_foreign_documents_there_is_nothing_to_check(self):
        self._create_invoice(self.alfa, 10)
        self.assertEqual(self._checks(self.fin)["rate_too_old"]["state"], "nothing")

    # margin
    def test_products_sold_without_cost_in_their_company(self):
        costly, costless, unsold = self.env["product.product"].create(
            [{"name": name} for name in ("Costly", "Costless", "Unsold")]
        )
        costly.with_company(self.company_a).standard_price = 4
        for product in (costly, costless):
            self._create_product_invoice(product)
        self._create_product_invoice(costly, company=self.company_b)
        self.assertFinds(self.sim, "product_without_cost", costless, total=2)
        # Its cost is known to the other company only.
        self.assertFinds(self.bor, "product_without_cost", costly, total=1)
        self.assertFalse(unsold.standard_price)

    def test_the_check_follows_the_margin_basis(self):
        self.company_a.crm_margin_basis = "accounts"
        checks = self._checks(self.fin)
        self.assertNotIn("product_without_cost", checks)
        self.assertFinds(self.fin, "company_without_cost_accounts", self.company_a, total=1)
        self.company_a.crm_margin_account_ids = self.books[self.company_a]["income"]
        self.assertFinds(
            self.fin, "company_without_cost_accounts", self.env["res.company"], total=1
        )

    def test_categories_without_an_assumed_margin(self):
        self.company_a.crm_margin_basis = "percent"
        stated, open_one = self.env["product.category"].create(
            [{"name": "Stated"}, {"name": "Open"}]
        )
        stated.with_company(self.company_a).crm_margin_rate = 0.3
        for category in (stated, open_one):
            product = self.env["product.product"].create(
                {"name": category.name, "categ_id": category.id}
            )
            self._create_product_invoice(product)
        self.assertFinds(self.sim, "category_without_margin", open_one, total=2)

    # models
    def test_repeat_customers_are_counted_against_what_a_model_needs(self):
        self.company_a.crm_model_customers = 2
        for _time in range(2):
            self._create_invoice(self.alfa, 10)
        self._create_invoice(self.beta, 10)
        self._derive()
        check = self._checks(self.sim)["repeat_customers"]
        self.assertEqual((check["state"], check["total"]), ("attention", 2))
        self.assertFinds(self.sim, "repeat_customers", self._profile(self.alfa))
        self._create_invoice(self.beta, 10)
        self._derive()
        self.assertEqual(self._checks(self.sim)["repeat_customers"]["state"], "good")
        both = self._profile(self.alfa) + self._profile(self.beta)
        self.assertFinds(self.sim, "repeat_customers", both)

    def test_two_companies_are_looked_at_together(self):
        self.sim.company_ids += self.company_b
        mine = self._create_invoice(self.gamma, 20)
        theirs = self._create_invoice(self.gamma, 7, company=self.company_b)
        both = self.company_a + self.company_b
        self.assertFinds(self.sim, "invoice_without_segment", mine + theirs, companies=both)
        self.assertFinds(self.sim, "invoice_without_segment", mine, companies=self.company_a)


@tagged("post_install", "-at_install")
class TestSetup(ScorecardCase):
    """The pages of the set-up that need the books."""

    def _setup(self, page):
        Setup = self.env["crm.setup"].with_user(self.sim)
        setup = Setup.with_context(allowed_company_ids=self.company_a.ids)
        setup = setup.browse(setup.action_open()["res_id"])
        setup.page = page
        return setup

    def test_customers_are_ranked_by_posted_revenue(self):
        self._create_invoice(self.beta, 70)
        self._create_invoice(self.alfa, 100.10)
        self._create_invoice(self.alfa_buyer, 20)
        self._create_invoice(self.alfa, 40, move_type="out_refund")
        self._create_invoice(self.beta, 999, company=self.company_b)
        self.customers[self.beta].unlink()
        setup = self._setup("customers")
        self.assertEqual(setup.new_customer_count, 1)
        self.assertRecordValues(
            setup.customer_line_ids.sorted("posted_revenue", reverse=True),
            [
                {
                    "partner_id": self.alfa.id,
                    "posted_revenue": 80.10,
                    "invoice_count": 2,
                    "is_known": True,
                },
                {
                    "partner_id": self.beta.id,
                    "posted_revenue": 70,
                    "invoice_count": 1,
                    "is_known": False,
                },
            ],
        )
        setup.action_next()
        self.assertEqual(self._profile(self.alfa).posted_revenue, 80.10)
        again = self._setup("customers")
        self.assertEqual(again.customer_line_ids.mapped("is_known"), [True, True])
        again.action_next()
        self.assertIn("Nothing had to be changed", again.outcome)

    def test_margin_from_percentages_is_stored_for_the_company(self):
        category = self.env["product.category"].create({"name": "Bread"})
        product = self.env["product.product"].create({"name": "Roll", "categ_id": category.id})
        invoice = self._create_invoice(self.alfa, 10, post=False)
        invoice.invoice_line_ids.write({"product_id": product.id})
        invoice.action_post()
        setup = self._setup("margin")
        self.assertIn("1 of 1 products", setup.margin_effect)
        setup.margin_basis = "percent"
        self.assertEqual(setup.margin_line_ids.category_id, category)
        setup.margin_line_ids.margin_rate = 0.25
        self.assertEqual(self.company_a.crm_margin_basis, "cost", "shown before it is applied")
        setup.action_next()
        self.assertEqual(self.company_a.crm_margin_basis, "percent")
        self.assertEqual(category.with_company(self.company_a).crm_margin_rate, 0.25)
        self.assertFalse(category.with_company(self.company_b).crm_margin_rate)
        again = self._setup("margin")
        again.action_next()
        self.assertIn("Nothing had to be changed", again.outcome)

    def test_margin_from_accounts_proposes_those_of_the_chart(self):
        cost = (
            self.env["account.account"]
            .with_company(self.company_a)
            .create(
                {
                    "name": "Cost of goods",
                    "code": "500000",
                    "account_type": "expense_direct_cost",
                    "company_ids": [Command.set(self.company_a.ids)],
                }
            )
        )
        setup = self._setup("margin")
        setup.margin_basis = "accounts"
        self.assertEqual(setup.margin_account_ids, cost)
        setup.action_next()
        self.assertEqual(self.company_a.crm_margin_account_ids, cost)
        self.assertEqual(self.company_a.crm_margin_basis, "accounts")

    def test_settings_write_the_company(self):
        admin = self._create_user("admin_settings", "base.group_system")
        Settings = self.env["res.config.settings"].with_user(admin).with_company(self.company_a)
        Settings.create({"crm_margin_basis": "percent", "crm_rate_days": 5}).execute()
        self.assertEqual(
            (self.company_a.crm_margin_basis, self.company_a.crm_rate_days), ("percent", 5)
        )
        self.assertEqual(self.company_b.crm_margin_basis, "cost")
