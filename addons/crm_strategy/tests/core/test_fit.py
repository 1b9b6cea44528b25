"""The readiness gate, what stands on what, and the fit test, by hand."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_strategy.core.assessment import Item, gate, gated, levers, score
from odoo.addons.crm_strategy.core.fit import FitFacts, FitFigure, fit, median
from odoo.addons.crm_strategy.core.value import UNDEFINED

D = Decimal
SCORES = st.integers(0, 5).map(D)


def facts(cycle=None, value=None, repeat=None):
    return FitFacts(
        *(FitFigure() if f is None else FitFigure(D(f), 9) for f in (cycle, value, repeat))
    )


def test_short_small_and_once_is_not_worth_it():
    assert fit(facts(2, 30, "0.05")).advice == "not_worth"


def test_one_that_speaks_for_it_is_a_small_start():
    assert fit(facts(2, 30, "0.5")).advice == "start_small"
    assert fit(facts(45, 30, "0.05")).advice == "start_small"


def test_two_or_three_are_worth_it_also_while_one_is_missing():
    assert fit(facts(45, 5000, None)).advice == "worth"
    assert fit(facts(45, 5000, "0.9")).advice == "worth"


def test_the_bound_itself_speaks_for_it():
    assert [answer.speaks_for for answer in fit(facts(30, 1000, "0.3")).answers] == [True] * 3


def test_no_advice_while_a_missing_figure_could_change_it():
    assert fit(facts(45)).advice is UNDEFINED
    assert fit(facts(2, 30)).advice is UNDEFINED
    assert fit(facts()).advice is UNDEFINED


def test_medians():
    assert median([D(10), D(60), D(20), D(50)]) == 35
    assert median([D(3)]) == 3


def test_the_gate_at_its_bounds():
    full = score([Item("a", score=D(3)), Item("a", score=D(3))])  # 60 points, both answered
    half = score([Item("a", score=D(5)), Item("a")])
    assert gate(full, D(60), D("0.8")) == "open"
    assert gate(full, D("60.1"), D("0.8")) == "below"
    assert gate(half, D(60), D("0.8")) == "thin"
    assert gate(half, D(60), D("0.5")) == "open"
    assert gate(score([Item("a")]), D(0), D(0)) == "missing"


@given(SCORES, st.lists(SCORES), SCORES)
def test_nothing_counts_for_more_than_itself_nor_for_more_than_a_closed_gate(own, gates, needed):
    found = gated(own, gates, needed)
    assert found <= own
    assert all(found <= one for one in gates if one < needed)
    if all(one >= needed for one in gates):
        assert found == own


@given(st.lists(st.tuples(st.integers(1, 9).map(D), SCORES), min_size=1))
def test_points_and_gains_add_up_to_a_hundred(pairs):
    items = [Item("a", weight, given_score) for weight, given_score in pairs]
    total = score(items).points + sum(lever.gain for lever in levers(items))
    assert abs(total - 100) < D("0.000001")
    gains = [lever.gain for lever in levers(items)]
    assert gains == sorted(gains, reverse=True)
