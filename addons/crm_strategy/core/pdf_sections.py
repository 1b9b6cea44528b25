"""What stands below a printed table: notes, meanings of the figures, remarks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import product

from .pdf_brush import ACCENT, MUTED, Brush
from .pdf_layout import LEFT, Layout, leading
from .pdf_text import width_of, wrap

TEXT_WIDTH = 520.0
NOTE_SIZE = 8.0
# A sentence longer than this fills half a page; the screen shows it whole.
NOTE_LINES = 30
COLUMN_GAP, COLUMN_LEAST = 28.0, 300.0


@dataclass
class Section:
    """Sentences below the table under one heading."""

    heading: str
    lines: list[tuple[str, str]]
    layout: Layout
    size: float = NOTE_SIZE
    width: float = TEXT_WIDTH
    left: float = LEFT
    _wrapped: list[list[tuple[str, str]]] = field(init=False)

    def __post_init__(self) -> None:
        self._wrapped = [self._wrap(lead, text) for lead, text in self.lines]

    @property
    def _indent(self) -> float:
        """Numbers stand in a column of their own; words lead into their sentence."""
        is_numbered = any(lead.isdigit() for lead, _text in self.lines)
        return 14.0 if is_numbered else 0.0

    def _wrap(self, lead: str, text: str) -> list[tuple[str, str]]:
        """The sentence in lines; its leading word, printed bold, stands before the first."""
        room = min(self.layout.width, self.width) - self._indent
        if self._indent or not lead:
            return [("", line) for line in wrap(text, room, self.size, most=NOTE_LINES)]
        lead = wrap(lead, room * 0.6, self.size, bold=True, most=1)[0]
        taken = width_of(lead, self.size, bold=True) + 5
        # Spaces as wide as the leading word keep its place in the first line.
        blank = width_of("\u00a0", self.size)
        spaces = "\u00a0" * int(taken / blank + 1)
        first, *rest = wrap(spaces + text, room, self.size, most=NOTE_LINES)
        return [(lead, first.lstrip("\u00a0")), *(("", line) for line in rest)]

    @property
    def height(self) -> float:
        heading = 14.0 if self.heading else 0.0
        lines = sum(len(lines) for lines in self._wrapped)
        return heading + lines * leading(self.size) + 2.5 * len(self._wrapped)

    def parts(self, room: float, full: float) -> list[Section]:
        """The section in parts, of which the first fits into ``room``, the others into ``full``."""
        found: list[Section] = []
        taken: list[tuple[str, str]] = []
        for line in self.lines:
            grown = self._part(found, [*taken, line])
            if taken and grown.height > (room if not found else full - 20):
                found.append(self._part(found, taken))
                taken = []
            taken.append(line)
        return [*found, self._part(found, taken)]

    def _part(self, found: list[Section], lines: list[tuple[str, str]]) -> Section:
        """Some of the lines; the heading stands over the first part only."""
        return replace(self, heading="" if found else self.heading, lines=lines)

    def draw(self, brush: Brush, y: float) -> float:
        if self.heading:
            brush.text(self.left, y - 8.5, self.heading, 9, bold=True, color=ACCENT)
            y -= 14
        x = self.left + self._indent
        for (lead, _text), lines in zip(self.lines, self._wrapped, strict=True):
            if self._indent and lead:
                brush.text(self.left, y - self.size, lead, self.size, color=MUTED)
            for bold, line in lines:
                at = x + (width_of(bold, self.size, bold=True) + 5 if bold else 0)
                brush.text(x, y - self.size, bold, self.size, bold=True)
                brush.text(at, y - self.size, line, self.size)
                y -= leading(self.size)
            y -= 2.5
        return y


@dataclass
class SideBySide:
    """Sections in two columns, as short as they can be; the first one leads the left column."""

    columns: tuple[list[Section], list[Section]]

    @classmethod
    def of(cls, sections: list[Section], layout: Layout) -> SideBySide | None:
        """The sections in two columns, where the paper is wide enough for them."""
        width = (layout.width - COLUMN_GAP) / 2
        if width < COLUMN_LEAST or len(sections) < 2:
            return None
        right = LEFT + width + COLUMN_GAP
        first, *others = (replace(section, width=width) for section in sections)
        choices = []
        for picked in product((False, True), repeat=len(others)):
            pairs = list(zip(others, picked, strict=True))
            left_hand = [first, *(section for section, is_left in pairs if is_left)]
            right_hand = [replace(section, left=right) for section, is_left in pairs if not is_left]
            choices.append(cls((left_hand, right_hand)))
        return min(choices, key=lambda choice: choice.height)

    @property
    def height(self) -> float:
        return max(
            sum(section.height + COLUMN_GAP / 2 for section in column) - COLUMN_GAP / 2
            for column in self.columns
        )

    def draw(self, brush: Brush, y: float) -> float:
        for column in self.columns:
            at = y
            for section in column:
                at = section.draw(brush, at) - COLUMN_GAP / 2
        return y - self.height
