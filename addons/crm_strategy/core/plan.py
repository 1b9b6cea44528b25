"""How far the plan of a segment is filled in, and whether contacts keep to it.

The canvas has the nine blocks of Osterwalder and Pigneur (Business Model Generation, 2010). The
seven fields of positioning and mix are segmentation, targeting, positioning (S001-3-d) and the
four of the marketing mix (McCarthy, 1960): product, price, place, promotion.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from .value import Undefined, ratio


@dataclass(frozen=True)
class Filled:
    """Of ``total`` parts ``done`` are filled in; ``missing`` names the others in their order."""

    done: int
    total: int
    missing: tuple[str, ...]


def filled(parts: Mapping[str, object]) -> Filled:
    """Which parts have something in them; words of blanks alone are nothing.

    >>> filled({"Channels": "vans", "Costs": "  ", "Partners": None})
    Filled(done=1, total=3, missing=('Costs', 'Partners'))
    """
    missing = tuple(
        name
        for name, value in parts.items()
        if not (value.strip() if isinstance(value, str) else value)
    )
    return Filled(len(parts) - len(missing), len(parts), missing)


class Contact(NamedTuple):
    """Contacts made with customers of one value class over one channel."""

    value_class: str
    channel: int
    count: int


class Kept(NamedTuple):
    """Contacts of a value class: made over an allowed channel, and made at all."""

    allowed: int
    made: int

    @property
    def rate(self) -> Decimal | Undefined:
        """Share made over an allowed channel; no data without contacts."""
        return ratio(self.allowed, self.made)


def compliance(
    contacts: Iterable[Contact], policy: Mapping[str, frozenset[int]]
) -> dict[str, Kept]:
    """Per value class that the policy names: contacts on an allowed channel and all (S002-2.3-C).

    Contacts with classes for which there is no rule neither keep nor break the policy.

    >>> compliance(
    ...     [Contact("high", 1, 6), Contact("high", 2, 2), Contact("low", 1, 9)],
    ...     {"high": frozenset({1})},
    ... )
    {'high': Kept(allowed=6, made=8)}
    """
    made: Counter[str] = Counter()
    allowed: Counter[str] = Counter()
    for contact in contacts:
        if contact.value_class in policy:
            made[contact.value_class] += contact.count
            if contact.channel in policy[contact.value_class]:
                allowed[contact.value_class] += contact.count
    return {name: Kept(allowed[name], made[name]) for name in policy}


class RealisedPrices(NamedTuple):
    """Posted lines of a segment beside its price policy; amounts without tax, company currency.

    :param lines: lines of products that the policy covers.
    :param kept: lines of them whose discount from the policy's price list is within the limit.
    :param policy_amount: what the lines would have been worth at list price.
    :param realised_amount: what was posted.
    """

    lines: int
    kept: int
    policy_amount: Decimal
    realised_amount: Decimal
