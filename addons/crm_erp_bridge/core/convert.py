"""From a cell's text to a value: strict, without locale guessing, without surprises.

Every converter takes the text and returns ``(value, problem)``; exactly one of them counts.
An empty cell is ``None`` and no problem: whether a value must be there is the mapping's matter.
"""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from .problem import Problem

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,2})?", re.ASCII)
_TRUE = frozenset({"1", "true", "yes", "y", "t", "da", "tak", "x"})
_FALSE = frozenset({"0", "false", "no", "n", "f", "nu", "nie"})
MAX_DIGITS = 15  # more than this and a float column of the database would round


def to_text(text: str):
    return text.strip() or None, None


def to_decimal(text: str):
    """A finite decimal number. The decimal mark may be a point or a comma; a mark for thousands
    is refused because "1.234" would then have two meanings.

    >>> to_decimal("12,50")[0]
    Decimal('12.50')
    >>> to_decimal("NaN")[1].code
    'not_finite'
    """
    text = text.strip().replace("\u00a0", "")
    if not text:
        return None, None
    if text.lower().lstrip("+-") in ("nan", "inf", "infinity"):
        return None, Problem("not_finite", value=text)
    if not _NUMBER.fullmatch(text):
        return None, Problem("number", value=text)
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None, Problem("number", value=text)
    if abs(value.adjusted()) > MAX_DIGITS:
        return None, Problem("number", value=text)
    return value, None


def to_integer(text: str):
    value, problem = to_decimal(text)
    if problem or value is None:
        return value, problem
    if value != value.to_integral_value():
        return None, Problem("integer", value=text.strip())
    return int(value), None


def to_date(text: str):
    """A day written 2026-03-31 or 31.03.2026 (also 31/03/2026: day first, as in Europe).

    >>> to_date("31.03.2026")[0]
    datetime.date(2026, 3, 31)
    >>> to_date("2026-02-30")[1].code
    'date'
    """
    text = text.strip()
    if not text:
        return None, None
    if match := _ISO.fullmatch(text):
        year, month, day = match.groups()
    elif match := _DOTTED.fullmatch(text):
        day, month, year = match.groups()
    else:
        return None, Problem("date", value=text)
    try:
        value = date(int(year), int(month), int(day))
    except ValueError:
        return None, Problem("date", value=text)
    if not 1900 <= value.year <= 2200:
        return None, Problem("date", value=text)
    return value, None


def to_boolean(text: str):
    word = text.strip().lower()
    if not word:
        return None, None
    if word in _TRUE:
        return True, None
    if word in _FALSE:
        return False, None
    return None, Problem("boolean", value=text.strip())


def to_percent(text: str):
    """A share of one (0.05) as percent (5); more than one or less than zero is a slip."""
    value, problem = to_decimal(text)
    if problem or value is None:
        return value, problem
    if not 0 <= value <= 1:
        return None, Problem("choice", value=text.strip(), facts={"choices": "0 ... 1"})
    return value * 100, None


CONVERTERS = {
    "text": to_text,
    "decimal": to_decimal,
    "integer": to_integer,
    "date": to_date,
    "boolean": to_boolean,
    "percent": to_percent,
    # looked up by the models; as text they are what the file says
    "reference": to_text,
    "country": to_text,
}
