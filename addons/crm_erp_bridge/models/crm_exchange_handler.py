from datetime import datetime, time

import pytz

from odoo import api, models

from ..core.documents import Decision, Document, Outcome
from ..core.mapping import MappedRow
from ..core.rowhash import canonical, row_hash


class CrmExchangeHandler(models.AbstractModel):
    """How one kind of record is made from documents of rows.

    A handler names its targets (what columns may fill), decides on documents without writing,
    and applies decisions. Shortest example: ``crm.exchange.handler.segment``.
    """

    _name = "crm.exchange.handler"
    _description = "Exchange Handler"

    _chunk_size = 200

    @api.model
    def _targets(self, exchange_type) -> tuple[str, ...]:
        """What a column of this type may fill."""
        return ()

    @api.model
    def _decide(self, kind, documents: list[Document], promised: dict) -> list[Decision]:
        """One decision a document. Reads only; promised: keys that files before will bring."""
        raise NotImplementedError

    @api.model
    def _apply(self, kind, runs, decisions: list[Decision]) -> None:
        """Create or update the records of the decisions and remember their keys."""
        raise NotImplementedError

    @api.model
    def _promise(self, kind, decisions: list[Decision], promised: dict) -> None:
        """For a dry run: the keys that will be known once the decisions are applied."""
        for decision in decisions:
            if decision.action == "create":
                promised.setdefault(kind.key_kind, {})[decision.document.key] = True

    @api.model
    def _promise_step(self, kind, promised: dict) -> None:
        """For a dry run: what a step will make of what is promised so far."""

    # help for handlers
    @api.model
    def _run_of(self, runs, kind):
        """The run that keys are remembered under: the one of the type, else the first."""
        return runs.filtered(lambda run: run.type_id == kind)[:1] or runs[:1]

    @api.model
    def _failed_rows(self, document: Document) -> list[Outcome]:
        """A document with problems: the broken rows are errors, the others wait with the reason."""
        engine = self.env["crm.exchange.engine"]
        outcomes, broken = [], ""
        for row in document.rows:
            if row.problems:
                words = [engine._words(problem) for problem in row.problems]
                reason = " ".join(reason for reason, _remedy in words)
                broken = broken or reason
                outcomes.append(Outcome("error", row.problems[0].column, reason, words[0][1]))
            else:
                outcomes.append(None)
        waiting = self._waiting(document, broken)
        return [outcome or waiting for outcome in outcomes]

    @api.model
    def _waiting(self, document: Document, reason: str) -> Outcome:
        if document.blockers:
            old = document.blockers[0]
            reason = self.env._(
                "Row %(row)s of run %(run)s belongs to “%(key)s” and is in error.",
                row=old.mapped.number,
                run=old.run,
                key=document.key,
            )
        else:
            reason = self.env._(
                "Another row of “%(key)s” is in error: %(reason)s", key=document.key, reason=reason
            )
        return Outcome(
            "waiting",
            "",
            reason,
            self.env._("Correct that row and load it; this row then follows by itself."),
        )

    @api.model
    def _noon(self, day) -> datetime:
        """Noon of a day in the company's zone, in UTC: the day stays the day in most zones."""
        zone = pytz.timezone(self.env.company.resource_calendar_id.tz or "UTC")
        local = zone.localize(datetime.combine(day, time(12)))
        return local.astimezone(pytz.utc).replace(tzinfo=None)


