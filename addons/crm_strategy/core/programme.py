"""What stands in the way of a step of the CRM process (S000-9.8), without a database."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

WAITING, DOING, DONE = "todo", "doing", "done"


@dataclass(frozen=True)
class StepFact:
    """One step of a programme.

    :param key: names the step in the answer.
    :param order: number of the step in the process; steps of one number stand side by side.
    :param segment: the segment the step is for; None for a step of the whole company.
    :param state: ``todo``, ``doing`` or ``done``.
    """

    key: Hashable
    order: int
    segment: Hashable | None
    state: str


def blockers(step: StepFact, steps: Iterable[StepFact]) -> list[StepFact]:
    """The unfinished steps right before a step, in the order of the process.

    Right before a step is the nearest earlier number that concerns it: its own segment's steps
    and those of the company. A company step waits for all segments.

    >>> first = StepFact("a", 1, None, DOING)
    >>> [b.key for b in blockers(StepFact("b", 2, "east", WAITING), [first])]
    ['a']
    >>> east, west = StepFact("e", 2, "east", DONE), StepFact("w", 2, "west", WAITING)
    >>> [b.key for b in blockers(StepFact("x", 3, "east", WAITING), [first, east, west])]
    []
    >>> [b.key for b in blockers(StepFact("y", 3, None, WAITING), [first, east, west])]
    ['w']
    """
    earlier = [
        other
        for other in steps
        if other.order < step.order
        and (step.segment is None or other.segment in (None, step.segment))
    ]
    if not earlier:
        return []
    nearest = max(other.order for other in earlier)
    return [other for other in earlier if other.order == nearest and other.state != DONE]


def missing_levels(levels: Iterable[str], wanted: Sequence[str]) -> list[str]:
    """Levels of a strategy on which nothing is planned, in their order (S001-2-L1..3).

    >>> missing_levels(["strategic", "strategic"], ("strategic", "operational", "analytic"))
    ['operational', 'analytic']
    """
    found = set(levels)
    return [level for level in wanted if level not in found]
