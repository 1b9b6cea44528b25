"""From the facts of one pass to the states of its moments. Pure functions.

The result depends on the set of facts alone, never on the order in which they arrived
(reliability R4); that is why the same function serves the lane and the rebuild from history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import takewhile

from .order import order_states
from .states import MOMENT_STATES, OPEN, PROVEN


@dataclass(frozen=True)
class Fact:
    """One standing fact of a pass: its code, its day in the company's zone, what it is worth.

    A trace follows from other facts (silence, a cancellation): it proves its moment, but it is no
    news of the pass, and alone it makes none.
    """

    code: str
    day: date
    amount: Decimal | None = None
    currency_id: int | None = None
    is_trace: bool = False


@dataclass(frozen=True)
class Moment:
    """Definition of one moment: the facts of which any starts it, and those that prove it.

    All of ``ends`` prove it, or with ``any_end`` the first of them. With ``from_start`` only what
    arrives from the day on which the moment starts can prove it: a letter of before the order does
    not answer the order. ``parallel`` are the ids of moments that may run beside it.
    """

    moment_id: int
    sequence: int
    starts: frozenset[str]
    ends: frozenset[str]
    any_end: bool = False
    from_start: bool = False
    opening: bool = False
    parallel: frozenset[int] = frozenset()


@dataclass(frozen=True)
class MomentState:
    """Where one moment of one pass stands. Days are None as long as nothing proves them.

    ``order`` says whether it kept the order of the chain, see ``core.order``.
    """

    moment_id: int
    state: str
    started_on: date | None
    proven_on: date | None
    order: str | None = None


@dataclass(frozen=True)
class PassState:
    """Where a pass stands. ``current_id`` is the next moment under way after the
    furthest proven one, else that one.

    ``is_through`` says that the last moment that can be proven is proven.
    """

    date_first: date | None
    date_last: date | None
    current_id: int | None
    proven_count: int
    moments: tuple[MomentState, ...]
    is_through: bool = False


def arrival(code: str, facts: Sequence[Fact], covers: Mapping[str, frozenset[str]]) -> date | None:
    """Day on which a fact has arrived within a pass; None while it has not.

    A plain fact arrives with its first document. A fact that must cover others (a payment covers
    the invoices less the credit notes) arrives on the first day from which on its amounts reach
    theirs in each currency.

    >>> sold = Fact("invoice", date(2026, 3, 2), Decimal(100), 1)
    >>> half, rest = (Fact("pay", date(2026, 3, day), Decimal(50), 1) for day in (9, 20))
    >>> arrival("pay", [sold, half], {"pay": frozenset({"invoice"})}) is None
    True
    >>> arrival("pay", [rest, sold, half], {"pay": frozenset({"invoice"})})
    datetime.date(2026, 3, 20)
    """
    days = sorted({fact.day for fact in facts if fact.code == code}, reverse=True)
    if not days:
        return None
    if not covers.get(code):
        return days[-1]
    owed = _totals(fact for fact in facts if fact.code in covers[code])
    covered = list(takewhile(lambda day: _covers(facts, code, day, owed), days))
    return covered[-1] if owed and covered else None


def derive(
    chain: Sequence[Moment],
    facts: Iterable[Fact],
    covers: Mapping[str, frozenset[str]],
    is_repeat: bool = False,
) -> PassState:
    """States of all moments of a chain, from the standing facts of one pass.

    ``is_repeat``: the customer ordered before, so the pass begins at the second moment.
    """
    facts = list(facts)
    ordered = sorted(chain, key=lambda moment: (moment.sequence, moment.moment_id))
    states = [_moment_state(moment, facts, covers) for moment in ordered]
    moments = tuple(
        _opened(moment, state, states[place:], facts) if moment.opening else state
        for place, (moment, state) in enumerate(zip(ordered, states, strict=True), 1)
    )
    order = order_states(
        [(line.moment_id, line.state, line.started_on, line.proven_on) for line in moments],
        {moment.moment_id: moment.parallel for moment in chain},
        frozenset(moment.moment_id for moment in chain if moment.starts or moment.ends),
        is_repeat,
    )
    moments = tuple(replace(line, order=order[line.moment_id]) for line in moments)
    days = [fact.day for fact in facts if not fact.is_trace]
    provable = {moment.moment_id for moment in chain if moment.ends}
    last = [moment for moment in moments if moment.moment_id in provable][-1:]
    return PassState(
        date_first=min(days, default=None),
        date_last=max(days, default=None),
        current_id=_current(moments),
        proven_count=sum(moment.state == PROVEN for moment in moments),
        moments=moments,
        is_through=any(moment.state == PROVEN for moment in last),
    )


def _current(moments: Sequence[MomentState]) -> int | None:
    """Where the pass stands: the next moment under way after the furthest proven one."""
    places = [place for place, moment in enumerate(moments) if moment.state == PROVEN]
    furthest = places[-1] if places else -1
    under_way = [moment.moment_id for moment in moments[furthest + 1 :] if moment.state != OPEN]
    if under_way:
        return under_way[0]
    return moments[furthest].moment_id if places else None


def _moment_state(
    moment: Moment, facts: Sequence[Fact], covers: Mapping[str, frozenset[str]]
) -> MomentState:
    started = [fact.day for fact in facts if fact.code in moment.starts]
    if moment.from_start:
        facts = [fact for fact in facts if started and fact.day >= min(started)]
    ended = [arrival(code, facts, covers) for code in moment.ends]
    arrived = [day for day in ended if day is not None]
    is_proven = bool(arrived) and (moment.any_end or len(arrived) == len(ended))
    proven_on = (min if moment.any_end else max)(arrived) if is_proven else None
    started_on = min([*started, *([proven_on] if is_proven else [])], default=None)
    return MomentState(
        moment_id=moment.moment_id,
        state=MOMENT_STATES[bool(started), is_proven],
        started_on=started_on,
        proven_on=proven_on,
    )


def _opened(
    moment: Moment, state: MomentState, later: Sequence[MomentState], facts: Sequence[Fact]
) -> MomentState:
    """State of an opening moment: what came on or after the first later proof began nothing."""
    passed = min((other.proven_on for other in later if other.proven_on), default=None)
    if state.state == PROVEN or passed is None:
        return state
    days = [fact.day for fact in facts if fact.code in moment.starts and fact.day < passed]
    return MomentState(
        moment_id=moment.moment_id,
        state=MOMENT_STATES[bool(days), False],
        started_on=min(days, default=None),
        proven_on=None,
    )


def _covers(
    facts: Sequence[Fact], code: str, day: date, owed: Mapping[int | None, Decimal]
) -> bool:
    paid = _totals(fact for fact in facts if fact.code == code and fact.day <= day)
    return all(paid.get(currency, Decimal()) >= amount for currency, amount in owed.items())


def _totals(facts: Iterable[Fact]) -> dict[int | None, Decimal]:
    totals: dict[int | None, Decimal] = {}
    for fact in facts:
        totals[fact.currency_id] = totals.get(fact.currency_id, Decimal()) + (
            fact.amount or Decimal()
        )
    return totals