class CrmExchangeHandlerMaster(models.AbstractModel):
    """Master data: one row is one record; new content updates what people have not changed.

    Targets may carry a prefix, ``contact.name``: they fill the one companion record (a contact,
    a supplier's price) that is kept beside the main one.
    """

    _name = "crm.exchange.handler.master"
    _inherit = "crm.exchange.handler"
    _description = "Exchange Handler of Master Data"

    _record_model = ""
    _satellite = ("", "", "")  # prefix, model, its field that points to the main record

    @api.model
    def _help(self, kind) -> dict:
        """What ``_prepare`` looks things up in, read once a file."""
        return {}

    @api.model
    def _prepare(self, kind, row: MappedRow, help_: dict) -> dict:
        """Values by field (and prefix.field) as the record will hold them."""
        return {target: value for target, value in row.values.items() if value is not None}

    @api.model
    def _defaults(self, kind) -> dict:
        """Values of a new main record that no column names."""
        return {}

    @api.model
    def _satellite_defaults(self, kind) -> dict:
        return {}

    @api.model
    def _decide(self, kind, documents, promised):
        keys = [document.key for document in documents if not document.problems]
        known = self.env["crm.exchange.key"]._known(
            self.env.company.id, kind.package_id.code, kind.key_kind, keys
        )
        alive = set(
            self.env[self._record_model]
            .browse(record.res_id for record in known.values())
            .exists()
            .ids
        )
        changed = [
            known[document.key].id
            for document in documents
            if document.key in known and known[document.key].content_hash != document.rows[0].digest
        ]
        self.env["crm.exchange.key"].browse(changed)._fetch_written()
        help_ = self._help(kind)
        return [
            self._decide_one(kind, document, known.get(document.key), alive, help_)
            for document in documents
        ]

    @api.model
    def _decide_one(self, kind, document, known, alive, help_) -> Decision:
        if document.problems:
            return Decision(document, "none", self._failed_rows(document))
        row = document.rows[0]
        if not known:
            prepared = self._prepare(kind, row, help_)
            return Decision(document, "create", [Outcome("created")], prepared)
        target = (known.res_model, known.res_id, known.res_name)
        if known.res_id not in alive:
            return self._gone(document, known)
        if known.content_hash == row.digest:
            return Decision(document, "none", [Outcome("unchanged")], known=known, target=target)
        prepared = self._prepare(kind, row, help_)
        changes, kept = self._differences(known, prepared)
        note = ""
        if kept:
            note = self.env._(
                "Changed by a person since it was loaded and therefore kept: %(fields)s.",
                fields=", ".join(self._label(name) for name in kept),
            )
        outcome = Outcome("updated" if changes else "unchanged", "", note)
        return Decision(document, "update", [outcome], prepared, changes, known, target)

    @api.model
    def _gone(self, document, known) -> Decision:
        outcome = Outcome(
            "error",
            "",
            self.env._(
                "“%(name)s” was loaded once and has been deleted since.",
                name=known.res_name or known.key,
            ),
            self.env._("Leave the row out, or give it another key to load it as a new record."),
        )
        return Decision(document, "none", [outcome], known=known)

    @api.model
    def _differences(self, known, prepared: dict) -> tuple[dict, list[str]]:
        """What to write, and which fields a person changed since the last load."""
        written = known.written or {}
        changes, kept = {}, []
        for name, value in prepared.items():
            record, field = self._place(known, name)
            if not record:
                changes[name] = value
                continue
            current = self._plain(record, field)
            if current == canonical(value or None):
                continue
            if name in written and written[name] != current:
                kept.append(name)
            else:
                changes[name] = value
        return changes, kept

    @api.model
    def _place(self, known, name: str):
        prefix, model, _link = self._satellite
        if prefix and name.startswith(f"{prefix}."):
            record = self.env[model].browse(known.satellite_id or []).exists()
            return record, name.split(".", 1)[1]
        return self.env[self._record_model].browse(known.res_id), name

    @api.model
    def _plain(self, record, field: str):
        """The value that a record holds, spelled like the values of a file."""
        value = record[field]
        if record._fields[field].relational:
            return canonical(value.id or None)
        if record._fields[field].type == "boolean":
            return bool(value)
        if record._fields[field].type in ("float", "monetary"):
            return canonical(round(value, 6))
        return canonical(value or None)

    @api.model
    def _label(self, name: str) -> str:
        prefix, model, _link = self._satellite
        if prefix and name.startswith(f"{prefix}."):
            return self.env[model]._fields[name.split(".", 1)[1]].string
        return self.env[self._record_model]._fields[name].string

    @api.model
    def _apply(self, kind, runs, decisions) -> None:
        run = self._run_of(runs, kind)
        self._create_records(kind, run, [d for d in decisions if d.action == "create"])
        for decision in decisions:
            if decision.action == "update":
                self._update_record(kind, run, decision)

    @api.model
    def _create_records(self, kind, run, decisions) -> None:
        split = [self._split(decision.prepared) for decision in decisions]
        defaults = self._defaults(kind)
        records = self.env[self._record_model].create([{**defaults, **main} for main, _s in split])
        satellites = self._create_satellites(kind, records, [values for _m, values in split])
        entries = []
        for decision, record, satellite in zip(decisions, records, satellites, strict=True):
            decision.target = (record._name, record.id, record.display_name)
            entries.append(
                {
                    "key": decision.document.key,
                    "res_model": record._name,
                    "res_id": record.id,
                    "res_name": record.display_name,
                    "satellite_id": satellite.id if satellite else 0,
                    "content_hash": decision.document.rows[0].digest,
                    "written": self._written(decision.prepared, record, satellite),
                }
            )
        self.env["crm.exchange.key"]._remember(run, kind.key_kind, entries)

    @api.model
    def _split(self, values: dict) -> tuple[dict, dict]:
        prefix = f"{self._satellite[0]}."
        main = {name: value for name, value in values.items() if not name.startswith(prefix)}
        rest = {
            name.removeprefix(prefix): value
            for name, value in values.items()
            if name.startswith(prefix)
        }
        return main, rest

    @api.model
    def _create_satellites(self, kind, records, values_list) -> list:
        _prefix, model, link = self._satellite
        result: list = [None] * len(values_list)
        wanted = [index for index, values in enumerate(values_list) if any(values.values())]
        if not wanted:
            return result
        defaults = self._satellite_defaults(kind)
        created = self.env[model].create(
            [
                {**defaults, **values_list[index], link: self._satellite_owner(records[index])}
                for index in wanted
            ]
        )
        for index, satellite in zip(wanted, created, strict=True):
            result[index] = satellite
        return result

    @api.model
    def _satellite_owner(self, record) -> int:
        return record.id

    @api.model
    def _written(self, prepared, record, satellite) -> dict:
        """What the records hold after the load, to see later what people changed."""
        main, rest = self._split(prepared)
        written = {name: self._plain(record, name) for name in main}
        if satellite:
            prefix = self._satellite[0]
            written.update({f"{prefix}.{name}": self._plain(satellite, name) for name in rest})
        return written

    @api.model
    def _update_record(self, kind, run, decision) -> None:
        known = decision.known
        main, rest = self._split(decision.changes)
        record = self.env[self._record_model].browse(known.res_id)
        satellite = self.env[self._satellite[1] or self._record_model].browse(
            known.satellite_id or []
        )
        if main:
            record.write(main)
        if rest and satellite:
            satellite.write(rest)
        elif rest:
            satellite = self._create_satellites(kind, record, [rest])[0]
        written = self._written(decision.changes, record, satellite or None)
        known.write(
            {
                "content_hash": decision.document.rows[0].digest,
                "written": {**(known.written or {}), **written},
                "satellite_id": satellite.id if satellite else known.satellite_id,
                "res_name": record.display_name,
                "run_id": run.id,
            }
        )


