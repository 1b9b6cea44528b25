"""The story's suppliers, purchases, deliveries, costs and files as plain tables.

Goods are bought for a quarter ahead. “OdraPomp” delivers later from quarter to quarter, and its
last order has not come at all: two plants wait for their booster stations. The web shop hands over
its customers in a file with mistakes; the second file corrects one of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from odoo.addons.crm_moments_of_truth.demo import story_documents as documents
from odoo.addons.crm_strategy.demo import story_world as world

EXCHANGE = world.Person(
    "story.exchange",
    "Dana Vlad",
    "Data exchange",
    "crm_erp_bridge.crm_erp_bridge_group_exchange",
)
SUPPLIERS = {
    "odra": ("OdraPomp", "Wrocław", "PL"),
    "zawory": ("Zawory Śląskie", "Gliwice", "PL"),
    "plast": ("PlastMureș", "Târgu Mureș", "RO"),
    "filtra": ("FiltraNord", "Suceava", "RO"),
}
LATE_SUPPLIER = "odra"
# Days by which the late supplier missed its promise, purchase after purchase.
LATE_BY = (3, 11, 19, 26)
QUARTERS = ((365, 275), (275, 185), (185, 95), (95, 0))
# Wages, rent and vans of a month; they belong to no customer.
OVERHEAD = 6500


class Purchase(NamedTuple):
    """Goods bought: (product, quantity) at cost; ``received`` None: still awaited."""

    key: str
    supplier: str
    ordered: int
    promised: int
    received: int | None
    lines: tuple[tuple[str, int], ...]


def delivered(sale: world.Sale, number: int) -> int | None:
    """How many days ago the goods of a sale left; None: they have not left yet."""
    days = sale.days - (3 + number % 4)
    return None if sale.key in documents.WAITING or days < 0 else days


@cache
def deliveries() -> dict[str, int]:
    """Days ago of the delivery of every sale with goods whose goods have left, by its key."""
    found = {}
    for number, sale in enumerate(world.sales().values()):
        days = delivered(sale, number)
        if days is not None and goods_of(sale):
            found[sale.key] = days
    return found


def goods_of(sale: world.Sale) -> list[tuple[str, int]]:
    """The goods of a sale: (product, quantity)."""
    goods = {product.key for product in world.PRODUCTS if product.is_goods}
    return [(name, quantity) for name, quantity, _price in sale.lines if name in goods]


@cache
def purchases() -> tuple[Purchase, ...]:
    """What was bought: each quarter's goods before the quarter, and what two plants wait for."""
    suppliers = {product.key: product.supplier for product in world.PRODUCTS}
    found = []
    for number, (start, end) in enumerate(QUARTERS):
        wanted: dict[str, Counter] = defaultdict(Counter)
        for key, days in deliveries().items():
            if end < days <= start:
                for name, quantity in goods_of(world.sales()[key]):
                    wanted[suppliers[name]][name] += quantity
        for supplier, lines in sorted(wanted.items()):
            late = LATE_BY[number] if supplier == LATE_SUPPLIER else 0
            found.append(
                Purchase(
                    f"{supplier}.{number + 1}",
                    supplier,
                    start + 45,
                    start + 30,
                    start + 30 - late,
                    tuple(sorted(lines.items())),
                )
            )
    awaited = Counter()
    for key in documents.WAITING:
        awaited.update(dict(goods_of(world.sales()[key])))
    found.append(Purchase("odra.5", LATE_SUPPLIER, 26, 9, None, tuple(sorted(awaited.items()))))
    return tuple(found)


def cost_of(bill: documents.Bill) -> Decimal:
    """What the goods and work on an invoice cost us."""
    costs = {product.key: product.cost for product in world.PRODUCTS}
    return Decimal(
        sum(
            quantity * costs[name]
            for key in bill.sales
            for name, quantity, _price in world.sales()[key].lines
        )
    )


def costs(calendar: world.Calendar) -> dict[date, dict[str, Decimal]]:
    """Cost of what was invoiced by customer, booked on the day of the month's last invoice."""
    months: dict[tuple[int, int], list[documents.Bill]] = defaultdict(list)
    for bill in documents.bills().values():
        day = calendar.day(bill.days)
        months[day.year, day.month].append(bill)
    found = {}
    for bills in months.values():
        by_customer: dict[str, Decimal] = defaultdict(Decimal)
        for bill in bills:
            by_customer[world.sales()[bill.key].customer] += cost_of(bill)
        found[max(calendar.day(bill.days) for bill in bills)] = dict(by_customer)
    return found


_HEADING = (
    "customer_id,company_name,contact_name,contact_title,address,city,region,postal_code,country,"
    "phone,fax"
)
_GOOD = (
    "WEB01,Cabana Lacul Roșu,Ilie Moga,Owner,Aleea Brazilor 2,Gheorgheni,,535500,Romania,"
    "+40 266 555 010,",
    "WEB02,Stolarnia Beskid,Ewa Mazur,Owner,ul. Leśna 9,Żywiec,,34-300,Poland,+48 33 555 01 20,",
    "WEB03,Piscine Delta,Sorin Radu,Buyer,Strada Portului 4,Tulcea,,820242,Romania,,",
)
_MISSING_NAME = "WEB04,,Jan Kot,Owner,ul. Młyńska 1,Cieszyn,,43-400,Poland,,"
_WRONG_COUNTRY = (
    "WEB05,Service Apă Vâlcea,Dan Preda,Owner,Strada Lungă 8,Râmnicu Vâlcea,,240100,Rumunia,,"
)
FILES = (
    "\n".join((_HEADING, *_GOOD, _MISSING_NAME, _WRONG_COUNTRY, "")),
    "\n".join(
        (
            _HEADING,
            *_GOOD[:2],
            _GOOD[2].replace("Portului 4", "Portului 40"),
            _WRONG_COUNTRY.replace("Rumunia", "Romania"),
            "",
        )
    ),
)
