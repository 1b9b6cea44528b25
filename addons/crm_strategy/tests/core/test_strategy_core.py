"""Worked examples by hand: axes and decision, assessment, trace of needs."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_strategy.core.assessment import Item, by_group, score, weakest
from odoo.addons.crm_strategy.core.position import Criterion, Position, axis
from odoo.addons.crm_strategy.core.steps import step_of
from odoo.addons.crm_strategy.core.trace import Link, Trace
from odoo.addons.crm_strategy.core.value import UNDEFINED

D = Decimal


def criteria(*pairs):
    return [Criterion(D(weight), UNDEFINED if s is None else D(s)) for weight, s in pairs]


def test_three_segments_by_hand():
    key = Position(axis(criteria((5, 5), (3, 4), (2, 3))), axis(criteria((4, 4), (6, 5))))
    trade = Position(axis(criteria((5, 3), (3, 3), (2, 2))), axis(criteria((4, 3), (6, 2))))
    shop = Position(axis(criteria((5, 1), (3, 2), (2, 1))), axis(criteria((4, 5), (6, None))))
    assert (key.attractiveness, key.competitiveness) == (D("4.3"), D("4.6"))
    assert (trade.attractiveness, trade.competitiveness) == (D("2.8"), D("2.4"))
    assert (shop.attractiveness, shop.competitiveness) == (D("1.3"), D(5))
    assert [p.decision for p in (key, trade, shop)] == ["invest", "select", "hold"]


def test_without_a_judgement_nothing_is_suggested():
    assert Position(axis([]), D(3)).decision is UNDEFINED


def test_a_customer_at_the_border_does_not_flicker():
    bounds, band = [D(10), D(20)], D(1)
    step, seen = None, []
    for value in (9, 10, "9.5", "10.4", "9.1", "8.9", "10.5", 11, "10.2"):
        step = step_of(D(value), bounds, step, band)
        seen.append(step)
    assert seen == [0, 0, 0, 0, 0, 0, 0, 1, 1]


@given(st.integers(-50, 50), st.integers(0, 2), st.integers(0, 3))
def test_a_step_is_kept_or_is_the_plain_one_or_lies_between(value, previous, band):
    bounds = [D(0), D(10)]
    plain = step_of(D(value), bounds)
    step = step_of(D(value), bounds, previous, D(band))
    assert min(plain, previous) <= step <= max(plain, previous)


def test_bounds_must_rise():
    with pytest.raises(ValueError, match="rise"):
        step_of(D(1), [D(2), D(2)])


def test_an_assessment_counts_what_is_answered_and_says_how_much():
    items = [
        Item("people", D(2), D(5), has_evidence=True),
        Item("people", D(1), D(2)),
        Item("data", D(1)),
        Item("data", D(1), D(1), has_evidence=True),
    ]
    whole = score(items)
    assert whole.points == D(65)  # (2·5 + 2 + 1) / 4 = 3.25 of 5
    assert (whole.answered, whole.total, whole.proven) == (3, 4, 2)
    assert not whole.is_whole
    assert by_group(items)["people"].points == D(80)
    assert by_group(items)["data"].points == D(20)
    assert weakest([*items, Item("culture")], D(60)) == ["culture", "data"]


def test_scores_and_weights_out_of_range_are_refused():
    with pytest.raises(ValueError, match="score"):
        Item("a", D(1), D(6))
    with pytest.raises(ValueError, match="weight"):
        Item("a", D(0))


# Need 1 -> F1 -> T1 -> C1; need 2 -> F2, which leads nowhere; need 3 alone; T2 answers nothing.
TRACE = Trace(
    levels=({"n1": 1, "n2": 1, "n3": 1}, {"f1": 1, "f2": 1}, {"t1": 1, "t2": 1}, {"c1": 1}),
    links=(Link("n1", "f1"), Link("n2", "f2"), Link("f1", "t1"), Link("t1", "c1")),
)


def test_orphans_and_coverage():
    assert TRACE.childless(0) == ["n3"]
    assert TRACE.childless(1) == ["f2"]
    assert TRACE.parentless(2) == ["t2"]
    assert TRACE.coverage() == D(1) / D(3)
    assert Trace(({}, {}), ()).coverage() is UNDEFINED


def test_a_changed_need_makes_everything_behind_it_suspect():
    changed = Trace(({**TRACE.levels[0], "n1": 2}, *TRACE.levels[1:]), TRACE.links)
    assert TRACE.suspects == set()
    assert changed.suspects == {"f1", "t1", "c1"}


def test_approving_one_branch_clears_that_branch_only():
    levels = ({"n": 2}, {"f1": 1, "f2": 1}, {"t1": 1, "t2": 1})
    links = (Link("n", "f1"), Link("n", "f2"), Link("f1", "t1"), Link("f2", "t2"))
    assert Trace(levels, links).suspects == {"f1", "f2", "t1", "t2"}
    partly = (Link("n", "f1", seen=2), *links[1:])
    assert Trace(levels, partly).suspects == {"f2", "t2"}


def test_a_circle_of_links_ends():
    circle = Trace(({"a": 2}, {"b": 1}), (Link("a", "b"), Link("b", "a")))
    assert circle.suspects == {"a", "b"}


def test_ways_show_every_record_and_every_gap():
    assert list(TRACE.ways()) == [
        ("n1", "f1", "t1", "c1"),
        ("n2", "f2", None, None),
        ("n3", None, None, None),
        (None, None, "t2", None),
    ]


def test_a_doubtful_link_is_no_approved_way():
    changed = Trace(({**TRACE.levels[0], "n1": 2}, *TRACE.levels[1:]), TRACE.links)
    assert TRACE.reaches_end("n1", approved_only=True)
    assert changed.reaches_end("n1")
    assert not changed.reaches_end("n1", approved_only=True)
