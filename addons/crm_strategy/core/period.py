"""Periods as half-open intervals of dates: the first day belongs to it, the last one does not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

ALL = "all"
_PATTERN = re.compile(r"^(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?$")


def _first_of_month(year: int, month: int) -> date:
    """First day of a month whose number may lie outside 1 to 12.

    >>> _first_of_month(2026, 13), _first_of_month(2026, 0)
    (datetime.date(2027, 1, 1), datetime.date(2025, 12, 1))
    """
    years, index = divmod(month - 1, 12)
    return date(year + years, index + 1, 1)


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
        """Period of a key: "2026" (year), "2026-Q1", "2026-03" or "all".

        >>> Period.parse("all")
        Period(key='all', date_from=None, date_to=None)
        >>> Period.parse("2026-13")
        Traceback (most recent call last):
        ...
        ValueError: “2026-13” is not a period. Write a year (2026), a quarter (2026-Q1), a month \
(2026-03) or “all”.
        """
        if key == ALL:
            return cls(ALL)
        match = _PATTERN.match(key or "")
        if not match:
            raise ValueError(
                f"“{key}” is not a period. Write a year (2026), a quarter (2026-Q1), "
                "a month (2026-03) or “all”."
            )
        year = int(match[1])
        if match[2]:
            month, length = 3 * int(match[2]) - 2, 3
        elif match[3]:
            month, length = int(match[3]), 1
        else:
            month, length = 1, 12
        return cls(key, date(year, month, 1), _first_of_month(year, month + length))

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
        """Period of the same kind just before this one; "all" has none and returns itself.

        >>> Period.parse("2026-01").previous().key, Period.parse("2026-Q1").previous().key
        ('2025-12', '2025-Q4')
        >>> Period.parse("2026").previous().key, Period.parse("all").previous().key
        ('2025', 'all')
        """
        if self.date_from is None or not _PATTERN.match(self.key):
            return self
        year, month = self.date_from.year, self.date_from.month
        if "Q" in self.key:
            before = _first_of_month(year, month - 3)
            return self.parse(f"{before.year}-Q{before.month // 3 + 1}")
        if "-" in self.key:
            return self.month_of(_first_of_month(year, month - 1))
        return self.parse(f"{year - 1}")

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
