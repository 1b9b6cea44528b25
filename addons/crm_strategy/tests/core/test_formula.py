"""Formulas: what they compute, what they refuse, and that nothing is ever run."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_strategy.core.formula import FormulaError, parse
from odoo.addons.crm_strategy.core.value import UNDEFINED, Fault


def value(text, **values):
    return parse(text).value(values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 2 - 3", "5"),
        ("12 / 2 / 3", "2"),
        ("-2 * -3", "6"),
        ("--2", "2"),
        ("min(3, 1, 2)", "1"),
        ("max(3, 1, 2)", "3"),
        ("if(2 > 1, 10, 20)", "10"),
        ("if(2 <= 1, 10, 20)", "20"),
        ("1 == 1.0", "1"),
        ("0.1 + 0.2", "0.3"),
    ],
)
def test_arithmetic_follows_school_rules(text, expected):
    assert value(text) == Decimal(expected)


def test_no_data_travels():
    assert value("a + 1", a=UNDEFINED) is UNDEFINED
    assert value("if(a > 0, 1, 2)", a=UNDEFINED) is UNDEFINED
    assert value("min(a, b)", a=UNDEFINED, b=UNDEFINED) is UNDEFINED


def test_sums_take_what_is_there():
    assert value("sum(a, b, 3)", a=UNDEFINED, b=2) == 5
    assert value("known(a, 7)", a=UNDEFINED) == 7
    assert value("known(a, 7)", a=0) == 0


def test_division_by_zero_is_no_data_and_never_zero():
    assert value("a / b", a=1, b=0) is UNDEFINED
    assert value("0 / 0") is UNDEFINED


def test_the_branch_that_is_not_taken_is_not_computed():
    assert value("if(b == 0, 0, a / b)", a=1, b=0) == 0


def test_a_fault_wins_and_an_unknown_name_is_one():
    fault = Fault("x", "broken")
    assert value("a + b", a=fault, b=UNDEFINED) is fault
    assert isinstance(value("won / lots", won=1), Fault)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 +",
        "(1",
        "1)",
        "2 ** 3",
        "a.b",
        "__import__('os')",
        "min()",
        "if(1, 2)",
        "known(1)",
        "pow(2, 3)",
        "'text'",
        "a b",
        "1 < 2 < 3",
        "[1]",
        "a = 1",
        "1e9",
        "lambda: 1",
        "((((((((((((((((((((((1))))))))))))))))))))))",
        "1" + "+1" * 300,
    ],
)
def test_whatever_is_no_formula_is_refused_with_a_place(text):
    with pytest.raises(FormulaError) as refusal:
        parse(text)
    assert "at character" in str(refusal.value)


def test_numbers_that_grow_without_end_are_a_fault():
    assert isinstance(value("*".join(["a"] * 200), a=Decimal("1e9999")), (Fault, Decimal))


@given(st.text(max_size=40))
def test_no_text_does_anything_else_than_parse_or_refuse(text):
    try:
        parse(text)
    except FormulaError:
        pass


@given(
    st.lists(st.integers(-1000, 1000), min_size=1, max_size=6),
)
def test_sums_of_numbers_equal_python(numbers):
    text = " + ".join(f"({number})" for number in numbers)
    assert value(text) == sum(numbers)
    assert value(f"max({', '.join(map(str, numbers))})") == max(numbers)
