"""Sorting a number into steps that does not flicker at a border."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from .value import UNDEFINED, Undefined


def step_of(
    value: Decimal | Undefined,
    bounds: Sequence[Decimal],
    previous: int | None = None,
    band: Decimal = Decimal(0),
) -> int | Undefined:
    """Number of the step (0 = below the first bound) into which a value falls.

    A value on a bound belongs to the step above it. Who was in a step before leaves it only when
    the bound is passed by more than ``band`` (hysteresis, as in a thermostat), so that a customer
    at a border does not change its class every month.

    >>> step_of(Decimal(5), [Decimal(5), Decimal(9)])
    1
    >>> step_of(Decimal("4.9"), [Decimal(5), Decimal(9)], previous=1, band=Decimal("0.5"))
    1
    >>> step_of(Decimal("4.4"), [Decimal(5), Decimal(9)], previous=1, band=Decimal("0.5"))
    0
    >>> step_of(UNDEFINED, [Decimal(5)])
    UNDEFINED

    :raise ValueError: when the bounds do not rise or the band is negative.
    """
    if any(low >= high for low, high in pairwise(bounds)):
        raise ValueError(f"bounds must rise: {list(bounds)}")
    if band < 0:
        raise ValueError(f"the band is not negative: {band}")
    if value is UNDEFINED:
        return UNDEFINED
    plain = sum(value >= bound for bound in bounds)
    if previous is None or previous == plain:
        return plain
    if plain > previous:
        return max(previous, sum(value >= bound + band for bound in bounds))
    return min(previous, sum(value >= bound - band for bound in bounds))
