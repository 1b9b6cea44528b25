"""Five loyalty classes, four phases of loyalty and four types of customer, each with its reason.

The functions take facts and return a class and why; where the facts are missing there is no class.
Thresholds are data of the company. A class is left only when its bound is passed by a band, so
that nobody flickers (see :func:`.steps.step_of`).

Classes: S000-9.8 (loyal, equally loyal, indifferent, less loyal, lost). Types: the matrix of
profit and duration of Reinartz and Kumar, "The Mismanagement of Customer Loyalty" (Harvard
Business Review, July 2002), whose axes figure 5 of S001 names. Phases: S004.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .steps import step_of
from .value import UNDEFINED, Undefined

LOST, LESS, INDIFFERENT, STEADY, LOYAL = "lost", "less_loyal", "indifferent", "steady", "loyal"
LADDER = (LOST, LESS, INDIFFERENT, STEADY, LOYAL)

TRUE_FRIEND, BUTTERFLY, BARNACLE, STRANGER = "true_friend", "butterfly", "barnacle", "stranger"

IDENTIFY, ASSIGN, CARE, EXCEED = "identify", "assign", "care", "exceed"
PHASES = (IDENTIFY, ASSIGN, CARE, EXCEED)

# Reasons by which a verdict remembers how it came about.
SILENT, LATE = "silent_too_long", "later_than_usual"


@dataclass(frozen=True)
class Verdict:
    """A class and the reason for it: a code and the figures that a sentence is made of."""

    name: str
    reason: str
    figures: tuple[tuple[str, Decimal], ...] = ()


# -- classes -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class LoyaltyFacts:
    """What the books say about a customer's purchases on a day.

    :param purchases: number of purchases, or no data.
    :param silence: days since the last purchase divided by the customer's usual interval, the
        median of its own intervals; no data with fewer than two purchases.
    :param trend: purchases of the last period / purchases of the period before; no data without
        purchases in the period before.
    """

    purchases: int | Undefined
    silence: Decimal | Undefined
    trend: Decimal | Undefined


@dataclass(frozen=True)
class LoyaltyRule:
    """Thresholds of the classes; the defaults are ours and can be changed.

    :param lost_after: silence from which on a customer counts as lost.
    :param late_after: silence from which on it is less loyal.
    :param repeat: purchases from which on a customer can be loyal or steady.
    :param falling: trend below which a customer is less loyal; :param rising: from which on loyal.
    """

    lost_after: Decimal = Decimal(4)
    late_after: Decimal = Decimal(2)
    repeat: int = 3
    falling: Decimal = Decimal("0.7")
    rising: Decimal = Decimal("1.1")
    band: Decimal = Decimal("0.1")


def loyalty_class(
    facts: LoyaltyFacts, rule: LoyaltyRule | None = None, previous: str | None = None
) -> Verdict | Undefined:
    """The class of a customer; no data without purchases.

    :param previous: the reason of the last verdict. It says by which figure the class was
        reached, and only that bound is the one that must be passed by the band to leave it.

    >>> D = Decimal
    >>> loyalty_class(LoyaltyFacts(8, D("0.5"), D("1.3"))).name
    'loyal'
    >>> loyalty_class(LoyaltyFacts(8, D(5), D("0.1"))).name
    'lost'
    >>> loyalty_class(LoyaltyFacts(0, UNDEFINED, UNDEFINED))
    UNDEFINED
    """
    rule = rule or LoyaltyRule()
    if facts.purchases is UNDEFINED or not facts.purchases:
        return UNDEFINED
    count = ("purchases", Decimal(facts.purchases))
    if facts.silence is UNDEFINED:
        return Verdict(INDIFFERENT, "one_purchase", (count,))
    silence = ("silence", facts.silence)
    quiet = step_of(
        facts.silence,
        (rule.late_after, rule.lost_after),
        {SILENT: 2, LATE: 1}.get(previous, 0 if previous else None),
        rule.late_after * rule.band,
    )
    if quiet == 2:
        return Verdict(LOST, SILENT, (silence,))
    if quiet == 1:
        return Verdict(LESS, LATE, (silence,))
    if facts.purchases < rule.repeat:
        return Verdict(INDIFFERENT, "few_purchases", (count,))
    return _by_trend(facts, rule, previous, count)


def _by_trend(facts: LoyaltyFacts, rule: LoyaltyRule, previous: str | None, count) -> Verdict:
    if facts.trend is UNDEFINED:
        return Verdict(STEADY, "no_earlier_period", (count,))
    trend = ("trend", facts.trend)
    ladder = ((LESS, "buys_less"), (STEADY, "buys_as_before"), (LOYAL, "buys_more"))
    before = {name: step for step, (_class, name) in enumerate(ladder)}.get(previous)
    step = step_of(facts.trend, (rule.falling, rule.rising), before, rule.band)
    name, reason = ladder[step]
    return Verdict(name, reason, (trend,))


# -- types -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ValueFacts:
    """What the books say about what a customer brings.

    :param margin: margin of the twelve months before a day, in the currency of the company.
    :param tenure: whole months since the first purchase.
    """

    margin: Decimal | Undefined
    tenure: Decimal | Undefined


def customer_type(
    margin: Decimal | Undefined,
    tenure: Decimal | Undefined,
    bounds: tuple[Decimal, Decimal],
    previous: str | None = None,
    band: Decimal = Decimal(0),
) -> Verdict | Undefined:
    """The cell of profit and duration: margin of a year, and months since the first purchase.

    :param bounds: margin and months from which on a customer is profitable, and stays long.
    :param band: part of a bound by which it must be passed to leave a cell (0.1 = a tenth).

    >>> customer_type(Decimal(900), Decimal(30), (Decimal(500), Decimal(24))).name
    'true_friend'
    >>> customer_type(UNDEFINED, Decimal(30), (Decimal(500), Decimal(24)))
    UNDEFINED
    """
    if margin is UNDEFINED or tenure is UNDEFINED:
        return UNDEFINED
    was = {TRUE_FRIEND: (1, 1), BUTTERFLY: (1, 0), BARNACLE: (0, 1), STRANGER: (0, 0)}.get(
        previous, (None, None)
    )
    rich, long = (
        step_of(value, (bound,), before, abs(bound) * band)
        for value, bound, before in zip((margin, tenure), bounds, was, strict=True)
    )
    name = {(1, 1): TRUE_FRIEND, (1, 0): BUTTERFLY, (0, 1): BARNACLE, (0, 0): STRANGER}[rich, long]
    return Verdict(name, name, (("margin", margin), ("tenure", tenure)))


# -- phases ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PhaseFacts:
    """How far the work with a customer has come.

    :param completeness: filled key fields / required ones, 0 to 1.
    :param is_valued: its importance is judged: it has a type, or a decision; no data when
        nobody can know, which asks nothing of the customer.
    :param has_strategy: a strategy (keep, develop, exit) is decided with a reason.
    :param floor_kept: the least level of service for all was kept; no data when never measured.
    :param exceeded: perceived value above the expected one; no data when never asked.
    """

    completeness: Decimal | Undefined
    is_valued: bool | Undefined
    has_strategy: bool
    floor_kept: bool | Undefined
    exceeded: bool | Undefined


@dataclass(frozen=True)
class CareFacts:
    """What service and surveys say: see the parameters of the same name in `PhaseFacts`."""

    floor_kept: bool | Undefined
    exceeded: bool | Undefined


@dataclass(frozen=True)
class PhaseRule:
    """What finishes a phase; the defaults are ours and can be changed.

    :param needed: completeness that finishes the first phase.
    :param band: how far completeness must fall below it before a customer goes back.
    :param days: least number of days in a phase before the next one begins.
    """

    needed: Decimal = Decimal("0.8")
    band: Decimal = Decimal("0.05")
    days: int = 30


def loyalty_phase(
    facts: PhaseFacts,
    rule: PhaseRule | None = None,
    previous: str | None = None,
    days: int = 0,
) -> Verdict | Undefined:
    """The phase a customer is in: the first one that is not finished.

    A customer goes on one phase at a time, after the least number of days in the present one,
    and goes back as far as it must at once. Whoever is looked at for the first time begins with
    care at most: nobody exceeds expectations whose floor of service was not kept for a while.

    :param previous: the phase it was in; :param days: since how many days.

    >>> whole = PhaseFacts(Decimal(1), True, True, True, UNDEFINED)
    >>> loyalty_phase(whole).name, loyalty_phase(whole, None, CARE, 30).name
    ('care', 'exceed')
    >>> loyalty_phase(PhaseFacts(Decimal("0.5"), True, True, True, True)).name
    'identify'
    """
    if facts.completeness is UNDEFINED:
        return UNDEFINED
    rule = rule or PhaseRule()
    reached = _unfinished(facts, rule, previous)
    place = PHASES.index(reached.name)
    before = PHASES.index(previous) if previous in PHASES else None
    if before is None:
        # It is not known since when the floor is kept: care comes first.
        held = PHASES.index(CARE)
    elif place <= before:
        return reached
    else:
        held = before if days < max(rule.days, 1) else before + 1
    if place <= held:
        return reached
    return Verdict(PHASES[held], "waits", (*reached.figures, ("days", Decimal(rule.days))))


def _unfinished(facts: PhaseFacts, rule: PhaseRule, previous: str | None) -> Verdict:
    known = (("completeness", facts.completeness),)
    is_back = previous in PHASES[1:]
    if facts.completeness < rule.needed - (rule.band if is_back else 0):
        return Verdict(IDENTIFY, "data_missing", known)
    if facts.is_valued is False:
        return Verdict(IDENTIFY, "value_missing", known)
    if not facts.has_strategy:
        return Verdict(ASSIGN, "strategy_missing", known)
    if facts.floor_kept is UNDEFINED:
        return Verdict(CARE, "floor_not_measured", known)
    if not facts.floor_kept:
        return Verdict(CARE, "floor_broken", known)
    if facts.exceeded is UNDEFINED:
        return Verdict(EXCEED, "never_asked", known)
    return Verdict(EXCEED, "exceeded" if facts.exceeded else "not_yet_exceeded", known)


# -- closeness ---------------------------------------------------------------------------------


def intimacy(parts: Sequence[Decimal | Undefined]) -> Decimal | Undefined:
    """How closely a customer is known: the mean of the parts that can be known, 0 to 1.

    A part without data (nobody can know it here) is left out and does not count as 0
    (S002-4.3-2).

    >>> intimacy([Decimal(1), Decimal("0.5"), UNDEFINED])
    Decimal('0.75')
    >>> intimacy([UNDEFINED])
    UNDEFINED
    """
    known = [part for part in parts if part is not UNDEFINED]
    return sum(known, Decimal()) / len(known) if known else UNDEFINED


def freshness(days: int | Undefined, full: int = 30, none: int = 180) -> Decimal | Undefined:
    """1 for a contact of the last month, falling evenly to 0 after half a year.

    >>> freshness(30), freshness(105), freshness(400)
    (Decimal('1'), Decimal('0.5'), Decimal('0'))
    """
    if days is UNDEFINED:
        return UNDEFINED
    left = Decimal(none - days) / Decimal(none - full)
    return min(max(left, Decimal(0)), Decimal(1))