class CrmExchangeHandlerDocument(models.AbstractModel):
    """Documents: made once; other content under a known key is a conflict, never an overwrite."""

    _name = "crm.exchange.handler.document"
    _inherit = "crm.exchange.handler"
    _description = "Exchange Handler of Documents"

    @api.model
    def _decide(self, kind, documents, promised):
        Key = self.env["crm.exchange.key"]
        company, scope = self.env.company.id, kind.package_id.code
        known = Key._known(
            company, scope, kind.key_kind, [doc.key for doc in documents if doc.has_name]
        )
        row_keys = {row.key for document in documents for row in document.rows if row.key}
        row_kind = self._row_kind(kind)
        known_rows = Key._known(company, scope, row_kind, row_keys) if row_kind else {}
        return [
            self._decide_one(kind, document, known.get(document.key), known_rows, promised)
            for document in documents
        ]

    @api.model
    def _row_kind(self, kind) -> str:
        """Kind of key of the single rows of a document."""
        return f"{kind.key_kind}_row"

    @api.model
    def _decide_one(self, kind, document, known, known_rows, promised) -> Decision:
        if known:
            return self._compare(kind, document, known, known_rows)
        if document.problems:
            return Decision(document, "none", self._failed_rows(document))
        missing = self._missing(kind, document, promised)
        if missing:
            outcomes = [Outcome("waiting", "", *missing)] * len(document.rows)
            return Decision(document, "none", outcomes)
        outcomes = [Outcome("created")] * len(document.rows)
        return Decision(document, "create", outcomes, self._prepare(kind, document, promised))

    @api.model
    def _missing(self, kind, document, promised) -> tuple[str, str] | None:
        """Reason and remedy when the document is not complete yet."""
        return None

    @api.model
    def _prepare(self, kind, document, promised) -> dict:
        """Values for the record."""
        return {}

    @api.model
    def _compare(self, kind, document, known, known_rows) -> Decision:
        """Rows of a document that is in already: the same again, or a conflict."""
        target = (known.res_model, known.res_id, known.res_name)
        conflict = Outcome(
            "error",
            "",
            self.env._(
                "“%(key)s” is loaded already as %(name)s, and this row says something else.",
                key=document.key,
                name=known.res_name,
            ),
            self.env._(
                "Documents are never overwritten: change %(name)s by hand, or leave the row out.",
                name=known.res_name,
            ),
        )
        outcomes = []
        failed = self._failed_rows(document)
        for row, outcome in zip(document.rows, failed, strict=True):
            if row.problems:
                outcomes.append(outcome)
                continue
            memory = known_rows.get(row.key)
            same = memory and memory.content_hash == self._row_digest(row)
            outcomes.append(Outcome("unchanged") if same else conflict)
        return Decision(document, "none", outcomes, known=known, target=target)

    @api.model
    def _row_digest(self, row: MappedRow) -> str:
        return row.digest

    @api.model
    def _remember_documents(self, kind, runs, decisions) -> None:
        """Keys of the documents and of their rows, in one statement."""
        entries = []
        for decision in decisions:
            model, res_id, name = decision.target
            base = {"res_model": model, "res_id": res_id, "res_name": name}
            digest = row_hash({row.key: row.digest for row in decision.document.rows})
            key = decision.document.key
            entries.append({**base, "key": key, "content_hash": digest})
            entries += [
                {**base, "kind": self._row_kind(kind), "key": row.key, "content_hash": row.digest}
                for row in decision.document.rows
            ]
        self.env["crm.exchange.key"]._remember(self._run_of(runs, kind), kind.key_kind, entries)


