"""A fingerprint of what a row says, independent of how its file was written."""

import hashlib
import json
from datetime import date
from decimal import Decimal


def canonical(value):
    """The one spelling of a value: 1, 1.0 and "1,00" read as a number are the same."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float | Decimal):
        number = Decimal(str(value))
        text = format(number.normalize(), "f")
        return "0" if text in ("-0", "0") else text
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def row_hash(values: dict) -> str:
    """sha256 over the mapped values, keys sorted; columns that no mapping uses do not count.

    >>> row_hash({"a": 1}) == row_hash({"a": 1.0})
    True
    """
    plain = {key: canonical(value) for key, value in values.items()}
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def file_hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
