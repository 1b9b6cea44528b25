"""Measuring by CPU: this process and the one database backend behind its cursor, never the clock.

Everything a statement does must happen in that backend, so parallel workers are switched off while
measuring. Other people's work on the machine then moves the figures a little, and the ratio of two
things measured in turn hardly at all.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Cost:
    """CPU milliseconds and queries of one measured stretch."""

    python: float = 0.0
    database: float = 0.0
    queries: int = 0

    @property
    def cpu(self) -> float:
        return self.python + self.database


class Clock:
    """Takes the cost of what happens inside ``with clock:``; several stretches add up."""

    def __init__(self, cr) -> None:
        self.cr = cr
        cr.execute("SELECT pg_backend_pid()")
        self._backend = Path(f"/proc/{cr.fetchone()[0]}/schedstat")
        self.cost = Cost()

    def _now(self) -> tuple[float, float, int]:
        backend = int(self._backend.read_text().split()[0]) / 1e6
        return time.process_time() * 1e3, backend, self.cr.sql_log_count

    def __enter__(self) -> Clock:
        self._start = self._now()
        return self

    def __exit__(self, *_error) -> None:
        python, database, queries = (
            after - before for after, before in zip(self._now(), self._start, strict=True)
        )
        self.cost.python += python
        self.cost.database += database
        self.cost.queries += queries

    def take(self, side: Side) -> Cost:
        """Run one side once; what it did outside ``with clock:`` costs nothing."""
        self.cost = Cost()
        side(self)
        return self.cost


# A side prepares, works inside ``with clock:``, and takes back what it did.
Side = Callable[[Clock], None]


@dataclass
class Series:
    """The costs of two sides, measured in turn; the first pair only warms up and is dropped."""

    numerator: list[Cost] = field(default_factory=list)
    denominator: list[Cost] = field(default_factory=list)

    def ratios(self) -> list[float]:
        return [
            top.cpu / bottom.cpu
            for top, bottom in zip(self.numerator, self.denominator, strict=True)
        ]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios())

    @property
    def spread(self) -> tuple[float, float]:
        return min(self.ratios()), max(self.ratios())


def alternate(clock: Clock, numerator: Side, denominator: Side, pairs: int) -> Series:
    """ABAB: one warm-up pair that does not count, then *pairs* pairs."""
    series = Series()
    for number in range(pairs + 1):
        top, bottom = clock.take(numerator), clock.take(denominator)
        if number:
            series.numerator.append(top)
            series.denominator.append(bottom)
    return series


def repeat(clock: Clock, side: Side, times: int) -> list[Cost]:
    """One side alone: a warm-up that does not count, then *times* runs."""
    return [clock.take(side) for _ in range(times + 1)][1:]


def median_cpu(costs: list[Cost]) -> float:
    return statistics.median(cost.cpu for cost in costs)


def median_queries(costs: list[Cost]) -> float:
    return statistics.median(cost.queries for cost in costs)


@contextmanager
def undone(cr) -> Iterator[None]:
    """What happens inside is taken back, in the database and in the caches."""
    savepoint = cr.savepoint()
    try:
        yield
    finally:
        savepoint.close(rollback=True)
