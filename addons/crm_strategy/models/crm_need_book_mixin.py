from __future__ import annotations

from odoo import models


class CrmNeedBookMixin(models.AbstractModel):
    """Words of one record of the trace in a book."""

    _name = "crm.need.book.mixin"
    _description = "Words of a Record in a Book"

    _book_fields: tuple[str, ...] = ()

    def _book_words(self) -> dict:
        """Values of the record's own fields, links by id and name, dates as text."""
        words = {}
        for name in self._book_fields:
            value, field = self[name], self._fields[name]
            if field.type == "many2one":
                words[name] = value.display_name or ""
                words[f"{name}_id"] = value.id
            elif field.type in ("date", "datetime"):
                words[name] = field.to_string(value) or ""
            else:
                words[name] = value or ""
        return words
