"""Plans and competitors: what is filled, what is kept, which judgement counts; by hand."""

from datetime import date
from decimal import Decimal

from odoo.addons.crm_strategy.core.plan import Contact, Filled, Kept, compliance, filled
from odoo.addons.crm_strategy.core.rivalry import Strength, strength_in, win_rate
from odoo.addons.crm_strategy.core.value import UNDEFINED


def strength(score, day, **values):
    return Strength(1, Decimal(score), date.fromisoformat(day), **values)


def test_blanks_fill_nothing_and_the_missing_keep_their_order():
    assert filled({"a": "x", "b": "", "c": " \n", "d": [1], "e": None}) == Filled(
        2, 5, ("b", "c", "e")
    )
    assert filled({}) == Filled(0, 0, ())


def test_compliance_counts_only_classes_with_a_rule():
    contacts = [
        Contact("high", 1, 6),
        Contact("high", 1, 1),
        Contact("high", 2, 3),
        Contact("low", 2, 9),
    ]
    kept = compliance(contacts, {"high": frozenset({1}), "middle": frozenset({2})})
    assert kept == {"high": Kept(7, 10), "middle": Kept(0, 0)}
    assert kept["high"].rate == Decimal("0.7")
    assert kept["middle"].rate is UNDEFINED


def test_later_judgement_wins_and_what_is_gone_does_not_count():
    old, new = strength(4, "2026-01-05"), strength(2, "2026-03-05")
    assert strength_in([old, new], 1, 7) is new
    assert strength_in([old, strength(2, "2026-03-05", is_valid=False)], 1, 7) is old
    assert strength_in([strength(2, "2026-03-05", is_valid=False)], 1, 7) is UNDEFINED


def test_judgement_of_the_segment_goes_before_a_later_general_one():
    here = strength(5, "2025-01-05", segment=7)
    assert strength_in([here, strength(2, "2026-03-05")], 1, 7) is here
    assert strength_in([here], 1, 8) is UNDEFINED


def test_win_rate_has_no_value_without_a_decision():
    assert win_rate(0, 4) == 0
    assert win_rate(1, 3) == Decimal("0.25")
    assert win_rate(0, 0) is UNDEFINED
