"""Reading the first sheet of an XLSX file within limits: a small file may hold a huge grid."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time

from .problem import Problem, ReadError
from .reader import Formula, rows_from_cells

MAX_ENTRIES = 200
MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 100
MAX_ROWS = 200_000
MAX_COLUMNS = 200
_SIGNATURE = b"PK\x03\x04"


def is_sheet(data: bytes) -> bool:
    return data.startswith(_SIGNATURE)


def check_archive(data: bytes) -> None:
    """Refuse what would not fit in memory, from the directory alone, before unpacking a byte."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except zipfile.BadZipFile as error:
        raise ReadError(Problem("not_a_sheet")) from error
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
        raise ReadError(Problem("too_large", facts={"limit": MAX_UNPACKED // (1024 * 1024)}))
    packed = sum(entry.compress_size for entry in entries) or 1
    if unpacked > 10 * 1024 * 1024 and unpacked / packed > MAX_RATIO:
        raise ReadError(Problem("too_large", facts={"limit": MAX_UNPACKED // (1024 * 1024)}))
    if not any(entry.filename == "xl/workbook.xml" for entry in entries):
        raise ReadError(Problem("not_a_sheet"))


def read_xlsx(data: bytes) -> Iterator[tuple[int, dict[str, str], Problem | None]]:
    """Rows of the first sheet, as :func:`reader.read_csv` gives them.

    Read by openpyxl as a stream, stopping at ``MAX_ROWS`` and ``MAX_COLUMNS``: a far cell cannot
    make it fill the grid between. A formula is a problem of its row: its result may be stale.
    """
    check_archive(data)
    return rows_from_cells(_cells(data), pads=True)


def _cells(data: bytes) -> Iterator[list[str]]:
    from openpyxl import load_workbook  # slow import, only needed for sheets

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
    except Exception as error:
        raise ReadError(Problem("not_a_sheet")) from error
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > MAX_ROWS:
            raise ReadError(Problem("too_many_rows", facts={"limit": MAX_ROWS}))
        cells = [_text_of(cell) for cell in row[:MAX_COLUMNS]]
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def _text_of(cell) -> str:
    return Formula(cell.value) if cell.data_type == "f" else cell_text(cell.value)


def cell_text(value) -> str:
    """One cell as the text a CSV file would have for it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
