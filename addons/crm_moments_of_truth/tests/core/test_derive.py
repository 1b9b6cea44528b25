"""Moments follow from the set of facts, whatever their order of arrival."""

from datetime import date
from decimal import Decimal
from itertools import permutations
from random import Random

from odoo.addons.crm_moments_of_truth.core import states
from odoo.addons.crm_moments_of_truth.core.derive import Fact, Moment, arrival, derive

EURO, DOLLAR = 1, 2
COVERS = {"payment": frozenset({"invoice", "credit"})}


def moment(number, starts="", ends=""):
    return Moment(number, number, frozenset(starts.split()), frozenset(ends.split()))


CHAIN = (
    moment(1),
    moment(3, "order", "order"),
    moment(7, "delivery invoice", "delivery invoice"),
    moment(8, "payment", "payment"),
)


def fact(code, day, amount=None, currency=EURO):
    return Fact(code, date(2026, 3, day), Decimal(amount) if amount else None, currency)


def states_of(facts):
    return {line.moment_id: line.state for line in derive(CHAIN, facts, COVERS).moments}


def test_without_facts_nothing_is_proven():
    state = derive(CHAIN, [], COVERS)
    assert state.current_id is None and state.date_first is None and state.proven_count == 0
    assert {line.state for line in state.moments} == {states.OPEN}


def test_one_fact_proves_its_moment_on_its_day():
    state = derive(CHAIN, [fact("order", 2, "100")], COVERS)
    proven = state.moments[1]
    assert (proven.state, proven.started_on, proven.proven_on) == (
        states.PROVEN,
        date(2026, 3, 2),
        date(2026, 3, 2),
    )
    assert (state.current_id, state.proven_count) == (3, 1)


def test_moment_waits_for_all_its_facts():
    half = [fact("order", 2), fact("delivery", 5)]
    assert states_of(half)[7] == states.STARTED
    whole = derive(CHAIN, [*half, fact("invoice", 9, "100")], COVERS)
    assert whole.moments[2].started_on == date(2026, 3, 5)
    assert whole.moments[2].proven_on == date(2026, 3, 9)


def test_part_payment_starts_and_whole_payment_proves():
    sold = [fact("invoice", 2, "100")]
    assert states_of([*sold, fact("payment", 5, "40")])[8] == states.STARTED
    paid = derive(CHAIN, [*sold, fact("payment", 5, "40"), fact("payment", 9, "60")], COVERS)
    assert paid.moments[3].proven_on == date(2026, 3, 9)


def test_credit_note_lowers_what_has_to_be_paid():
    facts = [fact("invoice", 2, "100"), fact("credit", 4, "-30"), fact("payment", 9, "70")]
    assert arrival("payment", facts, COVERS) == date(2026, 3, 9)


def test_payment_taken_back_no_longer_proves():
    facts = [fact("invoice", 2, "100"), fact("payment", 5, "100"), fact("payment", 9, "-100")]
    assert arrival("payment", facts, COVERS) is None


def test_currencies_are_never_added():
    facts = [
        fact("invoice", 2, "100"),
        fact("invoice", 2, "100", DOLLAR),
        fact("payment", 5, "200"),
    ]
    assert arrival("payment", facts, COVERS) is None
    assert arrival("payment", [*facts, fact("payment", 6, "100", DOLLAR)], COVERS) == date(
        2026, 3, 6
    )


def test_payment_of_nothing_proves_nothing():
    assert arrival("payment", [fact("payment", 5, "10")], COVERS) is None


def test_current_moment_is_the_furthest_even_when_one_was_skipped():
    assert derive(CHAIN, [fact("invoice", 2, "5")], COVERS).current_id == 7


def test_every_order_of_arrival_gives_the_same_state():
    facts = [
        fact("order", 2, "100"),
        fact("delivery", 4),
        fact("invoice", 5, "100"),
        fact("credit", 6, "-10"),
        fact("payment", 8, "40"),
        fact("payment", 9, "50"),
    ]
    expected = derive(CHAIN, facts, COVERS)
    assert expected.proven_count == 3
    for arrived in permutations(facts):
        assert derive(CHAIN, arrived, COVERS) == expected


def test_random_streams_in_any_order_give_the_same_state():
    random = Random(19)
    codes = ("order", "delivery", "invoice", "credit", "payment")
    for _round in range(200):
        facts = [
            fact(random.choice(codes), random.randint(1, 28), str(random.randint(1, 99)))
            for _ in range(random.randint(0, 12))
        ]
        expected = derive(CHAIN, facts, COVERS)
        random.shuffle(facts)
        assert derive(CHAIN, facts, COVERS) == expected


def test_closed_chain_stays_closed():
    assert states.may_become("draft", "active") and states.may_become("active", "closed")
    assert not states.may_become("closed", "active")
    assert not states.may_become("draft", "closed")


def test_one_of_several_facts_is_enough_where_the_chain_says_so():
    chain = (Moment(5, 5, frozenset({"order"}), frozenset({"seen", "answer"}), any_end=True),)
    facts = [fact("order", 2), fact("answer", 9), fact("seen", 4)]
    (state,) = derive(chain, facts, {}).moments
    assert (state.state, state.started_on, state.proven_on) == (
        states.PROVEN,
        date(2026, 3, 2),
        date(2026, 3, 4),
    )


def test_a_letter_of_before_the_start_proves_nothing_where_only_later_ones_count():
    chain = (Moment(5, 5, frozenset({"order"}), frozenset({"letter"}), from_start=True),)
    assert derive(chain, [fact("letter", 1)], {}).moments[0].state == states.OPEN
    assert derive(chain, [fact("letter", 1), fact("order", 2)], {}).moments[0].state == (
        states.STARTED
    )
    both = [fact("letter", 1), fact("order", 2), fact("letter", 3)]
    assert derive(chain, both, {}).moments[0].proven_on == date(2026, 3, 3)


def test_nothing_begins_an_opening_moment_once_a_later_one_is_proven():
    chain = (
        Moment(1, 1, frozenset({"letter"}), frozenset({"judged"}), opening=True),
        moment(3, "order", "order"),
    )
    late = derive(chain, [fact("order", 2), fact("letter", 2)], {})
    assert (late.moments[0].state, late.current_id) == (states.OPEN, 3)
    early = derive(chain, [fact("order", 2), fact("letter", 1), fact("letter", 5)], {})
    assert (early.moments[0].state, early.moments[0].started_on) == (
        states.STARTED,
        date(2026, 3, 1),
    )
    judged = derive(chain, [fact("order", 2), fact("letter", 4), fact("judged", 5)], {})
    assert (judged.moments[0].state, judged.moments[0].started_on) == (
        states.PROVEN,
        date(2026, 3, 4),
    )
