"""Putting rows together to documents and deciding what becomes of each, without a database.

An order comes as one header and several lines, a payment as several rows, a customer as one row.
A document with a broken row is held as a whole: half an order is worse than none.
"""

from dataclasses import dataclass, field

from .mapping import MappedRow

NAMELESS = "\0"


@dataclass
class OpenRow:
    """A row of an earlier run that waits or is in error."""

    mapped: MappedRow
    run: str
    is_error: bool


@dataclass
class Document:
    """All rows that make one record, new ones and those kept from earlier runs.

    A row that names no document, or doubles another one, is a document without a name.
    """

    key: str
    rows: list[MappedRow] = field(default_factory=list)
    blockers: list[OpenRow] = field(default_factory=list)

    @property
    def has_name(self) -> bool:
        return not self.key.startswith(NAMELESS)

    @property
    def problems(self) -> bool:
        return bool(self.blockers) or any(row.problems for row in self.rows)


def assemble(
    rows: list[MappedRow], open_rows: list[OpenRow]
) -> tuple[list[Document], list[tuple[OpenRow, MappedRow]]]:
    """Documents to decide on, and which open row is replaced by which new row.

    An open row is replaced when a new row names it (the error file carries run and row), when a
    new row has its key, or when the new file says its whole document again. What waits and is not
    replaced joins its document; an error that is not replaced keeps its document waiting.
    """
    new: dict[str, list[MappedRow]] = {}
    for row in rows:
        new.setdefault(row.document_key or f"{NAMELESS}{row.role}{row.number}", []).append(row)
    named = {row.source: row for row in rows if row.source}
    keyed = {(row.role, row.key): row for row in rows if row.key and row.document_key}
    replaced, rest = [], {}
    for old in open_rows:
        row = named.get((old.run, old.mapped.number)) or keyed.get(
            (old.mapped.role, old.mapped.key)
        )
        if row is not None:
            replaced.append((old, row))
        else:
            rest.setdefault(old.mapped.document_key, []).append(old)
    documents = {key: Document(key, list(group)) for key, group in new.items()}
    touched = {old.mapped.document_key for old, _row in replaced}
    for key, group in rest.items():
        if not key or (key not in documents and key not in touched):
            continue
        document = documents.setdefault(key, Document(key))
        _join(document, group, replaced, open_rows)
    return [doc for doc in documents.values() if doc.rows], replaced


def _join(document, group, replaced, open_rows):
    restated = _restated(document, open_rows)
    for old in group:
        if not old.is_error:
            document.rows.append(old.mapped)
        elif old.mapped.role in restated:
            stand_in = next(row for row in document.rows if row.role == old.mapped.role)
            replaced.append((old, stand_in))
        else:
            document.blockers.append(old)


def _restated(document: Document, open_rows: list[OpenRow]) -> set[str]:
    """Roles of which the new file says at least as many rows as are open: the whole again."""
    known: dict[str, list[OpenRow]] = {}
    for old in open_rows:
        if old.mapped.document_key == document.key:
            known.setdefault(old.mapped.role, []).append(old)
    result = set()
    for role, olds in known.items():
        keys = {row.key for row in document.rows if row.role == role and row.row_id is None}
        waiting = {old.mapped.key for old in olds if not old.is_error}
        if len(keys) >= len(olds) and waiting <= keys:
            result.add(role)
    return result


@dataclass(frozen=True)
class Outcome:
    """What became of one row; reason and remedy are words for people."""

    state: str  # created, updated, unchanged, waiting, error
    column: str = ""
    reason: str = ""
    remedy: str = ""


@dataclass
class Decision:
    """What becomes of one document.

    action: create, update or none; outcomes: by the number of the row in ``document.rows``;
    prepared: values for the record; changes: those of them that will be written;
    known: what the memory of keys has about the document; target: model, id and name made.
    """

    document: Document
    action: str
    outcomes: list[Outcome]
    prepared: dict = field(default_factory=dict)
    changes: dict = field(default_factory=dict)
    known: object = None
    target: tuple[str, int, str] | None = None

    def fail(self, reason: str, remedy: str) -> None:
        """The database refused the document: its first row tells why, the others wait."""
        self.action = "none"
        self.target = None
        waiting = Outcome("waiting", "", reason, remedy)
        self.outcomes = [Outcome("error", "", reason, remedy)]
        self.outcomes += [waiting] * (len(self.document.rows) - 1)
