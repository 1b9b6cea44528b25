import logging
import time
from dataclasses import dataclass

import psycopg2
import psycopg2.errors

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.documents import Decision, OpenRow, assemble
from ..core.mapping import MappedRow, map_row, map_rows
from ..core.problem import Problem, ReadError
from ..core.reader import ERROR_COLUMNS, read_csv
from ..core.rowhash import file_hash
from ..core.sheet import is_sheet, read_xlsx

# A load commits after each chunk when its caller is the command line or a lane; a killed load
# then goes on where it stood. The wizard and tests ask for no commit.
# pylint: disable=invalid-commit

_logger = logging.getLogger(__name__)

# No mail, no followers, no tracking: a load states what happened long ago.
QUIET = {
    "tracking_disable": True,
    "mail_notrack": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_automation_skip": True,
    "no_reset_password": True,
    "skip_sms": True,
    "crm_exchange": True,
}
LOCK = 0x43524D45  # "CRME": first half of the advisory lock, the second is the company
TRIES = 5
IDLE_CHUNK = 5000  # rows that change nothing: their outcome is one insert
LANE_SECONDS = 60
PASSING = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
)


class ExchangePauseError(Exception):
    """The lane's time is up; everything so far is kept and the run goes on later."""


class ExchangeBusyError(UserError):
    """Another load of the company is at work."""


@dataclass
class Source:
    """A file on its way in: how it is read, its name and bytes, and its run when it has one."""

    type: models.BaseModel
    name: str
    data: bytes
    run: models.BaseModel | None = None
    rows: list[MappedRow] | None = None  # read once, for counting and for deciding


@dataclass
class Plan:
    """What a load of one family of files will do."""

    sources: list[Source]
    decisions: list[Decision]
    replaced: dict
    counts: dict[str, int]


