"""Posted prices beside a price policy (S000-9.8-07)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

# A discount may pass the limit by this much: prices are rounded to cents, limits are not.
CENT = Decimal("0.01")


class PricedLine(NamedTuple):
    """A posted line: what it would have been worth at list price, and what was posted.

    :param discount: the largest discount that keeps to the policy; 0.05 is 5 %.
    """

    policy_amount: Decimal
    realised_amount: Decimal
    discount: Decimal
    is_credit: bool

    @property
    def is_kept(self) -> bool:
        """Whether not more than the allowed discount was given.

        >>> PricedLine(Decimal(100), Decimal(95), Decimal("0.05"), False).is_kept
        True
        >>> PricedLine(Decimal(100), Decimal("94.98"), Decimal("0.05"), False).is_kept
        False
        """
        return self.realised_amount >= self.policy_amount * (1 - self.discount) - CENT


def realised(lines: Iterable[PricedLine]) -> tuple[int, int, Decimal, Decimal]:
    """(lines, lines kept, amount at list price, amount posted).

    Credit notes take amounts off; they are no sale, so they are counted in no number of lines.

    >>> sale = PricedLine(Decimal(100), Decimal(90), Decimal("0.05"), False)
    >>> back = PricedLine(Decimal(-50), Decimal(-45), Decimal("0.05"), True)
    >>> realised([sale, back])
    (1, 0, Decimal('50'), Decimal('45'))
    """
    lines = list(lines)
    sales = [line for line in lines if not line.is_credit]
    return (
        len(sales),
        sum(line.is_kept for line in sales),
        sum((line.policy_amount for line in lines), Decimal()),
        sum((line.realised_amount for line in lines), Decimal()),
    )
