"""Known keys with new content: master data follows, people win, documents never change."""

from odoo.tests import tagged

from .common import ExchangeCase


@tagged("post_install", "-at_install")
class TestExchangeChange(ExchangeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_harbour(payments=None, segments=None)

    def test_new_content_updates_what_it_says(self):
        data = self._changed("customers.csv", r0={"city": "Bath", "contact_name": "Mary Cole-Hunt"})
        run = self._load({"customers.csv": data})["customers.csv"]["run"]
        self.assertCounts(run, updated=1, unchanged=7)
        self.assertEqual(self._customer("ANCHO").city, "Bath")
        self.assertEqual(self._customer("ANCHO").child_ids.name, "Mary Cole-Hunt")

    def test_what_a_person_changed_stays_and_the_row_says_so(self):
        self._customer("ANCHO").phone = "by hand"
        data = self._changed("customers.csv", r0={"city": "Bath", "phone": "999"})
        run = self._load({"customers.csv": data})["customers.csv"]["run"]
        self.assertCounts(run, updated=1, unchanged=7)
        self.assertRecordValues(self._customer("ANCHO"), [{"city": "Bath", "phone": "by hand"}])
        self.assertIn("Phone", run.row_ids.filtered(lambda row: row.key == "ANCHO").reason)

    def test_a_supplier_change_moves_the_price_line(self):
        data = self._changed("products.csv", r0={"supplier_id": "2", "unit_price": "26"})
        self.assertCounts(
            self._load({"products.csv": data})["products.csv"]["run"], updated=1, unchanged=7
        )
        product = self.env["product.product"].search(
            [("company_id", "=", self.company.id), ("default_code", "=", "1")]
        )
        self.assertEqual(product.list_price, 26)
        self.assertEqual(product.seller_ids.partner_id.name, "Delta Sare SRL")

    def test_a_changed_document_is_a_conflict(self):
        orders = self._changed("orders.csv", r0={"freight": "99"})
        lines = self._changed("order_details.csv", r0={"quantity": "99"})
        results = self._load({"orders.csv": orders, "order_details.csv": lines})
        self.assertCounts(results["orders.csv"]["run"], unchanged=13, error=1)
        self.assertCounts(results["order_details.csv"]["run"], unchanged=29, error=1)
        order = self._order("9001")
        self.assertAlmostEqual(order.amount_total, 395.15, 2)
        row = results["orders.csv"]["run"].row_ids.filtered(lambda row: row.state == "error")
        self.assertIn(order.name, row.reason)

    def test_a_new_line_for_a_loaded_order_is_a_conflict(self):
        line = {**self._rows("order_details.csv")[0], "product_id": "8"}
        run = self._load({"order_details.csv": self._csv([line])})["order_details.csv"]["run"]
        self.assertCounts(run, error=1)

    def test_a_deleted_record_does_not_come_back_by_itself(self):
        self._customer("QUIET").unlink()
        data = self._changed("customers.csv", r0={"city": "Bath"})
        run = self._load({"customers.csv": data})["customers.csv"]["run"]
        self.assertCounts(run, updated=1, unchanged=6, error=1)
        self.assertFalse(self._customer("QUIET"))

    def test_odoo_refusing_one_document_leaves_the_others_in(self):
        self.package.type_ids.filtered(lambda t: t.code == "orders").freight_product_id = False
        heads = [
            {**self._rows("orders.csv")[0], "order_id": "9801", "freight": "5"},
            {**self._rows("orders.csv")[0], "order_id": "9802", "freight": "0"},
        ]
        lines = [{**self._rows("order_details.csv")[0], "order_id": k} for k in ("9801", "9802")]
        results = self._load(
            {"orders.csv": self._csv(heads), "order_details.csv": self._csv(lines)}
        )
        self.assertCounts(results["orders.csv"]["run"], created=1, error=1)
        self.assertCounts(results["order_details.csv"]["run"], created=1, waiting=1)
        self.assertTrue(self._order("9802"))
        self.assertFalse(self._order("9801"))

    def test_aliases_and_letters_are_settings_of_the_type(self):
        kind = self.package.type_ids.filtered(lambda t: t.code == "customers")
        kind.mapping_ids.filtered(lambda line: line.column == "country").aliases = "Inseln = Norway"
        kind.write({"encoding": "cp1250", "delimiter": ";"})
        row = {**self._rows("customers.csv")[0], "customer_id": "NEW", "country": "inseln"}
        data = self._csv([{**row, "company_name": "Łódź"}]).decode().replace(",", ";")
        self._load({"customers.csv": data.encode("cp1250")})
        self.assertRecordValues(
            self._customer("NEW"), [{"name": "Łódź", "country_id": self.env.ref("base.no").id}]
        )
