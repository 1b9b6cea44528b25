"""Finds canaries in whatever a person can get: values, groups, matrices, files."""

import re
import zipfile
from decimal import Decimal
from io import BytesIO

from odoo.models import BaseModel

# The world keeps to small amounts at home, so that any large number is the canary's or holds it.
LARGE = 1_000_000
_WORD = re.compile(r"canary|[37][\s.,\u00a0\u202f]?[78]{3}[\s.,\u00a0\u202f]?[78]{2}[15]", re.I)
# Numbers that stand for a row or a record, not for a quantity.
_KEYS = ("id", "res_id", "root_id", "source_id", "__domain", "__extra_domain")


def canaries(value, path=""):
    """Yield (where, what) for each canary in a value as a screen or a file gets it."""
    if isinstance(value, dict):
        yield from canaries([key for key in value if isinstance(key, str)], path)
        for key, item in value.items():
            if key not in _KEYS:
                yield from canaries(item, f"{path}.{key}")
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from canaries(item, path)
    elif isinstance(value, BaseModel):
        yield from canaries(value.mapped("display_name"), path)
    elif isinstance(value, bytes):
        yield from _in_bytes(value, path)
    elif _is_canary(value):
        yield path, str(value)[:120]


def _is_canary(value):
    if isinstance(value, str):
        return bool(_WORD.search(value))
    return isinstance(value, (int, float, Decimal)) and abs(value) >= LARGE


def _in_bytes(content, path):
    """A file as it is and, when it is a packed one (XLSX), each file in it."""
    parts = {"": content}
    if zipfile.is_zipfile(BytesIO(content)):
        with zipfile.ZipFile(BytesIO(content)) as packed:
            parts = {name: packed.read(name) for name in packed.namelist()}
    for name, part in parts.items():
        if _WORD.search(part.decode("utf-8", "replace")):
            yield f"{path}:{name}", "in the file"
