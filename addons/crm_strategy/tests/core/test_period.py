"""Periods: half-open, parsed, stepped back."""

import doctest
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_strategy.core import measure, period
from odoo.addons.crm_strategy.core.measure import MeasureScope
from odoo.addons.crm_strategy.core.period import Period, months_between

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


def test_all_contains_every_day_and_has_no_previous():
    everything = Period.parse("all")
    assert everything.contains(date(1, 1, 1))
    assert everything.previous() is everything


def test_unknown_scope_is_refused():
    with pytest.raises(ValueError, match="no scope"):
        MeasureScope(1, "customer", None, ())
