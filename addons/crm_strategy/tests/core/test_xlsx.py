"""The file equals the screen cell by cell, and text in it is never anything but text."""

import io
from decimal import Decimal
from unittest import TestCase

import openpyxl

from odoo.addons.crm_strategy.core.matrix import Cell, Column, Currency, Drill, Matrix, Row
from odoo.addons.crm_strategy.core.value import UNDEFINED, Fault
from odoo.addons.crm_strategy.core.xlsx import NO_DATA, Words, render, sheet_name

PAYLOADS = (
    '=HYPERLINK("http://example.com","click")',
    "=cmd|'/c calc'!A0",
    "{=1+1}",
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    "\t=1+1",
    "\r=1+1",
    "http://example.com",
    "mailto:a@example.com",
    "internal:Sheet1!A1",
    "external:c:\\temp\\foo.xlsx",
    "0012345",
    "1e10",
)
FIRST_ROW = 5


def opened(*matrices, values=True, words=None):
    """(book with values, book with formulas) as openpyxl reads the bytes."""
    content = render(list(matrices), words)
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def a_matrix(rows, columns=None, **changes):
    columns = columns or [Column("amount", "Amount", "amount", "erp")]
    values = {"currency": Currency("EUR", "€", "after", 2)}
    return Matrix("Report", columns, rows, **{**values, **changes})


