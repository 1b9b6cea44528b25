"""Values: no silent zero, shares that add up."""

import doctest
import pickle
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_strategy.core import value
from odoo.addons.crm_strategy.core.value import (
    UNDEFINED,
    Fault,
    is_number,
    largest_remainder,
    ratio,
    total,
)


def test_examples_in_the_docstrings_hold():
    assert doctest.testmod(value).failed == 0


def test_no_data_is_not_zero_and_survives_copying():
    assert UNDEFINED != 0
    assert pickle.loads(pickle.dumps(UNDEFINED)) is UNDEFINED
    assert not is_number(UNDEFINED)
    assert not is_number(Fault("x", "A reason."))


def test_ratio_without_denominator_is_no_data():
    assert ratio(5, 0) is UNDEFINED
    assert ratio(0, 5) == 0


def test_total_ignores_what_is_no_number():
    assert total([Decimal("0.10"), UNDEFINED, Fault("x", "A reason."), 0.2]) == Decimal("0.30")


def test_negative_weights_are_refused():
    with pytest.raises(ValueError, match="negative"):
        largest_remainder(1, [1, -1], 2)


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=2),
    st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=30),
)
def test_shares_add_up_and_none_is_off_by_more_than_one_cent(amount, weights):
    shares = largest_remainder(amount, weights, 2)
    assert sum(shares) == amount
    used = weights if any(weights) else [1] * len(weights)
    for share, weight in zip(shares, used, strict=True):
        assert abs(share - amount * weight / sum(used)) <= Decimal("0.01")
