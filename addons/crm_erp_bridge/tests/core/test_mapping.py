"""From text to values: strict, the same for every spelling of one value."""

from datetime import date
from decimal import Decimal

import pytest

from odoo.addons.crm_erp_bridge.core.convert import CONVERTERS, to_date, to_decimal
from odoo.addons.crm_erp_bridge.core.mapping import ColumnMap, Template, map_rows, parse_aliases
from odoo.addons.crm_erp_bridge.core.problem import CODES, ReadError
from odoo.addons.crm_erp_bridge.core.reader import read_csv
from odoo.addons.crm_erp_bridge.core.rowhash import row_hash

TEMPLATE = Template(
    columns=(
        ColumnMap("id", "ref", required=True),
        ColumnMap("price", "price", "decimal", check="not_negative"),
        ColumnMap("country", "country_id", "country", aliases={"uk": "United Kingdom"}),
    ),
    key_columns=("id",),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.50", "12.5"),
        ("12,50", "12.5"),
        ("-3", "-3"),
        (".5", "0.5"),
        ("1e2", "100"),
        (" 7 ", "7"),
    ],
)
def test_numbers(text, value):
    assert to_decimal(text) == (Decimal(value), None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NaN", "not_finite"),
        ("-inf", "not_finite"),
        ("Infinity", "not_finite"),
        ("1.234,5", "number"),
        ("1 000", "number"),
        ("abc", "number"),
        ("1e99", "number"),
        ("0x10", "number"),
        ("١٢", "number"),
    ],
)
def test_what_is_no_number_is_refused(text, code):
    value, problem = to_decimal(text)
    assert value is None
    assert problem.code == code


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-03-31", date(2026, 3, 31)),
        ("31.03.2026", date(2026, 3, 31)),
        ("1/2/2026", date(2026, 2, 1)),
        ("2026-03-31 00:00:00", date(2026, 3, 31)),
    ],
)
def test_dates(text, value):
    assert to_date(text) == (value, None)


@pytest.mark.parametrize("text", ["2026-02-30", "0000-01-01", "10000-01-01", "31/31/2026", "soon"])
def test_what_is_no_date_is_refused(text):
    assert to_date(text)[1].code == "date"


def test_every_converter_takes_an_empty_cell_for_no_value():
    assert all(convert("  ") == (None, None) for convert in CONVERTERS.values())


def mapped(text):
    return map_rows(read_csv(text.encode()), TEMPLATE, "things")


def test_an_alias_reads_as_what_it_means():
    assert mapped("id,price,country\n1,2,uk\n")[0].values["country_id"] == "United Kingdom"


def test_a_broken_row_names_column_and_value():
    (row,) = mapped("id,price,country\n1,-2,\n")
    assert [(p.code, p.column, p.value) for p in row.problems] == [("negative", "price", "-2")]


def test_the_second_row_with_a_key_is_the_broken_one():
    first, second = mapped("id,price,country\n1,2,\n1,2,\n")
    assert not first.problems
    assert second.problems[0].code == "duplicate"
    assert second.problems[0].facts["first"] == 2


def test_a_missing_column_is_named_before_any_row_is_read():
    with pytest.raises(ReadError) as caught:
        mapped("price,country\n2,\n")
    assert caught.value.problem.value == "id"


def test_the_fingerprint_ignores_spelling_and_unused_columns():
    one = mapped("id,price,country\n1,2.50,UK\n")[0].digest
    two = mapped('country,extra,price,id\nUnited Kingdom,x,"2,5",1\n')[0].digest
    assert one == two
    assert row_hash({"a": None}) != row_hash({"a": ""})


def test_aliases_are_read_line_by_line():
    assert parse_aliases("UK = United Kingdom\n\nnonsense\nUSA=US") == {
        "uk": "United Kingdom",
        "usa": "US",
    }


def test_codes_are_listed_once():
    assert len(CODES) == len(set(CODES))
