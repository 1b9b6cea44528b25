from __future__ import annotations

import logging
import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .crm_exchange_check import Plan, Source
from .crm_exchange_commit import ExchangePauseError

# The command line and the lanes ask for a commit: a killed load then goes on where it stood, and
# the lock is seen by the others. The wizard and tests ask for none.
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
LANE_SECONDS = 60


class ExchangeBusyError(UserError):
    """Another load of the company is at work."""


class CrmExchangeEngine(models.AbstractModel):
    """Two phases, check and commit: the check decides, the commit writes by chunks.

    Checking reads only, so a dry run is the same check without the second phase. Nothing here
    commits unless the command line or the lane asks for it (``commit=True``); then every chunk is
    kept with its rows in one transaction, and an interrupted run goes on where it stopped.
    """

    _name = "crm.exchange.engine"
    _description = "Exchange Engine"
    _inherit = ["crm.exchange.check", "crm.exchange.commit"]

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
