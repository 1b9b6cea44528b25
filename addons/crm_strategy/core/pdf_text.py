"""The letters of printed reports: our own font, and text broken into lines."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from threading import Lock

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

# Own names, so that another addon's Roboto of another version never takes their place.
REGULAR, BOLD = "CrmRoboto", "CrmRoboto-Bold"
_FOLDER = Path(__file__).resolve().parent.parent / "static" / "fonts"
_FILES = {REGULAR: "Roboto-Regular.ttf", BOLD: "Roboto-Bold.ttf"}
_LOCK = Lock()


def register_fonts() -> None:
    """Make the fonts known to reportlab, once per process."""
    with _LOCK:
        known = pdfmetrics.getRegisteredFontNames()
        for name, file in _FILES.items():
            if name not in known:
                pdfmetrics.registerFont(TTFont(name, str(_FOLDER / file)))


def font(bold: bool) -> str:
    return BOLD if bold else REGULAR


@lru_cache(maxsize=20_000)
def _width_of_one(text: str, bold: bool) -> float:
    return pdfmetrics.stringWidth(text, font(bold), 1)


def width_of(text: str, size: float, bold: bool = False) -> float:
    """Width of one line in points."""
    return _width_of_one(text, bold) * size


def wrap(text: str, width: float, size: float, bold: bool = False, most: int = 0) -> list[str]:
    """Lines no wider than ``width``, broken between words, within a word only where it must be.

    :param most: the greatest number of lines, 0 for any; what is cut off ends in "…".
    :return: at least one line.
    """
    lines: list[str] = []
    for paragraph in text.expandtabs(1).split("\n"):
        lines += _wrap_paragraph(paragraph, width, size, bold, most and most + 1)
        if most and len(lines) > most:
            break
    if most and len(lines) > most:
        lines = lines[:most]
        lines[-1] = _fit(lines[-1] + " …", width, size, bold, end="…")
    return lines


def _wrap_paragraph(text: str, width: float, size: float, bold: bool, most: int) -> list[str]:
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width_of(longer, size, bold) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _break_word(word, width, size, bold)
        lines += full
        if most and len(lines) >= most:
            return lines
    return [*lines, line]


def _break_word(word: str, width: float, size: float, bold: bool) -> list[str]:
    """Parts of a word that is wider than a line; a word that fits is its only part."""
    parts = []
    while word and width_of(word, size, bold) > width:
        part = _fit(word, width, size, bold)
        parts.append(part)
        word = word[len(part) :]
    return [*parts, word]


def _fit(text: str, width: float, size: float, bold: bool, end: str = "") -> str:
    """The longest beginning of a text that fits, at least one letter, closed by ``end``."""
    if width_of(text, size, bold) <= width:
        return text
    room = width - (width_of(end, size, bold) if end else 0)
    used, count = 0.0, 0
    for letter in text:
        used += width_of(letter, size, bold)
        if used > room:
            break
        count += 1
    return text[: max(count, 1)] + end
