"""Ruptures follow from the facts of a pass and the day, by hand-computed working days."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from odoo.addons.crm_moments_of_truth.core.judge import (
    Debt,
    Delivery,
    Pass,
    Step,
    judge,
)
from odoo.addons.crm_moments_of_truth.core.states import OPEN, PROVEN, STARTED
from odoo.addons.crm_moments_of_truth.core.workdays import Workdays

MONDAY = date(2026, 3, 2)
# Easter Monday of the Orthodox calendar is off.
DAYS = Workdays(off=(date(2026, 4, 13),))
DELIVERY = Step(7, STARTED, MONDAY, 5, 1, frozenset({"goods_delivered"}))
BILLING = Step(8, OPEN, None, 2, 1, frozenset({"invoice_posted"}))
PAYMENT = Step(9, OPEN, None, 5, 1, frozenset({"payment_received"}))
PASS = Pass(1, True, MONDAY, 5, True, 7, (DELIVERY, BILLING, PAYMENT))


def causes(item, today, days=DAYS, silent=60):
    return [verdict.cause for verdict in judge(item, today, days, silent)]


def first_day(item, cause, start=MONDAY):
    """First day on which a cause fires."""
    days = (start + timedelta(days=count) for count in range(200))
    return next(day for day in days if cause in causes(item, day))


def test_a_moment_is_late_after_target_and_tolerance_in_working_days():
    # Five days from Monday the 2nd: Monday the 9th; a day of tolerance: the 10th.
    assert first_day(PASS, "late") == date(2026, 3, 11)


def test_weekend_and_public_holiday_do_not_count():
    step = replace(DELIVERY, started_on=date(2026, 4, 10), target=1)
    item = replace(PASS, steps=(step,))
    # Friday, then Easter Monday off: Tuesday 14 is the target, Wednesday 15 the tolerance.
    assert first_day(item, "late", date(2026, 4, 10)) == date(2026, 4, 16)


@pytest.mark.parametrize(
    ("promised", "fires"),
    [(date(2026, 3, 4), date(2026, 3, 6)), (date(2026, 3, 27), date(2026, 3, 31))],
)
def test_what_was_promised_counts_instead_of_the_target(promised, fires):
    item = replace(PASS, delivery=Delivery(MONDAY, promised))
    assert first_day(item, "late") == fires


@pytest.mark.parametrize("state", [OPEN, PROVEN])
def test_only_a_running_moment_is_late(state):
    item = replace(PASS, steps=(replace(DELIVERY, state=state),))
    assert causes(item, date(2026, 4, 1)) == []


def test_a_partial_delivery_is_short_and_no_longer_late():
    delivery = Delivery(MONDAY, is_begun=True, undelivered=Decimal(40))
    item = replace(PASS, delivery=delivery)
    assert causes(item, date(2026, 3, 10)) == []
    (verdict,) = judge(item, date(2026, 3, 11), DAYS, 60)
    assert (verdict.cause, verdict.moment_id, verdict.amount) == ("short", 7, Decimal(40))


def test_an_order_of_which_nothing_came_is_late_and_not_short():
    delivery = Delivery(MONDAY, undelivered=Decimal(100))
    assert causes(replace(PASS, delivery=delivery), date(2026, 3, 11)) == ["late"]


def test_unbilled_counts_from_the_delivery():
    delivery = Delivery(MONDAY, delivered_on=date(2026, 3, 5), to_invoice=Decimal(100))
    item = replace(PASS, steps=(replace(DELIVERY, state=PROVEN), BILLING), delivery=delivery)
    # Two days from Thursday: Monday the 9th; tolerance: the 10th.
    assert first_day(item, "unbilled") == date(2026, 3, 11)


def test_unbilled_waits_for_the_promised_day():
    delivery = Delivery(MONDAY, date(2026, 3, 20), to_invoice=Decimal(100))
    item = replace(PASS, delivery=delivery)
    assert first_day(item, "unbilled") == date(2026, 3, 26)


def test_unpaid_names_the_overdue_invoices_alone():
    debts = (
        Debt(31, date(2026, 3, 6), Decimal("60.50")),
        Debt(32, date(2026, 3, 30), Decimal(10)),
    )
    item = replace(PASS, steps=(PAYMENT,), debts=debts)
    assert causes(item, date(2026, 3, 9)) == []
    (verdict,) = judge(item, date(2026, 3, 10), DAYS, 60)
    assert (verdict.cause, verdict.sign, verdict.amount) == ("unpaid", "31", Decimal("60.50"))
    (verdict,) = judge(item, date(2026, 4, 1), DAYS, 60)
    assert (verdict.sign, verdict.amount) == ("31,32", Decimal("70.50"))


def test_a_later_part_of_an_invoice_has_its_own_sign():
    debts = (
        Debt(31, date(2026, 4, 1), Decimal(50), "2026-04-01"),
        Debt(31, date(2026, 3, 6), Decimal(50)),
        Debt(4, date(2026, 3, 6), Decimal(7)),
    )
    item = replace(PASS, steps=(PAYMENT,), debts=debts)
    (verdict,) = judge(item, date(2026, 3, 10), DAYS, 60)
    assert verdict.sign == "4,31"
    (verdict,) = judge(item, date(2026, 4, 6), DAYS, 60)
    assert (verdict.sign, verdict.values) == ("4,31,31:2026-04-01", {"invoices": [4, 31]})


def test_money_is_not_late_before_the_invoice_is_due():
    step = replace(PAYMENT, state=STARTED, started_on=MONDAY)
    item = replace(PASS, steps=(step,), debts=(Debt(31, date(2026, 3, 31), Decimal(60)),))
    assert causes(item, date(2026, 4, 1)) == []
    assert causes(item, date(2026, 4, 2)) == ["unpaid"]


def test_money_is_owed_also_when_the_pass_is_through():
    debt = Debt(31, date(2026, 3, 6), Decimal(60))
    item = replace(PASS, is_open=False, is_owner_active=False, debts=(debt,))
    assert causes(item, date(2026, 6, 30)) == ["unpaid"]


def test_silence_begins_after_the_last_day_allowed():
    item = replace(PASS, steps=())
    assert causes(item, MONDAY + timedelta(days=60)) == []
    assert causes(item, MONDAY + timedelta(days=61)) == ["silent"]
    assert causes(item, MONDAY + timedelta(days=900), silent=0) == []


@pytest.mark.parametrize(("owner", "active"), [(None, False), (5, False)])
def test_nobody_or_somebody_archived_is_no_owner(owner, active):
    item = replace(PASS, owner_id=owner, is_owner_active=active)
    assert causes(item, MONDAY) == ["ownerless"]


def test_a_promise_is_broken_also_when_the_transfer_has_not_begun():
    step = replace(DELIVERY, state=OPEN, started_on=None)
    item = replace(PASS, steps=(step,), delivery=Delivery(MONDAY, date(2026, 3, 4)))
    assert first_day(item, "late") == date(2026, 3, 6)
    assert causes(replace(item, delivery=Delivery(MONDAY)), date(2026, 4, 1)) == []


def test_an_early_moment_is_out_of_order_until_the_others_have_come():
    early = replace(DELIVERY, order_state="early")
    before = Step(6, STARTED, MONDAY, 2, 1)
    item = replace(PASS, steps=(before, early))
    assert causes(item, MONDAY) == ["out_of_order"]
    item = replace(item, steps=(replace(before, state=PROVEN), early))
    assert causes(item, MONDAY) == []


def test_what_is_missing_is_named_by_its_input():
    item = replace(PASS, steps=(replace(DELIVERY, missing=(4,)),))
    (verdict,) = judge(item, MONDAY, DAYS, 60)
    assert (verdict.cause, verdict.values["inputs"]) == ("missing_input", [4])


def test_the_same_day_gives_the_same_verdicts():
    day = date(2026, 5, 4)
    assert judge(PASS, day, DAYS, 60) == judge(PASS, day, DAYS, 60)
