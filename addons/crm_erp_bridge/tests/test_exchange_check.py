"""A check says what a load will do, and does nothing."""

import base64
import csv
import io

from openpyxl import Workbook

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import STATES, ExchangeCase


@tagged("post_install", "-at_install")
class TestExchangeCheck(ExchangeCase):
    def _check(self, files):
        engine = self.env["crm.exchange.engine"]._as_engine(self.company)
        results = engine._check(self._typed(files), self.package)
        return {r["name"]: {state: r[state] for state in STATES} for r in results}

    def _counts(self, results):
        return {
            name: {state: result["run"][f"{state}_count"] for state in STATES}
            for name, result in results.items()
            if name in self.files
        }

    def _broken(self):
        lines = self._changed("order_details.csv", r7={"quantity": "-3"}, r9={"product_id": "77"})
        orders = self._changed("orders.csv", r0={"customer_id": "NOBOD"})
        return {**self.files, "orders.csv": orders, "order_details.csv": lines}

    def test_a_check_of_new_files_equals_the_load(self):
        checked = self._check(self.files)
        self.assertEqual(checked, self._counts(self._load(self.files)))

    def test_a_check_of_broken_files_equals_the_load(self):
        checked = self._check(self._broken())
        self.assertEqual(checked["order_details.csv"]["error"], 2)
        self.assertEqual(checked, self._counts(self._load(self._broken())))

    def test_a_check_of_changes_equals_the_load(self):
        self._load(self.files)
        self._customer("ANCHO").phone = "by hand"
        files = {
            "customers.csv": self._changed(
                "customers.csv", r0={"phone": "1"}, r1={"city": "Sopot"}
            ),
            "orders.csv": self._changed("orders.csv", r0={"freight": "99"}),
        }
        checked = self._check(files)
        self.assertEqual(checked["customers.csv"]["updated"], 1)
        self.assertEqual(checked, self._counts(self._load(files)))

    def test_a_check_writes_nothing(self):
        before = self.env["crm.exchange.run"].search_count([])
        self._check(self.files)
        self.assertFalse(self._orders())
        self.assertFalse(self._customer("ANCHO"))
        self.assertEqual(self.env["crm.exchange.run"].search_count([]), before)

    # wizard
    def _wizard(self, files, user=None):
        env = self.env(user=user or self.loader)
        attachments = env["ir.attachment"].create(
            [{"name": name, "datas": base64.b64encode(data)} for name, data in files.items()]
        )
        return env["crm.exchange.load"].create(
            {"package_id": self.package.id, "attachment_ids": [(6, 0, attachments.ids)]}
        )

    def test_x_checks_and_loads_in_the_browser(self):
        wizard = self._wizard({**self.files, "notes.csv": b"a\n1\n"})
        wizard.action_check()
        self.assertEqual(wizard.state, "checked")
        self.assertEqual(sum(wizard.line_ids.mapped("row_count")), 74)
        self.assertEqual(wizard.unknown_text, "notes.csv")
        action = wizard.action_load()
        runs = self.env["crm.exchange.run"].search(action["domain"])
        self.assertEqual(set(runs.mapped("state")), {"done"})
        self.assertEqual(len(self._orders()), 14)
        self.assertEqual(runs[:1].requested_by_id, self.loader)
        again = self._wizard({"customers.csv": self.files["customers.csv"]})
        again.action_check()
        self.assertIn("already loaded", again.line_ids.note)

    def test_a_sheet_says_the_same_as_a_text_file(self):
        self._load({"customers.csv": self.files["customers.csv"]})
        book = Workbook()
        for line in csv.reader(io.StringIO(self.files["customers.csv"].decode())):
            book.active.append(line)
        stream = io.BytesIO()
        book.save(stream)
        wizard = self._wizard({"customers.xlsx": stream.getvalue()})
        wizard.action_check()
        self.assertEqual(wizard.line_ids.unchanged_count, 8)

    def test_problems_are_shown_before_loading(self):
        wizard = self._wizard(self._broken())
        wizard.action_check()
        self.assertIn("order_details.csv, row 9", wizard.problem_text)

    def test_an_error_file_is_recognised_by_its_name(self):
        wizard = self._wizard({"customers_errors.csv": self.files["customers.csv"]})
        self.assertEqual(wizard._files()[0][0].code, "customers")

    def test_unknown_names_ask_what_the_files_hold(self):
        with self.assertRaisesRegex(UserError, "All files are"):
            self._wizard({"notes.csv": b"a\n1\n"}).action_check()

    def test_many_rows_go_to_the_lane_which_finishes_them(self):
        rows = [dict(row) for row in self._rows("customers.csv") * 60]
        for number, row in enumerate(rows):
            row["customer_id"] = f"C{number}"
        action = self._wizard({"customers.csv": self._csv(rows)}).action_load()
        run = self.env["crm.exchange.run"].search(action["domain"])
        self.assertEqual(run.state, "queued")
        self.env["crm.exchange.engine"].with_context(crm_exchange_no_commit=True)._cron_lane()
        self.assertCounts(run, created=480)
        self.assertEqual(run.state, "done")

    def test_loading_and_controlling_in_one_hand_warns(self):
        user = self.loader
        form = user.new(origin=user)
        form.group_ids |= self.env.ref("crm_strategy.crm_strategy_group_finance")
        warning = form._onchange_crm_separation()["warning"]["message"]
        self.assertIn(user.name, warning)

    def test_who_lacks_the_role_is_refused_before_the_engine_works(self):
        engine_user = self.accountant
        with self.assertRaises(UserError):
            self.env["crm.exchange.run"].with_user(engine_user)._check_exchange_role()
