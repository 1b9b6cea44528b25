"""One table of figures, described once and rendered to screen and XLSX alike.

A matrix is built by a report and rendered by others: the renderers compute nothing, so what a
person reads on the screen is what stands in the file. Every cell may say why it is empty and
which records it is made of.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from .value import UNDEFINED, Fault

KINDS = ("amount", "integer", "rate", "days", "text")
"""amount: money of the matrix's currency; rate: 1 is 100 %; days: working days, one decimal."""
LABELS = ("crm", "erp", "mixed")
"""crm: a judgement before the fact; erp: a fact of the books; mixed: the two added, named so."""
TONES = ("alert", "doubt")
"""alert: something is missing or wrong; doubt: it must be looked at again."""
STYLES = ("line", "total", "check", "group")
"""check: must be zero, shown as a warning when it is not; group: a heading above its lines."""


@dataclass(frozen=True)
class Drill:
    """The records behind a figure; their figures add up to it.

    ``context`` is passed to the list that opens, for instance ``{"active_test": False}``. With
    ``res_id`` the one record opens, without a list before it.
    """

    model: str
    domain: list
    name: str
    context: Mapping[str, Any] = field(default_factory=dict)
    res_id: int | None = None

    def as_dict(self) -> dict[str, Any]:
        shown = {
            "model": self.model,
            "domain": _json_ready(self.domain),
            "name": self.name,
            "context": dict(self.context),
        }
        return {**shown, "res_id": self.res_id} if self.res_id else shown


@dataclass(frozen=True)
class Cell:
    """One figure, or the reason why there is none.

    :param value: Decimal, int, str, ``UNDEFINED`` (no data) or ``Fault`` (cannot be told).
    :param kind: overrides the column's kind for this cell.
    :param drill: the records behind the figure.
    :param note: one sentence; for a cell without data it says why and what to do.
    :param tone: colours the cell; the note says the same in words.
    """

    value: Any
    kind: str | None = None
    drill: Drill | None = None
    note: str | None = None
    tone: str | None = None

    def __post_init__(self) -> None:
        _check_choice("cell tone", self.tone, TONES, optional=True)
        _check_choice("cell kind", self.kind, KINDS, optional=True)
        value = self.value
        if value is UNDEFINED or isinstance(value, Fault | str):
            return
        if isinstance(value, bool) or not isinstance(value, Decimal | int):
            raise TypeError(f"A matrix cell holds a Decimal, int or str, not {value!r}.")
        if isinstance(value, Decimal) and not value.is_finite():
            raise ValueError("A matrix cell holds a finite number; use UNDEFINED for no data.")

    @property
    def state(self) -> str:
        """``value``, ``none`` (no data) or ``fault``."""
        if self.value is UNDEFINED:
            return "none"
        return "fault" if isinstance(self.value, Fault) else "value"

    @property
    def is_numeric(self) -> bool:
        return isinstance(self.value, Decimal | int)

    @property
    def explanation(self) -> str | None:
        """Why the figure is missing, or the note that stands with it."""
        if isinstance(self.value, Fault):
            return self.value.text or self.note
        return self.note

    def as_dict(self, kind: str) -> dict[str, Any]:
        """The cell as the screen reads it; a number travels as text, exact to the last digit."""
        shown = {
            "state": self.state,
            "kind": self.kind or kind,
            "value": str(self.value) if self.state == "value" else None,
            "note": self.explanation,
            "drill": self.drill.as_dict() if self.drill else None,
        }
        return {**shown, "tone": self.tone} if self.tone else shown


@dataclass(frozen=True)
class Column:
    """One figure for all rows. ``label`` says whether it is CRM (ante) or ERP (post).

    Neighbours of one ``group`` stay on one page when the matrix is too wide for the paper.
    """

    key: str
    title: str
    kind: str
    label: str | None = None
    help: str | None = None
    group: str | None = None

    def __post_init__(self) -> None:
        _check_choice("column kind", self.kind, KINDS)
        _check_choice("column label", self.label, LABELS, optional=True)

    def as_dict(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "title": self.title,
            "kind": self.kind,
            "label": self.label,
            "help": self.help,
        }


@dataclass(frozen=True)
class Row:
    """One line of the matrix.

    ``sum_of`` names the rows that this one adds up: the XLSX then carries a live sum there,
    wherever that sum really is the figure shown.
    """

    key: str
    title: str
    cells: dict[str, Cell]
    level: int = 0
    style: str = "line"
    label: str | None = None
    sum_of: tuple[str, ...] = ()
    help: str | None = None

    def __post_init__(self) -> None:
        _check_choice("row style", self.style, STYLES)
        _check_choice("row label", self.label, LABELS, optional=True)

    def as_dict(self, columns: Iterable[Column]) -> dict[str, Any]:
        return {
            "key": self.key,
            "title": self.title,
            "level": self.level,
            "style": self.style,
            "label": self.label,
            "help": self.help,
            "cells": {
                column.key: self.cells[column.key].as_dict(column.kind)
                for column in columns
                if column.key in self.cells
            },
        }


