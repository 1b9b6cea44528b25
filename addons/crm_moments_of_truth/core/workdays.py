"""Working days of a company: how many lie between two days, and which day comes n of them later.

A calendar is a cycle of fourteen days (Odoo's calendars may alternate two weeks) less the days
that are off. Counting needs no table of years: whole cycles are multiplied, the rest is looked up,
the days off are found by bisection. So a day of 1999 and one of 2099 cost the same, and the same
three numbers let SQL count too (``crm.workdays._ordinal_sql``).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate

CYCLE = 14
# Mondays to Fridays of both weeks: what counts where nobody entered working hours.
MONDAY_TO_FRIDAY = frozenset(day for day in range(CYCLE) if day % 7 < 5)

# First and last working hour of a day, as hours since midnight.
Hours = tuple[float, float]


def slot(day: date) -> int:
    """Place of a day in the cycle: 0 to 6 in even weeks, 7 to 13 in odd ones (Odoo's week type).

    >>> slot(date(2026, 3, 2)), slot(date(2026, 3, 9)), slot(date(2026, 3, 16))
    (0, 7, 0)
    """
    return (day.toordinal() - 1) % CYCLE


@dataclass(frozen=True)
class Workdays:
    """The working days of one calendar. ``week`` names the working slots of the cycle of 14 days,
    ``off`` the days on which nobody works although the week says so, in ascending order.

    >>> days = Workdays(off=(date(2026, 4, 13),))
    >>> days.between(date(2026, 4, 10), date(2026, 4, 14)), days.after(date(2026, 4, 10), 2)
    (1, datetime.date(2026, 4, 15))
    """

    week: frozenset[int] = MONDAY_TO_FRIDAY
    off: tuple[date, ...] = ()
    zone: str = "UTC"

    def is_working(self, day: date) -> bool:
        """Whether the company works on a day."""
        place = bisect_left(self.off, day)
        return slot(day) in self.week and self.off[place : place + 1] != (day,)

    def between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and with ``end``; negative when the end is earlier.

        What begins and ends on one day took 0 working days, from Friday to Monday it took 1.
        """
        return self.ordinal(end) - self.ordinal(start)

    def after(self, day: date, count: int) -> date:
        """The ``count``-th working day after a day; for 0 the day itself.

        >>> Workdays().after(date(2026, 3, 6), 1), Workdays().after(date(2026, 3, 7), 0)
        (datetime.date(2026, 3, 9), datetime.date(2026, 3, 7))
        """
        if count <= 0:
            return day
        wanted = self.ordinal(day) + count
        low, high = day, day + timedelta(days=CYCLE)
        while self.ordinal(high) < wanted:
            low, high = high, high + (high - low) * 2
        while low + timedelta(days=1) < high:
            middle = low + (high - low) // 2
            if self.ordinal(middle) < wanted:
                low = middle
            else:
                high = middle
        return high

    def ordinal(self, day: date) -> int:
        """Number of working days up to and with a day, counted from the first day of year 1."""
        cycles, rest = divmod(day.toordinal() - 1, CYCLE)
        worked = cycles * len(self.week) + self.prefix[rest]
        return worked - bisect_right(self.off, day)

    @cached_property
    def prefix(self) -> tuple[int, ...]:
        """Working days of the cycle up to and with each of its slots."""
        return tuple(accumulate(place in self.week for place in range(CYCLE)))


def build(
    hours: Mapping[int, Hours], leaves: Iterable[tuple[datetime, datetime]], zone: str
) -> Workdays:
    """The working days of a calendar from its hours by slot and the times on which all are away.

    ``leaves`` are local times in the calendar's zone. A day is off when its working hours are
    away from the first to the last; a half holiday stays a working day.

    >>> morning = (datetime(2026, 3, 2, 0), datetime(2026, 3, 2, 12))
    >>> build({0: (8, 17)}, [morning], "UTC").off
    ()
    >>> build({0: (8, 17)}, [morning, (morning[1], datetime(2026, 3, 2, 23))], "UTC").off
    (datetime.date(2026, 3, 2),)
    """
    if not hours:
        hours = dict.fromkeys(MONDAY_TO_FRIDAY, (8, 17))
    off = set()
    for start, end in _merged(sorted(leaves)):
        for count in range((end.date() - start.date()).days + 1):
            day = start.date() + timedelta(days=count)
            first, last = hours.get(slot(day), (0, 0))
            midnight = datetime.combine(day, time())
            begin, finish = midnight + timedelta(hours=first), midnight + timedelta(hours=last)
            if begin < finish and start <= begin and finish <= end:
                off.add(day)
    return Workdays(week=frozenset(hours), off=tuple(sorted(off)), zone=zone)


def _merged(leaves: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for start, end in leaves:
        # Odoo's holidays end at 23:59:59: a second between two of them is no working time.
        if merged and start <= merged[-1][1] + timedelta(seconds=1):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
