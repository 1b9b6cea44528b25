"""The parts of a printed page, each of which knows its height and draws itself."""

from __future__ import annotations

from collections.abc import Sequence

from .matrix import Column, Row
from .pdf_brush import ACCENT, ALERT, DOUBT, INK, MUTED, RULE, SOFT, Brush
from .pdf_content import CellText, MatrixText
from .pdf_layout import (
    BADGE_SIZE,
    BOTTOM,
    INDENT,
    LEFT,
    MARK_SIZE,
    PAD,
    ROW_PAD,
    TITLE_LINES,
    Band,
    Layout,
    leading,
    title_lines,
)
from .pdf_text import width_of, wrap
from .words import clean_text


class Heading:
    """Company, title and parameters on the first page; one line on those that follow."""

    def __init__(self, text: MatrixText, layout: Layout, company: str, is_first: bool) -> None:
        self.company, self.layout, self.is_first = company, layout, is_first
        self.title = clean_text(text.matrix.title)
        self.title_lines = wrap(self.title, layout.width, 19, bold=True, most=3)
        pairs = [(clean_text(k), clean_text(v)) for k, v in text.matrix.parameters]
        # The company stands above the title already.
        self.pairs = [pair for pair in pairs if pair[1] != company]
        self.lines = self._parameter_lines()

    @property
    def height(self) -> float:
        if not self.is_first:
            return 24.0
        return 20 + 23 * len(self.title_lines) + 27 * len(self.lines) + 9

    def _parameter_lines(self) -> list[list[tuple[float, str, str]]]:
        """The parameters beside each other, in as many lines as they need: (x, label, value)."""
        lines: list[list[tuple[float, str, str]]] = []
        x = 0.0
        for label, value in self.pairs:
            value = wrap(value, self.layout.width - 10, 9.5, bold=True, most=1)[0]
            width = max(width_of(label, 7), width_of(value, 9.5, bold=True)) + 22
            if not lines or x + width - 22 > self.layout.width:
                lines.append([])
                x = 0.0
            lines[-1].append((x, label, value))
            x += width
        return lines

    def draw(self, brush: Brush, y: float) -> float:
        """Draw from ``y`` downwards; return where the next part begins."""
        if not self.is_first:
            return self._draw_line(brush, y)
        company = wrap(self.company, self.layout.width, 9, bold=True, most=1)[0]
        brush.text(LEFT, y - 9, company, 9, bold=True, color=ACCENT)
        base = y - 16
        for line in self.title_lines:
            base -= 19 if line is self.title_lines[0] else 23
            brush.text(LEFT, base, line, 19, bold=True)
        base -= 8
        for line in self.lines:
            for x, label, value in line:
                brush.text(LEFT + x, base - 8, label, 7, color=MUTED)
                brush.text(LEFT + x, base - 19, value, 9.5, bold=True)
            base -= 27
        return y - self.height

    def _draw_line(self, brush: Brush, y: float) -> float:
        values = " · ".join(value for _label, value in self.pairs)
        title = wrap(self.title, self.layout.width * 0.5, 9, bold=True, most=1)[0]
        brush.text(LEFT, y - 9, title, 9, bold=True, color=ACCENT)
        x = LEFT + width_of(title, 9, bold=True) + 10
        rest = f"{self.company} · {values}" if values else self.company
        rest = wrap(rest, LEFT + self.layout.width - x, 8, most=1)[0]
        brush.text(x, y - 9, rest, 8, color=MUTED)
        return y - self.height


