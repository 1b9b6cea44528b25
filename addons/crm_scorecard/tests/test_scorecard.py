"""The scorecard: one matrix of teams, the same on the screen and in the file."""

import io
import json
from datetime import datetime
from decimal import Decimal

import openpyxl

from odoo import Command
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.crm_strategy.core.value import UNDEFINED, Fault

from ..hooks import uninstall_hook
from .common import ScorecardCase


class TestScorecard(ScorecardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.env.ref("crm_scorecard.crm_scorecard_teams")
        cls.revenue = cls.env.ref("crm_scorecard.crm_indicator_posted_revenue")
        cls._create_invoice(cls.alfa, 100)
        cls._create_invoice(cls.beta, 20.50)
        cls._create_order(cls.alfa, invoiced=True)
        cls._create_order(cls.alfa)

    def _options(self, **values):
        return {"period": "2026", **values}

    def _matrix(self, user=None, card=None, **values):
        card = (card or self.card).with_user(user or self.ole)
        company = card.env.user.company_id
        card = card.with_context(allowed_company_ids=company.ids)
        return card._build_matrix(self._options(**values))

    def _shown(self, matrix):
        return {
            row.key: [
                row.cells[column.key].value if column.key in row.cells else None
                for column in matrix.columns
            ]
            for row in matrix.rows
        }

    def test_teams_and_their_total(self):
        matrix = self._matrix()
        self.assertEqual(
            [column.key for column in matrix.columns],
            [
                "posted_revenue",
                "posted_revenue_target",
                "posted_revenue_n",
                "order_invoiced_rate",
                "order_invoiced_rate_target",
                "order_invoiced_rate_n",
            ],
        )
        target = Decimal("0.95")
        self.assertEqual(
            self._shown(matrix),
            {
                f"team_{self.north.id}": [200, UNDEFINED, 2, Decimal("0.5"), target, 2],
                f"team_{self.south.id}": [Decimal("20.50"), UNDEFINED, 1, UNDEFINED, target, 0],
                "company": [Decimal("220.50"), UNDEFINED, 3, Decimal("0.5"), target, 2],
            },
        )
        self.assertEqual(matrix.row("company").title, "Company A")
        self.assertEqual(matrix.currency.name, "EUR")
        self.assertEqual(matrix.column("posted_revenue").label, "erp")

    def test_what_belongs_to_no_team_has_its_own_row(self):
        self._create_invoice(self.gamma, 3)
        matrix = self._matrix()
        self.assertEqual(matrix.row("team_0").title, "Without a team")
        self.assertEqual(matrix.cell("team_0", "posted_revenue").value, 3)
        total = matrix.cell("company", "posted_revenue").value
        parts = [matrix.cell(key, "posted_revenue").value for key in matrix.row("company").sum_of]
        self.assertEqual(sum(parts), total)

    def test_missing_figures_say_why(self):
        matrix = self._matrix(period="2025")
        for row in matrix.rows:
            for column in matrix.columns:
                cell = row.cells[column.key]
                if cell.value is UNDEFINED:
                    self.assertTrue(cell.note, f"{row.key} {column.key}")
        self.assertIn("North", matrix.cell(f"team_{self.north.id}", "posted_revenue").note)

    def test_every_figure_opens_its_documents(self):
        matrix = self._matrix(self.sim)
        for row in matrix.rows:
            for code in ("posted_revenue", "order_invoiced_rate"):
                cell, count = row.cells[code], row.cells[f"{code}_n"]
                if cell.value is UNDEFINED:
                    self.assertIsNone(cell.drill)
                    continue
                domain = cell.drill.as_dict()["domain"]
                documents = self.env[cell.drill.model].with_user(self.sim).search(domain)
                self.assertEqual(len(documents), count.value)
                if code == "posted_revenue":
                    total = sum(Decimal(f"{d.amount_untaxed_signed:.2f}") for d in documents)
                    self.assertEqual(total, cell.value)

    def test_the_target_of_an_amount_is_for_the_company_and_one_period(self):
        line = self.card.line_ids.filtered(lambda line: line.indicator_id == self.revenue)
        line.write({"has_target": True, "target": 1000})
        matrix = self._matrix()
        self.assertEqual(matrix.cell("company", "posted_revenue_target").value, 1000)
        team = matrix.cell(f"team_{self.north.id}", "posted_revenue_target")
        self.assertIs(team.value, UNDEFINED)
        month = self._matrix(period="2026-03").cell("company", "posted_revenue_target")
        self.assertIs(month.value, UNDEFINED)
        self.assertIn("This year", month.note)

    def test_screen_and_file_are_equal_cell_by_cell(self):
        self._create_invoice(self.gamma, 3, move_type="out_refund")
        card = self.card.with_user(self.fin).with_context(allowed_company_ids=self.company_a.ids)
        shown = card.get_matrix(self._options())["matrix"]
        self.assertEqual(shown, json.loads(json.dumps(shown)))
        content, name = card.get_matrix_xlsx(self._options())
        self.assertEqual(name, "Customer teams - Company A - 2026.xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=True).worksheets[0]
        keys = [column["key"] for column in shown["columns"]]
        for number, row in enumerate(shown["rows"], start=5):
            written = [cell.value for cell in sheet[number]]
            self.assertEqual(written[0], row["title"])
            for key, value in zip(keys, written[1:], strict=True):
                cell = row["cells"][key]
                expected = float(cell["value"]) if cell["state"] == "value" else "–"
                self.assertEqual(value, expected, f"{row['key']} {key}")

    def test_cost_does_not_grow_with_the_teams(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            self.card.with_user(self.ole)._build_matrix(self._options())
            before = self.env.cr.sql_log_count
            self.env.invalidate_all()
            self.card.with_user(self.ole)._build_matrix(self._options())
            return self.env.cr.sql_log_count - before

        few = queries()
        for number in range(10):
            segment = self.key.copy({"name": f"Segment {number}"})
            self.north.copy({"name": f"Team {number}", "crm_segment_id": segment.id})
        self.assertEqual(queries(), few)

    def test_opens_with_the_period_it_names(self):
        for period, length in (("all", 3), ("year", 4), ("quarter", 7), ("month", 7)):
            self.card.period = period
            value = self.card.get_matrix()["options"][-1]["value"]
            self.assertEqual(len(value), length, value)

    def test_without_a_record_the_reader_chooses(self):
        own = self.card.copy({"name": "Our own", "company_id": self.company_a.id})
        cards = self.env["crm.scorecard"].with_user(self.ole)
        cards = cards.with_context(allowed_company_ids=self.company_a.ids)
        shown = cards.get_matrix()
        self.assertEqual(shown["matrix"]["title"], "Our own")
        choices = shown["options"][0]["choices"]
        self.assertEqual([value for value, _label in choices], [own.id, self.card.id])
        shown = cards.get_matrix({"scorecard": self.card.id})
        self.assertEqual(shown["matrix"]["title"], "Customer teams")

    def test_without_any_scorecard_a_sentence_says_what_to_do(self):
        self.env["crm.scorecard"].search([]).active = False
        shown = self.env["crm.scorecard"].with_user(self.ole).get_matrix()["matrix"]
        self.assertFalse(shown["rows"])
        self.assertIn("Company A", shown["empty"])

    def test_an_indicator_that_no_addon_measures_has_no_data_and_says_so(self):
        unknown = self.env["crm.indicator"].create({"name": "Unknown", "code": "unknown_code"})
        self.card.line_ids = [Command.create({"indicator_id": unknown.id})]
        matrix = self._matrix()
        cell = matrix.cell("company", "unknown_code")
        self.assertIs(cell.value, UNDEFINED)
        self.assertIn("no installed addon measures “Unknown”", cell.explanation)

    def test_a_formula_that_broke_is_a_fault_not_a_zero(self):
        part = self.env["crm.indicator"].create({"name": "Part", "code": "part_of_it"})
        formula = self.env["crm.indicator"].create(
            {"name": "Half", "code": "half_of_it", "formula_text": "part_of_it / 2"}
        )
        self.card.line_ids = [Command.create({"indicator_id": formula.id})]
        part.active = False
        cell = self._matrix().cell("company", "half_of_it")
        self.assertIsInstance(cell.value, Fault)
        self.assertIn("“part_of_it”", cell.explanation)

    def test_targets_and_definitions_are_checked(self):
        rate = self.card.line_ids.filtered(lambda line: line.unit == "rate")
        with self.assertRaises(ValidationError):
            rate.target = 95
        own = self.revenue.copy({"company_id": self.company_b.id})
        with self.assertRaises(ValidationError):
            self.card.line_ids = [Command.create({"indicator_id": own.id})]

    # companies and roles
    def test_each_company_sees_its_own_teams_definitions_and_figures(self):
        self._create_invoice(self.alfa, 4000, company=self.company_b)
        self.revenue.copy(
            {"name": "Umsatz", "company_id": self.company_b.id, "formula": "Our own way."}
        )
        matrix = self._matrix(self.bor)
        self.assertEqual(matrix.column("posted_revenue").title, "Umsatz")
        self.assertEqual([row.key for row in matrix.rows], ["team_0", "company"])
        self.assertEqual(matrix.cell("company", "posted_revenue").value, 4000)
        ours = self._matrix(self.ole)
        self.assertEqual(ours.column("posted_revenue").title, "Posted revenue")
        self.assertEqual(ours.cell("company", "posted_revenue").value, Decimal("220.50"))

    def test_a_foreign_company_cannot_be_asked_for(self):
        self._create_invoice(self.alfa, 4000, company=self.company_b)
        shown = self._matrix(self.bor, company=self.company_a.id)
        self.assertEqual(shown.row("company").title, "Company B")
        own = self.card.copy({"name": "Ours", "company_id": self.company_a.id})
        with self.assertRaises(AccessError):
            own.with_user(self.bor).get_matrix()
        cards = self.env["crm.scorecard"].with_user(self.bor)
        cards = cards.with_context(allowed_company_ids=self.company_b.ids)
        self.assertNotIn(own, cards.search([]))

    def test_with_several_companies_the_reader_chooses_one(self):
        self.sim.company_ids = self._companies()
        card = self.card.with_user(self.sim)
        card = card.with_context(allowed_company_ids=self._companies().ids)
        shown = card.get_matrix(self._options(company=self.company_b.id))
        choices = [value for value, _label in shown["options"][0]["choices"]]
        self.assertEqual(choices, self._companies().ids)
        self.assertEqual(shown["matrix"]["rows"], [])
        shown = card.get_matrix(self._options())
        self.assertEqual(shown["matrix"]["rows"][-1]["title"], "Company A")

    def test_who_may_read_and_who_may_define(self):
        for user in (self.ole, self.lia, self.fin):
            card = self.card.with_user(user)
            self.assertTrue(card.get_matrix(self._options())["matrix"]["rows"])
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                card.name = "Mine"
        self.card.with_user(self.sim).name = "Ours"
        with self.assertRaises(AccessError):
            self.card.with_user(self.boo).get_matrix()

    # uninstalling
    def test_uninstalling_leaves_no_filter_or_rule_that_fails(self):
        Filter = self.env["ir.filters"]
        values = {"user_ids": False, "context": "{}", "sort": "[]"}
        gone = Filter.create(
            [
                {**values, "name": "a", "model_id": "crm.scorecard", "domain": "[]"},
                {
                    **values,
                    "name": "b",
                    "model_id": "crm.customer",
                    "domain": "[('posted_revenue', '>', 1)]",
                },
                {
                    **values,
                    "name": "c",
                    "model_id": "account.move",
                    "domain": "[('crm_team_then_id', '=', 1)]",
                },
            ]
        )
        kept = Filter.create(
            {
                **values,
                "name": "d",
                "model_id": "account.move",
                "domain": "[('currency_id', '=', 1)]",
            }
        )
        self.env["crm.customer"].search([]).is_segment_manual = False
        self.key.rule_domain = '[("posted_revenue", ">", 1)]'
        self.small.rule_domain = "[('partner_id.name', '=', 'Beta')]"
        uninstall_hook(self.env)
        self.assertFalse(gone.exists())
        self.assertTrue(kept.exists())
        self.assertFalse(self.key.rule_domain)
        self.assertTrue(self.customers[self.alfa].is_segment_manual)
        self.assertTrue(self.small.rule_domain)
        self.assertFalse(self.customers[self.beta].is_segment_manual)
        waiting = self.env["crm.change"].search([("consumer", "=", "profile")])
        self.assertFalse(waiting)

    def test_an_order_of_the_night_counts_where_it_is_shown(self):
        self._create_order(self.beta, datetime(2026, 12, 31, 22, 30))
        matrix = self._matrix(period="2027")
        self.assertEqual(matrix.cell(f"team_{self.south.id}", "order_invoiced_rate_n").value, 1)