@dataclass(frozen=True)
class Currency:
    """How amounts are written: ISO name, symbol, ``before`` or ``after``, decimal digits."""

    name: str
    symbol: str
    position: str = "after"
    digits: int = 2

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "symbol": self.symbol,
            "position": self.position,
            "digits": self.digits,
        }


@dataclass(frozen=True)
class Matrix:
    """Columns, rows, and what a reader must know to trust them.

    :param parameters: pairs (label, value) such as ("Period", "2026"), printed with the matrix.
    :param notes: sentences under the table: definitions, limits, what is not counted.
    :param empty: the sentence shown instead of the table when it has no row.
    """

    title: str
    columns: list[Column] | tuple[Column, ...]
    rows: list[Row] | tuple[Row, ...]
    currency: Currency | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    empty: str | None = None

    def __post_init__(self) -> None:
        column_keys = [column.key for column in self.columns]
        row_keys = [row.key for row in self.rows]
        _check_unique("column", column_keys)
        _check_unique("row", row_keys)
        known_columns, known_rows = set(column_keys), set(row_keys)
        for row in self.rows:
            _check_known(f"row {row.key!r} has cells in", row.cells, known_columns)
            _check_known(f"row {row.key!r} adds up", row.sum_of, known_rows)

    def row(self, row_key: str) -> Row:
        """The row of that key; KeyError when there is none."""
        for row in self.rows:
            if row.key == row_key:
                return row
        raise KeyError(row_key)

    def column(self, col_key: str) -> Column:
        """The column of that key; KeyError when there is none."""
        for column in self.columns:
            if column.key == col_key:
                return column
        raise KeyError(col_key)

    def cell(self, row_key: str, col_key: str) -> Cell | None:
        """The cell at that place, None where the row has none; KeyError for an unknown key."""
        self.column(col_key)
        return self.row(row_key).cells.get(col_key)

    def kind_at(self, row: Row, column: Column) -> str:
        """The kind that formats the cell: its own, else its column's."""
        cell = row.cells.get(column.key)
        return (cell and cell.kind) or column.kind

    def meanings(self) -> list[tuple[str, str]]:
        """What columns and rows mean: (title, help) of those that have a help."""
        return [(item.title, item.help) for item in (*self.columns, *self.rows) if item.help]

    def as_dict(self) -> dict[str, Any]:
        """The whole matrix in JSON-ready types, for the screen."""
        return {
            "title": self.title,
            "columns": [column.as_dict() for column in self.columns],
            "rows": [row.as_dict(self.columns) for row in self.rows],
            "currency": self.currency.as_dict() if self.currency else None,
            "parameters": [list(pair) for pair in self.parameters],
            "notes": list(self.notes),
            "empty": self.empty,
        }


def fingerprint(matrices: Iterable[Matrix]) -> str:
    """SHA-256 of all that the matrices say: titles, parameters, figures, reasons and notes.

    What opens behind a figure is no part of it, nor who prints it, when, and how it looks: two
    files with one fingerprint report the same. Figures count to their last digit.

    >>> fingerprint([Matrix("A", [], [])])[:8]
    '3058033c'
    """
    said = [matrix.as_dict() for matrix in matrices]
    for matrix in said:
        for row in matrix["rows"]:
            for cell in row["cells"].values():
                del cell["drill"]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _json_ready(value: Any) -> Any:
    """Domains carry dates and tuples; JSON knows neither."""
    if isinstance(value, date):  # datetime is a date too
        if hasattr(value, "hour"):
            return value.strftime("%Y-%m-%d %H:%M:%S")
        return value.isoformat()
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {key: _json_ready(item) for key, item in value.items()}
    if isinstance(value, Iterable):
        return [_json_ready(item) for item in value]
    raise TypeError(f"{value!r} cannot stand in the domain of a drill-down.")


def _check_choice(what: str, value: str | None, choices: tuple[str, ...], optional=False) -> None:
    if value not in choices and not (optional and value is None):
        raise ValueError(f"A {what} is one of {', '.join(choices)}, not {value!r}.")


def _check_unique(what: str, keys: list[str]) -> None:
    if len(set(keys)) != len(keys):
        doubled = sorted({key for key in keys if keys.count(key) > 1})
        raise ValueError(f"A matrix has each {what} once; twice: {', '.join(doubled)}.")


def _check_known(what: str, keys: Iterable[str], known: set[str]) -> None:
    unknown = [key for key in keys if key not in known]
    if unknown:
        raise ValueError(f"The {what} unknown keys: {', '.join(unknown)}.")
