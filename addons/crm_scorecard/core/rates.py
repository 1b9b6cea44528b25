"""When an exchange rate was too old for a document of that day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta


def stale_spans(
    rate_days: Sequence[date], max_age: int, first: date, last: date
) -> list[tuple[date, date]]:
    """Spans (from, to, both included) between two days in which the newest rate is too old.

    :param rate_days: days of the rates, ascending; a rate holds from its day on.
    :param max_age: days after which a rate is too old; 0 accepts a rate of the same day only.
    :return: also the span before the first rate, where there is none at all.

    >>> stale_spans([date(2026, 1, 10)], 30, date(2026, 1, 1), date(2026, 3, 1))
    [(datetime.date(2026, 1, 1), datetime.date(2026, 1, 9)), \
(datetime.date(2026, 2, 10), datetime.date(2026, 3, 1))]
    >>> stale_spans([date(2026, 1, 1), date(2026, 1, 20)], 30, date(2026, 1, 5), date(2026, 2, 1))
    []
    """
    day, age = timedelta(days=1), timedelta(days=max_age)
    starts = [date.min, *(rate + age + day for rate in rate_days)]
    ends = [*(rate - day for rate in rate_days), date.max]
    spans = [(max(start, first), min(end, last)) for start, end in zip(starts, ends, strict=True)]
    return [(start, end) for start, end in spans if start <= end]
