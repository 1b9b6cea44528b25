"""Numbers as the screen writes them in a reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

NBSP = "\u00a0"
MINUS = "−"


@dataclass(frozen=True)
class NumberStyle:
    """How a language writes numbers.

    :param grouping: sizes of the groups of digits from the right; 0 repeats the one before,
        -1 ends the grouping.
    """

    decimal: str = "."
    thousands: str = ","
    grouping: tuple[int, ...] = (3, 0)

    def text(self, value: Decimal | int, kind: str, digits: int = 2) -> str:
        """The number as text; ``digits`` are those of the currency.

        >>> NumberStyle().text(Decimal("-1354458.595"), "amount")
        '−1,354,458.60'
        >>> NumberStyle(",", ".").text(Decimal("0.9747"), "rate")
        '97,5\\xa0%'
        >>> NumberStyle(",", NBSP, (3, 2, 0)).text(12345678, "integer")
        '1\\xa023\\xa045\\xa0678'
        """
        number = Decimal(value) * 100 if kind == "rate" else Decimal(value)
        places = {"amount": digits, "rate": 1, "days": 1}.get(kind, 0)
        number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        whole, _point, part = f"{abs(number):f}".partition(".")
        text = self.group(whole) + (self.decimal + part if part else "")
        sign = MINUS if number < 0 else ""
        return f"{sign}{text}{NBSP}%" if kind == "rate" else f"{sign}{text}"

    def group(self, whole: str) -> str:
        """The digits before the decimal point in groups.

        >>> NumberStyle().group("1234567"), NumberStyle(grouping=()).group("1234567")
        ('1,234,567', '1234567')
        """
        groups, size, rest = [], 0, whole
        sizes = iter(self.grouping)
        while rest:
            wanted = next(sizes, -1)
            if wanted < 0 or (wanted == 0 and not size):
                break
            size = wanted or size
            groups.append(rest[-size:])
            rest = rest[:-size]
            if wanted == 0:
                sizes = iter((0,))
        return self.thousands.join(([rest] if rest else []) + groups[::-1])
