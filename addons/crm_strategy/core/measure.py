"""What is asked of an indicator and what it answers, without any database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .period import ALL, Period
from .value import UNDEFINED, Undefined, as_decimal, ratio

COMPANY = "company"
SEGMENT = "segment"
TEAM = "team"
SCOPES = (COMPANY, SEGMENT, TEAM)


@dataclass(frozen=True)
class MeasureScope:
    """One question: these periods of this company, as a whole or per segment or per team.

    ``scope_ids`` None asks for all segments or teams; id 0 stands for the whole company, and in
    the other scopes for what belongs to no segment or team.

    >>> MeasureScope(1, "segment", (7,), (Period.parse("2026"),)).single()
    (7, '2026')
    """

    company_id: int
    scope: str
    scope_ids: tuple[int, ...] | None
    periods: tuple[Period, ...]

    def __post_init__(self) -> None:
        if self.scope not in SCOPES:
            raise ValueError(f"“{self.scope}” is no scope of a measure: use one of {SCOPES}.")

    def single(self) -> tuple[int, str]:
        """The one scope id and period key, as a drill-down needs them."""
        (period,) = self.periods
        (scope_id,) = (0,) if self.scope == COMPANY else self.scope_ids or ()
        return scope_id, period.key


@dataclass(frozen=True)
class MeasureRow:
    """One answer: the sums behind the figure and the number of facts.

    A denominator of None says that the figure is a plain sum.

    >>> MeasureRow("2026", 0, Decimal(3), Decimal(4), 4).value
    Decimal('0.75')
    >>> MeasureRow("2026", 0, Decimal(3), None, 2).value
    Decimal('3')
    >>> MeasureRow("2026", 0, Decimal(0), None, 0).value
    UNDEFINED
    """

    period_key: str
    scope_id: int
    numerator: Decimal
    denominator: Decimal | None
    n: int

    @property
    def value(self) -> Decimal | Undefined:
        """The figure itself; "no data" when no fact stands behind it."""
        if not self.n:
            return UNDEFINED
        if self.denominator is None:
            return as_decimal(self.numerator)
        return ratio(self.numerator, self.denominator)


def recent_periods(today: date) -> tuple[Period, ...]:
    """What a company measures first: all time, two years, four quarters, twelve months.

    >>> [period.key for period in recent_periods(date(2026, 1, 9))][:8]
    ['all', '2026', '2025', '2026-Q1', '2025-Q4', '2025-Q3', '2025-Q2', '2026-01']
    >>> len(recent_periods(date(2026, 1, 9)))
    19
    """
    found = [Period.parse(ALL)]
    quarter = f"{today.year}-Q{(today.month + 2) // 3}"
    for key, count in ((f"{today.year}", 2), (quarter, 4), (f"{today:%Y-%m}", 12)):
        period = Period.parse(key)
        for _number in range(count):
            found.append(period)
            period = period.previous()
    return tuple(found)


def open_periods(keys: Iterable[str], today: date) -> tuple[Period, ...]:
    """Periods that still change, of the kinds (month, quarter, year, all) that ``keys`` name.

    Of each kind the one that holds today and the one before it, since documents of last month
    come in for some weeks.

    >>> [period.key for period in open_periods(["2024-05", "2024"], date(2026, 1, 9))]
    ['2025', '2025-12', '2026', '2026-01']
    >>> [period.key for period in open_periods(["all", "2024-Q1"], date(2026, 1, 9))]
    ['2025-Q4', '2026-Q1', 'all']
    >>> open_periods([], date(2026, 1, 9))
    ()
    """
    current = {
        "year": f"{today.year}",
        "quarter": f"{today.year}-Q{(today.month + 2) // 3}",
        "month": f"{today:%Y-%m}",
        ALL: ALL,
    }
    found = {}
    for kind in {_kind(key) for key in keys}:
        period = Period.parse(current[kind])
        found.update({item.key: item for item in (period.previous(), period)})
    return tuple(found[key] for key in sorted(found))


def _kind(key: str) -> str:
    if key == ALL:
        return ALL
    return "year" if "-" not in key else "quarter" if "Q" in key else "month"
