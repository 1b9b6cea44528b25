"""Ruptures: where a relationship breaks. Their causes, their states, and one that is reported."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date

OPEN, CLOSED, WAIVED = "open", "closed", "waived"

LATE, SHORT, UNBILLED, UNPAID, SILENT, OWNERLESS, OUT_OF_ORDER, MISSING_INPUT = (
    "late",
    "short",
    "unbilled",
    "unpaid",
    "silent",
    "ownerless",
    "out_of_order",
    "missing_input",
)
BAD_SATISFACTION, REPORTED = "bad_satisfaction", "reported"
# What follows from facts and documents is judged again after each change; the rest is told.
JUDGED = (LATE, SHORT, UNBILLED, UNPAID, SILENT, OWNERLESS, OUT_OF_ORDER, MISSING_INPUT)
CAUSES = (*JUDGED, BAD_SATISFACTION, REPORTED)

Key = tuple[int, int | None, str]


@dataclass(frozen=True)
class RuptureRow:
    """One rupture as it is seen now.

    ``moment_id`` is the moment of the chain in which it happens, None when it concerns the whole
    pass. ``amount`` is what is at stake in the company's currency; None takes the value of the
    pass. ``sign`` names what it was raised for (a date, an answer): a rupture that a person
    waived stays quiet for the same sign and comes back for another one. ``why`` is a sentence for
    causes that the suite does not judge itself; ``values`` hold the figures of those it does.
    ``links`` are (model, id, label) of the documents behind it. ``due_on`` is the day on which it
    should have been well.
    """

    relationship_id: int
    cause: str
    moment_id: int | None = None
    amount: float | None = None
    sign: str = ""
    why: str = ""
    links: tuple[tuple[str, int, str], ...] = ()
    due_on: date | None = None
    values: dict[str, object] = field(default_factory=dict, hash=False)

    @property
    def key(self) -> Key:
        """Of one key one rupture is open at a time.

        >>> RuptureRow(7, LATE, 3).key
        (7, 3, 'late')
        """
        return (self.relationship_id, self.moment_id, self.cause)


def at_stake(ruptures: Iterable[tuple[Hashable, float, float]]) -> float:
    """What is at stake in several ruptures, each given as (pass, its amount, value of the pass).

    The same money may break for several causes. So a pass counts with the sum of its ruptures, but
    with no more than its value, and with no less than its largest rupture: an invoice with taxes
    may exceed the value of the pass.

    >>> at_stake([("late and unpaid", 1000, 1000), ("late and unpaid", 400, 1000)])
    1000
    >>> at_stake([("short and unpaid", 300, 1000), ("short and unpaid", 400, 1000)])
    700
    >>> at_stake([(1, 1190, 1000), (1, 1000, 1000), (2, 50, 0)])
    1240
    """
    parts: dict[Hashable, list[float]] = {}
    worth: dict[Hashable, float] = {}
    for key, amount, value in ruptures:
        parts.setdefault(key, []).append(amount)
        worth[key] = value
    return sum(max(*part, min(sum(part), worth[key])) for key, part in parts.items())
