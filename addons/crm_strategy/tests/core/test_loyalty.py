"""Classes, types and phases of customers: by hand, without flicker, and silent without facts."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_strategy.core.loyalty import (
    LADDER,
    LoyaltyFacts,
    PhaseFacts,
    PhaseRule,
    customer_type,
    freshness,
    intimacy,
    loyalty_class,
    loyalty_phase,
)
from odoo.addons.crm_strategy.core.value import UNDEFINED

BOUNDS = (D(1000), D(24))
REASONS = (
    "one_purchase",
    "few_purchases",
    "later_than_usual",
    "silent_too_long",
    "no_earlier_period",
    "buys_less",
    "buys_as_before",
    "buys_more",
)


@pytest.mark.parametrize(
    ("facts", "name", "reason"),
    [
        (LoyaltyFacts(1, UNDEFINED, UNDEFINED), "indifferent", "one_purchase"),
        (LoyaltyFacts(2, D(1), UNDEFINED), "indifferent", "few_purchases"),
        (LoyaltyFacts(5, D(1), UNDEFINED), "steady", "no_earlier_period"),
        (LoyaltyFacts(5, D(1), D(1)), "steady", "buys_as_before"),
        (LoyaltyFacts(5, D(1), D("1.1")), "loyal", "buys_more"),
        (LoyaltyFacts(5, D(1), D("0.69")), "less_loyal", "buys_less"),
        (LoyaltyFacts(9, D(2), D(3)), "less_loyal", "later_than_usual"),
        (LoyaltyFacts(9, D(4), D(3)), "lost", "silent_too_long"),
    ],
)
def test_each_class_has_its_rule(facts, name, reason):
    verdict = loyalty_class(facts)
    assert (verdict.name, verdict.reason) == (name, reason)


def test_without_purchases_there_is_no_class():
    assert loyalty_class(LoyaltyFacts(UNDEFINED, UNDEFINED, UNDEFINED)) is UNDEFINED


def test_a_class_is_kept_near_its_bound():
    near = LoyaltyFacts(5, D(1), D("1.05"))
    assert loyalty_class(near).name == "steady"
    assert loyalty_class(near, previous="buys_more").name == "loyal"
    late = LoyaltyFacts(5, D("1.95"), D(1))
    assert loyalty_class(late).name == "steady"
    assert loyalty_class(late, previous="later_than_usual").name == "less_loyal"
    # Who became less loyal by buying less is not held there by a bound of lateness.
    assert loyalty_class(late, previous="buys_less").name == "steady"


@given(
    st.integers(1, 9),
    st.decimals(0, 10, places=2),
    st.decimals(0, 3, places=2),
    st.sampled_from([None, *REASONS]),
)
def test_a_second_look_at_the_same_facts_changes_nothing(purchases, silence, trend, previous):
    facts = LoyaltyFacts(purchases, silence, trend)
    first = loyalty_class(facts, previous=previous)
    assert loyalty_class(facts, previous=first.reason) == first


@given(
    st.integers(1, 30),
    st.decimals(0, 10, places=2),
    st.decimals(0, 3, places=2),
    st.sampled_from([None, *REASONS]),
)
def test_more_silence_is_never_more_loyal(purchases, silence, trend, previous):
    def rank(value):
        facts = LoyaltyFacts(purchases, value, trend)
        return LADDER.index(loyalty_class(facts, previous=previous).name)

    if purchases >= 3 and previous is None:
        quiet = rank(silence + 5)
        assert quiet <= rank(silence)
    assert 0 <= rank(silence) < len(LADDER)


@pytest.mark.parametrize(
    ("margin", "months", "name"),
    [
        (1000, 24, "true_friend"),
        (1000, 23, "butterfly"),
        (999, 24, "barnacle"),
        (-5, 2, "stranger"),
    ],
)
def test_four_types_by_profit_and_duration(margin, months, name):
    assert customer_type(D(margin), D(months), BOUNDS).name == name


def test_a_type_is_left_only_beyond_the_band():
    near = customer_type(D(950), D(30), BOUNDS, previous="true_friend", band=D("0.1"))
    far = customer_type(D(890), D(30), BOUNDS, previous="true_friend", band=D("0.1"))
    assert (near.name, far.name) == ("true_friend", "barnacle")


WHOLE = {
    "completeness": D(1),
    "is_valued": True,
    "has_strategy": True,
    "floor_kept": True,
    "exceeded": True,
}


def test_the_first_unfinished_phase_holds():
    for change, name, reason in (
        ({}, "exceed", "exceeded"),
        ({"completeness": D("0.74")}, "identify", "data_missing"),
        ({"is_valued": False}, "identify", "value_missing"),
        ({"has_strategy": False}, "assign", "strategy_missing"),
        ({"floor_kept": False}, "care", "floor_broken"),
        ({"floor_kept": UNDEFINED}, "care", "floor_not_measured"),
        ({"exceeded": UNDEFINED}, "exceed", "never_asked"),
        ({"exceeded": False}, "exceed", "not_yet_exceeded"),
    ):
        verdict = loyalty_phase(PhaseFacts(**{**WHOLE, **change}), previous="exceed")
        assert (verdict.name, verdict.reason) == (name, reason)
    unknown = PhaseFacts(**{**WHOLE, "completeness": UNDEFINED})
    assert loyalty_phase(unknown) is UNDEFINED


def test_where_nobody_can_know_the_value_it_is_not_asked():
    facts = PhaseFacts(**{**WHOLE, "is_valued": UNDEFINED})
    assert loyalty_phase(facts, previous="exceed").name == "exceed"


@pytest.mark.parametrize(
    ("previous", "days", "name"),
    [
        (None, 0, "care"),  # the floor comes first, whatever else is done
        ("identify", 29, "identify"),
        ("identify", 30, "assign"),  # one at a time
        ("assign", 30, "care"),
        ("care", 29, "care"),
        ("care", 30, "exceed"),
    ],
)
def test_phases_are_neither_skipped_nor_rushed(previous, days, name):
    assert loyalty_phase(PhaseFacts(**WHOLE), PhaseRule(days=30), previous, days).name == name


def test_back_at_once_but_not_for_a_trifle():
    less = PhaseFacts(**{**WHOLE, "completeness": D("0.76")})
    assert loyalty_phase(less, previous="care", days=1).name == "care"
    assert loyalty_phase(less, previous="identify", days=99).name == "identify"
    broken = PhaseFacts(**{**WHOLE, "floor_kept": False})
    assert loyalty_phase(broken, previous="exceed", days=1).name == "care"


def test_closeness_is_the_mean_of_what_can_be_known():
    assert intimacy([D(1), D("0.5"), D(0), freshness(105)]) == D("0.5")
    assert intimacy([D(1), UNDEFINED]) == 1
    assert intimacy([]) is UNDEFINED
    assert freshness(UNDEFINED) is UNDEFINED
