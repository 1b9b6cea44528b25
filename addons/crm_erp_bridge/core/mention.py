"""Whether a kept file names a person."""

import io
import re

from .problem import ReadError
from .sheet import MAX_COLUMNS, MAX_ROWS, check_archive, is_sheet


def file_mentions(data: bytes, encoding: str, pattern: str) -> bool:
    """Whether the file names the person; a file that cannot be read might, so it does.

    :param pattern: of ``crm_strategy.core.erase.person_pattern``
    """
    found = re.compile(pattern, re.IGNORECASE)
    try:
        return any(found.search(text) for text in _texts(data, encoding))
    except Exception:  # whatever is wrong with the file: it may not stay on a guess
        return True


def _texts(data: bytes, encoding: str):
    if not is_sheet(data):
        # Letters that do not fit are a fault of the file, the rest of it is still text.
        yield data.decode(encoding, errors="replace")
        return
    from openpyxl import load_workbook  # slow import, only needed for sheets

    check_archive(data)
    book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    for sheet in book.worksheets:
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            if number > MAX_ROWS:
                raise ReadError(None)
            for cell in row[:MAX_COLUMNS]:
                if cell is not None:
                    yield str(cell)
