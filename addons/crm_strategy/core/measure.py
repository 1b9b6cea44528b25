"""What is asked of an indicator and what it answers, without any database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .period import ALL, Period
from .value import UNDEFINED, Fault, Undefined, as_decimal, ratio

COMPANY = "company"
SEGMENT = "segment"
TEAM = "team"
SCOPES = (COMPANY, SEGMENT, TEAM)
# Rolling periods that a company stores by itself: the last twelve months.
ROLLING_MONTHS = 12


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

    A denominator of None says that the figure is a plain sum. ``is_additive`` is False for the
    figure of a formula that says nothing about a group of segments; ``fault`` is the sentence that
    is shown where a figure cannot be computed.

    >>> MeasureRow("2026", 0, Decimal(3), Decimal(4), 4).value
    Decimal('0.75')
    >>> MeasureRow("2026", 0, Decimal(3), None, 2).value
    Decimal('3')
    >>> MeasureRow("2026", 0, Decimal(0), None, 0).value
    UNDEFINED
    >>> MeasureRow("2026", 0, None, None, 0, fault="There is no such thing.").value.text
    'There is no such thing.'
    """

    period_key: str
    scope_id: int
    numerator: Decimal | None
    denominator: Decimal | None
    n: int
    is_additive: bool = True
    fault: str | None = None

    @property
    def value(self) -> Decimal | Undefined | Fault:
        """The figure itself; "no data" when no fact stands behind it."""
        if self.fault:
            return Fault("definition", self.fault)
        if not self.n:
            return UNDEFINED
        if self.denominator is None:
            return as_decimal(self.numerator)
        return ratio(self.numerator, self.denominator)


def fold(rows: Iterable[MeasureRow], groups: Mapping[int, int] | None = None) -> list[MeasureRow]:
    """Sums of rows per period and group: segments to teams, or to the whole company.

    :param groups: new scope id by old scope id, 0 for those that are not in it; None puts all
        rows of a period into one with scope id 0

    >>> rows = [MeasureRow("2026", 4, 1, 2, 2), MeasureRow("2026", 5, 3, 4, 1)]
    >>> fold(rows)
    [MeasureRow(period_key='2026', scope_id=0, numerator=4, denominator=6, n=3, is_additive=True, \
fault=None)]
    >>> [(row.scope_id, row.numerator) for row in fold(rows, {4: 9})]
    [(9, 1), (0, 3)]
    """
    sums: dict[tuple[str, int], list] = {}
    for row in rows:
        key = (row.period_key, groups.get(row.scope_id, 0) if groups is not None else 0)
        found = sums.setdefault(key, [None, None, 0])
        found[0] = _plus(found[0], row.numerator)
        found[1] = _plus(found[1], row.denominator)
        found[2] += row.n
    return [MeasureRow(*key, *found) for key, found in sums.items()]


def _plus(left, right):
    if left is None or right is None:
        return right if left is None else left
    return left + right


def recent_periods(today: date) -> tuple[Period, ...]:
    """What a company measures first: all time, two years, four quarters, twelve months.

    And the twelve months that end with this one, as one rolling period.

    >>> [period.key for period in recent_periods(date(2026, 1, 9))][:8]
    ['all', '2026', '2025', '2026-Q1', '2025-Q4', '2025-Q3', '2025-Q2', '2026-01']
    >>> len(recent_periods(date(2026, 1, 9))), recent_periods(date(2026, 1, 9))[-1].key
    (20, 'r12:2026-01')
    """
    found = [Period.parse(ALL)]
    quarter = f"{today.year}-Q{(today.month + 2) // 3}"
    for key, count in ((f"{today.year}", 2), (quarter, 4), (f"{today:%Y-%m}", 12)):
        period = Period.parse(key)
        for _number in range(count):
            found.append(period)
            period = period.previous()
    return (*found, Period.rolling(ROLLING_MONTHS, today))


def periods_between(first: date, last: date, kinds: Iterable[str]) -> tuple[Period, ...]:
    """Periods of some kinds that hold at least one of the days, both of which belong to them.

    Kinds are those of ``Period.kind``; a rolling one gives the periods that end with a month of
    the days.

    >>> [item.key for item in periods_between(date(2025, 12, 31), date(2026, 1, 1), ["month"])]
    ['2025-12', '2026-01']
    >>> [item.key for item in periods_between(date(2025, 12, 31), date(2026, 1, 1), ["all", "r12"])]
    ['all', 'r12:2025-12', 'r12:2026-01']
    """
    found = []
    for kind in kinds:
        period, here = current_period(kind, last), []
        while period.kind == ALL or _ends_after(period, first):
            here.append(period)
            if period.kind == ALL:
                break
            period = period.previous()
        found += reversed(here)
    return tuple(found)


def _ends_after(period: Period, first: date) -> bool:
    return period.last_day is not None and period.last_day >= first


def current_period(kind: str, day: date) -> Period:
    """The period of a kind (see ``Period.kind``) that holds the day, or ends with its month.

    >>> [current_period(kind, date(2026, 8, 31)).key for kind in ("year", "quarter", "r3", "all")]
    ['2026', '2026-Q3', 'r3:2026-08', 'all']
    """
    if kind.startswith("r") and kind[1:].isdigit():
        return Period.rolling(int(kind[1:]), day)
    keys = {
        "year": f"{day.year}",
        "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
        "month": f"{day:%Y-%m}",
        ALL: ALL,
    }
    return Period.parse(keys[kind])


def open_periods(keys: Iterable[str], today: date) -> tuple[Period, ...]:
    """Periods that still change, of the kinds (month, quarter, year, all, r12) of ``keys``.

    Of each kind the one that holds today and the one before it, since documents of last month
    come in for some weeks.

    >>> [period.key for period in open_periods(["2024-05", "2024"], date(2026, 1, 9))]
    ['2025', '2025-12', '2026', '2026-01']
    >>> [period.key for period in open_periods(["all", "2024-Q1"], date(2026, 1, 9))]
    ['2025-Q4', '2026-Q1', 'all']
    >>> [period.key for period in open_periods(["r12:2024-05"], date(2026, 1, 9))]
    ['r12:2025-12', 'r12:2026-01']
    >>> open_periods([], date(2026, 1, 9))
    ()
    """
    found = {}
    for kind in {Period.parse(key).kind for key in keys}:
        period = current_period(kind, today)
        found.update({item.key: item for item in (period.previous(), period)})
    return tuple(found[key] for key in sorted(found))


def slice_of(items: Sequence, size: int, number: int) -> Sequence:
    """The part of a list that is due in one night, so that all of it is in turn.

    >>> [slice_of("abcde", 2, night) for night in range(5)]
    ['ab', 'cd', 'e', 'ab', 'cd']
    >>> slice_of([], 2, 7)
    []
    """
    count = max(1, -(-len(items) // size))
    start = number % count * size
    return items[start : start + size]
