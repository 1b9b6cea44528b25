"""How well a lead fits us, before the first contact (S000-9.3-05, S000-9.6-M1).

Each sign that is known gives points between 0 and 1 and has a weight; the score is their weighted
mean in per cent. What is not known is left out, never counted as nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from odoo.addons.crm_strategy.core.value import UNDEFINED, Undefined

# What we decided about the segment and about the customer, as points.
SEGMENT_POINTS = {
    "invest": Decimal(1),
    "grow": Decimal(1),
    "select": Decimal("0.5"),
    "hold": Decimal("0.5"),
    "harvest": Decimal("0.25"),
    "leave": Decimal(0),
}
CUSTOMER_POINTS = {"develop": Decimal(1), "keep": Decimal("0.75"), "exit": Decimal(0)}
WEIGHTS = {
    "segment": Decimal(3),
    "customer": Decimal(3),
    "bought": Decimal(2),
    "likeness": Decimal(2),
    "referred": Decimal(1),
    "reachable": Decimal(1),
}


@dataclass(frozen=True)
class Lead:
    """What is known of a lead: None for what is not.

    ``segment`` and ``customer`` are our decisions about them, ``orders`` the passes with an order
    before this one, ``likeness`` Odoo's predicted chance of winning (0 to 1), ``reached`` how many
    of name, e-mail and telephone are known.
    """

    segment: str | None = None
    customer: str | None = None
    orders: int = 0
    likeness: Decimal | None = None
    referred: bool = False
    reached: int = 0


@dataclass(frozen=True)
class Reason:
    """One sign: its code, its points (0 to 1) and its weight."""

    code: str
    points: Decimal
    weight: Decimal


def reasons(lead: Lead) -> tuple[Reason, ...]:
    """The signs that are known of a lead.

    That somebody never bought or was not recommended says nothing about how well he fits.

    >>> [reason.code for reason in reasons(Lead(segment="grow", reached=3))]
    ['segment', 'reachable']
    """
    points: dict[str, Decimal] = {}
    if lead.segment in SEGMENT_POINTS:
        points["segment"] = SEGMENT_POINTS[lead.segment]
    if lead.customer in CUSTOMER_POINTS:
        points["customer"] = CUSTOMER_POINTS[lead.customer]
    if lead.orders:
        points["bought"] = Decimal(1)
    if lead.likeness is not None:
        points["likeness"] = lead.likeness
    if lead.referred:
        points["referred"] = Decimal(1)
    if points or lead.reached:
        points["reachable"] = Decimal(lead.reached) / 3
    return tuple(Reason(code, value, WEIGHTS[code]) for code, value in points.items())


def score(found: Sequence[Reason]) -> Decimal | Undefined:
    """Weighted mean of the signs in per cent; no data without any sign.

    >>> score(reasons(Lead(segment="grow", customer="exit", reached=3)))
    Decimal('57')
    >>> score(())
    UNDEFINED
    """
    weight = sum((reason.weight for reason in found), Decimal())
    if not weight:
        return UNDEFINED
    mean = sum((reason.points * reason.weight for reason in found), Decimal()) / weight
    return (mean * 100).quantize(Decimal(1), ROUND_HALF_UP)
