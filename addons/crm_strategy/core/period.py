"""Periods as half-open intervals of dates: the first day belongs to it, the last one does not."""

from __future__ import annotations

import re
from calendar import isleap
from dataclasses import dataclass
from datetime import date, timedelta

ALL = "all"
GRANULARITIES = (ALL, "year", "quarter", "month", "rolling", "range")
FIRST_YEAR, LAST_YEAR = 1900, 2100
MAX_RANGE_YEARS = 10
_PATTERN = re.compile(r"^(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?$")
_ROLLING = re.compile(r"^r([1-9]\d{0,2}):(\d{4})-(0[1-9]|1[0-2])$")
_RANGE = re.compile(r"^(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})$")


class PeriodTooLong(ValueError):
    """A free range of days that is longer than a report is made for."""


def check_year(day: date) -> date:
    """The day itself, if its year is one that books are kept in; else ValueError.

    >>> check_year(date(1899, 12, 31))
    Traceback (most recent call last):
    ...
    ValueError: The year 1899 lies outside 1900 to 2100.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"The year {day.year} lies outside {FIRST_YEAR} to {LAST_YEAR}.")
    return day


def _first_of_month(year: int, month: int) -> date:
    """First day of a month whose number may lie outside 1 to 12.

    >>> _first_of_month(2026, 13), _first_of_month(2026, 0)
    (datetime.date(2027, 1, 1), datetime.date(2025, 12, 1))
    """
    years, index = divmod(month - 1, 12)
    return date(year + years, index + 1, 1)


def _in_year(day: date, year: int) -> date:
    """The same day of another year; 29 February is followed by 1 March elsewhere.

    >>> _in_year(date(2024, 2, 29), 2023)
    datetime.date(2023, 3, 1)
    """
    if (day.month, day.day) == (2, 29) and not isleap(year):
        return date(year, 3, 1)
    return day.replace(year=year)


@dataclass(frozen=True)
class Period:
    """A named stretch of days from ``date_from`` up to, and without, ``date_to``.

    None means open on that side.

    >>> Period.parse("2026-Q1")
    Period(key='2026-Q1', date_from=datetime.date(2026, 1, 1), date_to=datetime.date(2026, 4, 1))
    """

    key: str
    date_from: date | None = None
    date_to: date | None = None

    @classmethod
    def parse(cls, key: str) -> Period:
        """Period of a key: "2026" (year), "2026-Q1", "2026-03", "all", rolling, or days.

        Rolling months are written as how many and the last of them, which belongs to the period;
        a range as its first day and the day after its last one.

        >>> Period.parse("r12:2026-02")
        Period(key='r12:2026-02', date_from=datetime.date(2025, 3, 1), \
date_to=datetime.date(2026, 3, 1))

        >>> Period.parse("all")
        Period(key='all', date_from=None, date_to=None)
        >>> Period.parse("2026-01-15..2026-02-01").last_day
        datetime.date(2026, 1, 31)
        >>> Period.parse("2026-13")
        Traceback (most recent call last):
        ...
        ValueError: “2026-13” is not a period. Write a year (2026), a quarter (2026-Q1), a month \
