"""Two companies load the same keys and never meet; a company may have definitions of its own."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ExchangeCase


@tagged("post_install", "-at_install")
class TestExchangeCompany(ExchangeCase):
    def _master(self):
        return {
            name: self.files[name] for name in ("suppliers.csv", "customers.csv", "products.csv")
        }

    def test_the_same_keys_are_other_records_in_another_company(self):
        first = self._load(self._master())
        second = self._load(self._master(), user=self.other_loader)
        self.assertCounts(second["customers.csv"]["run"], created=8)
        self.assertNotEqual(first["customers.csv"]["run"], second["customers.csv"]["run"])
        partners = self.env["res.partner"].search([("ref", "=", "ANCHO")])
        self.assertEqual(partners.company_id, self.company | self.other_company)

    def test_a_user_of_the_second_company_sees_nothing_of_the_first(self):
        run = self._load(self._master())["customers.csv"]["run"]
        env = self.env(user=self.other_loader)
        for model in ("crm.exchange.run", "crm.exchange.row", "crm.exchange.key"):
            self.assertFalse(env[model].search_count([]), model)
        with self.assertRaises(AccessError):
            run.with_user(self.other_loader).read(["file"])
        with self.assertRaises(AccessError):
            run.with_user(self.other_loader).action_error_file()

    def test_orders_of_one_company_do_not_find_customers_of_the_other(self):
        self._load(self._master())
        files = {name: self.files[name] for name in ("orders.csv", "order_details.csv")}
        results = self._load(files, user=self.other_loader)
        self.assertCounts(results["orders.csv"]["run"], error=14)
        self.assertFalse(
            self.env["sale.order"].search_count([("company_id", "=", self.other_company.id)])
        )

    def test_a_company_may_have_a_package_of_its_own(self):
        own = self.package.with_context(lang="en_US").copy(
            {"code": "own", "company_id": self.other_company.id}
        )
        self.assertEqual(len(own.type_ids), 0, "types are copied deliberately, not by accident")
        env = self.env(user=self.loader)
        self.assertNotIn(own.id, env["crm.exchange.package"].search([]).ids)
        env = self.env(user=self.other_loader)
        self.assertIn(own.id, env["crm.exchange.package"].search([]).ids)
