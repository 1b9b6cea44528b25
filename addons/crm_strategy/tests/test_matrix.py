"""A matrix is read by those who may read its report, on the screen and as a file alike."""

import io
import json
import re
from unittest.mock import patch

import openpyxl
from freezegun import freeze_time
from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError
from odoo.orm.model_classes import add_to_registry
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger


class MatrixCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        from .fake_matrix import CrmMatrixFake

        add_to_registry(cls.registry, CrmMatrixFake)
        cls.registry._setup_models__(cls.env.cr, [CrmMatrixFake._name])
        cls.registry.init_models(cls.env.cr, [CrmMatrixFake._name], {"models_to_check": True})
        cls.addClassCleanup(cls.registry.__delitem__, CrmMatrixFake._name)
        group = cls.env.ref("crm_strategy.crm_strategy_group_user")
        cls.env["ir.model.access"].create(
            {
                "name": "fake report for CRM users",
                "model_id": cls.env["ir.model"]._get_id("crm.matrix.fake"),
                "group_id": group.id,
                "perm_read": True,
            }
        )
        cls.user = new_test_user(
            cls.env, login="matrix_user", groups="crm_strategy.crm_strategy_group_user"
        )
        cls.outsider = new_test_user(cls.env, login="matrix_outsider", groups="base.group_user")
        cls.report = cls.env["crm.matrix.fake"].create({"name": "Main"}).with_user(cls.user)


class TestMatrixMixin(MatrixCase):
    def test_a_reader_gets_the_matrix_and_its_filters(self):
        shown = self.report.get_matrix()
        self.assertEqual(
            {item["key"]: item["value"] for item in shown["options"]},
            {"period": "2026", "basis": "net", "as_of": False},
        )
        self.assertEqual(shown["matrix"]["rows"][0]["cells"]["amount"]["value"], "1234.50")
        self.assertEqual(shown["matrix"]["currency"]["name"], self.env.company.currency_id.name)
        self.assertEqual(shown, json.loads(json.dumps(shown)))

    def test_who_may_not_read_the_report_gets_neither_screen_nor_file(self):
        report = self.report.with_user(self.outsider)
        with self.assertRaises(AccessError):
            report.get_matrix()
        with self.assertRaises(AccessError):
            report.get_matrix_xlsx()
        with self.assertRaises(AccessError):
            report.get_matrix_pdf()

    def test_records_that_the_reader_may_not_open_have_no_button(self):
        cells = self.report.get_matrix()["matrix"]["rows"][0]["cells"]
        self.assertEqual(cells["amount"]["drill"]["model"], "res.company")
        self.assertIsNone(cells["rate"]["drill"])

    def test_filters_are_checked(self):
        shown = self.report.get_matrix(
            {"period": "2026-Q2", "basis": "gone", "as_of": "2026-03-31", "unknown": 1}
        )
        self.assertEqual(
            [item["value"] for item in shown["options"]], ["2026-Q2", "net", "2026-03-31"]
        )
        nonsense = (
            *({"period": text} for text in ("2026-13", "0000", "10000", "1899", ["2026"], "..")),
            *(
                {"period": f"2026-02-01..{day}"}
                for day in ("2026-02-01", "2026-02-30", "2036-02-02")
            ),
            *(
                {"as_of": day}
                for day in ("tomorrow", "0001-01-01", "2026-02-30", 5, True, {"a": 1})
            ),
        )
        for options in nonsense:
            with self.subTest(options=options), self.assertRaises(UserError):
                self.report.get_matrix(options)

    def test_days_are_a_period_and_shown_as_people_write_them(self):
        lang = self.env["res.lang"]._activate_lang("ro_RO")
        lang.date_format = "%d.%m.%Y"
        report = self.report.with_context(lang="ro_RO")
        matrix = report.get_matrix({"period": "2026-01-15..2026-02-01"})["matrix"]
        self.assertEqual(matrix["parameters"][0][1], "15.01.2026 – 31.01.2026")

    @mute_logger("odoo.sql_db")
    def test_a_report_that_takes_too_long_is_stopped_with_a_sentence(self):
        report_class = self.registry["crm.matrix.fake"]

        def sleepy(report, options):
            report.env.cr.execute("SELECT pg_sleep(5)")

        self.patch(report_class, "_matrix_time_limit", lambda report: 0.05)
        with patch.object(report_class, "_build_matrix", sleepy):
            for method in ("get_matrix", "get_matrix_xlsx", "get_matrix_pdf"):
                with self.assertRaisesRegex(UserError, "“Report of a test” takes longer"):
                    getattr(self.report, method)()
        # The transaction goes on, without the limit.
        self.assertTrue(self.report.get_matrix())
        self.env.cr.execute("SELECT current_setting('statement_timeout')")
        self.assertEqual(self.env.cr.fetchone(), ("0",))

    def test_file_has_a_readable_name_and_the_figures_of_the_screen(self):
        self.report.sudo().name = 'A/B: "x"'
        content, name = self.report.get_matrix_xlsx({"period": "2026-03"})
        self.assertEqual(name, "Fake- A-B- -x-False - 03-2026.xlsx")
        sheet, parameters = openpyxl.load_workbook(io.BytesIO(content), data_only=True).worksheets
        self.assertEqual([cell.value for cell in sheet[5]], ["Company", 1234.5, "–"])
        pairs = {line[0].value: line[1].value for line in parameters}
        self.assertEqual(pairs["Period"], "03/2026")
        self.assertEqual(pairs["Printed by"], self.user.name)
        self.assertIn("Printed on", pairs)
        self.assertRegex(pairs["Fingerprint (SHA-256)"], "^[0-9a-f]{64}$")

    def _pdf(self, options=None, **context):
        content, name = self.report.with_context(**context).get_matrix_pdf(options)
        pages = PdfReader(io.BytesIO(content)).pages
        return name, re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))

    def test_paper_has_the_figures_of_the_screen_and_says_who_printed_it(self):
        name, text = self._pdf({"period": "2026-03"}, tz="Europe/Bucharest")
        self.assertEqual(name, "Fake- Main-False - 03-2026.pdf")
        for expected in (
            "Company 1,234.50",
            "No order was confirmed.",
            "03/2026",
            self.env.company.name,
            f"Printed by {self.user.name}",
            "(Europe/Bucharest)",
            "1 / 1",
        ):
            self.assertIn(expected, text)

    def test_paper_is_the_same_when_printed_twice_in_a_minute(self):
        with freeze_time("2026-03-31 22:30:10"):
            first = self.report.get_matrix_pdf()
        with freeze_time("2026-03-31 22:30:50"):
            self.assertEqual(first, self.report.get_matrix_pdf())

    def test_paper_speaks_the_language_of_the_reader(self):
        lang = self.env["res.lang"]._activate_lang("ro_RO")
        lang.write({"decimal_point": ",", "thousands_sep": ".", "date_format": "%d.%m.%Y"})
        with freeze_time("2026-03-31 22:30:10"):
            _name, text = self._pdf(lang="ro_RO", tz="Europe/Bucharest")
        self.assertIn("1.234,50", text)
        # Printed after midnight in the reader's own zone.
        self.assertIn("01.04.2026 01:30", text)


