"""Order of the moments within one pass, against words written by hand."""

from datetime import date
from itertools import permutations

from odoo.addons.crm_moments_of_truth.core.order import (
    EARLY,
    EXEMPT,
    IN_ORDER,
    PARALLEL,
    SKIPPED,
    order_states,
)

EVERY = frozenset({1, 2, 3})


def day(number):
    return date(2026, 3, number)


def line(moment, started=None, proven=None):
    state = "open" if started is None else "proven" if proven else "started"
    return (moment, state, started and day(started), proven and day(proven))


def test_same_day_is_in_order():
    assert order_states([line(1, 2, 5), line(2, 5, 6)], {}, EVERY, False) == {
        1: IN_ORDER,
        2: IN_ORDER,
    }


def test_before_an_earlier_one_was_over_is_early_unless_declared():
    lines = [line(1, 2, 5), line(2, 4, 6)]
    assert order_states(lines, {}, EVERY, False)[2] == EARLY
    assert order_states(lines, {2: frozenset({1})}, EVERY, False)[2] == PARALLEL


def test_left_out_only_once_a_later_one_came():
    assert order_states([line(1), line(2)], {}, EVERY, False) == {1: None, 2: None}
    assert order_states([line(1), line(2, 3)], {}, EVERY, False) == {1: SKIPPED, 2: IN_ORDER}
    beside = {1: frozenset({2})}
    assert order_states([line(1), line(2, 3)], beside, EVERY, False)[1] is None


def test_first_moment_of_a_repeat_order_is_exempt_unless_it_came():
    assert order_states([line(1), line(2, 3)], {}, EVERY, True)[1] == EXEMPT
    assert order_states([line(1, 2, 2), line(2, 3)], {}, EVERY, True)[1] == IN_ORDER


def test_what_no_fact_can_prove_is_never_expected():
    assert order_states([line(1), line(2, 3)], {}, frozenset({2}), False) == {1: None, 2: IN_ORDER}


def test_no_moment_is_both_left_out_and_overtaken():
    """Over all ways in which three moments may fall on three days."""
    for days in permutations((None, 1, 2, 3), 3):
        lines = [line(number, at, at) for number, at in enumerate(days, 1)]
        found = order_states(lines, {}, EVERY, False)
        for number, at in enumerate(days, 1):
            later = [other for other in days[number:] if other]
            earlier = [other for other in days[: number - 1] if other]
            if at is None:
                assert found[number] == (SKIPPED if later else None)
            else:
                assert found[number] == (EARLY if any(e > at for e in earlier) else IN_ORDER)
