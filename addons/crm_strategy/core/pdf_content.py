"""What a matrix says on paper: the text of each cell, and the remarks that explain cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .matrix import Cell, Column, Matrix, Row
from .numbers import NumberStyle
from .words import NO_DATA, Words, clean_text

MAX_REMARKS = 60


@dataclass(frozen=True)
class CellText:
    """One cell on paper. ``remark`` is the number of the sentence that explains it."""

    text: str
    is_text: bool = False
    is_missing: bool = False
    is_alert: bool = False
    is_doubt: bool = False
    remark: int | None = None


class MatrixText:
    """A matrix in the words and numbers of one language.

    Sentences that explain figures are numbered in the order in which a reader meets them; equal
    sentences share a number. What goes beyond ``MAX_REMARKS`` is counted, not printed.
    """

    def __init__(self, matrix: Matrix, style: NumberStyle, words: Words) -> None:
        self.matrix, self.style, self.words = matrix, style, words
        self.digits = matrix.currency.digits if matrix.currency else 2
        self.remarks: dict[str, int] = {}
        self.remarks_left_out = 0
        self._cells = {
            (row.key, column.key): self._cell(row, column)
            for row in matrix.rows
            for column in matrix.columns
            if column.key in row.cells
        }

    def cell(self, row: Row, column: Column) -> CellText | None:
        """The text of a cell; None where the row has none."""
        return self._cells.get((row.key, column.key))

    def column_cells(self, column: Column) -> Iterator[tuple[Row, CellText]]:
        """All cells of a column with their rows."""
        for row in self.matrix.rows:
            cell = self._cells.get((row.key, column.key))
            if cell:
                yield row, cell

    def row_title(self, row: Row) -> str:
        title = clean_text(row.title)
        return f"{title} ({self.words.label(row.label)})" if row.label else title

    def corner(self) -> str:
        """What stands above the titles of the rows."""
        if not self.matrix.currency:
            return ""
        return self.words.amounts_in % {"currency": clean_text(self.matrix.currency.name)}

    def sections(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """What stands below the table: (heading, lines of (leading word, sentence))."""
        meanings = [(clean_text(title), clean_text(text)) for title, text in self.matrix.meanings()]
        # The screen repeats some meanings as notes, since help is hidden there.
        told = [f"{title}: {text}" for title, text in meanings]
        notes = [
            ("", clean_text(note))
            for note in self.matrix.notes
            if not any(text.startswith(clean_text(note)) for text in told)
        ]
        remarks = [(str(number), clean_text(text)) for text, number in self.remarks.items()]
        if self.remarks_left_out:
            remarks.append(("", self.words.more_reasons % {"count": self.remarks_left_out}))
        found = (
            (self.words.notes, notes),
            (self.words.definitions, meanings),
            (self.words.reasons, remarks),
        )
        return [(heading, lines) for heading, lines in found if lines]

    def _cell(self, row: Row, column: Column) -> CellText:
        cell = row.cells[column.key]
        kind = self.matrix.kind_at(row, column)
        remark = self._remark(cell)
        if cell.is_numeric:
            text = self.style.text(cell.value, kind, self.digits)
            is_alert = row.style == "check" and bool(cell.value)
            return CellText(text, is_alert=is_alert, remark=remark)
        if cell.state != "value":
            is_alert = cell.tone == "alert"
            return CellText(NO_DATA, is_missing=True, is_alert=is_alert, remark=remark)
        tone = {"is_alert": cell.tone == "alert", "is_doubt": cell.tone == "doubt"}
        return CellText(clean_text(cell.value), is_text=True, remark=remark, **tone)

    def _remark(self, cell: Cell) -> int | None:
        sentence = cell.explanation
        if not sentence:
            return None
        if sentence not in self.remarks and len(self.remarks) >= MAX_REMARKS:
            self.remarks_left_out += 1
            return None
        return self.remarks.setdefault(sentence, len(self.remarks) + 1)