@tagged("post_install", "-at_install")
class TestMatrixController(MatrixCase, HttpCase):
    def _get(self, login, kind="xlsx", **params):
        self.authenticate(login, login)
        query = "&".join(f"{key}={value}" for key, value in params.items())
        return self.url_open(f"/crm/matrix/{kind}?{query}")

    def test_a_reader_downloads_the_file(self):
        answer = self._get(
            "matrix_user", model="crm.matrix.fake", id=self.report.id, options='{"period":"2025"}'
        )
        self.assertEqual(answer.status_code, 200)
        self.assertIn("spreadsheetml", answer.headers["Content-Type"])
        self.assertIn(".xlsx", answer.headers["Content-Disposition"])
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        self.assertTrue(book.worksheets[0]["A2"].value.startswith("Period: 2025 · "))

    def test_a_reader_prints_the_report(self):
        answer = self._get("matrix_user", "pdf", model="crm.matrix.fake", id=self.report.id)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertIn(".pdf", answer.headers["Content-Disposition"])
        self.assertTrue(answer.content.startswith(b"%PDF-"))

    @mute_logger("odoo.http")
    def test_others_get_nothing(self):
        refused = {
            403: {"model": "crm.matrix.fake", "id": self.report.id},
            404: {"model": "res.users"},
        }
        for status, params in refused.items():
            for kind in ("xlsx", "pdf"):
                answer = self._get("matrix_outsider", kind, **params)
                self.assertEqual(answer.status_code, status)

    @mute_logger("odoo.http")
    def test_nonsense_is_refused(self):
        model = "crm.matrix.fake"
        for status, params in (
            (404, {"model": model, "id": 10**9}),
            (404, {"model": "no.such.model"}),
            (400, {"model": model, "id": "x"}),
            (400, {"model": model, "options": "[1]"}),
            (400, {"model": model, "options": "{"}),
            (400, {"model": model, "cids": "1;2"}),
            (403, {"model": model, "cids": self.env["res.company"].create({"name": "C"}).id}),
        ):
            with self.subTest(params=params):
                self.assertEqual(self._get("matrix_user", **params).status_code, status)
