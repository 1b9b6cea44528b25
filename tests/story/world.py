"""What must come out of a folder of trading files, computed with nothing but the csv module.

The database never sees this code and this code never sees the database: the tests compare both.
"""

import ast
import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path

CENT = Decimal("0.01")
EUROPEAN_UNION = set(
    "Austria Belgium Bulgaria Croatia Cyprus Denmark Estonia Finland France Germany Greece Hungary"
    " Ireland Italy Latvia Lithuania Luxembourg Malta Netherlands Poland Portugal Romania Slovakia"
    " Slovenia Spain Sweden".split()
) | {"Czech Republic"}
SOUTH_AMERICA = set(
    "Argentina Bolivia Brazil Chile Colombia Ecuador Guyana Paraguay Peru Suriname Uruguay"
    " Venezuela".split()
)


@dataclass(frozen=True)
class Line:
    order: str
    product: str
    price: Decimal
    quantity: Decimal
    discount: Decimal

    @property
    def gross(self) -> Decimal:
        return self.price * self.quantity

    @property
    def net(self) -> Decimal:
        return self.gross * (1 - self.discount)

    @property
    def rounded(self) -> Decimal:
        return self.net.quantize(CENT, ROUND_HALF_UP)


class World:
    """The figures of a folder in the layout of csv_clean, plus our payments."""

    def __init__(self, folder: Path, beside: Path | None = None) -> None:
        self.folder = folder
        self.beside = beside or folder

    def _rows(self, name: str, folder: Path | None = None) -> list[dict[str, str]]:
        with ((folder or self.folder) / name).open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))

    @cached_property
    def customers(self) -> dict[str, dict[str, str]]:
        return {row["customer_id"]: row for row in self._rows("customers.csv")}

    @cached_property
    def suppliers(self) -> list[dict[str, str]]:
        return self._rows("suppliers.csv")

    @cached_property
    def products(self) -> list[dict[str, str]]:
        return self._rows("products.csv")

    @cached_property
    def orders(self) -> dict[str, dict[str, str]]:
        return {row["order_id"]: row for row in self._rows("orders.csv")}

    @cached_property
    def lines(self) -> list[Line]:
        return [
            Line(
                row["order_id"],
                row["product_id"],
                Decimal(row["unit_price"]),
                Decimal(row["quantity"]),
                Decimal(row["discount"]),
            )
            for row in self._rows("order_details.csv")
        ]

    @cached_property
    def lines_of(self) -> dict[str, list[Line]]:
        found = defaultdict(list)
        for line in self.lines:
            found[line.order].append(line)
        return found

    # -- money -------------------------------------------------------------------------------
    def gross(self) -> Decimal:
        return sum((line.gross for line in self.lines), Decimal())

    def net(self) -> Decimal:
        return sum((line.net for line in self.lines), Decimal())

    def net_rounded(self) -> Decimal:
        """Each line rounded to the cent, as a document shows it."""
        return sum((line.rounded for line in self.lines), Decimal())

    def rounding_lines(self) -> list[Line]:
        return [line for line in self.lines if line.net != line.rounded]

    def freight(self) -> Decimal:
        return sum((Decimal(row["freight"]) for row in self.orders.values()), Decimal())

    def order_total(self, order: str) -> Decimal:
        """What the customer pays: rounded lines and freight."""
        goods = sum((line.rounded for line in self.lines_of[order]), Decimal())
        return goods + Decimal(self.orders[order]["freight"])

    # -- what happened -----------------------------------------------------------------------
    @cached_property
    def shipped(self) -> dict[str, date]:
        return {
            order: date.fromisoformat(row["shipped_date"])
            for order, row in self.orders.items()
            if row["shipped_date"]
        }

    def came_back(self) -> dict[str, str]:
        """By shipped order the day of the customer's first order after it was shipped."""
        later = {
            order: [
                row["order_date"]
                for row in self.orders.values()
                if row["customer_id"] == self.orders[order]["customer_id"]
                and row["order_date"] > day.isoformat()
            ]
            for order, day in self.shipped.items()
        }
        return {order: min(days) for order, days in later.items() if days}

    def invoiced(self) -> Decimal:
        return sum((self.order_total(order) for order in self.shipped), Decimal())

    @cached_property
    def payments(self) -> list[dict[str, str]]:
        return self._rows("payments.csv", self.beside)

    def paid_by_order(self) -> dict[str, Decimal]:
        found: dict[str, Decimal] = defaultdict(Decimal)
        for row in self.payments:
            found[row["order_id"]] += Decimal(row["amount"])
        return dict(found)

    def paid(self) -> Decimal:
        return sum(self.paid_by_order().values(), Decimal())

    def revenue(self) -> dict[str, Decimal]:
        """Posted revenue by customer; a customer without an invoice is not in it."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for order in self.shipped:
            found[self.orders[order]["customer_id"]] += self.order_total(order)
        return dict(found)

    def never_ordered(self) -> set[str]:
        return set(self.customers) - {row["customer_id"] for row in self.orders.values()}

    # -- segments ----------------------------------------------------------------------------
    @cached_property
    def key_account_from(self) -> Decimal:
        """The revenue from which the file calls a customer a key account."""
        rules = {row["code"]: row["rule"] for row in self._rows("segments.csv", self.beside)}
        ((_field, _operator, amount),) = ast.literal_eval(rules["KEY"])
        return Decimal(amount)

    def segment(self, customer: str) -> str:
        """The four rules of segments.csv, in their order of priority."""
        if self.revenue().get(customer, Decimal()) >= self.key_account_from:
            return "KEY"
        country = self.customers[customer]["country"]
        if country in EUROPEAN_UNION:
            return "EU"
        return "SA" if country in SOUTH_AMERICA else "WORLD"

    @cached_property
    def segments(self) -> dict[str, str]:
        return {customer: self.segment(customer) for customer in self.customers}

    def segment_revenue(self) -> dict[str, Decimal]:
        found: dict[str, Decimal] = defaultdict(Decimal)
        for customer, amount in self.revenue().items():
            found[self.segments[customer]] += amount
        return dict(found)

    def segment_sizes(self) -> Counter:
        return Counter(self.segments.values())

    def segment_orders(self) -> dict[str, tuple[int, int]]:
        """Orders shipped (and so invoiced) and orders in all, by segment."""
        found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for order, row in self.orders.items():
            counts = found[self.segments[row["customer_id"]]]
            counts[0] += order in self.shipped
            counts[1] += 1
        return {segment: (done, every) for segment, (done, every) in found.items()}
