from __future__ import annotations

import logging
import time

import psycopg2
import psycopg2.errors

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.problem import ReadError
from ..core.reader import ERROR_COLUMNS
from .crm_exchange_check import Plan

# A load commits after each chunk when its caller is the command line or a lane; a killed load
# then goes on where it stood. The wizard and tests ask for no commit.
# pylint: disable=invalid-commit

_logger = logging.getLogger(__name__)

TRIES = 5
IDLE_CHUNK = 5000  # rows that change nothing: their outcome is one insert
PASSING = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
)


class ExchangePauseError(Exception):
    """The lane's time is up; everything so far is kept and the run goes on later."""


class CrmExchangeCommit(models.AbstractModel):
    """The second phase of a load: write by chunks what the check decided.

    With ``commit=True`` every chunk is kept with its rows in one transaction. A chunk that is
    refused is tried document by document, so that one wrong row takes no other along.
    """

    _name = "crm.exchange.commit"
    _description = "Exchange Commit"

    @api.model
    def _execute(self, sources, commit: bool, report) -> None:
        """Check and commit a family of files that have runs."""
        readable = []
        for source in sources:
            try:
                rows = len(self._mapped(source))
            except ReadError as error:
                note = " ".join(self._words(error.problem))
                source.run.write({"state": "failed", "note": note})
                continue
            vals = {"state": "running", "row_count": rows, "note": False}
            source.run.write({**vals, "started_at": source.run.started_at or fields.Datetime.now()})
            readable.append(source)
        if commit:
            self.env.cr.commit()
        if readable:
            self._commit_plan(self._plan(readable), commit, report)
        runs = self.env["crm.exchange.run"].concat(*[source.run for source in readable])
        runs.write({"state": "done", "finished_at": fields.Datetime.now()})
        if commit:
            self.env.cr.commit()

    @api.model
    def _commit_plan(self, plan: Plan, commit: bool, report) -> None:
        kind = plan.sources[0].type._family()[0]
        handler = kind._handler()
        runs = self.env["crm.exchange.run"].concat(*[source.run for source in plan.sources])
        size = handler._chunk_size
        idle = [decision for decision in plan.decisions if decision.action == "none"]
        busy = [decision for decision in plan.decisions if decision.action != "none"]
        chunks = [idle[start : start + IDLE_CHUNK] for start in range(0, len(idle), IDLE_CHUNK)]
        chunks += [busy[start : start + size] for start in range(0, len(busy), size)]
        for chunk in chunks:
            self._commit_chunk(kind, handler, runs, chunk, plan, commit)
            if report:
                report(runs)
        runs._refresh_counts()

    @api.model
    def _commit_chunk(self, kind, handler, runs, chunk, plan, commit: bool) -> None:
        """Write one chunk with its rows; what passes by itself (a lost race) is tried again."""
        for attempt in range(TRIES):
            try:
                with self.env.cr.savepoint():
                    self._apply_chunk(kind, handler, runs, chunk)
                    self._record_chunk(kind, runs, chunk, plan)
                    if commit:
                        runs._refresh_counts()
                if commit:
                    self.env.cr.commit()
                break
            except PASSING:
                if not commit or attempt == TRIES - 1:
                    raise
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
        deadline = self.env.context.get("crm_exchange_deadline")
        if commit and deadline and time.monotonic() > deadline:
            raise ExchangePauseError

    @api.model
    def _apply_chunk(self, kind, handler, runs, chunk) -> None:
        """The chunk in one go; when something in it is refused, document by document."""
        busy = [decision for decision in chunk if decision.action != "none"]
        if not busy:
            return
        try:
            with self.env.cr.savepoint():
                handler._apply(kind, runs, busy)
            return
        except PASSING:
            raise
        except Exception:
            if self.env.cr.closed:
                raise
            _logger.debug("chunk refused, trying its documents one by one", exc_info=True)
        self.env.invalidate_all(flush=False)
        for decision in busy:
            try:
                with self.env.cr.savepoint():
                    handler._apply(kind, runs, [decision])
            except PASSING:
                raise
            except Exception as error:
                if self.env.cr.closed:  # the connection is lost: no document is to blame
                    raise
                self.env.invalidate_all(flush=False)
                decision.fail(*self._refusal(error))

    @api.model
    def _refusal(self, error: Exception) -> tuple[str, str]:
        """Reason and remedy for what the database or Odoo itself refused."""
        if isinstance(error, UserError):
            return str(error), self.env._("Correct the row and load it again.")
        if isinstance(error, psycopg2.errors.UniqueViolation):
            return (
                self.env._("Another load brought in the same key at the same moment."),
                self.env._("Load the file again."),
            )
        _logger.error("a row could not be loaded", exc_info=error)
        return (
            self.env._("The row could not be loaded for a technical reason: %(name)s.", name=error),
            self.env._("Ask your administrator; the server's log has the details."),
        )

    @api.model
    def _record_chunk(self, kind, runs, chunk, plan) -> None:
        """Write the outcome of every row of the chunk: new rows by insert, open rows by update."""
        by_role = {run.type_id.code: run for run in runs}
        entries, others = [], self.env["crm.exchange.run"]
        for decision in chunk:
            for row, outcome in zip(decision.document.rows, decision.outcomes, strict=True):
                entry = self._entry(decision, row, outcome)
                if row.row_id:
                    others |= self._update_open_row(row, entry) - runs
                    continue
                run = by_role[row.role]
                entry.update(
                    run_id=run.id,
                    company_id=run.company_id.id,
                    type_id=run.type_id.id,
                    number=row.number,
                    key=row.key,
                    document_key=row.document_key,
                    digest=row.digest,
                )
                entries.append(entry)
                for row_id in plan.replaced.get(id(row), ()):
                    self.env["crm.exchange.row"].browse(row_id).write(
                        {"is_open": False, "repaired_run_id": run.id}
                    )
        self.env["crm.exchange.row"]._record(entries)
        others._refresh_counts()

    @api.model
    def _entry(self, decision, row, outcome) -> dict:
        is_open = outcome.state in ("waiting", "error")
        model, res_id, name = decision.target or (None, None, None)
        raw = None
        if is_open:
            # Pairs and not a mapping: the database would put the columns in an order of its own.
            raw = [[name, text] for name, text in row.raw.items() if name not in ERROR_COLUMNS]
        return {
            "state": outcome.state,
            "column": outcome.column or None,
            "reason": outcome.reason or None,
            "remedy": outcome.remedy or None,
            "is_open": is_open,
            "payload": raw,
            "res_model": None if is_open else model,
            "res_id": None if is_open else res_id,
            "res_name": None if is_open else name,
        }

    @api.model
    def _update_open_row(self, row, entry: dict):
        """Write the outcome of a row of an earlier run; returns that run."""
        record = self.env["crm.exchange.row"].browse(row.row_id)
        entry.pop("payload")
        record.write(entry)
        return record.run_id
