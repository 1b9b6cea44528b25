"""Spans without a fresh rate, compared with asking each day alone."""

from datetime import date, timedelta

import pytest

from odoo.addons.crm_scorecard.core.rates import stale_spans

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
DAYS = [FIRST + timedelta(days=step) for step in range((LAST - FIRST).days + 1)]


@pytest.mark.parametrize("max_age", [0, 1, 30])
@pytest.mark.parametrize(
    "rates",
    [
        [],
        [date(2025, 1, 1)],
        [date(2026, 2, 1)],
        [date(2026, 2, 1), date(2026, 2, 2), date(2026, 4, 20)],
        [date(2026, 12, 1)],
    ],
)
def test_spans_hold_exactly_the_days_without_a_fresh_rate(rates, max_age):
    by_day = {
        day
        for day in DAYS
        if not any(timedelta() <= day - rate <= timedelta(days=max_age) for rate in rates)
    }
    spans = stale_spans(rates, max_age, FIRST, LAST)
    assert {day for day in DAYS if any(start <= day <= end for start, end in spans)} == by_day
