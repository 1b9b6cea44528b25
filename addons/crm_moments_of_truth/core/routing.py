"""Who takes a case: skill first, then load, then whoever has waited longest.

Source: service automation, queueing and routing (S002-2.2-V3).
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime

# Why somebody was chosen.
SKILLED, UNSKILLED, NOBODY = "skilled", "unskilled", "nobody"


@dataclass(frozen=True)
class Person:
    """Somebody who takes cases of a queue.

    ``load`` counts the open cases now, ``capacity`` how many are bearable (0: takes none);
    ``last_at`` is when the person was given a case last, None for never.
    """

    user_id: int
    skills: frozenset[int]
    load: int
    capacity: int
    last_at: datetime | None = None

    @property
    def has_room(self) -> bool:
        """Whether one more case is bearable."""
        return self.load < self.capacity


@dataclass(frozen=True)
class Choice:
    """Who was chosen, and why; ``user_id`` is None where nobody of the queue can take it."""

    user_id: int | None
    why: str


def choose(needed: Set[int], people: Iterable[Person]) -> Choice:
    """The person for a case that needs skills.

    Among those with room who have every needed skill: the least share of capacity in use, then
    who was given nothing for the longest time, then the lowest id, so that equal input gives an
    equal answer. A case that needs no skill goes to anybody with room. Nobody has the skill and
    room: ``NOBODY``; the caller falls back.

    >>> ana = Person(1, frozenset({7}), load=3, capacity=10)
    >>> ole = Person(2, frozenset({7, 8}), load=1, capacity=2)
    >>> choose({7}, [ana, ole])
    Choice(user_id=1, why='skilled')
    >>> choose({8}, [ana, ole])
    Choice(user_id=2, why='skilled')
    >>> choose({9}, [ana, ole])
    Choice(user_id=None, why='nobody')
    >>> choose(set(), [])
    Choice(user_id=None, why='nobody')
    """
    fit = [person for person in people if person.has_room and needed <= person.skills]
    if not fit:
        return Choice(None, NOBODY)
    best = min(
        fit,
        key=lambda person: (
            person.load / person.capacity,
            person.last_at is not None,
            person.last_at or datetime.min,
            person.user_id,
        ),
    )
    return Choice(best.user_id, SKILLED if needed else UNSKILLED)
