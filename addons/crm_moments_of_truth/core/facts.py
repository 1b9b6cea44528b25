"""Facts of documents: their shape, their date, and the share of each root in an amount.

A fact is what a document of the ERP proves, seen from one root (the order, or the invoice without
an order). A document that serves several roots gives one fact per root, each with its share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from odoo.addons.crm_strategy.core.value import largest_remainder

UTC = ZoneInfo("UTC")
NOON = time(12)


@dataclass(frozen=True)
class FactRow:
    """One fact as its document proves it now.

    ``fact`` is a code of the catalog; ``occurrence`` is the stable id of the link that makes the
    fact (the order behind an invoice), 0 when there is only one; ``partner_id`` is the document's
    partner, a contact counts for its commercial partner; ``fact_at`` is naive UTC;
    ``amount`` is in ``currency_id``, negative for what flows back, None where the fact has none.
    ``name`` keeps the document's number for the day when the document is gone; it is no part of
    what two facts are compared by.
    """

    fact: str
    res_id: int
    occurrence: int
    company_id: int
    partner_id: int
    root_model: str
    root_id: int
    fact_at: datetime
    amount: Decimal | None = None
    currency_id: int | None = None
    name: str = field(default="", compare=False)

    @property
    def key(self) -> tuple[str, int, int]:
        """What identifies the fact among the standing ones."""
        return (self.fact, self.res_id, self.occurrence)


def noon_utc(day: date, zone: str | None) -> datetime:
    """Naive UTC time of noon of a document's day in the company's zone.

    Documents such as invoices carry a day, not a time. Noon keeps the day the same for readers
    who sit up to eleven hours east or west of the company.

    >>> noon_utc(date(2026, 3, 31), "Europe/Bucharest")
    datetime.datetime(2026, 3, 31, 9, 0)
    """
    local = datetime.combine(day, NOON, tzinfo=ZoneInfo(zone or "UTC"))
    return local.astimezone(UTC).replace(tzinfo=None)


def local_day(moment: datetime, zone: str | None) -> date:
    """Day of a naive UTC time in the company's zone.

    >>> local_day(datetime(2026, 3, 31, 22, 30), "Europe/Bucharest")
    datetime.date(2026, 4, 1)
    """
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone or "UTC")).date()


def share(amount: Decimal, weights: Mapping[int, Decimal], digits: int) -> dict[int, Decimal]:
    """Share an amount among roots by weight; the shares add up to the amount exactly.

    Negative weights (a discount line larger than the goods of its order) count as nothing.

    >>> share(Decimal("10.00"), {7: Decimal(2), 3: Decimal(1)}, 2)
    {3: Decimal('3.33'), 7: Decimal('6.67')}
    """
    roots = sorted(weights)
    parts = largest_remainder(amount, [max(weights[root], Decimal()) for root in roots], digits)
    return dict(zip(roots, parts, strict=True))


def settle(
    shares: Mapping[int, Decimal], payments: Sequence[Decimal], digits: int
) -> list[dict[int, Decimal]]:
    """Share each payment among the roots of an invoice, in proportion to what is still open there.

    ``shares`` are the roots' parts of the invoice, ``payments`` the amounts in their order of
    time. Weighing by the open part makes the payments of a wholly paid invoice add up to each
    root's part to the cent; sharing each payment by the same fixed weights would leave cents over.

    >>> parts = {1: Decimal("33.34"), 2: Decimal("33.33"), 3: Decimal("33.33")}
    >>> half = Decimal("50.00")
    >>> [list(map(str, paid.values())) for paid in settle(parts, [half, half], 2)]
    [['16.67', '16.67', '16.66'], ['16.67', '16.66', '16.67']]
    """
    open_parts = dict(shares)
    result = []
    for payment in payments:
        weights = {root: abs(part) for root, part in open_parts.items()}
        # An overpaid invoice has nothing open: the surplus follows the parts of the invoice.
        if not any(weights.values()):
            weights = {root: abs(part) for root, part in shares.items()}
        paid = share(payment, weights, digits)
        for root, part in paid.items():
            open_parts[root] -= part
        result.append(paid)
    return result


def weigh(links: Iterable[tuple[int, Decimal]]) -> dict[int, Decimal]:
    """Weight of each root from the (root id, amount) pairs of a document's lines.

    >>> weigh([(5, Decimal(10)), (6, Decimal(1)), (5, Decimal(2))])
    {5: Decimal('12'), 6: Decimal('1')}
    """
    weights: dict[int, Decimal] = {}
    for root, amount in links:
        weights[root] = weights.get(root, Decimal()) + amount
    return weights
