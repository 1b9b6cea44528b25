"""Values that a figure may have: a number, "no data" or a fault. None of them is a silent zero."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from numbers import Number


class Undefined:
    """The one value that says "no data".

    It is falsy, equals only itself and never turns into 0.

    >>> bool(UNDEFINED), UNDEFINED == 0, Undefined() is UNDEFINED
    (False, False, True)
    """

    _instance: Undefined | None = None

    def __new__(cls) -> Undefined:
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNDEFINED"

    def __reduce__(self) -> tuple:
        # A copied or unpickled value stays the one instance, so that "is" keeps working.
        return (Undefined, ())


UNDEFINED = Undefined()


@dataclass(frozen=True)
class Fault:
    """A figure that could not be computed: a short code and the sentence a reader sees.

    >>> bool(Fault("currency", "No rate of EUR on 1 March 2026."))
    False
    """

    code: str
    text: str

    def __bool__(self) -> bool:
        return False


Value = Decimal | Undefined | Fault


def is_number(value: object) -> bool:
    """Whether the value can be added: a number, and neither "no data", a fault nor a yes/no.

    >>> is_number(Decimal("0")), is_number(0.5), is_number(UNDEFINED), is_number(True)
    (True, True, False, False)
    """
    return isinstance(value, Number) and not isinstance(value, bool)


def as_decimal(value: object) -> Decimal:
    """Exact decimal of a number as it is written, not as binary keeps it.

    >>> as_decimal(0.1)
    Decimal('0.1')
    """
    return value if isinstance(value, Decimal) else Decimal(str(value))


def ratio(numerator: object, denominator: object) -> Decimal | Undefined:
    """Numerator / denominator; "no data" when either is missing or the denominator is 0.

    >>> ratio(1, 4), ratio(0, 3), ratio(1, 0), ratio(UNDEFINED, 3), ratio(3, None)
    (Decimal('0.25'), Decimal('0'), UNDEFINED, UNDEFINED, UNDEFINED)
    """
    if not is_number(numerator) or not is_number(denominator) or not denominator:
        return UNDEFINED
    return as_decimal(numerator) / as_decimal(denominator)


def total(values: Iterable[object]) -> Decimal | Undefined:
    """Sum of the numbers; "no data" when there is no number among them.

    >>> total([1, UNDEFINED, Decimal("2.5")]), total([UNDEFINED])
    (Decimal('3.5'), UNDEFINED)
    """
    numbers = [as_decimal(value) for value in values if is_number(value)]
    return sum(numbers, Decimal()) if numbers else UNDEFINED


def largest_remainder(amount: object, weights: Sequence[object], digits: int) -> list[Decimal]:
    """Share an amount by weights so that the rounded shares add up to the amount exactly.

    Method of the largest remainder (Hamilton): every share is cut to ``digits`` decimals, the
    units left over go to the largest cut parts, the earlier share first when parts are equal.
    Without any weight the amount is shared evenly. Weights must not be negative.

    >>> largest_remainder(Decimal("100.00"), [1, 1, 1], 2)
    [Decimal('33.34'), Decimal('33.33'), Decimal('33.33')]
    >>> largest_remainder(Decimal("-0.01"), [3, 1], 2)
    [Decimal('-0.01'), Decimal('0.00')]
    >>> largest_remainder(10, [], 2)
    []
    """
    parts = [as_decimal(weight) for weight in weights]
    if not parts:
        return []
    if any(part < 0 for part in parts):
        raise ValueError("A weight of a share must not be negative.")
    if not any(parts):
        parts = [Decimal(1)] * len(parts)
    unit = Decimal(1).scaleb(-digits)
    amount = as_decimal(amount)
    sign = -1 if amount < 0 else 1
    units = (abs(amount) / unit).to_integral_value()
    exact = [units * part / sum(parts) for part in parts]
    cut = [value.to_integral_value(rounding=ROUND_FLOOR) for value in exact]
    order = sorted(range(len(parts)), key=lambda index: (cut[index] - exact[index], index))
    for index in order[: int(units - sum(cut))]:
        cut[index] += 1
    # Adding a positive zero keeps "-0.00" away from the reader.
    return [(sign * value * unit).quantize(unit) + Decimal(0) for value in cut]
