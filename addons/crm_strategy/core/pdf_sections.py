"""What stands below a printed table: notes, meanings of the figures, remarks."""

from __future__ import annotations

from dataclasses import dataclass, field

from .pdf_brush import ACCENT, MUTED, Brush
from .pdf_layout import LEFT, Layout, leading
from .pdf_text import width_of, wrap

TEXT_WIDTH = 520.0
NOTE_SIZE = 8.0
# A sentence longer than this fills half a page; the screen shows it whole.
NOTE_LINES = 30


@dataclass
class Section:
    """Sentences below the table under one heading."""

    heading: str
    lines: list[tuple[str, str]]
    layout: Layout
    size: float = NOTE_SIZE
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
        # Small print may run over the whole width, sentences are read in shorter lines.
        most = self.layout.width if self.size < NOTE_SIZE else TEXT_WIDTH
        room = min(self.layout.width, most) - self._indent
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
            grown = Section(self._heading(found), [*taken, line], self.layout, self.size)
            if taken and grown.height > (room if not found else full - 20):
                found.append(Section(self._heading(found), taken, self.layout, self.size))
                taken = []
            taken.append(line)
        return [*found, Section(self._heading(found), taken, self.layout, self.size)]

    def _heading(self, found: list) -> str:
        return "" if found else self.heading

    def draw(self, brush: Brush, y: float) -> float:
        if self.heading:
            brush.text(LEFT, y - 8.5, self.heading, 9, bold=True, color=ACCENT)
            y -= 14
        x = LEFT + self._indent
        for (lead, _text), lines in zip(self.lines, self._wrapped, strict=True):
            if self._indent and lead:
                brush.text(LEFT, y - self.size, lead, self.size, color=MUTED)
            for bold, line in lines:
                at = x + (width_of(bold, self.size, bold=True) + 5 if bold else 0)
                brush.text(x, y - self.size, bold, self.size, bold=True)
                brush.text(at, y - self.size, line, self.size)
                y -= leading(self.size)
            y -= 2.5
        return y
