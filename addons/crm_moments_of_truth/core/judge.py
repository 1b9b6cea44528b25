"""Where a pass breaks on a given day: from its moments and its documents. Pure functions.

The same facts and the same day give the same ruptures, in whatever order the facts came; so the
lane, the daily run and the rebuild from history agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from .rupture import (
    LATE,
    MISSING_INPUT,
    OUT_OF_ORDER,
    OWNERLESS,
    SHORT,
    SILENT,
    UNBILLED,
    UNPAID,
)
from .states import PROVEN, STARTED
from .workdays import Workdays

EARLY = "early"
DELIVERED, INVOICED, PAID = "goods_delivered", "invoice_posted", "payment_received"
# Working days that money and goods get where no moment of the chain speaks of them.
TARGET, TOLERANCE = 5, 1


@dataclass(frozen=True)
class Step:
    """One moment within a pass, with what its chain allows it."""

    moment_id: int
    state: str
    started_on: date | None = None
    target: int = 0
    tolerance: int = 0
    ends: frozenset[str] = frozenset()
    order_state: str = ""
    missing: tuple[int, ...] = ()


@dataclass(frozen=True)
class Delivery:
    """What the orders of a pass still owe; amounts in the company's currency."""

    ordered_on: date
    promised_on: date | None = None
    delivered_on: date | None = None
    is_begun: bool = False
    undelivered: Decimal = Decimal()
    to_invoice: Decimal = Decimal()


@dataclass(frozen=True)
class Debt:
    """What is open of one invoice, or of one part of its payment term, that belongs to the pass,
    in the company's currency.

    ``part`` names a later part of the invoice; the first one goes by the invoice alone.
    """

    invoice_id: int
    due_on: date
    amount: Decimal
    part: str = ""

    @property
    def sign(self) -> str:
        """What a person waives: this part of the invoice, not those that fall due later.

        >>> Debt(5, date(2026, 3, 2), Decimal(50)).sign
        '5'
        >>> Debt(5, date(2026, 4, 1), Decimal(50), "2026-04-01").sign
        '5:2026-04-01'
        """
        return f"{self.invoice_id}:{self.part}" if self.part else str(self.invoice_id)


