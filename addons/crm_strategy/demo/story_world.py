"""The demo story as plain tables: who, what, when. No Odoo, no database.

Bucegi & Tatry Water Systems trades pumps, valves, pipes and filters from Brașov, installs them and
looks after them, in Romania and in Poland. All names are invented. Days count backwards from the
day on which the story is told: 355 is almost a year ago, a negative number lies ahead.

The plot of the year:

- “Ciepłownia Pod Lipami”, a key account, stops buying: OdraPomp delivers booster stations late.
- “Armatura Plus Łódź”, a distributor, went quiet and was won back.
- “Instalații Popa” grew from a shop into a distributor five months ago.
- “Han Trei Brazi” buys little and was placed among the key accounts by hand: it opens doors.

The tests compute every expected figure from these tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import NamedTuple

COMPANY = "Bucegi & Tatry Water Systems"
KEY, TRADE, SHOP = "key", "trade", "shop"
# A customer that moved: the segment before, and since when it is in its own.
MOVED = {"s01": (SHOP, 150)}
BY_HAND = {"k08": KEY}


class Person(NamedTuple):
    login: str
    name: str
    role: str
    group: str
    segment: str | None = None


PEOPLE = (
    Person(
        "story.strategy",
        "Elena Marinescu",
        "Strategy manager",
        "crm_strategy.crm_strategy_group_manager",
    ),
    Person(
        "story.leader",
        "Radu Ionescu",
        "Leader of Key accounts",
        "crm_strategy.crm_strategy_group_leader",
        KEY,
    ),
    Person(
        "story.leader.trade",
        "Katarzyna Wójcik",
        "Leader of Distributors",
        "crm_strategy.crm_strategy_group_leader",
        TRADE,
    ),
    Person(
        "story.leader.shops",
        "Mihai Stan",
        "Leader of Installers and shops",
        "crm_strategy.crm_strategy_group_leader",
        SHOP,
    ),
    Person(
        "story.sales",
        "Ioana Petrescu",
        "Salesperson, Key accounts",
        "crm_strategy.crm_strategy_group_user",
        KEY,
    ),
    Person(
        "story.sales.trade",
        "Tomasz Lis",
        "Salesperson, Distributors",
        "crm_strategy.crm_strategy_group_user",
        TRADE,
    ),
    Person(
        "story.sales.shops",
        "Ana Dobre",
        "Salesperson, Installers and shops",
        "crm_strategy.crm_strategy_group_user",
        SHOP,
    ),
    Person(
        "story.finance",
        "Piotr Zieliński",
        "Controller",
        "crm_strategy.crm_strategy_group_finance",
    ),
)


class Segment(NamedTuple):
    key: str
    name: str
    tag: str
    team: str
    description: str


SEGMENTS = (
    Segment(
        KEY,
        "Key accounts",
        "Plant or utility",
        "Team Key accounts",
        "Waterworks, heating plants and factories: few, large, and lost for years when we fail.",
    ),
    Segment(
        TRADE,
        "Distributors",
        "Distributor",
        "Team Distributors",
        "Wholesalers who buy often and expect a price and a full van every month.",
    ),
    Segment(
        SHOP,
        "Installers and shops",
        "Installer or shop",
        "Team Installers and shops",
        "Plumbers and small shops: many, loyal to whoever answers the phone.",
    ),
)


class Product(NamedTuple):
    key: str
    name: str
    code: str
    is_goods: bool
    cost: int
    shop: int
    trade: int
    plant: int
    supplier: str | None = None


PRODUCTS = (
    Product("booster", "Booster station BX 400", "BX400", True, 3300, 4800, 4200, 4400, "odra"),
    Product("pump", "Circulation pump 25-60", "CP2560", True, 150, 240, 204, 216, "odra"),
    Product("control", "Pressure controller", "PC10", True, 58, 96, 80, 86, "zawory"),
    Product("valve", "Ball valves DN25, box of 20", "BV25", True, 138, 240, 200, 216, "zawory"),
    Product("pipe", "PE pipe 32 mm, 100 m", "PE32", True, 104, 160, 136, 144, "plast"),
    Product("filter", "Filter cartridges, box of 10", "FC10", True, 210, 380, 320, 340, "filtra"),
    Product("install", "Installation, day", "INST", False, 260, 420, 420, 400),
    Product("service", "Maintenance visit", "MAINT", False, 110, 180, 180, 170),
)

# Baskets: what a customer of this kind buys, order after order.
BASKETS = {
    "plant": (
        (("booster", 2), ("install", 2)),
        (("filter", 6), ("service", 2)),
        (("pump", 8), ("control", 8)),
    ),
    "utility": (
        (("pipe", 40), ("valve", 10)),
        (("booster", 1), ("install", 1), ("control", 4)),
        (("pump", 12), ("install", 1)),
    ),
    "wholesale": (
        (("pump", 15), ("valve", 12)),
        (("pipe", 30), ("filter", 8)),
        (("control", 25), ("valve", 8)),
    ),
    "shop": (
        (("pump", 4), ("valve", 4)),
        (("filter", 4), ("service", 2)),
        (("pipe", 8), ("control", 6)),
    ),
}


class Customer(NamedTuple):
    """A customer and its habit: an order every ``rhythm`` days, from ``first`` to ``last``."""

    key: str
    name: str
    city: str
    country: str
    segment: str
    basket: str
    size: int
    first: int
    rhythm: int
    last: int = 0


CUSTOMERS = (
    Customer("k01", "Apa Curată Brașov", "Brașov", "RO", KEY, "utility", 2, 352, 84),
    Customer("k02", "Termoficare Valea Oltului", "Sibiu", "RO", KEY, "plant", 1, 340, 80),
    Customer("k03", "Wodociągi Zielona Dolina", "Kraków", "PL", KEY, "utility", 2, 331, 92),
    Customer("k04", "Lactate Câmpia Nouă", "Cluj-Napoca", "RO", KEY, "plant", 1, 318, 88),
    Customer("k05", "Ciepłownia Pod Lipami", "Katowice", "PL", KEY, "plant", 2, 346, 62, 150),
    Customer("k06", "Clinica Trei Izvoare", "Iași", "RO", KEY, "plant", 1, 300, 96),
    Customer("k07", "Browar Stary Młyn", "Wrocław", "PL", KEY, "utility", 1, 287, 91),
    Customer("k08", "Han Trei Brazi", "Sinaia", "RO", SHOP, "shop", 1, 240, 107),
    Customer("d01", "Instal Depozit Carpați", "Ploiești", "RO", TRADE, "wholesale", 2, 348, 78),
    Customer("d02", "Hurtownia Rurex", "Poznań", "PL", TRADE, "wholesale", 1, 339, 104),
    Customer("d03", "Robinet Center Banat", "Timișoara", "RO", TRADE, "wholesale", 1, 325, 99),
    Customer("d04", "Armatura Plus Łódź", "Łódź", "PL", TRADE, "wholesale", 2, 350, 35, 280),
    Customer("d05", "Distrib Aqua Muntenia", "București", "RO", TRADE, "wholesale", 2, 311, 86),
    Customer("d06", "Pompy i Zawory Nowak", "Gdańsk", "PL", TRADE, "wholesale", 1, 296, 112),
    Customer("d07", "Tehno Instal Dobrogea", "Constanța", "RO", TRADE, "wholesale", 1, 284, 106),
    Customer("d08", "Hydro Hurt Lublin", "Lublin", "PL", TRADE, "wholesale", 1, 272, 118),
    Customer("d09", "Sanitar Grup Moldova", "Bacău", "RO", TRADE, "wholesale", 1, 255, 120),
    Customer("s01", "Instalații Popa", "Făgăraș", "RO", TRADE, "shop", 2, 345, 75),
    Customer("s02", "Sklep Hydraulik Kowalczyk", "Tarnów", "PL", SHOP, "shop", 1, 338, 170),
    Customer("s03", "Magazin La Robinet", "Mediaș", "RO", SHOP, "shop", 1, 329, 155),
    Customer("s04", "Instalator Șerban", "Târgu Mureș", "RO", SHOP, "shop", 1, 316, 149),
    Customer("s05", "Hydraulik Zakopane", "Zakopane", "PL", SHOP, "shop", 1, 309, 160),
    Customer("s06", "Casa Instalatorului", "Alba Iulia", "RO", SHOP, "shop", 1, 298, 140),
    Customer("s07", "Apă și Căldură Mureșan", "Dej", "RO", SHOP, "shop", 2, 289, 172),
    Customer("s08", "Serwis Wodny Bielsko", "Bielsko-Biała", "PL", SHOP, "shop", 1, 281, 151),
    Customer("s09", "Țevi și Fitinguri Deva", "Deva", "RO", SHOP, "shop", 1, 266, 138),
    Customer("s10", "Ciepły Dom Rzeszów", "Rzeszów", "PL", SHOP, "shop", 1, 258, 145),
    Customer("s11", "Instal Rapid Oradea", "Oradea", "RO", SHOP, "shop", 1, 247, 130),
    Customer("s12", "Pensiunea Poiana Verde", "Bran", "RO", SHOP, "shop", 1, 233, 125),
    Customer("s13", "Kran i Rura Opole", "Opole", "PL", SHOP, "shop", 1, 221, 119),
    Customer("s14", "Fântâna Arteziană", "Pitești", "RO", SHOP, "shop", 1, 204, 111),
    Customer("s15", "Mister Hydro Kielce", "Kielce", "PL", SHOP, "shop", 1, 98, 200),
)

# Interested, never ordered; nobody has placed the second one yet.
PROSPECTS = (
    Customer("p01", "Fabryka Soków Mazury", "Olsztyn", "PL", KEY, "plant", 1, 0, 1),
    Customer("p02", "Ferma Lacul Alb", "Tulcea", "RO", "", "shop", 1, 0, 1),
)


class Sale(NamedTuple):
    """What was agreed with a customer on a day: (product, quantity, unit price)."""

    key: str
    customer: str
    days: int
    lines: tuple[tuple[str, int, int], ...]

    @property
    def total(self) -> Decimal:
        """Without taxes."""
        return Decimal(sum(quantity * price for _product, quantity, price in self.lines))


# Sales beside the habits: the customer won back, two small orders of one month, and two orders
# that wait for a late supplier.
EXTRA_SALES = (
    ("d01.6", "d01", 62, (("control", 20),)),
    ("d01.7", "d01", 55, (("valve", 16),)),
    ("d04.4", "d04", 44, (("pump", 30), ("valve", 20))),
    ("d04.5", "d04", 12, (("pipe", 30), ("filter", 10))),
    ("k02.6", "k02", 31, (("booster", 2), ("install", 1))),
    ("k07.5", "k07", 27, (("booster", 1), ("install", 1))),
)


class Deal(NamedTuple):
    """An opportunity: won, lost for a ``reason``, or open. ``sale`` is what a won one became."""

    key: str
    customer: str
    name: str
    amount: int
    opened: int
    closed: int
    outcome: str
    probability: int = 0
    sale: str | None = None
    reason: str | None = None


LATE, DEAR, OTHER = "late", "dear", "other"
REASONS = {LATE: "Delivered late", DEAR: "Too expensive", OTHER: "Bought elsewhere"}
LOST_DEALS = (
    Deal("l01", "k05", "Second boiler house", 21000, 190, 141, "lost", reason=LATE),
    Deal("l02", "k05", "Maintenance contract", 6800, 170, 128, "lost", reason=LATE),
    Deal("l03", "k05", "Booster stations, south", 17600, 160, 118, "lost", reason=LATE),
    Deal("l04", "d04", "Spring stock", 14500, 270, 236, "lost", reason=DEAR),
    Deal("l05", "d06", "Frame agreement", 26000, 200, 165, "lost", reason=DEAR),
    Deal("l06", "s02", "Showroom pumps", 1900, 150, 133, "lost", reason=OTHER),
    Deal("l07", "k06", "New wing", 12300, 140, 96, "lost", reason=DEAR),
    Deal("l08", "d08", "Pipe contract", 9400, 120, 88, "lost", reason=OTHER),
    Deal("l09", "s05", "Guest house", 2400, 110, 92, "lost", reason=DEAR),
    Deal("l10", "k07", "Bottling line", 18800, 95, 51, "lost", reason=LATE),
    Deal("l11", "s11", "Heating season stock", 2900, 80, 58, "lost", reason=OTHER),
    Deal("l12", "d02", "Valves, yearly", 11700, 70, 29, "lost", reason=DEAR),
)
# Days of open deals: opened so long ago, expected to close in so many days (negative = ahead).
OPEN_DEALS = (
    Deal("o01", "k01", "Pumping station North", 38000, 60, -20, "open", 70),
    Deal("o02", "k03", "Ozone stage", 52000, 75, -45, "open", 40),
    Deal("o03", "k04", "Second dairy line", 24000, 40, -30, "open", 55),
    Deal("o04", "k02", "Heat exchangers, phase 2", 31000, 30, -60, "open", 30),
    Deal("o05", "p01", "Juice plant, first contact", 44000, 14, -75, "open", 15),
    Deal("o06", "d01", "Yearly volume agreement", 36000, 35, -15, "open", 75),
    Deal("o07", "d03", "Branch in Arad", 15500, 26, -35, "open", 45),
    Deal("o08", "d05", "Filters for resale", 12800, 21, -25, "open", 60),
    Deal("o09", "d04", "Back to monthly vans", 22000, 18, -12, "open", 80),
    Deal("o10", "d07", "Harbour extension", 17000, 50, 6, "open", 35),
    Deal("o11", "s01", "Own stock of pumps", 7400, 16, -10, "open", 65),
    Deal("o12", "s04", "Block of flats", 5200, 12, -18, "open", 50),
    Deal("o13", "s10", "Winter campaign", 2600, 9, -28, "open", 25),
    Deal("o14", "s14", "Spring well", 3900, 33, 4, "open", 20),
    Deal("o15", "p02", "Irrigation, enquiry", 4800, 3, -40, "open", 10),
    Deal("o16", "k08", "Pool and spa", 8200, 8, -50, "open", 35),
)
# The first sales of these customers, and the extra ones, began as an opportunity.
WON_FROM = tuple(f"k0{number}.1" for number in range(1, 8)) + tuple(
    f"d0{number}.1" for number in range(1, 10)
)
WON_LATER = (
    "d04.4",
    "k02.6",
    "k07.5",
    "k01.3",
    "k03.3",
    "d01.4",
    "d05.3",
    "s01.4",
    "s03.1",
    "s06.2",
    "s09.2",
    "s12.1",
)
# What the salesperson expected, in per cent of what it became; in turn.
EXPECTED = (95, 110, 100, 85, 120)


@cache
def customers() -> dict[str, Customer]:
    """Every customer and prospect by its key."""
    return {customer.key: customer for customer in CUSTOMERS + PROSPECTS}


def price(product: Product, customer: Customer, days: int) -> int:
    """The unit price that the customer's segment of that day gets."""
    return {KEY: product.plant, TRADE: product.trade, SHOP: product.shop}[
        segment_at(customer.key, days)
    ]


