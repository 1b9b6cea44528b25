"""Shares add up to the document to the cent, payments to each order's part of the invoice."""

from datetime import date, datetime
from decimal import Decimal
from random import Random

from odoo.addons.crm_moments_of_truth.core.facts import (
    FactRow,
    local_day,
    noon_utc,
    settle,
    share,
    weigh,
)


def row(**changes):
    values = {
        "fact": "order_confirmed",
        "res_id": 7,
        "occurrence": 0,
        "company_id": 1,
        "partner_id": 2,
        "root_model": "sale.order",
        "root_id": 7,
        "fact_at": datetime(2026, 3, 2, 9),
    }
    return FactRow(**{**values, **changes})


def test_fact_is_identified_by_code_document_and_occurrence():
    assert row(occurrence=4).key == ("order_confirmed", 7, 4)


def test_number_of_the_document_is_no_part_of_the_fact():
    assert row(name="S00001") == row(name="S00002")
    assert row(partner_id=3) != row()


def test_shares_add_up_to_the_document():
    random = Random(19)
    for _round in range(300):
        total = Decimal(random.randint(-100000, 100000)) / 100
        weights = {key: Decimal(random.randint(0, 999)) for key in range(1, random.randint(2, 8))}
        assert sum(share(total, weights, 2).values()) == total


def test_shares_without_weights_are_even():
    assert share(Decimal("1.00"), {1: Decimal(0), 2: Decimal(0)}, 2) == {
        1: Decimal("0.50"),
        2: Decimal("0.50"),
    }


def test_discount_larger_than_the_goods_weighs_nothing():
    assert share(Decimal("90.00"), {1: Decimal(100), 2: Decimal(-10)}, 2) == {
        1: Decimal("90.00"),
        2: Decimal("0.00"),
    }


def test_currency_without_decimals_is_shared_in_whole_units():
    assert share(Decimal("100"), {1: Decimal(1), 2: Decimal(1), 3: Decimal(1)}, 0) == {
        1: Decimal("34"),
        2: Decimal("33"),
        3: Decimal("33"),
    }


def test_payments_of_a_paid_invoice_cover_each_part_exactly():
    random = Random(19)
    for _round in range(300):
        weights = {key: Decimal(random.randint(1, 50)) for key in range(1, random.randint(2, 6))}
        total = Decimal(random.randint(100, 100000)) / 100
        parts = share(total, weights, 2)
        first = (total * Decimal(random.random())).quantize(Decimal("0.01"))
        payments = [first, total - first]
        paid = settle(parts, payments, 2)
        assert [sum(shares.values()) for shares in paid] == payments
        for root, part in parts.items():
            assert sum(shares[root] for shares in paid) == part
            assert all(Decimal() <= shares[root] for shares in paid)


def test_refund_is_paid_back_in_negative_parts():
    parts = share(Decimal("-30.00"), {1: Decimal(2), 2: Decimal(1)}, 2)
    assert settle(parts, [Decimal("-30.00")], 2) == [{1: Decimal("-20.00"), 2: Decimal("-10.00")}]


def test_surplus_of_an_overpaid_invoice_follows_its_parts():
    parts = {1: Decimal("60.00"), 2: Decimal("40.00")}
    assert settle(parts, [Decimal("100.00"), Decimal("10.00")], 2)[1] == {
        1: Decimal("6.00"),
        2: Decimal("4.00"),
    }


def test_lines_of_one_order_weigh_together():
    assert weigh([]) == {}


def test_day_of_a_document_stays_its_day_in_the_company_zone():
    for zone in ("Europe/Bucharest", "America/Los_Angeles", "Pacific/Kiritimati", None):
        for day in (date(2026, 3, 29), date(2026, 12, 31), date(1996, 7, 4)):
            assert local_day(noon_utc(day, zone), zone) == day
