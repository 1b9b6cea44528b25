"""Where everything of a printed matrix goes: paper, column widths, row heights, page breaks.

All lengths are points (1/72 inch).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .matrix import Column, Row
from .pdf_content import MatrixText
from .pdf_text import width_of, wrap

PORTRAIT, LANDSCAPE = (595.28, 841.89), (841.89, 595.28)
LEFT, TOP, BOTTOM = 40.0, 38.0, 48.0
PAD, ROW_PAD, INDENT = 7.0, 3.4, 11.0
HEAD_LINES, TITLE_LINES = 3, 24
FIRST_LEAST, FIRST_MOST, TEXT_MOST = 105.0, 190.0, 150.0
BADGE_SIZE, MARK_SIZE = 5.8, 5.2
# Tried in this order; what fits into none of them is split at the last one.
SHEETS = ((PORTRAIT, 8.5), (LANDSCAPE, 8.5), (LANDSCAPE, 7.5))


def leading(size: float) -> float:
    """Distance of two lines of a size."""
    return size * 1.28


@dataclass(frozen=True)
class Band:
    """The columns that stand beside each other on one page, the titles of the rows before them.

    :param first: position of its first column among all columns, counted from 1.
    """

    columns: tuple[Column, ...]
    title_width: float
    widths: tuple[float, ...]
    first: int = 1


@dataclass(frozen=True)
class Layout:
    """Paper, size of the letters, and one band or several."""

    page: tuple[float, float]
    size: float
    bands: tuple[Band, ...]

    @property
    def width(self) -> float:
        return self.page[0] - 2 * LEFT


def lay_out(text: MatrixText) -> Layout:
    """Upright paper where all columns fit, else across, else smaller, else several bands."""
    for page, size in SHEETS:
        room = page[0] - 2 * LEFT
        title, widths = _natural_widths(text, size)
        if min(title, FIRST_MOST) + sum(widths) <= room:
            band = _stretch(tuple(text.matrix.columns), title, widths, room, 1)
            return Layout(page, size, (band,))
    page, size = SHEETS[-1]
    return Layout(page, size, _split(text, size, page[0] - 2 * LEFT))


def row_height(text: MatrixText, row: Row, band: Band, size: float) -> float:
    """Height of a row: as many lines as its longest text needs."""
    lines = len(title_lines(text, row, band, size))
    for column, width in zip(band.columns, band.widths, strict=True):
        cell = text.cell(row, column)
        if cell and cell.is_text:
            bold = row.style in ("total", "group")
            lines = max(lines, len(wrap(cell.text, width - 2 * PAD, size, bold, most=TITLE_LINES)))
    extra = 5.0 if row.style == "group" else 0.0
    return lines * leading(size) + 2 * ROW_PAD + extra


def title_lines(text: MatrixText, row: Row, band: Band, size: float) -> list[str]:
    """The title of a row, broken to the width of its column."""
    room = band.title_width - PAD - INDENT * min(row.level, 6)
    bold = row.style in ("total", "group")
    return wrap(text.row_title(row), room, size, bold, most=TITLE_LINES)


def break_pages(
    rows: Sequence[Row], heights: Sequence[float], first_room: float, room: float
) -> list[tuple[int, int]]:
    """Pages as (first row, row after the last); the first page has less room than the others.

    A heading is not left behind at the foot of a page, and totals do not stand alone on top of
    one. A row that is higher than a page gets a page of its own.
    """
    pages, start, left = [], 0, first_room
    for index, height in enumerate(heights):
        if height > left and index > start:
            cut = _good_cut(rows, start, index)
            pages.append((start, cut))
            start, left = cut, room - sum(heights[cut:index])
        left -= height
    return [*pages, (start, len(rows))]


def _good_cut(rows: Sequence[Row], start: int, index: int) -> int:
    """The row that opens the next page: the one that no longer fits, or one just before it."""
    cut = index
    while cut > start + 1 and rows[cut - 1].style == "group":
        cut -= 1
    if rows[cut].style in ("total", "check"):
        while cut > start + 1 and rows[cut].style in ("total", "check"):
            cut -= 1
    return cut if index - cut <= 6 else index


def _natural_widths(text: MatrixText, size: float) -> tuple[float, list[float]]:
    """Width of the titles of the rows, and of each column, as they would like it."""
    titles = [
        width_of(text.row_title(row), size, row.style in ("total", "group"))
        + INDENT * min(row.level, 6)
        for row in text.matrix.rows
    ]
    title = max([FIRST_LEAST, width_of(text.corner(), size) + PAD, *(t + PAD for t in titles)])
    return title, [_column_width(text, column, size) for column in text.matrix.columns]


def _column_width(text: MatrixText, column: Column, size: float) -> float:
    figures = 0.0
    for row, cell in text.column_cells(column):
        width = width_of(cell.text, size, row.style in ("total", "group"))
        figures = max(figures, min(width, TEXT_MOST) if cell.is_text else width)
    return max(figures, _head_width(text, column, size)) + 2 * PAD


def _head_width(text: MatrixText, column: Column, size: float) -> float:
    """The least width at which the title of a column needs no more than three lines."""
    words = column.title.split() or [""]
    width = min(max(width_of(word, size, bold=True) for word in words), TEXT_MOST)
    while width < TEXT_MOST and len(wrap(column.title, width, size, bold=True)) > HEAD_LINES:
        width *= 1.1
    label = text.words.label(column.label)
    return max(width, width_of(label, BADGE_SIZE) + 8 if label else 0.0)


def _stretch(
    columns: tuple[Column, ...], title: float, widths: list[float], room: float, first: int
) -> Band:
    """The columns drawn to the width of the paper: first the titles, then all alike."""
    spare = room - sum(widths)
    own = min(title, max(spare, FIRST_LEAST))
    spare -= own
    gain = min(spare / len(widths), 34.0) if widths else 0.0
    gain = max(gain, 0.0)
    grown = tuple(width + gain for width in widths)
    return Band(columns, room - sum(grown), grown, first)


def _split(text: MatrixText, size: float, room: float) -> tuple[Band, ...]:
    """As few bands as possible, about equally wide; columns of a group stay together."""
    title, widths = _natural_widths(text, size)
    title = min(title, FIRST_MOST)
    groups = _groups(list(text.matrix.columns), widths, room - title)
    least = len(_pack(groups, room - title))
    target = sum(width for _columns, width in groups) / least
    packed = _pack(groups, target)
    while len(packed) > least:
        target = min(target * 1.04, room - title)
        packed = _pack(groups, target)
    sizes = dict(zip((column.key for column in text.matrix.columns), widths, strict=True))
    bands, first = [], 1
    for columns in packed:
        own = [sizes[column.key] for column in columns]
        bands.append(_stretch(tuple(columns), title, own, room, first))
        first += len(columns)
    return tuple(bands)


def _groups(columns: list[Column], widths: list[float], room: float) -> list:
    """Neighbours of one group with their width; a group wider than the paper falls apart."""
    groups: list[tuple[list[Column], float]] = []
    for column, width in zip(columns, widths, strict=True):
        last, used = groups[-1] if groups else ([], 0.0)
        if last and column.group and last[-1].group == column.group and used + width <= room:
            groups[-1] = ([*last, column], used + width)
        else:
            groups.append(([column], width))
    return groups


def _pack(groups: list, room: float) -> list[list[Column]]:
    packed: list[list[Column]] = []
    used = 0.0
    for columns, width in groups:
        if packed and used + width <= room:
            packed[-1] += columns
            used += width
        else:
            packed.append(list(columns))
            used = width
    return packed
