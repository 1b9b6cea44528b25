"""Working days against counting them one by one."""

import random
from datetime import date, datetime, timedelta

import pytest

from odoo.addons.crm_moments_of_truth.core import workdays
from odoo.addons.crm_moments_of_truth.core.workdays import Workdays, build

DAY = timedelta(days=1)


def one_by_one(days, start, end):
    return sum(days.is_working(start + DAY * n) for n in range(1, (end - start).days + 1))


@pytest.mark.parametrize("seed", range(20))
def test_between_and_after_equal_counting_one_by_one(seed):
    chance = random.Random(seed)
    first = date(2025, 12, 1)
    week = frozenset(chance.sample(range(14), chance.randint(1, 14)))
    working = [d for d in (first + DAY * n for n in range(200)) if workdays.slot(d) in week]
    days = Workdays(week=week, off=tuple(sorted(chance.sample(working, len(working) // 5))))
    for _try in range(50):
        start = first + DAY * chance.randint(0, 200)
        end = start + DAY * chance.randint(0, 120)
        assert days.between(start, end) == one_by_one(days, start, end)
        assert days.between(end, start) == -days.between(start, end)
        count = chance.randint(1, 30)
        later = days.after(start, count)
        assert days.is_working(later)
        assert one_by_one(days, start, later) == count


def test_a_month_end_a_year_end_and_a_leap_day():
    days = Workdays(off=(date(2027, 12, 31), date(2028, 1, 3)))
    assert days.between(date(2028, 2, 28), date(2028, 3, 1)) == 2
    assert days.between(date(2027, 12, 30), date(2028, 1, 4)) == 1
    assert days.after(date(2027, 12, 30), 1) == date(2028, 1, 4)


def test_a_holiday_on_the_day_when_the_clock_changes_is_one_day():
    # 2026-10-25 has 25 hours in Bucharest; the local times say nothing of it.
    hours = dict.fromkeys(range(14), (8.0, 17.0))
    leave = (datetime(2026, 10, 25), datetime(2026, 10, 25, 23, 59, 59))
    assert build(hours, [leave], "Europe/Bucharest").off == (date(2026, 10, 25),)


def test_a_holiday_on_a_day_without_work_takes_nothing_away():
    saturday = (datetime(2026, 3, 7), datetime(2026, 3, 7, 23, 59, 59))
    days = build(dict.fromkeys(workdays.MONDAY_TO_FRIDAY, (8.0, 17.0)), [saturday], "UTC")
    assert days.off == ()
    assert days.between(date(2026, 3, 6), date(2026, 3, 9)) == 1
