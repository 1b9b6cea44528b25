"""Writes a small trading company's files, by chance but the same for the same seed.

The layout is that of tests/fixtures/harbour, so that `World` (tests/story/world.py) computes from
the files what must come out.
"""

import csv
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random

CENT = Decimal("0.01")
COUNTRIES = ("Poland", "Romania", "Germany", "Brazil", "USA", "UK", "Norway")
FIRST_DAY = date(2024, 1, 8)
PARTNER = (
    "company_name contact_name contact_title address city region postal_code country phone fax"
).split()
ORDER = (
    "order_id customer_id employee_id order_date required_date shipped_date ship_via freight"
    " ship_name ship_address ship_city ship_region ship_postal_code ship_country"
).split()
PRODUCT = (
    "product_id product_name supplier_id category_id quantity_per_unit unit_price units_in_stock"
    " units_on_order reorder_level discontinued"
).split()
SEGMENTS = (
    ("KEY", "Key accounts", 10, '[("posted_revenue", ">=", 900)]', "Key account crew"),
    ("EU", "European Union", 20, '[("country_group_ids.code", "=", "EU")]', "Europe crew"),
    ("SA", "South America", 30, '[("country_group_ids.code", "=", "SA")]', "South crew"),
    ("WORLD", "Rest of the world", 90, "[]", "World crew"),
)


def write_package(folder: Path, chance: Random, orders: int = 14) -> Path:
    """A folder of seven files: customers, suppliers, products, orders, lines, payments, segments.

    Two thirds of the orders are shipped; most shipped ones are paid, wholly, in part, or two of a
    customer's together.
    """
    folder.mkdir(parents=True, exist_ok=True)
    customers = [f"C{number:03}" for number in range(1, orders // 3 + 3)]
    _write(folder, "customers", ["customer_id", *PARTNER], _partners(customers, chance))
    suppliers = [[*row, ""] for row in _partners(["1", "2", "3"], chance)]
    _write(folder, "suppliers", ["supplier_id", *PARTNER, "homepage"], suppliers)
    prices = {number: Decimal(chance.randrange(199, 4999)) / 100 for number in range(1, 8)}
    _write(folder, "products", PRODUCT, [_product(n, p, chance) for n, p in prices.items()])
    headers, lines = [], []
    for number in range(9001, 9001 + orders):
        headers.append(_order(number, chance.choice(customers[1:]), chance))
        lines += _lines(number, prices, chance)
    _write(folder, "orders", ORDER, headers)
    columns = ["order_id", "product_id", "unit_price", "quantity", "discount"]
    _write(folder, "order_details", columns, lines)
    columns = ["payment_id", "date", "customer_id", "order_id", "amount"]
    _write(folder, "payments", columns, _payments(headers, lines, chance))
    _write(folder, "segments", ["code", "name", "priority", "rule", "team"], SEGMENTS)
    return folder


def _partners(keys: list[str], chance: Random) -> list[list]:
    return [
        [key, f"Company {key} & Söhne", f"Person {key}", "Buyer", f"{key} Quay", "Port", "", "",
         chance.choice(COUNTRIES), f"+44 117 {chance.randrange(10**6):06}", ""]
        for key in keys
    ]  # fmt: skip


def _product(number: int, price: Decimal, chance: Random) -> list:
    return [number, f"Product {number}, coarse", chance.randrange(1, 4), 1, "12", price, 5, 0, 5, 0]


def _order(number: int, customer: str, chance: Random) -> list:
    day = FIRST_DAY + timedelta(chance.randrange(330))
    shipped = day + timedelta(chance.randrange(1, 20)) if chance.random() < 0.67 else ""
    freight = Decimal(chance.randrange(0, 4000)) / 100
    return [number, customer, 1, day, day + timedelta(14), shipped, 1, freight, *[""] * 6]


def _lines(number: int, prices: dict[int, Decimal], chance: Random) -> list[list]:
    chosen = chance.sample(sorted(prices), chance.randrange(1, 4))
    return [
        [number, product, prices[product], chance.randrange(1, 12), chance.choice((0, 0, 0.05))]
        for product in chosen
    ]


def _payments(headers: list[list], lines: list[list], chance: Random) -> list[list]:
    total = {order[0]: order[7] for order in headers}
    for order, _product, price, quantity, discount in lines:
        net = price * quantity * (1 - Decimal(str(discount)))
        total[order] += net.quantize(CENT, ROUND_HALF_UP)
    rows, last = [], {}
    for number, customer, _clerk, _day, _due, shipped, *_rest in headers:
        if not shipped or chance.random() < 0.25:
            continue
        amount = total[number]
        if chance.random() < 0.3:
            amount = (amount / 2).quantize(CENT, ROUND_HALF_UP)
        day = shipped + timedelta(chance.randrange(60))
        name = f"P{number}"
        if customer in last and chance.random() < 0.4:
            name, day = last[customer]
        last[customer] = (name, day)
        rows.append([name, day, customer, number, amount])
    return sorted(rows, key=lambda row: row[0])


def _write(folder: Path, name: str, columns: list[str], rows) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(columns)
        writer.writerows(rows)
