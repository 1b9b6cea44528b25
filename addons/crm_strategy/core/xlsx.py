"""Matrices as an XLSX workbook that equals the screen cell by cell.

Text is always text: a customer named ``=HYPERLINK(...)`` stays a name, never a formula or a link.
The only formulas are sums over cells of the same sheet, written with their value, and only where
the sum is the figure shown.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from .matrix import Cell, Column, Matrix, Row
from .words import NO_DATA, Words, clean_text

MAX_SHEET_NAME = 31
_FORBIDDEN_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_FIRST_WIDTH, _WIDTH = 38, 16
_TONES = {"alert": "#F8D7DA", "doubt": "#FFE8B8"}
_INK, _LINE, _HEAD, _SOFT, _ALERT = "#212529", "#CED4DA", "#E9ECEF", "#F8F9FA", "#B02A37"


def render(matrices: Sequence[Matrix], words: Words | None = None) -> bytes:
    """The workbook: one sheet per matrix, and a last sheet with all parameters and notes.

    :param matrices: at least one.
    :param words: the file's own words; English when not given.
    :return: the bytes of an .xlsx file.
    """
    if not matrices:
        raise ValueError("An XLSX file needs at least one matrix.")
    words = words or Words()
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        formats = _Formats(book)
        names: set[str] = {words.parameters.casefold()}
        for matrix in matrices:
            sheet = book.add_worksheet(sheet_name(matrix.title, names))
            _MatrixSheet(sheet, matrix, formats, words).fill()
        _write_parameters(
            book.add_worksheet(_clean_name(words.parameters)), matrices, formats, words
        )
    return stream.getvalue()


def sheet_name(title: str, taken: set[str]) -> str:
    """A name that Excel accepts, not yet in ``taken`` (case-folded), to which it is added."""
    base = _clean_name(title)
    name, number = base, 1
    while name.casefold() in taken:
        number += 1
        suffix = f" ({number})"
        name = base[: MAX_SHEET_NAME - len(suffix)] + suffix
    taken.add(name.casefold())
    return name


def _clean_name(title: str) -> str:
    name = _FORBIDDEN_IN_SHEET_NAME.sub(" ", title).strip(" '")[:MAX_SHEET_NAME].strip(" '")
    # Excel keeps the name History for itself.
    return "Report" if not name or name.casefold() == "history" else name


def number_format(kind: str, digits: int) -> str:
    """Excel's number format of a kind; ``digits`` are the currency's.

    Separators follow the reader's own Excel; the file stores the number.
    """
    if kind == "amount":
        return "#,##0" + ("." + "0" * digits if digits else "")
    return {"integer": "#,##0", "rate": "0.0%", "days": "#,##0.0", "text": "@"}[kind]


class _Formats:
    """Formats made once and shared; a workbook of many matrices stays small."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple, Any] = {}

    def get(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            base = {"font_color": _INK, "valign": "vcenter"}
            self._made[key] = self._book.add_format({**base, **properties})
        return self._made[key]

    def row(self, style: str, **properties: Any) -> Any:
        looks = {
            "line": {"bottom": 4, "bottom_color": _LINE},
            "total": {"bold": True, "top": 1, "bottom": 1, "bg_color": _SOFT},
            "check": {"italic": True, "top": 4, "bg_color": _SOFT},
            "group": {"bold": True, "bg_color": _SOFT, "bottom": 1, "bottom_color": _LINE},
        }
        return self.get(**{**looks[style], **properties})


class _MatrixSheet:
    """Title, one line of parameters, header, rows; header and first column frozen."""

    HEADER, FIRST = 3, 4

    def __init__(self, sheet: Any, matrix: Matrix, formats: _Formats, words: Words) -> None:
        self.sheet, self.matrix, self.formats, self.words = sheet, matrix, formats, words
        self.digits = matrix.currency.digits if matrix.currency else 2
        self.rows = {row.key: row for row in matrix.rows}
        self.row_index = {row.key: self.FIRST + i for i, row in enumerate(matrix.rows)}

    def fill(self) -> None:
        self._write_head()
        for row in self.matrix.rows:
            self._write_row(row)
        if not self.matrix.rows and self.matrix.empty:
            self._text(self.FIRST, 0, self.matrix.empty, self.formats.get(italic=True))
        self.sheet.freeze_panes(self.FIRST, 1)
        self.sheet.set_column(0, 0, _FIRST_WIDTH)
        if self.matrix.columns:
            self.sheet.set_column(1, len(self.matrix.columns), _WIDTH)
        self._set_up_page()

    def _set_up_page(self) -> None:
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(self.HEADER - 1, self.HEADER)
        self.sheet.set_footer("&C&P / &N")

    def _write_head(self) -> None:
        self._text(0, 0, self.matrix.title, self.formats.get(bold=True, font_size=14))
        summary = " · ".join(f"{name}: {value}" for name, value in self.matrix.parameters)
        self._text(1, 0, summary, self.formats.get(font_color="#6C757D"))
        badge = self.formats.get(font_size=8, bg_color=_HEAD, align="right")
        head = {"bold": True, "bg_color": _HEAD, "text_wrap": True, "bottom": 1}
        self.sheet.write_blank(2, 0, None, badge)
        self.sheet.write_blank(self.HEADER, 0, None, self.formats.get(**head))
        for index, column in enumerate(self.matrix.columns, start=1):
            align = "left" if column.kind == "text" else "right"
            self._text(2, index, self.words.label(column.label), badge)
            self._text(self.HEADER, index, column.title, self.formats.get(align=align, **head))
            if column.help:
                self.sheet.write_comment(self.HEADER, index, clean_text(column.help))

    def _write_row(self, row: Row) -> None:
        index = self.row_index[row.key]
        title = row.title
        if row.label:
            title = f"{title} ({self.words.label(row.label)})"
        look = self.formats.row(row.style, indent=min(row.level, 15), num_format="@")
        self._text(index, 0, title, look)
        for position, column in enumerate(self.matrix.columns, start=1):
            self._write_cell(index, position, row, column)

    def _write_cell(self, index: int, position: int, row: Row, column: Column) -> None:
        cell = row.cells.get(column.key)
        kind = self.matrix.kind_at(row, column)
        if cell is None:
            self.sheet.write_blank(index, position, None, self.formats.row(row.style))
            return
        if cell.is_numeric:
            self._write_number(index, position, row, column, cell)
        else:
            text = cell.value if cell.state == "value" else NO_DATA
            align = "left" if kind == "text" and cell.state == "value" else "right"
            tone = {"bg_color": _TONES[cell.tone], "text_wrap": True} if cell.tone else {}
            look = self.formats.row(row.style, align=align, num_format="@", **tone)
            self._text(index, position, text, look)
        reason = cell.explanation or (self.words.no_data if cell.state != "value" else None)
        if reason:
            self.sheet.write_comment(index, position, clean_text(reason))

    def _write_number(
        self, index: int, position: int, row: Row, column: Column, cell: Cell
    ) -> None:
        kind = self.matrix.kind_at(row, column)
        properties = {"num_format": number_format(kind, self.digits), "align": "right"}
        if row.style == "check" and cell.value:
            properties["font_color"] = _ALERT
        look = self.formats.row(row.style, **properties)
        value = float(cell.value) if isinstance(cell.value, Decimal) else cell.value
        formula = self._sum_formula(position, row, column, cell)
        if formula:
            self.sheet.write_formula(index, position, formula, look, value)
        else:
            self.sheet.write_number(index, position, value, look)

    def _sum_formula(self, position: int, row: Row, column: Column, cell: Cell) -> str | None:
        """A live sum, only where every part is a number of one kind and they add up to it."""
        parts = [self.rows[key] for key in row.sum_of]
        cells = [part.cells[column.key] for part in parts if column.key in part.cells]
        numbers = [part.value for part in cells if part.is_numeric]
        kinds = {self.matrix.kind_at(part, column) for part in parts}
        kinds.add(self.matrix.kind_at(row, column))
        if len(numbers) < 1 or len(kinds) > 1 or "rate" in kinds or "text" in kinds:
            return None
        if sum(Decimal(number) for number in numbers) != Decimal(cell.value):
            return None
        return f"=SUM({_reference([self.row_index[part.key] for part in parts], position)})"

    def _text(self, row: int, column: int, text: Any, look: Any) -> None:
        """Always write_string: nothing a person typed may become a formula, number or link."""
        self.sheet.write_string(row, column, clean_text(text), look)


def _reference(rows: Iterable[int], column: int) -> str:
    """Cell references, neighbours drawn together: B5:B9,B12."""
    ordered = sorted(rows)
    blocks: list[list[int]] = []
    for row in ordered:
        if blocks and row == blocks[-1][-1] + 1:
            blocks[-1].append(row)
        else:
            blocks.append([row])
    return ",".join(
        xl_range(block[0], column, block[-1], column)
        if len(block) > 1
        else xl_rowcol_to_cell(block[0], column)
        for block in blocks
    )


def _write_parameters(sheet: Any, matrices: Sequence[Matrix], formats: _Formats, words: Words):
    """All that is needed to make the same report again, in plain pairs."""
    bold, wrap = formats.get(bold=True), formats.get(text_wrap=True, num_format="@")
    line = 0
    for matrix in matrices:
        pairs = [(words.report, matrix.title), *matrix.parameters]
        if matrix.currency:
            pairs.append((words.currency, matrix.currency.name))
        pairs += [(words.notes if not i else "", note) for i, note in enumerate(matrix.notes)]
        pairs += [
            (words.definitions if not i else "", f"{title}: {text}")
            for i, (title, text) in enumerate(matrix.meanings())
        ]
        for name, value in pairs:
            sheet.write_string(line, 0, clean_text(name), bold)
            sheet.write_string(line, 1, clean_text(value), wrap)
            line += 1
        line += 1
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
