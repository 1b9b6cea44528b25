"""Text, rules and areas on a printed page, in the few looks of our reports."""

from __future__ import annotations

from functools import cache

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from .pdf_layout import BADGE_SIZE, LEFT, Layout
from .pdf_text import font, width_of

INK, MUTED, RULE, SOFT, ALERT = "#212529", "#6C757D", "#CED4DA", "#F1F3F5", "#B02A37"
DOUBT = "#7A4B00"
ACCENT = "#1B4965"
BADGES = {
    "crm": ("#5B3A00", "#FFE8B8"),
    "erp": ("#0B4A3C", "#CDEEE4"),
    "mixed": ("#3B2A63", "#E3DAF7"),
}

_color = cache(HexColor)


class Brush:
    """Text, rules and areas in the few looks of the report."""

    def __init__(self, canvas: Canvas, layout: Layout) -> None:
        self.canvas, self.layout = canvas, layout

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        color: str = INK,
        align: str = "left",
    ) -> None:
        """One line on the base line ``y``; ``x`` is its left end, or its right end."""
        if not text:
            return
        self.canvas.setFont(font(bold), size)
        self.canvas.setFillColor(_color(color))
        if align == "right":
            self.canvas.drawRightString(x, y, text)
        else:
            self.canvas.drawString(x, y, text)

    def rule(self, y: float, color: str = RULE, weight: float = 0.4) -> None:
        self.canvas.setStrokeColor(_color(color))
        self.canvas.setLineWidth(weight)
        self.canvas.line(LEFT, y, LEFT + self.layout.width, y)

    def area(self, x: float, y: float, width: float, height: float, color: str) -> None:
        self.canvas.setFillColor(_color(color))
        self.canvas.rect(x, y, width, height, stroke=0, fill=1)

    def badge(self, right: float, y: float, text: str, label: str, align: str) -> None:
        """A rounded label that ends (or begins) at ``right``."""
        ink, ground = BADGES[label]
        width = width_of(text, BADGE_SIZE) + 7
        x = right - width if align == "right" else right
        self.canvas.setFillColor(_color(ground))
        self.canvas.roundRect(x, y - 2.2, width, BADGE_SIZE + 2.8, 4, stroke=0, fill=1)
        self.text(x + 3.5, y, text, BADGE_SIZE, color=ink)
