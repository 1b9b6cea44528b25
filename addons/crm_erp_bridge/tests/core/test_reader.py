"""Files in, rows out: nothing dropped, nothing guessed."""

import io
import zipfile

import pytest

from odoo.addons.crm_erp_bridge.core.problem import ReadError
from odoo.addons.crm_erp_bridge.core.reader import neutralise, read_csv, restore, write_csv
from odoo.addons.crm_erp_bridge.core.sheet import check_archive, is_sheet, read_xlsx

PAYLOADS = (
    "=1+1",
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-1+1",
    "-2+3+cmd",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "'=1+1",
    "''=1+1",
    "{=1+1}",
    '="a"',
    "--1",
)


def rows(data, *args):
    return list(read_csv(data, *args))


def test_rows_carry_their_number_in_the_file():
    assert rows(b"a,b\n1,2\n3,4\n") == [
        (2, {"a": "1", "b": "2"}, None),
        (3, {"a": "3", "b": "4"}, None),
    ]


def test_byte_order_mark_and_quotes_do_not_count():
    assert rows('\ufeffname,x\n"Ana, Ltd",1\n'.encode())[0][1] == {"name": "Ana, Ltd", "x": "1"}


def test_letters_are_what_the_type_says():
    data = "name;x\nŞerban;1\n".encode("cp1250")
    assert rows(data, "cp1250", ";")[0][1]["name"] == "Şerban"
    with pytest.raises(ReadError) as caught:
        rows(data, "utf-8", ";")
    assert caught.value.problem.code == "encoding"
    assert caught.value.problem.facts["line"] == 2


def test_a_row_with_too_many_or_too_few_cells_is_not_lost():
    found = rows(b"a,b\n1\n1,2,3\n1,2\n")
    assert [problem and problem.code for _number, _raw, problem in found] == [
        "cells",
        "cells",
        None,
    ]


@pytest.mark.parametrize("data", [b"", b"\n", b"a,,b\n1,2,3\n"])
def test_a_file_without_full_heading_is_refused(data):
    with pytest.raises(ReadError) as caught:
        rows(data)
    assert caught.value.problem.code == "no_header"


def test_a_double_heading_is_refused():
    with pytest.raises(ReadError) as caught:
        rows(b"a,a\n1,2\n")
    assert caught.value.problem.code == "columns"


@pytest.mark.parametrize("text", PAYLOADS)
def test_no_payload_stays_a_formula_and_every_one_comes_back(text):
    safe = neutralise(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert restore(safe) == text


@pytest.mark.parametrize("text", ["-12.5", "-1", "+48", "plain", "", "'quoted'"])
def test_numbers_and_plain_text_stay_as_they_are(text):
    assert neutralise(text) == text
    assert restore(text) == text


def test_an_error_file_reads_back_as_it_was_written():
    data = write_csv(["name", "error_row"], [[text.strip(), "7"] for text in PAYLOADS])
    read = [raw["name"] for _number, raw, _problem in read_csv(data)]
    assert read == [text.strip() for text in PAYLOADS]


def workbook(*lines):
    from openpyxl import Workbook

    book = Workbook()
    for line in lines:
        book.active.append(line)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_sheet_reads_like_a_text_file():
    data = workbook(["a", "b"], [1, "x"], [2.5, None])
    assert is_sheet(data)
    assert [(number, raw) for number, raw, _problem in read_xlsx(data)] == [
        (2, {"a": "1", "b": "x"}),
        (3, {"a": "2.5", "b": ""}),
    ]


def test_a_formula_cell_is_a_problem_of_its_row():
    found = list(read_xlsx(workbook(["a", "b"], [1, "=1+1"], [2, 3])))
    assert [problem and problem.code for _n, _raw, problem in found] == ["formula", None]


def test_a_bomb_is_refused_from_its_directory():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 30_000_000)
    with pytest.raises(ReadError) as caught:
        check_archive(stream.getvalue())
    assert caught.value.problem.code == "too_large"


def test_a_far_cell_does_not_fill_the_memory():
    from openpyxl import Workbook

    book = Workbook()
    book.active["A1"] = "a"
    book.active["A300000"] = "far"
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(ReadError) as caught:
        list(read_xlsx(stream.getvalue()))
    assert caught.value.problem.code == "too_many_rows"


def test_something_else_in_a_zip_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("hello.txt", b"x")
    with pytest.raises(ReadError) as caught:
        list(read_xlsx(stream.getvalue()))
    assert caught.value.problem.code == "not_a_sheet"
