"""Whether an input was at hand when its moment began (S000-9.5-R3)."""

from __future__ import annotations

from datetime import date

WAITING, THERE, MISSING, UNKNOWN = "waiting", "there", "missing", "unknown"


def at_start(
    started_on: date | None, filled_on: date | None, missed_on: date | None, is_dated: bool
) -> str:
    """State of an input on the day on which its moment began.

    ``filled_on`` is the first day on which the input was seen, ``missed_on`` the last day on which
    somebody looked and did not see it. Documents, answers and ticks carry their own day
    (``is_dated``). A field does not: what was filled at the first look after the beginning may
    have been filled before or after it, and nobody knows.

    >>> day = [date(2026, 3, n) for n in range(1, 5)]
    >>> at_start(None, day[0], None, True), at_start(day[2], day[1], None, False)
    ('waiting', 'there')
    >>> at_start(day[1], day[2], day[1], False), at_start(day[1], None, day[3], False)
    ('missing', 'missing')
    >>> at_start(day[1], day[3], day[0], False), at_start(day[1], day[3], None, True)
    ('unknown', 'missing')
    """
    if started_on is None:
        return WAITING
    if filled_on is None:
        return MISSING
    if filled_on <= started_on:
        return THERE
    is_seen = missed_on is not None and missed_on >= started_on
    return MISSING if is_dated or is_seen else UNKNOWN