class CrmExchangeEngine(models.AbstractModel):
    """Two phases, check and commit: the check decides, the commit writes by chunks.

    Checking reads only, so a dry run is the same check without the second phase. Nothing here
    commits unless the command line or the lane asks for it (``commit=True``); then every chunk is
    kept with its rows in one transaction, and an interrupted run goes on where it stopped.
    """

    _name = "crm.exchange.engine"
    _description = "Exchange Engine"

    # environment
    @api.model
    @api.private
    def _as_engine(self, company) -> models.BaseModel:
        """This engine under its own user, in one company.

        The engine user is a record with listed groups; it never posts. Callers check first who
        asks. Sudo: only to let the user into the company that the caller was allowed to name.
        """
        # sudo: whoever loads may not write users; only the engine's companies are extended.
        user = self.env.ref("crm_erp_bridge.crm_erp_bridge_user_engine").sudo()
        if company not in user.company_ids:
            user.write({"company_ids": [(4, company.id)]})
        context = {**QUIET, "allowed_company_ids": company.ids, "lang": "en_US"}
        return self.with_user(user).with_context(**context)

    @api.model
    def _lock(self, commit: bool) -> None:
        """One load a company at a time; a killed load frees its lock with its connection."""
        within = SQL("pg_try_advisory_lock") if commit else SQL("pg_try_advisory_xact_lock")
        [[free]] = self.env.execute_query(
            SQL("SELECT %s(%s, %s)", within, LOCK, self.env.company.id)
        )
        if not free:
            raise ExchangeBusyError(
                self.env._(
                    "Another load for %(company)s is running. Wait until it is done, see Runs.",
                    company=self.env.company.display_name,
                )
            )
        if commit:
            # The snapshot of this transaction may be older than the lock.
            self.env.cr.commit()

    @api.model
    def _unlock(self, commit: bool) -> None:
        if commit:
            self.env.cr.rollback()
            self.env.execute_query(
                SQL("SELECT pg_advisory_unlock(%s, %s)", LOCK, self.env.company.id)
            )
            self.env.cr.commit()

    # entry points
    @api.model
    @api.private
    def _load(self, files, requester, package=None, commit: bool = False, report=None) -> list:
        """Load files and carry out the steps of their package.

        files: list of (type, name, bytes). Returns one dict per file or step in order of work:
        run (empty for a step without work), type, name and repeat (loaded earlier, nothing done).
        """
        self._lock(commit)
        try:
            results = []
            sources = self._open_sources(files, requester, commit, package if commit else None)
            for group in self._in_order(package, sources):
                results += self._load_group(group, requester, commit, report)
            return results
        finally:
            self._unlock(commit)

    @api.model
    def _open_sources(self, files, requester, commit: bool, package=None) -> list:
        """A run for every file and step first, so that an interrupted load is seen and goes on."""
        result = []
        for source in self._sources(files):
            run, is_over = self.env["crm.exchange.run"]._open(
                source.type, source.name, source.data, requester
            )
            source.run = run
            result.append((source, is_over))
        if any(source.type.handler == "order" and not is_over for source, is_over in result):
            for step in self._steps(package):
                self.env["crm.exchange.run"]._open(step, step.name, None, requester)
        if commit:
            self.env.cr.commit()
        return result

    @api.model
    def _sources(self, files) -> list[Source]:
        """Files as sources; the types are read as the engine's user, whoever handed them over."""
        Type = self.env["crm.exchange.type"]
        sources = [Source(Type.browse(kind.id), name, data) for kind, name, data in files]
        return sorted(sources, key=lambda source: (source.type.sequence, source.name))

    @api.model
    def _in_order(self, package, sources) -> list:
        """Families of files, and the steps that follow orders, in their order of work."""
        groups: dict = {}
        for source, is_over in sources:
            groups.setdefault(source.type._family()[0], []).append((source, is_over))
        steps = self._steps(package)
        if not any(source.type.handler == "order" for source, _over in sources):
            steps = self._unfinished(steps).type_id
        groups.update(dict.fromkeys(steps))
        return [(kind, groups[kind]) for kind in sorted(groups, key=lambda t: (t.sequence, t.id))]

    @api.model
    def _steps(self, package):
        """The steps of a package, none without a package."""
        own = self.env["crm.exchange.package"].browse(package.id if package else [])
        return own.type_ids.filtered("is_step")

    @api.model
    def _unfinished(self, types):
        """Runs of the types that wait or were interrupted."""
        return self.env["crm.exchange.run"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("type_id", "in", types.ids),
                ("state", "in", ("queued", "running")),
            ],
            order="id",
        )

    @api.model
    def _load_group(self, group, requester, commit: bool, report) -> list[dict]:
        kind, sources = group
        if sources is None:
            run = self._run_step(kind, requester, commit, report)
            return [{"run": run, "type": kind, "name": kind.name, "repeat": not run}]
        sources.sort(key=lambda pair: (pair[0].type != kind, pair[0].type.sequence))
        todo = [source for source, is_over in sources if not is_over]
        if todo:
            self._execute(todo, commit, report)
        return [
            {
                "run": source.run,
                "type": source.type,
                "name": source.name,
                "repeat": is_over,
            }
            for source, is_over in sources
        ]

    @api.model
    @api.private
    def _retry(self, runs, commit: bool = False, report=None) -> None:
        """Decide anew on the rows to repair of finished runs."""
        self._lock(commit)
        try:
            for run in self.env["crm.exchange.run"].browse(runs.ids):
                family = run.type_id._family()
                # A second row with a known key stands alone: trying cannot make it right.
                rows = self._open_rows(family, run)
                mapped = [old.mapped for old in rows if old.mapped.document_key]
                if mapped:
                    sources = [Source(run.type_id, run.file_name, b"", run)]
                    self._commit_plan(self._plan(sources, mapped=mapped), commit, report)
        finally:
            self._unlock(commit)

    @api.model
    @api.private
    def _check(self, files, package=None) -> list[dict]:
        """What a load would do, without doing it: per file counts and rows with problems."""
        promised: dict[str, dict] = {}
        results = []
        sources = [(source, False) for source in self._sources(files)]
        for kind, group in self._in_order(package, sources):
            if group is None:
                kind._handler()._promise_step(kind, promised)
                continue
            results += self._check_group(kind, [source for source, _over in group], promised)
        return results

    @api.model
    def _check_group(self, kind, sources, promised) -> list[dict]:
        sources.sort(key=lambda source: (source.type != kind, source.type.sequence))
        results, readable = {}, []
        for source in sources:
            results[source.type.id] = self._empty_result(source)
            earlier = self._earlier_run(source)
            results[source.type.id]["run"] = earlier
            if earlier:
                continue
            try:
                self._mapped(source)
                readable.append(source)
            except ReadError as error:
                results[source.type.id]["note"] = " ".join(self._words(error.problem))
        if readable:
            plan = self._plan(readable, promised=promised)
            kind._handler()._promise(kind, plan.decisions, promised)
            self._count_plan(plan, results)
        return list(results.values())

    @api.model
    def _earlier_run(self, source: Source):
        """The finished run that read the same bytes, if any."""
        return self.env["crm.exchange.run"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("type_id", "=", source.type.id),
                ("sha256", "=", file_hash(source.data)),
                ("state", "=", "done"),
            ],
            limit=1,
        )

    @api.model
    def _empty_result(self, source: Source) -> dict:
        states = ("created", "updated", "unchanged", "waiting", "error")
        return {
            "type": source.type,
            "name": source.name,
            "run": self.env["crm.exchange.run"],
            "note": "",
            "rows": 0,
            "problems": [],
            **dict.fromkeys(states, 0),
        }

    @api.model
    def _count_plan(self, plan: Plan, results: dict) -> None:
        by_role = {source.type.code: source.type.id for source in plan.sources}
        for decision in plan.decisions:
            for row, outcome in zip(decision.document.rows, decision.outcomes, strict=True):
                if row.row_id or row.role not in by_role:
                    continue
                result = results[by_role[row.role]]
                result["rows"] += 1
                result[outcome.state] += 1
                if outcome.state == "error":
                    result["problems"].append((row.number, outcome))
        for result in results.values():
            result["problems"].sort(key=lambda pair: pair[0])

    # phase 1: check
    @api.model
    def _mapped(self, source: Source) -> list[MappedRow]:
        """All rows of a file, converted. Raises ReadError where the file is not readable."""
        if source.rows is None:
            if is_sheet(source.data):
                cells = read_xlsx(source.data)
            else:
                cells = read_csv(source.data, source.type.encoding, source.type.delimiter)
            source.rows = map_rows(cells, source.type._template(), source.type.code)
        if not source.rows:
            raise ReadError(Problem("empty"))
        return source.rows

    @api.model
    def _plan(self, sources, mapped=None, promised=None) -> Plan:
        """Decide on every row of a family of files; reads, never writes."""
        kind = sources[0].type._family()[0]
        counts = {}
        if mapped is None:
            mapped = []
            for source in sources:
                rows = self._mapped(source)
                counts[source.type.code] = len(rows)
                if source.run:
                    missing = source.run._unrecorded(row.number for row in rows)
                    rows = [row for row in rows if row.number in missing]
                mapped += rows
        retried = {row.row_id for row in mapped if row.row_id}
        open_rows = [
            old for old in self._open_rows(kind._family()) if old.mapped.row_id not in retried
        ]
        documents, pairs = assemble(mapped, open_rows)
        self._resolve(kind._family(), documents, promised or {})
        decisions = kind._handler()._decide(kind, documents, promised or {})
        replaced: dict = {}
        for old, new in pairs:
            replaced.setdefault(id(new), []).append(old.mapped.row_id)
        return Plan(sources, decisions, replaced, counts)

    @api.model
    def _open_rows(self, family, run=None) -> list[OpenRow]:
        """What earlier runs of the family left waiting or in error, mapped as of today."""
        domain = [
            ("company_id", "=", self.env.company.id),
            ("type_id", "in", family.ids),
            ("is_open", "=", True),
        ]
        if run:
            domain.append(("run_id", "=", run.id))
        templates = {exchange_type: exchange_type._template() for exchange_type in family}
        result = []
        for row in self.env["crm.exchange.row"].search(domain, order="id"):
            mapped = map_row(
                row.number, row._file_cells(), templates[row.type_id], row.type_id.code
            )
            mapped.row_id = row.id
            mapped.document_key = row.document_key or ""
            result.append(OpenRow(mapped, row.run_id.name, row.state == "error"))
        return result

    @api.model
    def _resolve(self, family, documents, promised) -> None:
        """Replace keys of other files and names of countries by the records they stand for."""
        rows = [row for document in documents for row in document.rows]
        for exchange_type in family:
            own = [row for row in rows if row.role == exchange_type.code]
            for line in exchange_type.mapping_ids:
                if line.converter == "reference":
                    self._resolve_reference(exchange_type, line, own, promised)
                elif line.converter == "country":
                    self._resolve_country(line, own)

    @api.model
    def _resolve_reference(self, exchange_type, line, rows, promised) -> None:
        wanted = {row.values[line.target] for row in rows if row.values.get(line.target)}
        scope, kind = exchange_type.package_id.code, line.reference_kind
        known = self.env["crm.exchange.key"]._known(self.env.company.id, scope, kind, wanted)
        found = {key: record.res_id for key, record in known.items()}
        for model in {record.res_model for record in known.values()}:
            alive = set(self.env[model].browse(found.values()).exists().ids)
            found = {key: res_id for key, res_id in found.items() if res_id in alive}
        coming = promised.get(kind, {})
        for row in rows:
            text = row.values.get(line.target)
            if not text:
                continue
            row.values[line.target] = found.get(text, 0)
            if text not in found and text not in coming:
                facts = {"kind": kind}
                row.problems.append(Problem("reference", line.column, text, facts))

    @api.model
    def _resolve_country(self, line, rows) -> None:
        countries = {}
        for country in self.env["res.country"].search([]):  # pylint: disable=no-search-all
            countries[country.name.casefold()] = country.id
            countries[country.code.casefold()] = country.id
        for row in rows:
            text = row.values.get(line.target)
            if text:
                row.values[line.target] = countries.get(text.casefold(), 0)
                if not row.values[line.target]:
                    row.problems.append(Problem("country", line.column, text))

    # phase 2: commit
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

    # steps
    @api.model
    def _run_step(self, step, requester, commit: bool, report):
        """Carry out a step on what the files have brought in; an empty run when nothing is due."""
        handler = step._handler()
        Run = self.env["crm.exchange.run"]
        candidates = handler._candidates(step)
        waiting = self._unfinished(step)[:1]
        if not candidates and not waiting:
            return Run
        run = waiting or Run._open(step, step.name, None, requester)[0]
        run.write(
            {
                "state": "running",
                "row_count": run._counted() + len(candidates),
                "started_at": run.started_at or fields.Datetime.now(),
            }
        )
        if commit:
            self.env.cr.commit()
        self._step_chunks(handler, step, run, candidates, commit, report)
        run.write({"state": "done", "finished_at": fields.Datetime.now()})
        if commit:
            self.env.cr.commit()
        return run

    @api.model
    def _step_chunks(self, handler, step, run, candidates, commit, report) -> None:
        number = run._counted()
        size = handler._chunk_size
        for start in range(0, len(candidates), size):
            documents = handler._documents(step, candidates[start : start + size], number)
            number += len(documents)
            replaced = self._step_replaced(step, documents)
            plan = Plan([Source(step, step.name, b"", run)], documents, replaced, {})
            self._commit_chunk(step, handler, run, documents, plan, commit)
            if report:
                report(run)
        run._refresh_counts()

    @api.model
    def _step_replaced(self, step, decisions) -> dict:
        """Rows that an earlier round of the step left in error are replaced by this round."""
        rows = {decision.document.key: decision.document.rows[0] for decision in decisions}
        found = self.env["crm.exchange.row"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("type_id", "=", step.id),
                ("is_open", "=", True),
                ("key", "in", list(rows)),
            ]
        )
        replaced: dict = {}
        for old in found:
            replaced.setdefault(id(rows[old.key]), []).append(old.id)
        return replaced

    # lane
    @api.model
    def _cron_lane(self) -> None:
        """Go on with runs that wait or were interrupted; every chunk is committed by itself."""
        runs = self.env["crm.exchange.run"].search(
            [("state", "in", ("queued", "running"))], order="id"
        )
        commit = not self.env.context.get("crm_exchange_no_commit")
        for company in runs.company_id:
            own = runs.filtered(lambda run, company=company: run.company_id == company)
            engine = self._as_engine(company)
            engine = engine.with_context(crm_exchange_deadline=time.monotonic() + LANE_SECONDS)
            try:
                engine._resume(own, commit=commit)
            except ExchangeBusyError:
                _logger.info("%s: another load is at work, the lane comes back", company.name)
            except ExchangePauseError:
                # Waking the scheduled job again writes a technical record.
                self.env.ref("crm_erp_bridge.crm_exchange_cron_load").sudo()._trigger()

    @api.model
    @api.private
    def _resume(self, runs, commit: bool, report=None) -> list:
        """Finish runs from the files they keep, package by package."""
        results = []
        runs = self.env["crm.exchange.run"].browse(runs.ids)
        for package in runs.package_id:
            own = runs.filtered(lambda run, package=package: run.package_id == package)
            files = [
                (run.type_id, run.file_name, run._data())
                for run in own.sorted("id")
                if not run.type_id.is_step
            ]
            results += self._load(files, self.env.user, package, commit, report)
        return results

    # words
    @api.model
    def _words(self, problem: Problem) -> tuple[str, str]:
        """Reason and remedy of a problem, as sentences that name the place."""
        facts = {"column": problem.column, "value": problem.value, **problem.facts}
        return self.env["crm.exchange.words"]._sentences(problem.code, facts)
