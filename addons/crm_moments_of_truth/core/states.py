"""State tables: of a chain of moments, and of one moment within one pass."""

from __future__ import annotations

DRAFT, ACTIVE, CLOSED = "draft", "active", "closed"

# A closed version stays closed: passes that run on it were judged by it.
CHAIN_TRANSITIONS = frozenset({(DRAFT, ACTIVE), (ACTIVE, CLOSED)})

OPEN, STARTED, PROVEN = "open", "started", "proven"

# (a starting fact arrived, every ending fact arrived) -> state of the moment
MOMENT_STATES = {
    (False, False): OPEN,
    (True, False): STARTED,
    (False, True): PROVEN,
    (True, True): PROVEN,
}


def may_become(state: str, target: str) -> bool:
    """Whether a chain in ``state`` may become ``target``.

    >>> may_become(DRAFT, ACTIVE), may_become(CLOSED, ACTIVE)
    (True, False)
    """
    return (state, target) in CHAIN_TRANSITIONS
