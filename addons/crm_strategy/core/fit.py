"""Is CRM worth it here? A test by the profile of our sales (S003-W1..4).

Software for customer relations pays where sales take long, are large or are repeated. A company
that sells small things once, from one day to the next, gains little from it (S003-W4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .value import UNDEFINED, Undefined

CYCLE, VALUE, REPEAT = "cycle_days", "order_value", "repeat_rate"

WORTH, START_SMALL, NOT_WORTH = "worth", "start_small", "not_worth"


@dataclass(frozen=True)
class FitFigure:
    """A figure, how many documents it is made of, and where from (for the reader)."""

    value: Decimal | Undefined = UNDEFINED
    n: int = 0


@dataclass(frozen=True)
class FitFacts:
    """The profile of a company's sales in a period.

    :param cycle_days: median days from the first contact to the order.
    :param order_value: median value of an order without tax, in the company's currency.
    :param repeat_rate: customers with more than one order / customers with an order, 0 to 1.
    """

    cycle_days: FitFigure = FitFigure()
    order_value: FitFigure = FitFigure()
    repeat_rate: FitFigure = FitFigure()


@dataclass(frozen=True)
class FitRule:
    """From which figure on each of the three speaks for CRM; the defaults are ours."""

    cycle_days: Decimal = Decimal(30)
    order_value: Decimal = Decimal(1000)
    repeat_rate: Decimal = Decimal("0.3")


@dataclass(frozen=True)
class FitAnswer:
    """One of the three: its figure, its bound, and whether it speaks for CRM."""

    name: str
    figure: FitFigure
    bound: Decimal
    speaks_for: bool | Undefined


@dataclass(frozen=True)
class Fit:
    """What the three say together; no advice while it could still turn over."""

    answers: tuple[FitAnswer, ...]
    advice: str | Undefined


def fit(facts: FitFacts, rule: FitRule | None = None) -> Fit:
    """Compare a company's sales with the bounds.

    Two or three that speak for CRM: it is worth it. One of three: start small. None of three: it
    is not. While figures are missing, advice is given only when they could not change it.

    >>> facts = FitFacts(FitFigure(Decimal(45), 12), FitFigure(Decimal(5000), 12))
    >>> fit(facts).advice
    'worth'
    >>> fit(FitFacts(FitFigure(Decimal(45), 12))).advice
    UNDEFINED
    """
    rule = rule or FitRule()
    answers = tuple(
        _answer(name, getattr(facts, name), getattr(rule, name)) for name in (CYCLE, VALUE, REPEAT)
    )
    return Fit(answers, _advice(answers))


def _answer(name: str, figure: FitFigure, bound: Decimal) -> FitAnswer:
    speaks_for = UNDEFINED if figure.value is UNDEFINED else figure.value >= bound
    return FitAnswer(name, figure, bound, speaks_for)


def _advice(answers: Sequence[FitAnswer]) -> str | Undefined:
    agreed = sum(answer.speaks_for is True for answer in answers)
    unknown = sum(answer.speaks_for is UNDEFINED for answer in answers)
    least, most = _word(agreed), _word(agreed + unknown)
    return least if least == most else UNDEFINED


def _word(agreed: int) -> str:
    return (NOT_WORTH, START_SMALL, WORTH)[min(agreed, 2)]


def median(values: Sequence[Decimal]) -> Decimal | Undefined:
    """The middle of the values, the mean of the two in the middle; no data without any.

    >>> median([Decimal(9), Decimal(1), Decimal(4)]), median([])
    (Decimal('4'), UNDEFINED)
    """
    if not values:
        return UNDEFINED
    known = sorted(values)
    middle = len(known) // 2
    if len(known) % 2:
        return known[middle]
    return (known[middle - 1] + known[middle]) / 2