class TableHead:
    """The titles of the columns, with the label CRM or ERP above them."""

    def __init__(self, text: MatrixText, layout: Layout, band: Band) -> None:
        self.text, self.layout, self.band = text, layout, band
        self.has_badges = any(column.label for column in band.columns)
        self.titles = [
            wrap(clean_text(column.title), width - 2 * PAD, layout.size, bold=True, most=5)
            for column, width in zip(band.columns, band.widths, strict=True)
        ]
        self.lines = max([len(title) for title in self.titles], default=1)

    @property
    def height(self) -> float:
        badges = BADGE_SIZE + 7 if self.has_badges else 0.0
        return self.lines * leading(self.layout.size) + badges + 11

    def draw(self, brush: Brush, y: float) -> float:
        size, bottom = self.layout.size, y - self.height
        brush.area(LEFT, bottom, self.layout.width, self.height, SOFT)
        brush.rule(bottom, ACCENT, 1.1)
        base = bottom + 6
        brush.text(LEFT + PAD, base, self.text.corner(), size - 0.5, color=MUTED)
        self._draw_columns_of(brush, base + leading(size))
        x = LEFT + self.band.title_width
        for column, width, title in zip(
            self.band.columns, self.band.widths, self.titles, strict=True
        ):
            self._draw_column(brush, x, width, base, column, title)
            x += width
        return bottom

    def _draw_columns_of(self, brush: Brush, y: float) -> None:
        """Where the columns are too many for one page: which of them these are."""
        count = len(self.text.matrix.columns)
        if len(self.band.columns) == count:
            return
        last = self.band.first + len(self.band.columns) - 1
        words = self.text.words.columns % {
            "first": self.band.first,
            "last": last,
            "count": count,
        }
        brush.text(LEFT + PAD, y, words, self.layout.size - 0.5, color=MUTED)

    def _draw_column(self, brush, x: float, width: float, base: float, column, title) -> None:
        size = self.layout.size
        align = "left" if column.kind == "text" else "right"
        edge = x + PAD if align == "left" else x + width - PAD
        for index, line in enumerate(reversed(title)):
            y = base + index * leading(size)
            brush.text(edge, y, line, size, bold=True, align=align)
        if column.label:
            y = base + self.lines * leading(size) + 2
            brush.badge(edge, y, self.text.words.label(column.label), column.label, align)


def draw_rows(
    brush: Brush,
    y: float,
    text: MatrixText,
    band: Band,
    rows: tuple[int, int],
    heights: Sequence[float],
) -> float:
    """The rows from the first to the one before the last, downwards from ``y``."""
    for row, height in zip(text.matrix.rows[rows[0] : rows[1]], heights, strict=True):
        _draw_row(brush, y, text, band, row, height)
        y -= height
    return y


def _draw_row(
    brush: Brush, y: float, text: MatrixText, band: Band, row: Row, height: float
) -> None:
    size = brush.layout.size
    strong = row.style in ("total", "group")
    if row.style != "line":
        brush.area(LEFT, y - height, brush.layout.width, height, SOFT)
    if row.style == "total":
        brush.rule(y, INK, 0.7)
    brush.rule(y - height, INK if row.style == "total" else RULE, 0.4)
    base = y - ROW_PAD - size * 0.93 - (5.0 if row.style == "group" else 0.0)
    x = LEFT + PAD + INDENT * min(row.level, 6)
    color = MUTED if row.style == "check" else INK
    for index, line in enumerate(title_lines(text, row, band, size)):
        brush.text(x, base - index * leading(size), line, size, bold=strong, color=color)
    x = LEFT + band.title_width
    for column, width in zip(band.columns, band.widths, strict=True):
        cell = text.cell(row, column)
        if cell:
            _draw_cell(brush, x, width, base, column, cell, strong)
        x += width


def _draw_cell(
    brush: Brush, x: float, width: float, base: float, column: Column, cell: CellText, strong: bool
) -> None:
    size = brush.layout.size
    color = (
        ALERT if cell.is_alert else DOUBT if cell.is_doubt else MUTED if cell.is_missing else INK
    )
    if cell.is_text:
        lines = wrap(cell.text, width - 2 * PAD, size, strong, most=TITLE_LINES)
        left = x + PAD
        for index, line in enumerate(lines):
            at = base - index * leading(size)
            brush.text(left, at, line, size, bold=strong, color=color)
        edge = left + width_of(lines[0], size, strong)
    else:
        edge = x + width - PAD
        bold = strong or cell.is_alert
        brush.text(edge, base, cell.text, size, bold=bold, color=color, align="right")
    if cell.remark:
        brush.text(edge + 0.8, base + size * 0.36, str(cell.remark), MARK_SIZE, color=MUTED)


def draw_foot(brush: Brush, foot: tuple[str, str, str]) -> None:
    """Who printed and when on the left, fingerprint and page on the right."""
    printed, print_of, page = foot
    y = BOTTOM - 22
    brush.rule(y + 11, RULE, 0.4)
    right = LEFT + brush.layout.width
    brush.text(right, y, page, 8, bold=True, align="right")
    brush.text(right - 48, y, print_of, 7, color=MUTED, align="right")
    room = brush.layout.width - 48 - width_of(print_of, 7) - 20
    brush.text(LEFT, y, wrap(printed, room, 7.5, most=1)[0], 7.5, color=MUTED)
