"""Periods: half-open, parsed, stepped back."""

import doctest
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_strategy.core import measure, period
from odoo.addons.crm_strategy.core.measure import MeasureScope
from odoo.addons.crm_strategy.core.period import Period, PeriodTooLong, months_between

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1))


def test_examples_in_the_docstrings_hold():
    assert doctest.testmod(period).failed == 0
    assert doctest.testmod(measure).failed == 0


@given(DAYS)
def test_each_day_lies_in_exactly_one_month_of_its_year(day):
    months = months_between(date(day.year, 1, 1), date(day.year + 1, 1, 1))
    assert len(months) == 12
    assert [month.key for month in months if month.contains(day)] == [f"{day:%Y-%m}"]


@given(st.sampled_from(["2026", "2026-Q1", "2026-Q4", "2026-01", "2024-03"]))
def test_previous_period_ends_where_this_one_begins(key):
    current = Period.parse(key)
    assert current.previous().date_to == current.date_from
    assert current.previous().contains(current.date_from - timedelta(days=1))


@pytest.mark.parametrize("key", ["", "26", "2026-0", "2026-Q5", "2026-13", "2026-1", "ALL"])
def test_what_is_no_period_is_refused_with_the_remedy(key):
    with pytest.raises(ValueError, match="Write a year"):
        Period.parse(key)


@pytest.mark.parametrize(
    "key",
    [
        "0000",
        "1899",
        "2101",
        "9999-12",
        "0001-Q1",
        "1899-12-31..1900-02-01",
        "2100-01-01..2101-01-02",
    ],
)
def test_years_that_no_book_is_kept_in_are_refused(key):
    with pytest.raises(ValueError, match="outside 1900 to 2100"):
        Period.parse(key)


@pytest.mark.parametrize("key", ["2026-02-01..2026-02-01", "2026-02-02..2026-02-01"])
def test_a_range_ends_after_it_began(key):
    with pytest.raises(ValueError, match="ends before it begins"):
        Period.parse(key)


@pytest.mark.parametrize("key", ["2026-02-30..2026-03-01", "2026-02-01..2026-13-01", "..", "a..b"])
def test_days_that_do_not_exist_are_refused(key):
    with pytest.raises(ValueError):
        Period.parse(key)


def test_a_range_is_ten_years_at_most():
    assert Period.parse("2016-02-29..2026-03-01").granularity == "range"
    with pytest.raises(PeriodTooLong):
        Period.parse("2016-02-29..2026-03-02")


@given(DAYS, st.integers(min_value=1, max_value=3000))
def test_ranges_step_back_by_their_own_length_and_by_a_year(first, days):
    period = Period.between(first, first + timedelta(days=days))
    before = period.previous()
    assert before.date_to == first
    assert before.date_to - before.date_from == timedelta(days=days)
    year_before = period.year_before()
    assert abs((first - year_before.date_from).days - 365) <= 1
    # Ranges that follow each other still do a year earlier: no day is lost or counted twice.
    following = Period.between(period.date_to, period.date_to + timedelta(days=days))
    assert following.year_before().date_from == year_before.date_to


@given(DAYS)
def test_a_period_cut_at_a_day_has_no_later_day(day):
    for key in ("all", "2026", "2026-Q2", "2026-03-15..2026-05-01"):
        cut = Period.parse(key).until(day)
        assert not cut.contains(day + timedelta(days=1))
        assert cut.contains(day) == Period.parse(key).contains(day)


def test_all_contains_every_day_and_has_no_previous():
    everything = Period.parse("all")
    assert everything.contains(date(1, 1, 1))
    assert everything.previous() is everything


def test_unknown_scope_is_refused():
    with pytest.raises(ValueError, match="no scope"):
        MeasureScope(1, "customer", None, ())
