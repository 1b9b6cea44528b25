"""What is held, what is replaced, what completes: decided without a database."""

from odoo.addons.crm_erp_bridge.core.documents import OpenRow, assemble
from odoo.addons.crm_erp_bridge.core.mapping import MappedRow
from odoo.addons.crm_erp_bridge.core.problem import Problem


def line(number, order, product, broken=False, source=None, row_id=None, role="lines"):
    problems = [Problem("reference", "product")] if broken else []
    key = f"{order} / {product}" if role == "lines" else order
    return MappedRow(number, role, key, order, {}, {}, f"{product}", problems, source, row_id)


def head(order, row_id=None):
    return line(2, order, "head", role="orders", row_id=row_id)


def waits(mapped):
    return OpenRow(mapped, "EX1", False)


def broken(mapped):
    return OpenRow(mapped, "EX1", True)


def test_header_and_lines_make_one_document():
    documents, replaced = assemble([head("A"), line(2, "A", "1"), line(3, "B", "1")], [])
    assert {document.key: len(document.rows) for document in documents} == {"A": 2, "B": 1}
    assert not replaced


def test_a_corrected_row_frees_what_waits():
    olds = [
        waits(head("A", row_id=1)),
        waits(line(2, "A", "1", row_id=2)),
        broken(line(3, "A", "x", True, row_id=3)),
    ]
    new = line(2, "A", "9", source=("EX1", 3))
    (document,), replaced = assemble([new], olds)
    assert not document.problems
    assert {row.row_id for row in document.rows} == {1, 2, None}
    assert [(old.mapped.row_id, row) for old, row in replaced] == [(3, new)]


def test_another_broken_row_keeps_the_document_waiting():
    olds = [
        broken(line(3, "A", "x", True, row_id=3)),
        broken(line(4, "A", "y", True, row_id=4)),
        waits(head("A", row_id=1)),
    ]
    (document,), _replaced = assemble([line(2, "A", "9", source=("EX1", 3))], olds)
    assert [old.mapped.row_id for old in document.blockers] == [4]


def test_the_whole_document_again_replaces_its_broken_rows():
    olds = [
        waits(head("A", row_id=1)),
        waits(line(2, "A", "1", row_id=2)),
        broken(line(3, "A", "x", True, row_id=3)),
    ]
    new = [head("A"), line(2, "A", "1"), line(3, "A", "9")]
    (document,), replaced = assemble(new, olds)
    assert not document.problems
    assert {old.mapped.row_id for old, _row in replaced} == {1, 2, 3}
    assert len(document.rows) == 3


def test_a_row_moved_to_another_document_frees_the_one_it_left():
    olds = [
        waits(head("A", row_id=1)),
        waits(line(2, "A", "1", row_id=2)),
        broken(line(3, "A", "x", True, row_id=3)),
    ]
    documents, _replaced = assemble([line(2, "B", "x", source=("EX1", 3))], olds)
    assert {document.key: document.problems for document in documents} == {"A": False, "B": False}


def test_rows_without_document_stay_alone():
    one = MappedRow(2, "lines", "", "", {}, {}, "", [Problem("required")])
    two = MappedRow(3, "lines", "", "", {}, {}, "", [Problem("required")])
    documents, _replaced = assemble([one, two], [])
    assert [len(document.rows) for document in documents] == [1, 1]
