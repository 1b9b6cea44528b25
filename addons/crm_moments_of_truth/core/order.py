"""Whether the moments of one pass came in the order of their chain (S000-9.6-0, S000-9.5-R2).

Modelling the creation of value is a logical order of moments. A moment that came before its turn,
or was left out, is a sign of a broken relation, unless the chain declares that the two may run
side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from .states import OPEN

IN_ORDER, EARLY, SKIPPED, PARALLEL, EXEMPT = "in_order", "early", "skipped", "parallel", "exempt"

# States that count as expected, and those among them that kept the order.
EXPECTED = frozenset({IN_ORDER, EARLY, SKIPPED, PARALLEL})
KEPT = frozenset({IN_ORDER, PARALLEL})

# (moment id, state, started on, proven on) of each moment, in the order of the chain.
Line = tuple[int, str, date | None, date | None]


def order_states(
    lines: Sequence[Line],
    parallel: dict[int, frozenset[int]],
    provable: frozenset[int],
    is_repeat: bool,
) -> dict[int, str | None]:
    """How each moment kept the order of the chain; None while it is not its turn yet.

    ``parallel`` are the moments beside which each one may run, ``provable`` those that facts can
    prove. The first moment of a repeat order is exempt: the customer was won before.

    >>> day = lambda number: date(2026, 3, number)
    >>> lines = [
    ...     (1, "open", None, None),
    ...     (2, "proven", day(5), day(5)),
    ...     (3, "proven", day(2), day(2)),
    ...     (4, "open", None, None),
    ... ]
    >>> every = frozenset({1, 2, 3, 4})
    >>> order_states(lines, {}, every, False)
    {1: 'skipped', 2: 'in_order', 3: 'early', 4: None}
    >>> order_states(lines, {3: frozenset({2})}, every, True)
    {1: 'exempt', 2: 'in_order', 3: 'parallel', 4: None}
    """
    first = lines[0][0] if lines else None
    result: dict[int, str | None] = {}
    for place, (moment_id, state, started, _proven) in enumerate(lines):
        beside = parallel.get(moment_id, frozenset())
        if moment_id not in provable:
            result[moment_id] = None
        elif state == OPEN or started is None:
            is_passed = any(
                other_state != OPEN and other not in beside
                for other, other_state, _on, _end in lines[place + 1 :]
            )
            if moment_id == first and is_repeat:
                result[moment_id] = EXEMPT
            else:
                result[moment_id] = SKIPPED if is_passed else None
        else:
            # What an earlier moment that never came would have needed shows on that one.
            overtaken = {
                other
                for other, other_state, _on, other_end in lines[:place]
                if other in provable
                and other_state != OPEN
                and (other_end is None or other_end > started)
            }
            if overtaken - beside:
                result[moment_id] = EARLY
            else:
                result[moment_id] = PARALLEL if overtaken else IN_ORDER
    return result
