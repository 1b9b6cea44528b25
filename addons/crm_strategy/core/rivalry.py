"""Competitors in figures: the strength shown in an area, won and lost, pressure kept up.

A strength is a judgement from 0 to 5 with a date and a source (S000-9.7-2). Of several judgements
of one area the latest that is still valid counts; one about the segment goes before a general one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .value import UNDEFINED, Undefined, ratio


@dataclass(frozen=True)
class Strength:
    """One dated judgement about a competitor. ``segment`` 0 means: in every segment."""

    area: int
    score: Decimal
    day: date
    segment: int = 0
    is_valid: bool = True
    source: str = ""


def strength_in(strengths: Iterable[Strength], area: int, segment: int) -> Strength | Undefined:
    """The judgement that counts for an area in a segment; no data where there is none.

    >>> old = Strength(1, Decimal(4), date(2026, 1, 5))
    >>> new = Strength(1, Decimal(2), date(2026, 3, 5))
    >>> strength_in([new, old], area=1, segment=7).score
    Decimal('2')
    >>> strength_in([new, Strength(1, Decimal(5), date(2025, 1, 5), segment=7)], 1, 7).score
    Decimal('5')
    >>> strength_in([old], area=2, segment=7)
    UNDEFINED
    """
    fitting = [
        item
        for item in strengths
        if item.area == area and item.is_valid and item.segment in (0, segment)
    ]
    if not fitting:
        return UNDEFINED
    return max(fitting, key=lambda item: (item.segment == segment, item.day))


def win_rate(won: int, lost: int) -> Decimal | Undefined:
    """Won / (won + lost); open deals are in neither.

    >>> win_rate(3, 1)
    Decimal('0.75')
    >>> win_rate(0, 0)
    UNDEFINED
    """
    return ratio(won, won + lost)
