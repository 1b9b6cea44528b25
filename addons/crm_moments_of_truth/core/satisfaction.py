"""Satisfaction: answers on one scale, gaps by class of needs, and the recommendation score.

Sources: S000-9.10-B1..6 (expected and perceived value by class of needs), S000-9.6-M9 (compared
with the previous answer); the recommendation score is the share of promoters minus the share of
detractors (Reichheld, "The One Number You Need to Grow", 2003).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from odoo.addons.crm_strategy.core.value import UNDEFINED, Undefined

EXPECTED, PERCEIVED, RECOMMENDATION, COMMENT = "expected", "perceived", "recommendation", "comment"
BY_CLASS = (EXPECTED, PERCEIVED)
TOP = Decimal(10)
CENT = Decimal("0.01")
PROMOTER, DETRACTOR = 9, 6


class Mark(NamedTuple):
    """One answered question: its role, its class of needs (0: none), the value from 0 to 10."""

    role: str
    class_id: int
    value: Decimal


@dataclass(frozen=True)
class ClassValue:
    """Expected and perceived value of one class, 0 to 10; None: not answered."""

    expected: Decimal | None = None
    perceived: Decimal | None = None

    @property
    def gap(self) -> Decimal | None:
        """Perceived minus expected; None when one of both is missing.

        >>> ClassValue(Decimal(8), Decimal(5)).gap
        Decimal('-3')
        """
        if self.expected is None or self.perceived is None:
            return None
        return self.perceived - self.expected


@dataclass(frozen=True)
class Summary:
    """All figures of one answered survey."""

    recommendation: Decimal | None = None
    classes: dict[int, ClassValue] = field(default_factory=dict)

    @property
    def expected(self) -> Decimal | None:
        """Mean of the answered classes, each with the same weight."""
        return mean(item.expected for item in self.classes.values())

    @property
    def perceived(self) -> Decimal | None:
        """Mean of the answered classes, each with the same weight."""
        return mean(item.perceived for item in self.classes.values())

    @property
    def gap(self) -> Decimal | None:
        """Mean of the gaps of the classes in which both were answered."""
        return mean(item.gap for item in self.classes.values())


def on_ten(value: int, low: int, high: int) -> Decimal:
    """A value of a scale from ``low`` to ``high`` on a scale from 0 to 10.

    >>> on_ten(3, 1, 5), on_ten(7, 0, 10), on_ten(1, 1, 5)
    (Decimal('5.00'), Decimal('7.00'), Decimal('0.00'))
    """
    share = Decimal(value - low) / Decimal(high - low)
    return min(max(share * TOP, Decimal(0)), TOP).quantize(CENT, ROUND_HALF_UP)


def mean(values: Iterable[Decimal | None]) -> Decimal | None:
    """Mean of the values that are there, to the cent; None when there is none.

    >>> mean([Decimal(8), None, Decimal(5)]), mean([None])
    (Decimal('6.50'), None)
    """
    known = [value for value in values if value is not None]
    if not known:
        return None
    return (sum(known, Decimal()) / len(known)).quantize(CENT, ROUND_HALF_UP)


def summarise(marks: Iterable[Mark]) -> Summary:
    """Figures of the answered questions; several questions of one class and role are averaged.

    >>> answered = summarise([Mark("expected", 1, Decimal(9)), Mark("perceived", 1, Decimal(6)),
    ...                       Mark("perceived", 2, Decimal(8)), Mark("recommendation", 0, TOP)])
    >>> answered.gap, answered.perceived, answered.recommendation
    (Decimal('-3.00'), Decimal('7.00'), Decimal('10.00'))
    """
    found: dict[tuple[str, int], list[Decimal]] = {}
    for mark in marks:
        found.setdefault((mark.role, mark.class_id), []).append(mark.value)
    classes = sorted({class_id for role, class_id in found if role in BY_CLASS})
    return Summary(
        mean(
            value
            for (role, _id), values in found.items()
            if role == RECOMMENDATION
            for value in values
        ),
        {
            class_id: ClassValue(
                mean(found.get((EXPECTED, class_id), ())),
                mean(found.get((PERCEIVED, class_id), ())),
            )
            for class_id in classes
        },
    )


def points(recommendation: Decimal | float | None) -> int | None:
    """What one answer adds to the recommendation score: promoter 100, detractor -100, else 0.

    The mean of the points of some answers is their recommendation score.

    >>> [points(value) for value in (10, 9, 8, 7, 6, 0, None)]
    [100, 100, 0, 0, -100, -100, None]
    """
    if recommendation is None:
        return None
    if recommendation >= PROMOTER:
        return 100
    return -100 if recommendation <= DETRACTOR else 0


def recommendation_score(values: Iterable[Decimal | float | None]) -> Decimal | Undefined:
    """Share of promoters minus share of detractors in points from -100 to 100.

    >>> recommendation_score([10, 9, 8, 3])
    Decimal('25.00')
    >>> recommendation_score([None])
    UNDEFINED
    """
    known = [found for found in map(points, values) if found is not None]
    if not known:
        return UNDEFINED
    return (Decimal(sum(known)) / len(known)).quantize(CENT, ROUND_HALF_UP)


def complaints(
    summary: Summary, gap_limit: Decimal, lowest_recommendation: Decimal
) -> tuple[list[int], bool]:
    """What is bad about an answer: classes with a gap as wide as the limit, and a low score.

    >>> bad = summarise([Mark("expected", 4, Decimal(9)), Mark("perceived", 4, Decimal(6))])
    >>> complaints(bad, Decimal(3), Decimal(6)), complaints(bad, Decimal(4), Decimal(6))
    (([4], False), ([], False))
    >>> complaints(summarise([Mark("recommendation", 0, Decimal(6))]), Decimal(3), Decimal(6))
    ([], True)
    """
    wide = [
        class_id
        for class_id, item in summary.classes.items()
        if item.gap is not None and item.gap <= -gap_limit
    ]
    low = summary.recommendation is not None and summary.recommendation <= lowest_recommendation
    return wide, low