def segment_at(customer: str, days: int) -> str:
    """Key of the segment in which a customer was so many days ago."""
    known = customers()[customer]
    before, since = MOVED.get(customer, (known.segment, 0))
    now = BY_HAND.get(customer, known.segment)
    return before if customer in MOVED and days > since else now


@cache
def sales() -> dict[str, Sale]:
    """Everything that was sold in the story, oldest first, by its key."""
    products = {product.key: product for product in PRODUCTS}

    def sale(key: str, customer: Customer, days: int, lines, size: int = 1) -> Sale:
        return Sale(
            key,
            customer.key,
            days,
            tuple(
                (name, quantity * size, price(products[name], customer, days))
                for name, quantity in lines
            ),
        )

    found = []
    for customer in CUSTOMERS:
        basket = BASKETS[customer.basket]
        habit = range(customer.first, max(customer.last, 5) - 1, -customer.rhythm)
        found += [
            sale(f"{customer.key}.{n + 1}", customer, days, basket[n % 3], customer.size)
            for n, days in enumerate(habit)
        ]
    found += [sale(key, customers()[name], days, lines) for key, name, days, lines in EXTRA_SALES]
    return {item.key: item for item in sorted(found, key=lambda item: -item.days)}


@cache
def deals() -> tuple[Deal, ...]:
    """All opportunities: those that became a sale, those that were lost, those that are open."""
    won = []
    for number, key in enumerate(WON_FROM + WON_LATER):
        sale = sales()[key]
        expected = int(sale.total * EXPECTED[number % len(EXPECTED)] / 100)
        product = next(item for item in PRODUCTS if item.key == sale.lines[0][0])
        name = f"{product.name}, {customers()[sale.customer].city}"
        opened = sale.days + 18 + 7 * (number % 5)
        won.append(
            Deal(f"w{key}", sale.customer, name, expected, opened, sale.days, "won", 100, key)
        )
    return (*won, *LOST_DEALS, *OPEN_DEALS)


@dataclass(frozen=True)
class Calendar:
    """Days of the story as dates: nothing happens on a weekend, nothing is moved into the future.

    >>> Calendar(date(2026, 11, 23)).day(1)
    datetime.date(2026, 11, 20)
    >>> Calendar(date(2026, 11, 23)).day(-5)
    datetime.date(2026, 11, 27)
    """

    today: date

    def day(self, days: int) -> date:
        """The working day so many days before the day of telling."""
        found = self.today - timedelta(days=days)
        return found - timedelta(days=max(0, found.weekday() - 4))
