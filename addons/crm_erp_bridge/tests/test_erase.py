"""An erased customer is nowhere in the suite: no row, no key, no kept file, no total changed."""

import base64
import io

from openpyxl import load_workbook

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from odoo.addons.crm_strategy.tests.common_privacy import TEXTS, PersonMixin

from .common import ExchangeCase

# The documents of the ERP and the contact itself are Odoo's, kept by law or left to Odoo's own
# privacy tools.
KEPT_BY_ODOO = {
    "res_partner",
    "sale_order",
    "account_move",
    "account_move_line",
    "account_payment",
    "account_bank_statement_line",
    "stock_picking",
    "stock_move",
    "stock_reference",
    "mail_message",
    "mail_tracking_value",
    "privacy_log",
    "privacy_lookup_wizard",
    "privacy_lookup_wizard_line",
}


@tagged("post_install", "-at_install")
class TestErase(PersonMixin, ExchangeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        customers = cls._rows("customers.csv")
        cls.key = cls.PERSON["email"]
        customers[0].update(cls._cells(), customer_id=cls.key)
        customers[1].update(cls._cells())
        orders = cls._rows("orders.csv")
        for row in orders:
            row["customer_id"] = row["customer_id"].replace("ANCHO", cls.key)
        orders[2].update(ship_name="Quillfeather, Zenobia", order_date="2024-02-31")
        payments = cls._rows("payments.csv")
        for row in payments:
            row["customer_id"] = row["customer_id"].replace("ANCHO", cls.key)
        cls.contents = {
            "customers": cls._csv(customers),
            "orders": cls._csv(orders),
            "payments": cls._csv(payments),
        }
        cls.results = cls._load_harbour(**cls.contents)
        cls.env["crm.exchange.post"].with_user(cls.accountant)._post(cls.company)
        cls.env["crm.change"]._run_all()
        cls.people = cls._customer(cls.key) + cls._customer("BALTI")
        cls.people.write({"email": cls.key, "vat": cls.PERSON["vat"]})

    @classmethod
    def _cells(cls):
        return {
            "company_name": cls.PERSON["name"],
            "contact_name": "Zenobia Quillfeather",
            "address": cls.PERSON["street"],
            "phone": cls.PERSON["phone"],
        }

    def _totals(self):
        """Figures that an erasure must leave alone."""
        self.env.flush_all()
        queries = {
            "orders": "SELECT COUNT(*), SUM(amount_total) FROM sale_order",
            "lines": "SELECT COUNT(*), SUM(balance), SUM(debit) FROM account_move_line",
            "events": "SELECT COUNT(*), SUM(amount), MIN(fact_at) FROM crm_moment_event",
            "passes": "SELECT COUNT(*), SUM(amount), SUM(proven_count) FROM crm_relationship",
            "profiles": "SELECT COUNT(*) FROM crm_customer_profile",
            "history": "SELECT COUNT(*), MIN(date_from) FROM crm_segment_membership",
            "rows": "SELECT state, COUNT(*) FROM crm_exchange_row GROUP BY state ORDER BY state",
        }
        return {name: self.env.execute_query(SQL(query)) for name, query in queries.items()}

    def _tables_that_name_her(self):
        """Every table of the whole database with the words in any text column."""
        self.env.flush_all()
        columns = self.env.execute_query(
            SQL(
                "SELECT table_name, column_name FROM information_schema.columns JOIN "
                "information_schema.tables USING (table_schema, table_name) WHERE "
                "table_schema = current_schema AND table_type = 'BASE TABLE' AND "
                "data_type = ANY(%s)",
                list(TEXTS),
            )
        )
        return {table for table, column in columns if self._found_in(table, [column])}

    def test_erased_customer_is_nowhere_and_totals_stay(self):
        self.assertIn("crm_exchange_key.written", self._found())
        self.assertIn("crm_exchange_row.payload", self._found())
        before = self._totals()
        self.people._crm_anonymise()
        self.assertFalse(self._found())
        self.assertEqual(self._totals(), before)

    def test_export_holds_everything_that_an_erasure_empties(self):
        admin = new_test_user(self.env, "erase_admin", "base.group_system")
        engine = self.env["crm.privacy.engine"].with_user(admin)
        people = self._customer(self.key)
        book = load_workbook(io.BytesIO(engine._export(people.with_user(admin))), read_only=True)
        for kind in (
            "Purposes and consents",
            "Customer",
            "Customer Value",
            "Exchange Row",
            "Exchange Run",
            "External Key",
            "Fact of a Relationship",
            "Pass of a Relationship",
        ):
            self.assertIn(kind, book.sheetnames)
        rows = {sheet.title: sheet.max_row for sheet in book.worksheets}
        passes = self.env["crm.relationship"].search_count([("partner_id", "=", people.id)])
        self.assertGreater(passes, 0)
        self.assertEqual(rows["Pass of a Relationship"], passes + 4, "heading of four lines")
        values = {cell for row in book["External Key"].iter_rows(values_only=True) for cell in row}
        self.assertIn(self.key, values)

    def test_only_documents_and_the_contact_still_name_the_person(self):
        self.people._crm_anonymise()
        tables = self._tables_that_name_her()
        self.assertIn("res_partner", tables, "the contact itself is left to Odoo")
        self.assertLessEqual(tables, KEPT_BY_ODOO)

    def test_kept_files_make_room_for_a_note_with_their_fingerprint(self):
        runs = {name: result["run"] for name, result in self.results.items()}
        digest = runs["customers.csv"].sha256
        products = runs["products.csv"].file
        self.people._crm_anonymise()
        note = base64.b64decode(runs["customers.csv"].with_context(bin_size=False).file).decode()
        self.assertIn(digest, note)
        self.assertTrue(runs["orders.csv"].file_removed_at, "a line of it names her")
        self.assertFalse(runs["products.csv"].file_removed_at)
        self.assertEqual(runs["products.csv"].file, products)

    def test_same_bytes_are_still_known(self):
        self.people._crm_anonymise()
        before = self.env["res.partner"].search_count([])
        again = self._load({"customers.csv": self.contents["customers"]})["customers.csv"]
        self.assertTrue(again["repeat"])
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_changed_file_does_not_bring_the_words_back(self):
        balti = self._customer("BALTI")
        balti._crm_anonymise()
        balti.write({"name": "Anonymous", "street": False, "phone": False, "email": False})
        rows = [row for row in self._rows("customers.csv") if row["customer_id"] == "BALTI"]
        rows[0].update(self._cells(), postal_code="80-999")
        result = self._load({"customers.csv": self._csv(rows)})["customers.csv"]
        self.assertEqual(balti.name, "Anonymous")
        self.assertFalse(balti.street)
        self.assertEqual(result["run"].error_count, 0)

    def test_open_row_of_the_person_is_closed(self):
        rows = self._rows("customers.csv")[1:2]
        rows[0].update(self._cells(), country="Nowhere")
        run = self._load({"customers.csv": self._csv(rows)})["customers.csv"]["run"]
        row = run.row_ids
        self.assertTrue(row.is_open)
        self.people._crm_anonymise()
        self.assertRecordValues(row, [{"is_open": False, "payload": False, "state": "error"}])

    def test_open_row_of_others_stays_open(self):
        row = self.results["orders.csv"]["run"].row_ids.filtered("is_open")
        self.people._crm_anonymise()
        self.assertTrue(row.is_open)
        self.assertIn(["ship_name", "•••"], row.payload)

    def test_file_that_is_still_loading_is_waited_for(self):
        run = self.results["customers.csv"]["run"]
        run.state = "running"
        with self.assertRaisesRegex(UserError, run.name):
            self.people._crm_anonymise()

    def test_copy_left_by_the_window_is_deleted(self):
        upload = self.env["ir.attachment"].create(
            {
                "name": "customers.csv",
                "raw": self.contents["customers"],
                "res_model": "crm.exchange.load",
            }
        )
        self.people._crm_anonymise()
        self.assertFalse(upload.exists())

    def test_profile_refreshed_afterwards_names_nobody(self):
        self.people._crm_anonymise()
        self.env["crm.moment.event"]._rebuild(self.company)
        self.env["crm.change"]._run_all()
        self.assertFalse(self._found())

    def test_retention_clears_rows_files_and_keys(self):
        rules = self.env["crm.retention.rule"].search([("model", "like", "crm.exchange")])
        rules.write({"is_applied": True, "company_id": False})
        self.assertEqual(len(rules), 3)
        self.assertEqual([len(rule._due_ids()) for rule in rules], [0, 0, 0], "all is new")
        before = self._totals()
        self.env.cr.execute("UPDATE crm_exchange_row SET create_date = '2020-01-01'")
        self.env.cr.execute("UPDATE crm_exchange_key SET create_date = '2020-01-01'")
        self.env.cr.execute("UPDATE crm_exchange_run SET finished_at = '2020-01-01'")
        self.env.invalidate_all()
        keys = rules.filtered(lambda rule: rule.model == "crm.exchange.key")
        keys.months = 1
        due = {rule.model: len(rule._due_ids()) for rule in rules}
        self.assertGreater(due["crm.exchange.row"], 0)
        self.assertEqual(due["crm.exchange.run"], 7, "one for each file")
        with self.enter_registry_test_mode():
            self.env.ref("crm_strategy.crm_retention_rule_cron").method_direct_trigger()
        self.assertEqual(
            {rule.model: len(rule._due_ids()) for rule in rules}, dict.fromkeys(due, 0)
        )
        self.assertEqual(self._totals(), before)
