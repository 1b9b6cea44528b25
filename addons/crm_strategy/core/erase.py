"""The words by which a person is known, found and covered in texts.

One regular expression serves both Python and PostgreSQL, so that what a statement covers in the
database is what a loop covers in JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

COVER = "•••"
MIN_LENGTH = 3
"""Shorter words (initials, house numbers) would cover half of every text."""
PHONE_DIGITS = 9
"""A phone number is told by its last nine digits; what stands before is prefix."""
_SPACE = r",?\s+"
_GAP = r"[\s()./\-]{0,3}"


def person_pattern(
    words: Iterable[str | None], phones: Iterable[str | None] = (), only_sure: bool = False
) -> str | None:
    """A regular expression (ignore case) of everything that names the person; None for nothing.

    Whole words only, with any white space between their parts. A name of two parts is found in
    both orders, a phone number in every spelling. ``only_sure`` leaves out single words without
    a digit or “@”: a company called Bakery does not own the word.

    >>> import re
    >>> found = person_pattern(["Ana Pop", "ana@pop.example"], ["+40 721 000 111"])
    >>> [bool(re.search(found, text, re.I)) for text in ("POP, Ana", "0721.000.111", "Anapop")]
    [True, True, False]
    """
    words = sorted(word for word in words if word and (not only_sure or _is_sure(word)))
    parts = {_phrase(word) for word in words if len(word.strip()) >= MIN_LENGTH}
    parts |= {_swapped(word) for word in words if len(word.split()) == 2}
    parts |= {phone for number in phones if (phone := _phone(number or ""))}
    if not parts:
        return None
    # The longest first: “Ana Pop Ltd” must not be left as “••• Ltd”.
    body = "|".join(sorted(parts, key=lambda part: (-len(part), part)))
    return rf"(?<!\w)(?:{body})(?!\w)"


def cover(text: str, pattern: str) -> str:
    """The text with the person's words covered.

    >>> cover("Order of Ana Pop, Cluj", person_pattern(["Ana Pop"]))
    'Order of •••, Cluj'
    """
    return re.sub(pattern, COVER, text, flags=re.IGNORECASE)


def cover_json(value: Any, pattern: str) -> Any:
    """The same for every text inside lists and mappings.

    >>> cover_json([["name", "Ana Pop"], ["qty", 3]], person_pattern(["Ana Pop"]))
    [['name', '•••'], ['qty', 3]]
    """
    if isinstance(value, str):
        return cover(value, pattern)
    if isinstance(value, list):
        return [cover_json(item, pattern) for item in value]
    if isinstance(value, dict):
        return {key: cover_json(item, pattern) for key, item in value.items()}
    return value


def _is_sure(word: str) -> bool:
    return len(word.split()) > 1 or bool(re.search(r"[0-9@]", word))


def _phrase(word: str) -> str:
    return _SPACE.join(_escape(part) for part in word.split())


def _swapped(word: str) -> str:
    first, last = word.split()
    return f"{_escape(last)},?{_SPACE}{_escape(first)}"


def _phone(number: str) -> str | None:
    digits = re.sub(r"[^0-9]", "", number)[-PHONE_DIGITS:]
    if len(digits) < 6:
        return None
    return rf"(?:\+|00)?[0-9]{{0,3}}{_GAP}" + _GAP.join(digits)


def _escape(text: str) -> str:
    """Escape what is neither letter, digit nor underscore; both dialects read it as itself."""
    return re.sub(r"([^\w])", r"\\\1", text)
