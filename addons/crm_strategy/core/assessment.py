"""Questionnaires scored from 0 to 5 with evidence: one engine for all of them.

Readiness, alignment, maturity and the models of consultants differ in their items, not in how
they are added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .value import UNDEFINED, Undefined, ratio

TOP = 5
FULL = Decimal(100)


@dataclass(frozen=True)
class Evidence:
    """What the records say to a question, beside the score that a person gives.

    :param text: a sentence for the reader; says why where there is no data.
    :param value: the figure of the sentence, if it has one: a share (0 to 1) or a count.
    :param warns: the records speak against a good score; no data when they do not say.
    :param model: where the records behind it are; None when there are none to open.
    """

    text: str
    value: Decimal | Undefined = UNDEFINED
    model: str | None = None
    domain: tuple = ()
    warns: bool | Undefined = UNDEFINED


@dataclass(frozen=True)
class Item:
    """One answer: where it belongs, what it weighs, its score, and whether evidence is given.

    :param key: tells the item from the others where a caller wants it back.
    """

    group: str
    weight: Decimal = Decimal(1)
    score: Decimal | Undefined = UNDEFINED
    has_evidence: bool = False
    key: str = ""

    def __post_init__(self) -> None:
        if self.weight <= 0:
            raise ValueError(f"a weight is above zero, not {self.weight}")
        if self.score is not UNDEFINED and not 0 <= self.score <= TOP:
            raise ValueError(f"a score lies between 0 and {TOP}, not {self.score}")


@dataclass(frozen=True)
class Score:
    """What a set of items gives.

    :param points: 0 to 100, the weighted mean of the answered items; no data without any.
    :param answered: number of items with a score; :param total: number of items.
    :param proven: number of answered items with evidence.
    """

    points: Decimal | Undefined
    answered: int
    total: int
    proven: int

    @property
    def coverage(self) -> Decimal | Undefined:
        """Answered items / items, 0 to 1."""
        return ratio(self.answered, self.total)

    @property
    def is_whole(self) -> bool:
        """Every item is answered."""
        return self.answered == self.total and self.total > 0

    def reaches(self, threshold: Decimal) -> bool:
        """Whether the points reach a threshold; without points they do not."""
        return self.points is not UNDEFINED and self.points >= threshold


def score(items: Iterable[Item]) -> Score:
    """Add items up.

    >>> score([Item("a", Decimal(3), Decimal(4)), Item("a", Decimal(1), Decimal(2))]).points
    Decimal('70.0')
    >>> score([Item("a")]).points
    UNDEFINED
    """
    known = list(items)
    answered = [item for item in known if item.score is not UNDEFINED]
    points = UNDEFINED
    if answered:
        weight = sum(item.weight for item in answered)
        points = sum((item.weight * item.score for item in answered), Decimal(0)) / weight
        points = points * FULL / TOP
    return Score(points, len(answered), len(known), sum(item.has_evidence for item in answered))


OPEN, MISSING, BELOW, THIN = "open", "missing", "below", "thin"


def gate(found: Score | None, threshold: Decimal, coverage: Decimal) -> str:
    """Whether an assessment opens a gate, and what keeps it closed.

    :param threshold: points from which on it is open; :param coverage: share of questions, 0 to 1,
        that must be answered, so that one good answer does not open it.

    >>> gate(Score(Decimal(61), 9, 10, 0), Decimal(60), Decimal("0.8"))
    'open'
    >>> gate(Score(Decimal(61), 7, 10, 0), Decimal(60), Decimal("0.8"))
    'thin'
    >>> gate(None, Decimal(60), Decimal("0.8"))
    'missing'
    """
    if found is None or found.points is UNDEFINED:
        return MISSING
    if not found.reaches(threshold):
        return BELOW
    if found.coverage is not UNDEFINED and found.coverage < coverage:
        return THIN
    return OPEN


def by_group(items: Sequence[Item]) -> dict[str, Score]:
    """The score of each group, groups in the order in which they first appear: a radar's axes."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.group, []).append(item)
    return {name: score(members) for name, members in groups.items()}


def weakest(items: Sequence[Item], below: Decimal) -> list[str]:
    """Groups that do not reach a threshold, weakest first; those without answers lead."""
    scores = by_group(items)
    failing = [name for name, found in scores.items() if not found.reaches(below)]
    return sorted(
        failing, key=lambda name: (scores[name].points is not UNDEFINED, scores[name].points or 0)
    )


def gated(
    own: Decimal | Undefined, gates: Iterable[Decimal | Undefined], needed: Decimal
) -> Decimal | Undefined:
    """The score with which an item counts that stands on others: no better than what it stands on.

    A gate is open from the needed score on. A closed one caps the item at its own score; one
    without an answer leaves the item without data.

    >>> gated(Decimal(4), [Decimal(3), Decimal(5)], Decimal(3))
    Decimal('4')
    >>> gated(Decimal(4), [Decimal(1), Decimal(5)], Decimal(3))
    Decimal('1')
    >>> gated(Decimal(4), [UNDEFINED], Decimal(3))
    UNDEFINED
    """
    known = list(gates)
    if own is UNDEFINED or any(gate is UNDEFINED for gate in known):
        return UNDEFINED
    closed = [gate for gate in known if gate < needed]
    return min([own, *closed])


@dataclass(frozen=True)
class Lever:
    """An item and the points that the whole would gain if it were scored in full.

    :param gain: 0 to 100; for an item without an answer, counted from 0.
    """

    item: Item
    gain: Decimal


def levers(items: Sequence[Item], count: int | None = None) -> list[Lever]:
    """What would raise the points most: items short of the full score, largest gain first.

    The gain is weight · (5 - score) / sum of all weights, as if every item were answered, so that
    the gains of all items and the points reached add up to 100.

    >>> short = [Item("a", Decimal(3), Decimal(4)), Item("a", Decimal(1), Decimal(0))]
    >>> [lever.gain for lever in levers(short)]
    [Decimal('25'), Decimal('15')]
    """
    weight = sum(item.weight for item in items)
    found = [
        Lever(item, item.weight * (TOP - (item.score or Decimal(0))) * FULL / TOP / weight)
        for item in items
    ]
    found = [lever for lever in found if lever.gain > 0]
    return sorted(found, key=lambda lever: -lever.gain)[:count]
