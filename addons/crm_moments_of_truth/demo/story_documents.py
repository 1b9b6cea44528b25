"""The story's invoices and payments as plain tables; days and names as in ``story_world``.

Most sales are invoiced some days after the order and paid a few weeks later. These are not:

- two orders of “Instal Depozit Carpați” stand on one invoice;
- “Apa Curată Brașov” gets a credit note for a broken booster station;
- “Distrib Aqua Muntenia” has paid a part, “Apă și Căldură Mureșan” nothing at all;
- “Magazin La Robinet” was invoiced before its order was confirmed;
- “Lactate Câmpia Nouă” has its goods and no invoice;
- two plants wait for booster stations, so that there is nothing to invoice yet.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import NamedTuple

from odoo.addons.crm_strategy.demo import story_world as world

ACCOUNTANT = world.Person(
    "story.accountant", "Maria Nowak", "Accountant", "account.group_account_manager"
)
TAX = {"RO": Decimal(21), "PL": Decimal(0)}
WAITING = ("k02.6", "k07.5")
UNBILLED = ("k04.4",)
TOGETHER = (("d01.6", "d01.7", 48),)
# Days between order and invoice where they differ from the habit.
BILLED_AFTER = {"s03.2": -3}
UNPAID = ("s07.2", "k05.4")
# Share that was paid, in per cent.
PART_PAID = {"d05.3": 60}


class Credit(NamedTuple):
    """Goods taken back: (product, quantity), so many days after the invoice."""

    product: str
    quantity: int
    after: int


CREDITS = {"k01.2": Credit("booster", 1, 9)}


class Bill(NamedTuple):
    """An invoice over the sales named, its credit note, and the payments (days ago, amount)."""

    key: str
    sales: tuple[str, ...]
    days: int
    net: Decimal
    gross: Decimal
    credit: Credit | None
    credit_days: int
    credit_net: Decimal
    credit_gross: Decimal
    payments: tuple[tuple[int, Decimal], ...]

    @property
    def open(self) -> Decimal:
        """What is left to pay today, with taxes."""
        return self.gross - self.credit_gross - sum(amount for _days, amount in self.payments)


def with_tax(net: Decimal, customer: str) -> Decimal:
    """What the customer pays; deliveries to Poland carry no tax of ours."""
    return net * (100 + TAX[world.customers()[customer].country]) / 100


@cache
def bills() -> dict[str, Bill]:
    """Every invoice of the story by its key, oldest first."""
    together = {key: pair for pair in TOGETHER for key in pair[:2]}
    found = []
    for number, sale in enumerate(world.sales().values()):
        after = BILLED_AFTER.get(sale.key, 5 + number % 4)
        if sale.key in WAITING + UNBILLED or sale.key in together or sale.days - after < 1:
            continue
        found.append(_bill(number, (sale.key,), sale.days - after))
    for number, (first, second, days) in enumerate(TOGETHER):
        found.append(_bill(number, (first, second), days))
    return {bill.key: bill for bill in sorted(found, key=lambda bill: -bill.days)}


def _bill(number: int, keys: tuple[str, ...], days: int) -> Bill:
    key, customer = keys[0], world.sales()[keys[0]].customer
    net = sum((world.sales()[name].total for name in keys), Decimal())
    gross = with_tax(net, customer)
    credit = CREDITS.get(key)
    credit_net = Decimal()
    if credit:
        prices = {name: price for name, _quantity, price in world.sales()[key].lines}
        credit_net = Decimal(credit.quantity * prices[credit.product])
    credit_gross = with_tax(credit_net, customer)
    paid_days = days - (19 + number * 7 % 26)
    payments: tuple[tuple[int, Decimal], ...] = ()
    if key not in UNPAID and paid_days >= 1:
        amount = (gross - credit_gross) * PART_PAID.get(key, 100) / 100
        payments = ((paid_days, amount),)
    return Bill(
        key,
        keys,
        days,
        net,
        gross,
        credit,
        days - credit.after if credit else 0,
        credit_net,
        credit_gross,
        payments,
    )
