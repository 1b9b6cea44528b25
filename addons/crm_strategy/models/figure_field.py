from __future__ import annotations

from odoo import fields


class FigureField(fields.Float):
    """A float that may be empty: "no data" is read as False and shown as nothing, never as 0."""

    def convert_to_column(self, value, record, values=None, validate=True):
        """The number for the database; NULL for no data."""
        if value is None or value is False:
            return None
        return super().convert_to_column(value, record, values, validate)

    def convert_to_cache(self, value, record, validate=True):
        """The rounded number; None for no data."""
        if value is None or value is False:
            return None
        return super().convert_to_cache(value, record, validate)

    def convert_to_record(self, value, record):
        """The number; False for no data."""
        return False if value is None else value

    def convert_to_export(self, value, record):
        """The number; an empty cell for no data."""
        return "" if value is False else value


class FigureMonetary(fields.Monetary):
    """An amount that may be empty, as :class:`FigureField`; NULL sums as nothing."""

    def convert_to_column_insert(self, value, record, values=None, validate=True):
        """The rounded amount for the database; NULL for no data."""
        if value is None or value is False:
            return None
        return super().convert_to_column_insert(value, record, values, validate)

    def convert_to_cache(self, value, record, validate=True):
        """The rounded amount; None for no data."""
        if value is None or value is False:
            return None
        return super().convert_to_cache(value, record, validate)

    def convert_to_record(self, value, record):
        """The amount; False for no data."""
        return False if value is None else value

    def convert_to_export(self, value, record):
        """The amount; an empty cell for no data."""
        return "" if value is False else value