class CrmExchangeHandlerStep(models.AbstractModel):
    """Steps after the files: they find by themselves what is due, so they can be repeated."""

    _name = "crm.exchange.handler.step"
    _inherit = "crm.exchange.handler"
    _description = "Exchange Handler of Steps"

    _chunk_size = 50

    @api.model
    def _candidates(self, step) -> list[tuple[str, int]]:
        """(key of the order, id of the order) of everything that is due."""
        raise NotImplementedError

    @api.model
    def _documents(self, step, candidates, number: int) -> list[Decision]:
        """One decision a candidate; rows are numbered on from ``number``."""
        decisions = []
        for index, (key, res_id) in enumerate(candidates, start=number + 1):
            row = MappedRow(index, step.code, key, key, {}, {"id": res_id}, "", [])
            decisions.append(Decision(Document(key, [row]), "create", [Outcome("created")]))
        return decisions

    @api.model
    def _orders_of(self, decisions):
        """The orders behind decisions, in their order."""
        ids = [decision.document.rows[0].values["id"] for decision in decisions]
        return self.env["sale.order"].browse(ids)

    @api.model
    def _shipped_orders(self, step) -> list[tuple[str, int]]:
        """Key and id of the loaded, confirmed, shipped orders of the step's package."""
        keys = self.env["crm.exchange.key"].search_fetch(
            [
                ("company_id", "=", self.env.company.id),
                ("scope", "=", step.package_id.code),
                ("kind", "=", "order"),
            ],
            ["key", "res_id"],
            order="id",
        )
        shipped = self.env["sale.order"].search(
            [
                ("id", "in", [key.res_id for key in keys]),
                ("state", "=", "sale"),
                ("crm_shipped_date", "!=", False),
            ]
        )
        wanted = set(shipped.ids)
        return [(key.key, key.res_id) for key in keys if key.res_id in wanted]
