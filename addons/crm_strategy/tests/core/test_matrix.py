"""The matrix says what it shows, and refuses what it could not show truthfully."""

import json
from datetime import date, datetime
from decimal import Decimal
from unittest import TestCase

from odoo.addons.crm_strategy.core.matrix import Cell, Column, Currency, Drill, Matrix, Row
from odoo.addons.crm_strategy.core.value import UNDEFINED, Fault


def a_matrix(**changes):
    """Two teams and their total: revenue in euro, a rate that one team does not have."""
    columns = [Column("revenue", "Revenue", "amount", "erp"), Column("rate", "Rate", "rate")]
    rows = [
        Row("a", "Team A", {"revenue": Cell(Decimal("10.10")), "rate": Cell(Decimal("0.5"))}),
        Row("b", "Team B", {"revenue": Cell(Decimal("20.20")), "rate": Cell(UNDEFINED)}),
        Row("all", "Company", {"revenue": Cell(Decimal("30.30"))}, style="total"),
    ]
    values = {"columns": columns, "rows": rows, "currency": Currency("EUR", "€", "after", 2)}
    return Matrix("Revenue by team", **{**values, **changes})


class TestMatrix(TestCase):
    def test_cells_are_found_by_row_and_column(self):
        matrix = a_matrix()
        self.assertEqual(matrix.cell("b", "revenue").value, Decimal("20.20"))
        self.assertIsNone(matrix.cell("all", "rate"))
        with self.assertRaises(KeyError):
            matrix.cell("nobody", "rate")
        with self.assertRaises(KeyError):
            matrix.cell("a", "nothing")

    def test_screen_gets_exact_numbers_as_text(self):
        shown = a_matrix().as_dict()
        self.assertEqual(shown["rows"][0]["cells"]["revenue"]["value"], "10.10")
        self.assertEqual(shown["rows"][0]["cells"]["revenue"]["kind"], "amount")
        self.assertEqual(shown["columns"][0]["label"], "erp")
        self.assertEqual(shown, json.loads(json.dumps(shown)))

    def test_no_data_is_not_zero_and_says_why(self):
        cell = Cell(UNDEFINED, note="No order was confirmed in this period.").as_dict("rate")
        self.assertEqual((cell["state"], cell["value"]), ("none", None))
        self.assertEqual(cell["note"], "No order was confirmed in this period.")
        zero = Cell(0).as_dict("integer")
        self.assertEqual((zero["state"], zero["value"]), ("value", "0"))

    def test_a_fault_carries_its_sentence(self):
        cell = Cell(Fault("rate", "No exchange rate of USD before 2026.")).as_dict("amount")
        self.assertEqual(cell["state"], "fault")
        self.assertEqual(cell["note"], "No exchange rate of USD before 2026.")

    def test_drill_domain_is_json_ready(self):
        domain = [("date", ">=", date(2026, 1, 1)), "|", ("at", "<", datetime(2026, 1, 2, 3, 4))]
        shown = Drill("sale.order", [*domain, ("id", "in", (1, 2))], "Orders").as_dict()
        self.assertEqual(
            shown["domain"],
            [
                ["date", ">=", "2026-01-01"],
                "|",
                ["at", "<", "2026-01-02 03:04:00"],
                ["id", "in", [1, 2]],
            ],
        )

    def test_wrong_building_blocks_are_refused(self):
        for build in (
            lambda: Column("a", "A", "money"),
            lambda: Column("a", "A", "amount", "post"),
            lambda: Row("a", "A", {}, style="bold"),
            lambda: Cell(1, kind="money"),
            lambda: Cell(Decimal("NaN")),
            lambda: a_matrix(columns=[Column("a", "A", "amount"), Column("a", "B", "amount")]),
            lambda: a_matrix(rows=[Row("a", "A", {}), Row("a", "B", {})]),
            lambda: a_matrix(rows=[Row("a", "A", {"unknown": Cell(1)})]),
            lambda: a_matrix(rows=[Row("a", "A", {}, sum_of=("unknown",))]),
        ):
            with self.assertRaises(ValueError):
                build()
        for value in (1.5, True, None):
            with self.assertRaises(TypeError):
                Cell(value)
