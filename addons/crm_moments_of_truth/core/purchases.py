"""What the days of a customer's purchases say: a habit, a silence, a trend.

Source: the loyalty classes of S000-9.8 look at repetition, at the time since the last purchase and
at whether it grows; the median makes the habit robust against one long pause.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import pairwise

from odoo.addons.crm_strategy.core.fit import median
from odoo.addons.crm_strategy.core.loyalty import LoyaltyFacts
from odoo.addons.crm_strategy.core.value import UNDEFINED, Undefined, ratio


def habit(days: Iterable[date], day: date) -> LoyaltyFacts:
    """Purchases up to a day: how many, how long silent in usual intervals, growing or not.

    Purchases of one day are one purchase. Silence = days since the last one / median of the
    intervals between them; trend = purchases of the twelve months up to the day / purchases of the
    twelve months before.

    >>> days = [date(2026, 1, 1), date(2026, 1, 11), date(2026, 1, 31)]
    >>> habit(days, date(2026, 2, 15))
    LoyaltyFacts(purchases=3, silence=Decimal('1'), trend=UNDEFINED)
    >>> habit([date(2025, 1, 5), *days], date(2026, 2, 15)).trend
    Decimal('3')
    >>> habit([date(2026, 3, 1)], date(2026, 2, 15)).purchases
    0
    """
    known = sorted({found for found in days if found <= day})
    return LoyaltyFacts(len(known), _silence(known, day), _trend(known, day))


def _silence(days: list[date], day: date) -> Decimal | Undefined:
    gaps = [Decimal((later - earlier).days) for earlier, later in pairwise(days)]
    usual = median(gaps)
    return UNDEFINED if usual is UNDEFINED else ratio((day - days[-1]).days, usual)


def _trend(days: list[date], day: date) -> Decimal | Undefined:
    one, two = year_before(day), year_before(year_before(day))
    recent = sum(one < found for found in days)
    return ratio(recent, sum(two < found <= one for found in days))


def year_before(day: date) -> date:
    """The same day a year before; 28 February for the 29th.

    >>> year_before(date(2024, 2, 29))
    datetime.date(2023, 2, 28)
    """
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def whole_months(first: date, day: date) -> int:
    """Whole months from a day to another one.

    >>> whole_months(date(2025, 1, 31), date(2025, 2, 28))
    0
    >>> whole_months(date(2025, 1, 15), date(2026, 1, 15))
    12
    """
    months = (day.year - first.year) * 12 + day.month - first.month
    return months - (day.day < first.day)
