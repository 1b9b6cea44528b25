"""Reading delimited text: streaming, explicit about encoding and delimiter, nothing dropped."""

import codecs
import csv
import io
from collections.abc import Iterator

from .problem import Problem, ReadError

csv.field_size_limit(1 << 20)

MAX_BYTES = 200 * 1024 * 1024
ERROR_COLUMNS = ("error_run", "error_row", "error_column", "error_reason", "error_remedy")
_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def neutralise(text: str) -> str:
    """Text that no spreadsheet takes for a formula; plain negative numbers stay numbers.

    >>> neutralise("=1+1"), neutralise("-12.5"), neutralise("'=x")
    ("'=1+1", '-12.5', "''=x")
    """
    bare = text.lstrip("'")
    if not bare.startswith(_SIGNS) or (bare == text and _is_number(text)):
        return text
    return "'" + text


def restore(text: str) -> str:
    """The inverse of :func:`neutralise`."""
    if text.startswith("'") and text.lstrip("'").startswith(_SIGNS):
        return text[1:]
    return text


def _is_number(text: str) -> bool:
    digits = text[1:].replace(",", ".", 1).replace(".", "", 1)
    return text[:1] in "+-" and digits.isascii() and digits.isdigit()


def decode(data: bytes, encoding: str) -> str:
    """The text of a file whose encoding its type names; a wrong name is an error, not mojibake."""
    if len(data) > MAX_BYTES:
        raise ReadError(Problem("too_large", facts={"limit": MAX_BYTES // (1024 * 1024)}))
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif data.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1 if encoding != "utf-16" else 1
        raise ReadError(
            Problem("encoding", value=encoding, facts={"line": line, "encoding": encoding})
        ) from error
    if "\x00" in text:
        facts = {"line": 1, "encoding": encoding}
        raise ReadError(Problem("encoding", value=encoding, facts=facts))
    return text


def read_csv(
    data: bytes, encoding: str = "utf-8", delimiter: str = ","
) -> Iterator[tuple[int, dict[str, str], Problem | None]]:
    """Yield ``(row number, cells by heading, problem)``; the heading is row 1, data starts at 2.

    A row with too many or too few cells comes back with the problem "cells", so that the number
    of rows in always equals the number of rows accounted for. Wholly empty lines do not count.
    """
    stream = io.StringIO(decode(data, encoding), newline="")
    reader = csv.reader(stream, delimiter=delimiter, strict=False)
    yield from rows_from_cells(reader)


def rows_from_cells(
    source, pads: bool = False
) -> Iterator[tuple[int, dict[str, str], Problem | None]]:
    """Give names to cells; ``source`` yields lists of text, the first one being the heading.

    pads: a shorter row has empty cells at its end (a sheet does not store them), it is not broken.
    """
    iterator = iter(source)
    header = _header(iterator)
    is_error_file = "error_row" in header
    number = 1
    while True:
        number += 1
        try:
            cells = next(iterator)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, {}, Problem("cells", value=str(error))
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if is_error_file:
            cells = [restore(cell) for cell in cells]
        problem = _formula_problem(header, cells)
        extra = [cell for cell in cells[len(header) :] if cell.strip()]
        if pads:
            cells = [*cells, *[""] * (len(header) - len(cells))]
        if extra or len(cells) < len(header):
            problem = Problem(
                "cells", value=str(len(cells)), facts={"expected": len(header), "found": len(cells)}
            )
        yield number, dict(zip(header, cells, strict=False)), problem


def _header(iterator) -> list[str]:
    """The headings: none may be empty or stand twice."""
    try:
        header = next(iterator, None)
    except csv.Error as error:
        raise ReadError(Problem("no_header", value=str(error))) from error
    header = [str(name).strip() for name in header or ()]
    while header and not header[-1]:
        header.pop()
    if not header or not all(header):
        raise ReadError(Problem("no_header"))
    doubles = sorted({name for name in header if header.count(name) > 1})
    if doubles:
        raise ReadError(Problem("columns", value=", ".join(doubles), facts={"why": "double"}))
    return header


class Formula(str):
    """A cell that holds a formula, not a value."""

    __slots__ = ()


def _formula_problem(header: list[str], cells: list[str]) -> Problem | None:
    for name, cell in zip(header, cells, strict=False):
        if isinstance(cell, Formula):
            return Problem("formula", column=name, value=str(cell))
    return None


def write_csv(header: list[str], rows: list[list[str]]) -> bytes:
    """A file for a spreadsheet: UTF-8 with BOM, no cell that could run as a formula."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([neutralise(name) for name in header])
    writer.writerows([neutralise(cell) for cell in row] for row in rows)
    return codecs.BOM_UTF8 + stream.getvalue().encode()
