"""The value of a field as people read it, for logs and exports."""

from __future__ import annotations

import json
from datetime import datetime

from odoo import fields, models

MAX_WORDS = 2000


def field_words(record: models.BaseModel, name: str) -> str:
    """The value in words: names of linked records, labels of choices, “Yes” and “No”.

    An empty value is an empty text. Long texts are cut after 2,000 characters.
    """
    field = record._fields[name]
    value = record[name]
    if field.relational:
        words = ", ".join(sorted(linked.display_name or "" for linked in value))
    elif field.type == "boolean":
        words = record.env._("Yes") if value else record.env._("No")
    elif value is False or value is None:
        words = ""
    elif field.type == "selection":
        words = dict(field._description_selection(record.env)).get(value, value)
    elif field.type in ("json", "properties"):
        words = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, datetime):
        words = fields.Datetime.to_string(value)
    elif field.type == "reference":
        words = value.display_name or ""
    else:
        words = str(value)
    return words if len(words) <= MAX_WORDS else words[: MAX_WORDS - 1] + "…"


def field_label(model: models.BaseModel, name: str) -> str:
    """The label of the field in the language of the environment."""
    field = model._fields.get(name)
    return field._description_string(model.env) if field else name