class TestXlsx(TestCase):
    def test_values_equal_the_matrix_cell_by_cell(self):
        columns = [
            Column("amount", "Amount", "amount", "erp"),
            Column("n", "Count", "integer"),
            Column("rate", "Rate", "rate"),
            Column("days", "Days", "days", "crm"),
            Column("text", "Remark", "text"),
        ]
        cells = {
            "amount": Cell(Decimal("1354458.59"), drill=Drill("sale.order", [], "Orders")),
            "n": Cell(830),
            "rate": Cell(Decimal("0.974699")),
            "days": Cell(UNDEFINED, note="No delivery yet."),
            "text": Cell("fine"),
        }
        matrix = a_matrix(
            [Row("a", "Team A", cells), Row("g", "Group", {}, style="group")], columns
        )
        sheet = opened(matrix).worksheets[0]
        shown = [cell.value for cell in sheet[FIRST_ROW]]
        self.assertEqual(shown, ["Team A", 1354458.59, 830, 0.974699, NO_DATA, "fine"])
        formats = [cell.number_format for cell in sheet[FIRST_ROW]][1:]
        self.assertEqual(formats, ["#,##0.00", "#,##0", "0.0%", "@", "@"])
        self.assertEqual([cell.value for cell in sheet[FIRST_ROW + 1]], ["Group"] + [None] * 5)
        self.assertEqual([cell.value for cell in sheet[4]][1:], [c.title for c in columns])
        self.assertEqual(sheet.cell(3, 2).value, "ERP · post")
        self.assertEqual(sheet.cell(3, 5).value, "CRM · ante")

    def test_missing_figures_say_why_in_a_comment(self):
        rows = [
            Row("a", "A", {"amount": Cell(UNDEFINED, note="No invoice yet.")}),
            Row("b", "B", {"amount": Cell(UNDEFINED)}),
            Row("c", "C", {"amount": Cell(Fault("rate", "No rate of USD."))}),
        ]
        sheet = opened(a_matrix(rows)).worksheets[0]
        cells = [sheet.cell(FIRST_ROW + i, 2) for i in range(3)]
        self.assertEqual([cell.value for cell in cells], [NO_DATA] * 3)
        self.assertEqual(
            [cell.comment.text for cell in cells], ["No invoice yet.", "No data", "No rate of USD."]
        )

    def test_text_is_never_a_formula_or_a_link(self):
        columns = [Column("text", text, "text", help=text) for text in ("Remark",)]
        for payload in PAYLOADS:
            rows = [Row("a", payload, {"text": Cell(payload)})]
            matrix = Matrix(
                payload,
                [*columns, Column("p", payload, "text")],
                rows,
                parameters=((payload, payload),),
                notes=(payload,),
            )
            book = opened(matrix, values=False)
            with self.subTest(payload=payload):
                cells = [cell for sheet in book for line in sheet for cell in line]
                self.assertNotIn("f", {cell.data_type for cell in cells})
                self.assertFalse([cell for cell in cells if cell.hyperlink])
                shown = book.worksheets[0].cell(FIRST_ROW, 2)
                self.assertEqual(shown.data_type, "s")
                self.assertEqual(shown.value.strip(), payload.strip())

    def test_digits_follow_the_currency(self):
        for digits, expected in ((0, "#,##0"), (2, "#,##0.00"), (3, "#,##0.000")):
            matrix = a_matrix(
                [Row("a", "A", {"amount": Cell(Decimal("5"))})],
                currency=Currency("XXX", "x", "after", digits),
            )
            cell = opened(matrix).worksheets[0].cell(FIRST_ROW, 2)
            self.assertEqual(cell.number_format, expected)

    def test_totals_are_live_sums_with_their_value(self):
        rows = [
            Row("a", "A", {"amount": Cell(Decimal("10.10"))}),
            Row("b", "B", {"amount": Cell(Decimal("20.20"))}),
            Row("c", "C", {"amount": Cell(UNDEFINED)}),
            Row("x", "X", {"amount": Cell(Decimal("1"))}),
            Row(
                "t",
                "Total",
                {"amount": Cell(Decimal("30.30"))},
                style="total",
                sum_of=("a", "b", "c"),
            ),
        ]
        total = FIRST_ROW + 4
        formula = opened(a_matrix(rows), values=False).worksheets[0].cell(total, 2).value
        self.assertEqual(formula, "=SUM(B5:B7)")
        self.assertEqual(opened(a_matrix(rows)).worksheets[0].cell(total, 2).value, 30.30)

    def test_a_sum_that_is_not_the_figure_stays_a_number(self):
        rows = [
            Row("a", "A", {"amount": Cell(Decimal("10"))}),
            Row("t", "Total", {"amount": Cell(Decimal("11"))}, style="total", sum_of=("a",)),
        ]
        cell = opened(a_matrix(rows), values=False).worksheets[0].cell(FIRST_ROW + 1, 2)
        self.assertEqual((cell.data_type, cell.value), ("n", 11))
        rates = [Column("rate", "Rate", "rate")]
        rows = [
            Row("a", "A", {"rate": Cell(Decimal("0.5"))}),
            Row("t", "Total", {"rate": Cell(Decimal("0.5"))}, style="total", sum_of=("a",)),
        ]
        cell = opened(a_matrix(rows, rates), values=False).worksheets[0].cell(FIRST_ROW + 1, 2)
        self.assertEqual((cell.data_type, cell.value), ("n", 0.5))

    def test_header_and_first_column_are_frozen(self):
        sheet = opened(a_matrix([Row("a", "A", {})])).worksheets[0]
        self.assertEqual(sheet.freeze_panes, "B5")

    def test_parameters_and_notes_stand_on_a_sheet_of_their_own(self):
        matrix = a_matrix(
            [Row("a", "A", {}, help="The first row.")],
            parameters=(("Company", "My Company"), ("Period", "2026")),
            notes=("Draft invoices are not counted.",),
        )
        book = opened(matrix, words=Words(parameters="Parametri"))
        self.assertEqual(book.sheetnames, ["Report", "Parametri"])
        pairs = [[cell.value for cell in line] for line in book.worksheets[1]]
        self.assertEqual(
            pairs,
            [
                ["Report", "Report"],
                ["Company", "My Company"],
                ["Period", "2026"],
                ["Currency", "EUR"],
                ["Notes", "Draft invoices are not counted."],
                ["What the figures mean", "A: The first row."],
            ],
        )
        self.assertEqual(book.worksheets[0]["A2"].value, "Company: My Company · Period: 2026")

    def test_an_empty_matrix_says_so(self):
        sheet = opened(a_matrix([], empty="No team yet.")).worksheets[0]
        self.assertEqual(sheet.cell(FIRST_ROW, 1).value, "No team yet.")

    def test_sheet_names_are_valid_and_different(self):
        taken = set()
        names = [sheet_name(title, taken) for title in ("A/B: [x]?", "a b  x", "'", "History")]
        self.assertEqual(names, ["A B   x", "a b  x", "Report", "Report (2)"])
        long = [sheet_name("x" * 40, taken) for _ in range(2)]
        self.assertEqual([len(name) for name in long], [31, 31])
        self.assertEqual(len({name.casefold() for name in taken}), 6)

    def test_control_characters_do_not_break_the_file(self):
        rows = [Row("a", "A\x00B\x0bC\ufffe", {})]
        self.assertEqual(opened(a_matrix(rows)).worksheets[0].cell(FIRST_ROW, 1).value, "A B C ")

    def test_many_matrices_make_many_sheets(self):
        book = opened(a_matrix([]), a_matrix([]))
        self.assertEqual(book.sheetnames, ["Report", "Report (2)", "Parameters"])
        with self.assertRaises(ValueError):
            render([])
