"""Broken rows come back with a reason, the good ones are in, corrected rows complete the rest."""

from odoo.tests import tagged

from .common import NET, ExchangeCase


@tagged("post_install", "-at_install")
class TestExchangeRepair(ExchangeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        orders = cls._rows("orders.csv")
        orders[0]["customer_id"] = "NOBOD"  # 9001: unknown customer
        orders[1]["order_date"] = "2024-02-31"  # 9002: no such date
        orders.append(dict(orders[2]))  # 9003 again: duplicate key, row 16
        lines = cls._rows("order_details.csv")
        lines[7]["quantity"] = "-3"  # 9004: negative quantity, row 9
        lines[9]["product_id"] = "77"  # 9005: missing product, row 11
        lines[20]["unit_price"] = "NaN"  # 9010: not an amount, row 22
        cls.results = cls._load_harbour(orders=cls._csv(orders), order_details=cls._csv(lines))
        cls.head_run = cls.results["orders.csv"]["run"]
        cls.line_run = cls.results["order_details.csv"]["run"]

    def test_good_documents_are_in_and_broken_ones_are_held_whole(self):
        self.assertEqual(len(self._orders()), 9)
        for key in ("9001", "9002", "9004", "9005", "9010"):
            self.assertFalse(self._order(key), key)
        self.assertCounts(self.head_run, created=9, waiting=3, error=3)
        # 2 + 3 lines of 9001 and 9002, one good of 9004, two of 9005, two of 9010
        self.assertCounts(self.line_run, created=17, waiting=10, error=3)

    def test_the_error_file_names_row_column_reason_and_remedy(self):
        rows = self._error_rows(self.head_run)
        self.assertEqual(
            [(row["order_id"], row["error_row"], row["error_column"]) for row in rows],
            [("9001", "2", "customer_id"), ("9002", "3", "order_date"), ("9003", "16", "order_id")],
        )
        self.assertIn("NOBOD", rows[0]["error_reason"])
        self.assertIn("2024-02-31", rows[1]["error_reason"])
        self.assertIn("row 4", rows[2]["error_reason"])
        self.assertTrue(all(row["error_remedy"] for row in rows))
        rows = self._error_rows(self.line_run)
        self.assertEqual(
            [(row["order_id"], row["error_row"], row["error_column"]) for row in rows],
            [("9004", "9", "quantity"), ("9005", "11", "product_id"), ("9010", "22", "unit_price")],
        )

    def test_the_error_file_keeps_the_columns_of_the_file_in_their_order(self):
        rows = self._error_rows(self.head_run)
        original = list(self._rows("orders.csv")[0])
        self.assertEqual(list(rows[0])[: len(original)], original)
        self.assertTrue(all(name.startswith("error_") for name in list(rows[0])[len(original) :]))

    def test_waiting_rows_say_what_they_wait_for(self):
        waiting = self.line_run.row_ids.filtered(lambda row: row.state == "waiting")
        self.assertTrue(all("error" in row.reason for row in waiting))

    def test_corrected_rows_alone_complete_the_orders(self):
        heads = self._error_rows(self.head_run)[:2]
        heads[0]["customer_id"] = "ANCHO"
        heads[1]["order_date"] = "15.01.2024"
        lines = self._error_rows(self.line_run)
        lines[0]["quantity"] = "3"
        lines[1]["product_id"] = "1"
        lines[2]["unit_price"] = "24,5"
        first = self._load({"orders_errors.csv": self._csv(heads)}, type_code="orders")
        self.assertCounts(first["orders_errors.csv"]["run"], created=2)
        second = self._load({"lines_errors.csv": self._csv(lines)}, type_code="order_lines")
        self.assertCounts(second["lines_errors.csv"]["run"], created=3)
        self.assertEqual(len(self._orders()), 14)
        lines = self._orders().order_line.filtered(
            lambda line: line.product_id.default_code != "FREIGHT"
        )
        self.assertAlmostEqual(sum(lines.mapped("price_subtotal")), NET, 2)
        self.assertCounts(self.line_run, created=27, error=3)
        self.assertEqual(self.line_run.open_count, 0)
        self.assertEqual(self.head_run.open_count, 1, "the duplicate is left")
        self.assertEqual(len(self._orders().invoice_ids), 12, "the steps follow by themselves")

    def test_a_whole_corrected_file_completes_the_orders_too(self):
        results = self._load(
            {name: self.files[name] for name in ("orders.csv", "order_details.csv")}
        )
        self.assertEqual(len(self._orders()), 14)
        self.assertCounts(results["orders.csv"]["run"], created=5, unchanged=9)
        self.assertCounts(results["order_details.csv"]["run"], created=13, unchanged=17)
        self.assertEqual(self.line_run.open_count, 0)

    def test_an_uncorrected_error_file_replaces_the_old_rows(self):
        rows = self._error_rows(self.line_run)
        run = self._load({"x.csv": self._csv(rows)}, type_code="order_lines")["x.csv"]["run"]
        self.assertCounts(run, error=3)
        self.assertEqual(run.open_count, 3)
        self.assertFalse(
            self.line_run.row_ids.filtered(lambda row: row.state == "error" and row.is_open)
        )

    def test_open_rows_are_tried_again_after_the_data_was_put_right(self):
        extra = {**self._rows("customers.csv")[0], "customer_id": "NOBOD", "company_name": "Nobody"}
        self._load({"customers.csv": self._csv([extra])})
        self.head_run.with_user(self.loader).action_retry()
        self.assertEqual(self._order("9001").partner_id.name, "Nobody")
        self.assertCounts(self.head_run, created=10, waiting=3, error=2)

    def test_lines_before_their_header_wait_and_follow(self):
        results = self._load({"order_details.csv": self._csv(self._line("9900"))})
        run = results["order_details.csv"]["run"]
        self.assertCounts(run, waiting=1)
        head = {**self._rows("orders.csv")[0], "order_id": "9900"}
        self._load({"orders.csv": self._csv([head])})
        self.assertEqual(len(self._order("9900").order_line), 2)
        self.assertCounts(run, created=1)

    def _line(self, key):
        return [{**self._rows("order_details.csv")[0], "order_id": key}]

    def test_payloads_in_cells_never_run_and_survive_the_round_trip(self):
        payload = '=HYPERLINK("http://x","y")'
        row = {**self._rows("customers.csv")[0], "customer_id": "EVIL", "company_name": payload}
        bad = {**row, "country": "@SUM(1)"}
        run = self._load({"customers.csv": self._csv([bad])})["customers.csv"]["run"]
        text = run._error_file().decode("utf-8-sig")
        self.assertIn("\"'=HYPERLINK", text)
        self.assertIn("'@SUM", text)
        corrected = [{**found, "country": "UK"} for found in self._error_rows(run)]
        self._load({"customers_errors.csv": self._csv(corrected)}, type_code="customers")
        self.assertEqual(self._customer("EVIL").name, payload)

    def test_an_unreadable_file_says_why_and_loads_nothing(self):
        for data, word in (
            (b"customer_id;company_name\nA;B\n", "column"),
            ("customer_id,company_name\nA,\u0163\n".encode("cp1250"), "line 2"),
            (b"PK\x03\x04nonsense", "workbook"),
            (b"", "heading"),
        ):
            run = self._load({"customers.csv": data})["customers.csv"]["run"]
            self.assertEqual(run.state, "failed")
            self.assertIn(word, run.note)
            self.assertCounts(run)
