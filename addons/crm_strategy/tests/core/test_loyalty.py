"""Classes, types and phases of customers: by hand, without flicker, and silent without facts."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_strategy.core.loyalty import (
    LADDER,
    LoyaltyFacts,
    PhaseFacts,
    customer_type,
    loyalty_class,
    loyalty_phase,
)
from odoo.addons.crm_strategy.core.value import UNDEFINED

BOUNDS = (D(1000), D(24))


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
    assert loyalty_class(near, previous="loyal").name == "loyal"
    late = LoyaltyFacts(5, D("1.95"), D(1))
    assert loyalty_class(late).name == "steady"
    assert loyalty_class(late, previous="less_loyal").name == "less_loyal"


@given(
    st.integers(1, 30),
    st.decimals(0, 10, places=2),
    st.decimals(0, 3, places=2),
    st.sampled_from([None, *LADDER]),
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


def test_phases_are_not_skipped():
    whole = {"completeness": D(1), "has_strategy": True, "floor_kept": True, "exceeded": True}
    assert loyalty_phase(PhaseFacts(**whole)).reason == "exceeded"
    for change, name in (
        ({"completeness": D("0.79")}, "identify"),
        ({"has_strategy": False}, "assign"),
        ({"floor_kept": False}, "care"),
        ({"floor_kept": UNDEFINED}, "care"),
        ({"exceeded": UNDEFINED}, "exceed"),
    ):
        assert loyalty_phase(PhaseFacts(**{**whole, **change})).name == name
    assert loyalty_phase(PhaseFacts(**{**whole, "completeness": UNDEFINED})) is UNDEFINED
