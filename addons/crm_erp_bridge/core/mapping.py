"""Applying a mapping template to rows: pure, so that a check is the same as a load."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from .convert import CONVERTERS
from .problem import Problem, ReadError
from .rowhash import row_hash

SEPARATOR = " / "


@dataclass(frozen=True)
class ColumnMap:
    """One line of a template: which column goes where and how it is read."""

    column: str
    target: str
    converter: str = "text"
    required: bool = False
    check: str = ""  # "", "positive", "not_negative"
    default: str = ""
    reference: str = ""  # kind of key that the text names
    aliases: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Template:
    """How the rows of one kind of file are read.

    key_columns make the key of the row, document_columns the key of the document that it belongs
    to (an order's lines belong to the order); both are headings of the file. makes_documents: a
    second row with a key that says something else makes its whole document doubtful.
    """

    columns: tuple[ColumnMap, ...]
    key_columns: tuple[str, ...]
    document_columns: tuple[str, ...] = ()
    makes_documents: bool = False


@dataclass
class MappedRow:
    """One row of a file after conversion."""

    number: int
    role: str
    key: str
    document_key: str
    raw: dict[str, str]
    values: dict
    digest: str
    problems: list[Problem]
    source: tuple[str, int] | None = None
    row_id: int | None = None


def check_header(headings: Iterable[str], template: Template) -> None:
    """Refuse a file that lacks a needed column, naming all that are missing at once."""
    present = set(headings)
    needed = {
        column.column for column in template.columns if column.required and not column.default
    }
    needed.update(template.key_columns)
    missing = sorted(needed - present)
    if missing:
        raise ReadError(Problem("columns", value=", ".join(missing), facts={"why": "missing"}))


def map_rows(rows, template: Template, role: str) -> list[MappedRow]:
    """Convert all rows of a file; the second and later rows with one key are problems.

    rows: as the readers yield them. Raises ReadError where the heading does not fit.
    """
    result: list[MappedRow] = []
    first: dict[str, MappedRow] = {}
    checked = False
    for number, raw, problem in rows:
        if not checked and problem is None:
            check_header(raw, template)
            checked = True
        row = map_row(number, raw, template, role)
        if problem:
            row.problems.insert(0, problem)
        if row.key and first.setdefault(row.key, row) is not row:
            _mark_double(row, first[row.key], template)
        result.append(row)
    return result


def _mark_double(row: MappedRow, first: MappedRow, template: Template) -> None:
    """The second row with a key is in error. It stands alone, and the first is as good as ever,
    unless the two contradict each other about a document."""
    facts = {"first": first.number}
    row.problems.insert(0, Problem("duplicate", template.key_columns[-1], row.key, facts))
    if not template.makes_documents or row.digest == first.digest:
        row.document_key = ""


def map_row(number: int, raw: dict[str, str], template: Template, role: str) -> MappedRow:
    """Convert one row; see :func:`map_rows`."""
    values, problems = {}, []
    for column in template.columns:
        value, problem = _convert(raw.get(column.column, ""), column)
        if problem:
            problems.append(problem)
        values[column.target] = value
    key = _joined(raw, template.key_columns)
    if not key:
        problems.insert(0, Problem("required", column=template.key_columns[0]))
    return MappedRow(
        number=number,
        role=role,
        key=key,
        document_key=_joined(raw, template.document_columns) if template.document_columns else key,
        raw=raw,
        values=values,
        digest=row_hash(values),
        problems=problems,
        source=_source(raw),
    )


def _convert(text: str, column: ColumnMap):
    text = (text or "").strip() or column.default
    text = column.aliases.get(text.casefold(), text)
    if not text:
        missing = Problem("required", column=column.column) if column.required else None
        return None, missing
    value, problem = CONVERTERS[column.converter](text)
    if problem is None and column.check == "positive" and value <= 0:
        problem = Problem("not_positive", value=text)
    elif problem is None and column.check == "not_negative" and value < 0:
        problem = Problem("negative", value=text)
    if problem:
        return None, Problem(problem.code, column.column, problem.value or text, problem.facts)
    return value, None


def _joined(raw: dict[str, str], columns: tuple[str, ...]) -> str:
    parts = [(raw.get(column) or "").strip() for column in columns]
    return SEPARATOR.join(parts) if all(parts) else ""


def _source(raw: dict[str, str]) -> tuple[str, int] | None:
    run, number = (raw.get("error_run") or "").strip(), (raw.get("error_row") or "").strip()
    return (run, int(number)) if run and number.isdigit() else None


def parse_aliases(text: str) -> dict[str, str]:
    """Lines "what the file says = what it means" as a dictionary, case does not count.

    >>> parse_aliases("UK = United Kingdom")
    {'uk': 'United Kingdom'}
    """
    pairs = (line.split("=", 1) for line in (text or "").splitlines() if "=" in line)
    return {left.strip().casefold(): right.strip() for left, right in pairs if left.strip()}