(2026-03), months that end with one (r12:2026-03), days (2026-01-15..2026-02-01) or “all”.

        :raise PeriodTooLong: for more than ten years of days or rolling months.
        :raise ValueError: for what is no period, and for years before 1900 or after 2100.
        """
        if key == ALL:
            return cls(ALL)
        if days := _RANGE.match(key or ""):
            return cls._parse_range(key, days[1], days[2])
        if rolling := _ROLLING.match(key or ""):
            return cls._parse_rolling(key, *map(int, rolling.groups()))
        match = _PATTERN.match(key or "")
        if not match:
            raise ValueError(
                f"“{key}” is not a period. Write a year (2026), a quarter (2026-Q1), "
                "a month (2026-03), months that end with one (r12:2026-03), days "
                "(2026-01-15..2026-02-01) or “all”."
            )
        year = int(match[1])
        check_year(date(max(year, 1), 1, 1))
        if match[2]:
            month, length = 3 * int(match[2]) - 2, 3
        elif match[3]:
            month, length = int(match[3]), 1
        else:
            month, length = 1, 12
        return cls(key, date(year, month, 1), _first_of_month(year, month + length))

    @classmethod
    def _parse_range(cls, key: str, first: str, after: str) -> Period:
        date_from, date_to = date.fromisoformat(first), date.fromisoformat(after)
        check_year(date_from)
        check_year(date_to - timedelta(days=1))
        if date_to <= date_from:
            raise ValueError(f"“{key}” ends before it begins.")
        if date_to > _in_year(date_from, date_from.year + MAX_RANGE_YEARS):
            raise PeriodTooLong(f"“{key}” is longer than {MAX_RANGE_YEARS} years.")
        return cls(key, date_from, date_to)

    @classmethod
    def _parse_rolling(cls, key: str, count: int, year: int, month: int) -> Period:
        check_year(date(max(year, 1), 1, 1))
        if count > 12 * MAX_RANGE_YEARS:
            raise PeriodTooLong(f"“{key}” is longer than {MAX_RANGE_YEARS} years.")
        date_from = check_year(_first_of_month(year, month - count + 1))
        return cls(key, date_from, _first_of_month(year, month + 1))

    @classmethod
    def rolling(cls, count: int, last: date) -> Period:
        """So many months, the last of which is that of the given day.

        >>> Period.rolling(3, date(2026, 1, 31)).key, Period.rolling(3, date(2026, 1, 31)).date_from
        ('r3:2026-01', datetime.date(2025, 11, 1))
        """
        return cls.parse(f"r{count}:{last:%Y-%m}")

    @property
    def granularity(self) -> str:
        """One of ``GRANULARITIES``.

        >>> [Period.parse(key).granularity for key in ("all", "2026", "2026-Q1", "2026-03")]
        ['all', 'year', 'quarter', 'month']
        >>> Period.parse("2026-01-15..2026-02-01").granularity
        'range'
        >>> Period.parse("r12:2026-03").granularity
        'rolling'
        """
        if self.key == ALL:
            return ALL
        if _ROLLING.match(self.key):
            return "rolling"
        if not _PATTERN.match(self.key):
            return "range"
        if "Q" in self.key:
            return "quarter"
        return "month" if "-" in self.key else "year"

    @property
    def kind(self) -> str:
        """The granularity, rolling months with their number: what stored periods are sorted by.

        >>> Period.parse("r12:2026-03").kind, Period.parse("2026-03").kind
        ('r12', 'month')
        """
        return self.key.split(":")[0] if self.granularity == "rolling" else self.granularity

    @property
    def last_day(self) -> date | None:
        """The last day that belongs to the period; None when it has no end."""
        return self.date_to and self.date_to - timedelta(days=1)

    @classmethod
    def month_of(cls, day: date) -> Period:
        """Calendar month in which the day lies.

        >>> Period.month_of(date(2026, 2, 28)).key
        '2026-02'
        """
        return cls.parse(f"{day:%Y-%m}")

    @classmethod
    def between(cls, date_from: date | None, date_to: date | None) -> Period:
        """Free period of two dates, the second one excluded.

        >>> Period.between(date(2026, 1, 1), None).key
        '2026-01-01..'
        """
        return cls(f"{date_from or ''}..{date_to or ''}", date_from, date_to)

    def previous(self) -> Period:
        """Period of the same kind and length just before this one; "all" returns itself.

        Rolling months move on by one: that is the figure one month ago.

        >>> Period.parse("r12:2026-01").previous().key
        'r12:2025-12'

        >>> Period.parse("2026-01-15..2026-02-01").previous().key
        '2025-12-29..2026-01-15'
        >>> Period.parse("2026-01").previous().key, Period.parse("2026-Q1").previous().key
        ('2025-12', '2025-Q4')
        >>> Period.parse("2026").previous().key, Period.parse("all").previous().key
        ('2025', 'all')
        """
        if self.date_from is None or self.date_to is None:
            return self
        if self.granularity == "range":
            return self.between(self.date_from - (self.date_to - self.date_from), self.date_from)
        if self.granularity == "rolling":
            return self._rolling_before(1)
        year, month = self.date_from.year, self.date_from.month
        if "Q" in self.key:
            before = _first_of_month(year, month - 3)
            return self.parse(f"{before.year}-Q{before.month // 3 + 1}")
        if "-" in self.key:
            return self.month_of(_first_of_month(year, month - 1))
        return self.parse(f"{year - 1}")

    def year_before(self) -> Period:
        """The same period one year earlier; "all" returns itself.

        >>> [Period.parse(key).year_before().key for key in ("2026", "2026-Q1", "2026-03", "all")]
        ['2025', '2025-Q1', '2025-03', 'all']
        >>> Period.parse("r12:2026-03").year_before().key
        'r12:2025-03'
        >>> Period.parse("2024-02-01..2024-02-29").year_before().key
        '2023-02-01..2023-03-01'
        """
        if self.date_from is None or self.date_to is None:
            return self
        if self.granularity == "range":
            return self.between(
                _in_year(self.date_from, self.date_from.year - 1),
                _in_year(self.date_to, self.date_to.year - 1),
            )
        if self.granularity == "rolling":
            return self._rolling_before(12)
        return self.parse(f"{self.date_from.year - 1}{self.key[4:]}")

    def _rolling_before(self, months: int) -> Period:
        last = self.last_day
        return self.rolling(int(self.kind[1:]), _first_of_month(last.year, last.month - months))

    def until(self, last_day: date) -> Period:
        """The part of the period that ends with a day, which belongs to it; maybe no day at all.

        >>> Period.parse("2026").until(date(2026, 3, 31)).last_day
        datetime.date(2026, 3, 31)
        >>> Period.parse("2026-01").until(date(2026, 3, 31)).last_day
        datetime.date(2026, 1, 31)
        """
        end = last_day + timedelta(days=1)
        return Period(self.key, self.date_from, min(end, self.date_to or end))

    def contains(self, day: date) -> bool:
        """Whether the day lies in the period.

        >>> month = Period.parse("2026-03")
        >>> month.contains(date(2026, 3, 31)), month.contains(date(2026, 4, 1))
        (True, False)
        """
        return (self.date_from is None or self.date_from <= day) and (
            self.date_to is None or day < self.date_to
        )


def months_between(date_from: date, date_to: date) -> list[Period]:
    """Calendar months that share at least one day with the half-open interval of the two dates.

    >>> [month.key for month in months_between(date(2025, 12, 31), date(2026, 2, 1))]
    ['2025-12', '2026-01']
    >>> months_between(date(2026, 1, 1), date(2026, 1, 1))
    []
    """
    months = []
    first = date_from.replace(day=1)
    while first < date_to and date_from < date_to:
        months.append(Period.month_of(first))
        first = _first_of_month(first.year, first.month + 1)
    return months
