"""Where a segment stands: two weighted axes, nine fields, and the decision they suggest.

The map of attractiveness and competitiveness is the portfolio of General Electric and McKinsey
(1971), drawn for customer segments as S001-3 asks. Scores run from 0 to 5 on both axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .steps import step_of
from .value import UNDEFINED, Undefined

TOP = Decimal(5)
THIRDS = (TOP / 3, TOP * 2 / 3)
LOW, MEDIUM, HIGH = range(3)

INVEST, GROW, SELECT, HOLD, HARVEST, LEAVE = (
    "invest",
    "grow",
    "select",
    "hold",
    "harvest",
    "leave",
)
# (attractiveness, competitiveness) -> decision
DECISIONS = {
    (HIGH, HIGH): INVEST,
    (HIGH, MEDIUM): GROW,
    (HIGH, LOW): SELECT,
    (MEDIUM, HIGH): GROW,
    (MEDIUM, MEDIUM): SELECT,
    (MEDIUM, LOW): HARVEST,
    (LOW, HIGH): HOLD,
    (LOW, MEDIUM): HARVEST,
    (LOW, LOW): LEAVE,
}


@dataclass(frozen=True)
class Criterion:
    """One criterion of an axis: weight above zero, score from 0 to 5 or not judged yet."""

    weight: Decimal
    score: Decimal | Undefined

    def __post_init__(self) -> None:
        if self.weight <= 0:
            raise ValueError(f"a weight is above zero, not {self.weight}")
        if self.score is not UNDEFINED and not 0 <= self.score <= TOP:
            raise ValueError(f"a score lies between 0 and {TOP}, not {self.score}")


def axis(criteria: Sequence[Criterion]) -> Decimal | Undefined:
    """Weighted mean of the judged criteria, 0 to 5; no data when none is judged.

    >>> axis([Criterion(Decimal(3), Decimal(4)), Criterion(Decimal(1), Decimal(2))])
    Decimal('3.5')
    >>> axis([Criterion(Decimal(1), UNDEFINED)])
    UNDEFINED
    """
    judged = [item for item in criteria if item.score is not UNDEFINED]
    if not judged:
        return UNDEFINED
    total = sum(item.weight for item in judged)
    return sum((item.weight * item.score for item in judged), Decimal(0)) / total


@dataclass(frozen=True)
class Position:
    """A point on the map."""

    attractiveness: Decimal | Undefined
    competitiveness: Decimal | Undefined

    @property
    def field(self) -> tuple[int, int] | Undefined:
        """The field of the map, each side 0 (low) to 2 (high); no data without both values.

        >>> Position(Decimal("3.5"), Decimal(1)).field
        (2, 0)
        """
        sides = (step_of(self.attractiveness, THIRDS), step_of(self.competitiveness, THIRDS))
        return UNDEFINED if UNDEFINED in sides else sides

    @property
    def decision(self) -> str | Undefined:
        """What the field suggests; a person may decide otherwise with a reason.

        >>> Position(Decimal(5), Decimal(5)).decision
        'invest'
        """
        return UNDEFINED if self.field is UNDEFINED else DECISIONS[self.field]
