"""Matrices as a PDF that a board can read: the figures of the screen, on paper.

The letters are embedded, so that the text can be searched and looks the same everywhere. Equal
input gives equal bytes: who prints and when are input like everything else.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from .matrix import Matrix, fingerprint
from .numbers import NumberStyle
from .pdf_brush import Brush
from .pdf_content import MatrixText
from .pdf_layout import BOTTOM, TOP, Band, Layout, break_pages, lay_out, row_height
from .pdf_pages import Heading, TableHead, draw_foot, draw_rows
from .pdf_sections import Section, SideBySide
from .pdf_text import REGULAR, register_fonts
from .words import Words, clean_text

SHORT_FINGERPRINT = 16
_GAP = 12.0
_SMALL_PRINT = 7.0
# With less room than this a section begins on a new page.
_LEAST = 34.0


Block = Section | SideBySide


@dataclass(frozen=True)
class Header:
    """What stands on each page beside the report itself.

    :param company: whose report it is.
    :param printed_by: name of the person who printed it.
    :param printed_at: when, written in the reader's language, with the time zone.
    """

    company: str
    printed_by: str
    printed_at: str


@dataclass
class _Page:
    """What is drawn on one page: rows of one band, sentences below them."""

    text: MatrixText
    layout: Layout
    heading: Heading
    left: float
    band: Band | None = None
    rows: tuple[int, int] = (0, 0)
    heights: Sequence[float] = ()
    blocks: tuple[Block, ...] = ()


def render(
    matrices: Sequence[Matrix],
    header: Header,
    words: Words | None = None,
    style: NumberStyle | None = None,
) -> bytes:
    """The report as a PDF; each matrix begins on a page of its own.

    :param matrices: at least one.
    :param words: the file's own words; English when not given.
    :param style: how numbers are written; English when not given.
    :return: the bytes of a .pdf file, the same for the same input.
    """
    if not matrices:
        raise ValueError("A PDF file needs at least one matrix.")
    register_fonts()
    words, style = words or Words(), style or NumberStyle()
    print_of = fingerprint(matrices)
    pages: list[_Page] = []
    for matrix in matrices:
        pages += _plan(MatrixText(matrix, style, words), header, print_of)
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1, pageCompression=1, initialFontName=REGULAR)
    canvas.setTitle(clean_text(matrices[0].title))
    canvas.setAuthor(clean_text(header.company))
    canvas.setSubject(f"SHA-256 {print_of}")
    canvas.setCreator("CRM Strategy")
    printed = words.printed % {
        "user": clean_text(header.printed_by),
        "time": clean_text(header.printed_at),
    }
    short = f"SHA-256 {print_of[:SHORT_FINGERPRINT]}…"
    for number, page in enumerate(pages, start=1):
        _draw(canvas, page, (printed, short, f"{number} / {len(pages)}"))
    canvas.save()
    return stream.getvalue()


def _plan(text: MatrixText, header: Header, print_of: str) -> list[_Page]:
    """The pages of one matrix: band after band, then what stands below the table."""
    layout = lay_out(text)
    first = Heading(text, layout, clean_text(header.company), is_first=True)
    later = Heading(text, layout, clean_text(header.company), is_first=False)
    full = layout.page[1] - TOP - BOTTOM
    pages: list[_Page] = []
    if text.matrix.rows:
        for band in layout.bands:
            pages += _plan_band(text, layout, band, (later if pages else first, later), full)
    else:
        page = _Page(text, layout, first, full - first.height)
        empty = Section("", [("", clean_text(text.matrix.empty or text.words.no_data))], layout)
        _add(page, empty)
        pages.append(page)
    return _plan_sections(pages, text, later, full, print_of)


def _plan_band(
    text: MatrixText,
    layout: Layout,
    band: Band,
    headings: tuple[Heading, Heading],
    full: float,
) -> list[_Page]:
    heights = [row_height(text, row, band, layout.size) for row in text.matrix.rows]
    head = TableHead(text, layout, band).height
    rooms = [full - heading.height - head for heading in headings]
    pages = []
    for index, (start, end) in enumerate(break_pages(text.matrix.rows, heights, *rooms)):
        own = heights[start:end]
        left = rooms[min(index, 1)] - sum(own)
        pages.append(_Page(text, layout, headings[min(index, 1)], left, band, (start, end), own))
    return pages


def _plan_sections(
    pages: list[_Page], text: MatrixText, later: Heading, full: float, print_of: str
) -> list[_Page]:
    """Notes, meanings and remarks behind the table, on new pages where they do not fit."""
    layout = pages[0].layout
    sections = [Section(heading, lines, layout) for heading, lines in text.sections()]
    hashed = (text.words.fingerprint, f"{print_of} · {text.words.fingerprint_of}")
    small = Section("", [hashed], layout, size=_SMALL_PRINT, width=layout.width)
    whole = full - later.height
    both = SideBySide.of(sections, layout)
    if both:
        height = both.height + small.height + 2 * _GAP
        # Rather below each other over two pages than behind a page that is half empty.
        if height <= pages[-1].left or (height <= whole and pages[-1].left < whole / 3):
            _place(pages, both, text, later, whole, keep=small.height + _GAP)
            sections = []
    for section in [*sections, small]:
        room = pages[-1].left - _GAP
        for part in section.parts(room if room > _LEAST else whole, whole):
            _place(pages, part, text, later, whole)
    return pages


def _place(
    pages: list[_Page],
    block: Block,
    text: MatrixText,
    later: Heading,
    whole: float,
    keep: float = 0.0,
) -> None:
    """Below what stands on the last page, or on a new one when it does not fit.

    :param keep: room for what has to stay on the same page.
    """
    if block.height + _GAP + keep > pages[-1].left:
        pages.append(_Page(text, pages[0].layout, later, whole))
    _add(pages[-1], block)


def _add(page: _Page, block: Block) -> None:
    page.blocks = (*page.blocks, block)
    page.left -= block.height + _GAP


def _draw(canvas: Canvas, page: _Page, foot: tuple[str, str, str]) -> None:
    canvas.setPageSize(page.layout.page)
    brush = Brush(canvas, page.layout)
    y = page.heading.draw(brush, page.layout.page[1] - TOP)
    if page.band:
        y = TableHead(page.text, page.layout, page.band).draw(brush, y)
        y = draw_rows(brush, y, page.text, page.band, page.rows, page.heights)
    for block in page.blocks:
        y = block.draw(brush, y - _GAP)
    draw_foot(brush, foot)
    canvas.showPage()
