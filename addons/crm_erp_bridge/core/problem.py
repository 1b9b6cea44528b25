"""What is wrong with a cell, a row or a file, as a value that names itself.

The words for people are chosen by the caller (they must be translatable), so a problem carries
a code, the place and the facts, never a sentence.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    """One thing that keeps a row from being loaded.

    code: short name of the rule that was broken, see ``CODES``;
    column: heading of the column as the file has it, empty when the whole row is meant;
    value: the offending text as read;
    facts: what the sentence needs besides (the limit, the other row, the known choices).
    """

    code: str
    column: str = ""
    value: str = ""
    facts: dict = field(default_factory=dict)


class ReadError(Exception):
    """The file as a whole cannot be read; ``problem`` says why."""

    def __init__(self, problem: Problem):
        super().__init__(problem.code)
        self.problem = problem


CODES = (
    "required",
    "number",
    "not_finite",
    "integer",
    "date",
    "boolean",
    "choice",
    "negative",
    "not_positive",
    "reference",
    "country",
    "duplicate",
    "cells",
    "formula",
    "encoding",
    "no_header",
    "columns",
    "empty",
    "too_large",
    "too_many_rows",
    "not_a_sheet",
)
