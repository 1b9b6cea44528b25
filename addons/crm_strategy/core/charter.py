"""The arithmetic of the team charter: the mean over rules with data, and the trend of a rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from .value import UNDEFINED, Undefined, Value, as_decimal, is_number

STEADY = Decimal("0.01")
"""A change of less than one percentage point is no trend."""


def mean_of(values: Iterable[Value]) -> tuple[Decimal | Undefined, int]:
    """Mean of the figures that are there, and how many these are.

    >>> mean_of([Decimal("0.5"), UNDEFINED, Decimal("1")])
    (Decimal('0.75'), 2)
    >>> mean_of([UNDEFINED])
    (UNDEFINED, 0)
    """
    numbers = [as_decimal(value) for value in values if is_number(value)]
    if not numbers:
        return UNDEFINED, 0
    return sum(numbers, Decimal()) / len(numbers), len(numbers)


def trend_of(values: Sequence[Value]) -> str | None:
    """``up``, ``down`` or ``level`` from the first to the last figure; None with less than two.

    >>> trend_of([UNDEFINED, Decimal("0.5"), Decimal("0.4"), Decimal("0.8")])
    'up'
    >>> trend_of([Decimal("0.5"), Decimal("0.505")]), trend_of([Decimal("0.5"), UNDEFINED])
    ('level', None)
    >>> trend_of([Decimal("0.9"), Decimal("0.1")])
    'down'
    """
    numbers = [as_decimal(value) for value in values if is_number(value)]
    if len(numbers) < 2:
        return None
    change = numbers[-1] - numbers[0]
    if abs(change) < STEADY:
        return "level"
    return "up" if change > 0 else "down"