@dataclass(frozen=True)
class Pass:
    """One pass as it stands on the day of the judgement."""

    pass_id: int
    is_open: bool
    last_fact_on: date | None
    owner_id: int | None
    is_owner_active: bool
    current_id: int | None = None
    steps: tuple[Step, ...] = ()
    delivery: Delivery | None = None
    debts: tuple[Debt, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """One rupture: ``amount`` None means that the whole pass is at stake."""

    cause: str
    moment_id: int | None
    sign: str
    due_on: date | None = None
    amount: Decimal | None = None
    values: dict[str, str | int | list[int]] = field(default_factory=dict)


def judge(item: Pass, today: date, days: Workdays, silent_days: int) -> list[Verdict]:
    """All ruptures of a pass on a day. A moment that is late for a known cause is named by it.

    >>> from .workdays import Workdays
    >>> step = Step(3, STARTED, date(2026, 3, 2), target=2, tolerance=1)
    >>> item = Pass(1, True, date(2026, 3, 2), 7, True, 3, (step,))
    >>> judge(item, date(2026, 3, 5), Workdays(), 60)
    []
    >>> [(v.cause, v.due_on) for v in judge(item, date(2026, 3, 6), Workdays(), 60)]
    [('late', datetime.date(2026, 3, 4))]
    """
    found = [
        *_short(item, today, days),
        *_unbilled(item, today, days),
        *_unpaid(item, today, days),
    ]
    if item.is_open:
        # What was not delivered is late although it could be invoiced.
        is_owed = bool(item.delivery and not item.delivery.delivered_on)
        named = {
            verdict.moment_id for verdict in found if not (verdict.cause == UNBILLED and is_owed)
        }
        found += [late for late in _late(item, today, days) if late.moment_id not in named]
        found += _silent(item, today, silent_days)
        found += _ownerless(item)
        found += _out_of_order(item)
        found += _missing_input(item)
    return found


def target_day(item: Pass, step: Step, days: Workdays) -> date | None:
    """Day on which a moment should be over: its target, or the day we promised.

    A promise to the customer counts for the moment that the delivery proves, whether it is
    earlier or later than the target of the chain, and whether the moment has begun or not. Money
    has time until the invoices are due.
    """
    if _is_promised(item, step):
        return item.delivery.promised_on
    if step.state != STARTED or step.started_on is None:
        return None
    target = days.after(step.started_on, step.target)
    if PAID in step.ends:
        return max([target, *(debt.due_on for debt in item.debts)])
    return target


def _is_promised(item: Pass, step: Step) -> bool:
    """Whether a step is the delivery for which a day was promised, and which is not done."""
    delivery = item.delivery
    return bool(
        delivery
        and delivery.promised_on
        and not delivery.delivered_on
        and step == _delivery_step(item)
    )


def is_over(due: date, tolerance: int, today: date, days: Workdays) -> bool:
    """Whether a day is over with its tolerance, counted in working days.

    >>> from .workdays import Workdays
    >>> friday = date(2026, 3, 6)
    >>> [is_over(friday, 1, date(2026, 3, day), Workdays()) for day in (8, 9, 10)]
    [False, False, True]
    """
    return today > days.after(due, tolerance)


def _late(item: Pass, today: date, days: Workdays) -> Iterable[Verdict]:
    for step in item.steps:
        due = target_day(item, step, days)
        if step.state != PROVEN and due and is_over(due, step.tolerance, today, days):
            yield Verdict(
                LATE,
                step.moment_id,
                due.isoformat(),
                due,
                values={
                    "started": step.started_on.isoformat() if step.started_on else "",
                    "target": step.target,
                    "promised": int(_is_promised(item, step)),
                },
            )


def _short(item: Pass, today: date, days: Workdays) -> Iterable[Verdict]:
    delivery = item.delivery
    if not delivery or not delivery.is_begun or delivery.undelivered <= 0:
        return
    step = _delivery_step(item)
    begun = (step.started_on if step else None) or delivery.ordered_on
    due = delivery.promised_on or days.after(begun, step.target if step else TARGET)
    if is_over(due, step.tolerance if step else TOLERANCE, today, days):
        yield Verdict(SHORT, _id(step), due.isoformat(), due, delivery.undelivered)


def _unbilled(item: Pass, today: date, days: Workdays) -> Iterable[Verdict]:
    delivery = item.delivery
    if not delivery or delivery.to_invoice <= 0:
        return
    step = _step_of(item, INVOICED)
    ready = delivery.delivered_on or max(
        delivery.ordered_on, delivery.promised_on or delivery.ordered_on
    )
    due = days.after(ready, step.target if step else TARGET)
    if is_over(due, step.tolerance if step else TOLERANCE, today, days):
        values = {"ready": ready.isoformat()}
        yield Verdict(UNBILLED, _id(step), due.isoformat(), due, delivery.to_invoice, values=values)


def _unpaid(item: Pass, today: date, days: Workdays) -> Iterable[Verdict]:
    step = _step_of(item, PAID)
    tolerance = step.tolerance if step else TOLERANCE
    overdue = [debt for debt in item.debts if is_over(debt.due_on, tolerance, today, days)]
    if sum((debt.amount for debt in overdue), Decimal()) > 0:
        overdue.sort(key=lambda debt: (debt.invoice_id, debt.part))
        ids = sorted({debt.invoice_id for debt in overdue})
        yield Verdict(
            UNPAID,
            _id(step),
            ",".join(dict.fromkeys(debt.sign for debt in overdue)),
            min(debt.due_on for debt in overdue),
            sum((debt.amount for debt in overdue), Decimal()),
            {"invoices": ids},
        )


def _silent(item: Pass, today: date, silent_days: int) -> Iterable[Verdict]:
    last = item.last_fact_on
    if last and silent_days and today > last + timedelta(days=silent_days):
        due = last + timedelta(days=silent_days)
        values = {"last": last.isoformat(), "limit": silent_days}
        yield Verdict(SILENT, item.current_id, last.isoformat(), due, values=values)


def _ownerless(item: Pass) -> Iterable[Verdict]:
    if not item.owner_id or not item.is_owner_active:
        yield Verdict(OWNERLESS, None, f"user:{item.owner_id or 0}")


def _out_of_order(item: Pass) -> Iterable[Verdict]:
    for place, step in enumerate(item.steps):
        # What came after all is history, not a rupture.
        if step.order_state == EARLY and any(
            earlier.state == STARTED for earlier in item.steps[:place]
        ):
            begun = step.started_on.isoformat() if step.started_on else ""
            yield Verdict(OUT_OF_ORDER, step.moment_id, begun, values={"started": begun})


def _missing_input(item: Pass) -> Iterable[Verdict]:
    for step in item.steps:
        if step.state == STARTED and step.missing:
            yield Verdict(
                MISSING_INPUT,
                step.moment_id,
                step.started_on.isoformat() if step.started_on else "",
                step.started_on,
                values={"inputs": list(step.missing)},
            )


def _delivery_step(item: Pass) -> Step | None:
    """The last moment that the delivery proves: an earlier one prepares it."""
    return next((step for step in reversed(item.steps) if DELIVERED in step.ends), None)


def _step_of(item: Pass, fact: str) -> Step | None:
    """The first moment that a fact proves."""
    return next((step for step in item.steps if fact in step.ends), None)


def _id(step: Step | None) -> int | None:
    return step.moment_id if step else None
