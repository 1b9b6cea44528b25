from __future__ import annotations

from dataclasses import dataclass

from odoo import api, models

from ..core.documents import Decision, OpenRow, assemble
from ..core.mapping import MappedRow, map_row, map_rows
from ..core.problem import Problem, ReadError
from ..core.reader import read_csv
from ..core.rowhash import file_hash
from ..core.sheet import is_sheet, read_xlsx


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


class CrmExchangeCheck(models.AbstractModel):
    """The first phase of a load: read files and decide on every row, without writing.

    A dry run is this phase alone, so what it promises is what the second phase does.
    """

    _name = "crm.exchange.check"
    _description = "Exchange Check"

    # dry run
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

    # decisions
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

    # words
    @api.model
    def _words(self, problem: Problem) -> tuple[str, str]:
        """Reason and remedy of a problem, as sentences that name the place."""
        facts = {"column": problem.column, "value": problem.value, **problem.facts}
        return self.env["crm.exchange.words"]._sentences(problem.code, facts)
