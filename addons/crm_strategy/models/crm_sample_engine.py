from __future__ import annotations

import hashlib
from collections import Counter

from psycopg2 import Error as DatabaseError

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

# Children before what they hang on.
REMOVAL = (
    "crm.need",
    "crm.need.analysis",
    "crm.charter.line",
    "crm.charter",
    "crm.team",
    "crm.segment",
    "crm.segment.weight",
    "crm.channel",
)
LOGGED = ("write_uid", "write_date", "create_uid", "create_date")


class CrmSampleEngine(models.AbstractModel):
    """Loads a sample into a company and takes away again what nobody changed or used.

    Every kind of item has ``_find_<kind>(item, company)``, which names the record that is there
    already, and ``_load_<kind>(item, company)``, which makes the records. What was made is noted
    with a fingerprint of its row and with how often other rows point to it: a row that looks
    different, or is pointed to more often, stays.
    """

    _name = "crm.sample.engine"
    _description = "Loading of Samples"

    # ------------------------------------------------------------------
    # Load
    # ------------------------------------------------------------------

    def _load(self, company: models.BaseModel) -> list[str]:
        """Make what is not there yet; sentences about what was done."""
        self.ensure_one()
        self._check_manager()
        # Access: the strategy manager asked for what the page showed; charters, needs and weights
        # are made for the company as the suite makes them.
        engine = self.sudo().with_company(company)
        made, known = Counter(), 0
        loaded: list[tuple] = []
        for item in engine.item_ids:
            if engine._find(item, company):
                known += 1
                continue
            records = getattr(engine, f"_load_{item.kind}")(item, company)
            loaded += [(item, record) for record in records]
            made[item.kind] += bool(records)
        engine._note(loaded, company)
        labels = dict(self.item_ids._fields["kind"]._description_selection(self.env))
        sentences = []
        if made:
            sentences.append(
                self.env._(
                    "“%(name)s” was loaded: %(what)s.",
                    name=self.name,
                    what=", ".join(f"{labels[kind]}: {n}" for kind, n in made.items() if n),
                )
            )
        if known:
            sentences.append(
                self.env._("%(count)s parts were there already and stay as they are.", count=known)
            )
        return sentences

    def _find(self, item: models.BaseModel, company: models.BaseModel):
        """The record that stands where the item would go; falsy when there is none."""
        return getattr(self, f"_find_{item.kind}")(item, company)

    def _own(self, item: models.BaseModel, company: models.BaseModel, model: str):
        """The record of a model that loading the item made in the company, while it exists."""
        lines = self.env["crm.sample.record"].search(
            [
                ("item_id", "=", item.id),
                ("company_id", "=", company.id),
                ("res_model", "=", model),
            ]
        )
        return self.env[model].browse(lines.mapped("res_id")).exists()[:1]

    # segments
    def _find_segment(self, item, company):
        segments = self.env["crm.segment"].with_context(active_test=False)
        names = self._names(item)
        return segments.search(
            [("company_id", "=", company.id), ("name", "in", names)], limit=1
        ) or self._own(item, company, "crm.segment")

    def _load_segment(self, item, company) -> list:
        own = self.env["crm.segment"].search([("company_id", "=", company.id)])
        segment = own.create(
            {
                "name": self._english(item, "name"),
                "description": self._english(item, "description"),
                "company_id": company.id,
                "sequence": max(own.mapped("sequence"), default=0) + 10,
            }
        )
        self._translate(item, "name", segment, "name")
        team = self.env["crm.team"].create(
            {
                "name": self._english(item, "name"),
                "company_id": company.id,
                "crm_segment_id": segment.id,
                "user_id": False,
            }
        )
        self._translate(item, "name", team, "name")
        return [segment, team, *self._charter(team)]

    def _charter(self, team) -> list:
        """The charter of a new team and its lines, where there are charters."""
        if "crm.charter" not in self.env:
            return []
        Charter = self.env["crm.charter"]
        charter = Charter.search([("team_id", "=", team.id)]) or Charter.create(
            {"team_id": team.id}
        )
        return [charter, *charter.line_ids]

    def _segment_of(self, item, company):
        """The segment of an item that belongs to one."""
        parts = self.item_ids.filtered(
            lambda part: part.kind == "segment" and part.key == item.segment_key
        )
        return self._find_segment(parts[:1], company) if parts else self.env["crm.segment"]

    # weights
    def _find_weight(self, item, company):
        criterion = item._sample_criterion()
        if not criterion:
            return True
        return self.env["crm.segment.weight"].search(
            [("criterion_id", "=", criterion.id), ("company_id", "=", company.id)], limit=1
        )

    def _load_weight(self, item, company) -> list:
        return [
            self.env["crm.segment.weight"].create(
                {
                    "criterion_id": item._sample_criterion().id,
                    "company_id": company.id,
                    "weight": item.amount,
                }
            )
        ]

    # channels
    def _find_channel(self, item, company):
        channels = self.env["crm.channel"].with_context(active_test=False)
        return channels.search([("code", "=", item.key)], limit=1)

    def _load_channel(self, item, company) -> list:
        channel = self.env["crm.channel"].create(
            {
                "name": self._english(item, "name"),
                "code": item.key,
                "description": self._english(item, "description"),
                "is_personal": True,
                "sequence": 90,
            }
        )
        self._translate(item, "name", channel, "name")
        self._translate(item, "description", channel, "description")
        return [channel]

    # needs
    def _find_need(self, item, company):
        if "crm.need" not in self.env or not self._segment_of(item, company):
            return True
        return self._own(item, company, "crm.need")

    def _load_need(self, item, company) -> list:
        made = []
        analysis = self._analysis(company, item)
        if not analysis:
            analysis = self.env["crm.need.analysis"].create(
                {
                    "name": self.env._("Usual needs: %(name)s", name=self.name),
                    "company_id": company.id,
                    "segment_id": self._segment_of(item, company).id,
                }
            )
            made.append(analysis)
        need_class = self.env["crm.need.class"].search(
            [("code", "=", item.key), ("company_id", "in", (company.id, False))], limit=1
        )
        need = self.env["crm.need"].create(
            {
                "name": item.name,
                "analysis_id": analysis.id,
                "class_id": need_class.id,
                **({"legal_reference": item.description} if item.description else {}),
            }
        )
        return [*made, need]

    def _analysis(self, company, item):
        """The analysis into which needs of this sample were put a moment ago."""
        return self.env["crm.need.analysis"].search(
            [
                ("company_id", "=", company.id),
                ("segment_id", "=", self._segment_of(item, company).id),
                ("name", "=", self.env._("Usual needs: %(name)s", name=self.name)),
            ],
            limit=1,
        )

    # targets
    def _find_target(self, item, company):
        """Only charters that came with this sample get its targets; others are people's own."""
        line = self._charter_line(item, company)
        return not line or line.target == item.amount or bool(self._noted(line, company))

    def _load_target(self, item, company) -> list:
        self._charter_line(item, company).target = item.amount
        return [self._charter_line(item, company)]

    def _charter_line(self, item, company):
        rule = item._sample_rule()
        if not rule:
            return None
        segment = self._segment_of(item, company)
        return (
            self.env["crm.charter.line"].search(
                [("charter_id.segment_id", "=", segment.id), ("rule_id", "=", rule.id)], limit=1
            )
            if segment
            else None
        )

    # words
    def _english(self, item, name: str):
        return item.with_context(lang="en_US")[name] or False

    def _names(self, item) -> list[str]:
        langs = [code for code, _label in self.env["res.lang"].get_installed()]
        return list({item.with_context(lang=lang).name for lang in (*langs, "en_US")})

    def _translate(self, item, source: str, record, target: str) -> None:
        """Give a record the translations of the item."""
        if not record._fields[target].translate:
            record[target] = item[source]
            return
        for lang, _label in self.env["res.lang"].get_installed():
            word = item.with_context(lang=lang)[source]
            if lang != "en_US" and word and word != self._english(item, source):
                record.with_context(lang=lang)[target] = word

    # ------------------------------------------------------------------
    # What was made
    # ------------------------------------------------------------------

    def _noted(self, record, company):
        return self.env["crm.sample.record"].search(
            [
                ("company_id", "=", company.id),
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("item_id.kind", "=", "target"),
            ],
            limit=1,
        )

    def _note(self, loaded: list[tuple], company) -> None:
        """Remember what was made, how it looks and who points to it."""
        self.env.flush_all()
        Record = self.env["crm.sample.record"]
        # A target changes a line that came with the team: one note, by the last item.
        latest = {(record._name, record.id): (item, record) for item, record in loaded}
        for item, record in latest.values():
            Record.search(
                [
                    ("company_id", "=", company.id),
                    ("res_model", "=", record._name),
                    ("res_id", "=", record.id),
                ]
            ).unlink()
            Record.create(
                {
                    "set_id": self.id,
                    "item_id": item.id,
                    "company_id": company.id,
                    "res_model": record._name,
                    "res_id": record.id,
                }
            )
        fresh = Record.search([("set_id", "=", self.id), ("company_id", "=", company.id)])
        fresh = fresh.filtered(lambda line: not line.fingerprint)
        looks, uses = self._fingerprints(fresh), self._uses(fresh)
        for line in fresh:
            line.write({"fingerprint": looks.get(line, ""), "uses": uses.get(line, {})})

    @api.model
    def _fingerprints(self, lines) -> dict:
        """Line -> digest of the columns that people fill in, in all languages, of its record.

        Lines whose record is gone are absent.
        """
        found = {}
        for model, own in lines.grouped("res_model").items():
            if model not in self.env:
                continue
            Model = self.env[model]
            skipped = [
                name
                for name, field in Model._fields.items()
                if field.store and (field.compute or name in LOGGED)
            ]
            rows = self.env.execute_query(
                SQL(
                    "SELECT line.id, (to_jsonb(line) - %s::text[])::text"
                    " FROM %s AS line WHERE line.id = ANY(%s)",
                    sorted(skipped),
                    SQL.identifier(Model._table),
                    own.mapped("res_id"),
                )
            )
            digests = {row_id: hashlib.sha256(text.encode()).hexdigest() for row_id, text in rows}
            found |= {line: digests[line.res_id] for line in own if line.res_id in digests}
        return found

    @api.model
    def _links_to(self, table: str) -> list[tuple[str, str]]:
        """(table, column) of the foreign keys that point to a table."""
        return self.env.execute_query(
            SQL(
                """
                SELECT source.relname, attribute.attname
                  FROM pg_constraint AS link
                  JOIN pg_class AS source ON source.oid = link.conrelid
                  JOIN pg_class AS target ON target.oid = link.confrelid
                  JOIN pg_attribute AS attribute
                    ON attribute.attrelid = link.conrelid AND attribute.attnum = link.conkey[1]
                 WHERE link.contype = 'f' AND target.relname = %s
                   AND source.relnamespace = current_schema()::regnamespace
                """,
                table,
            )
        )

    @api.model
    def _uses(self, lines) -> dict:
        """Line -> “table.column” -> rows that point to its record."""
        found: dict = {line: {} for line in lines}
        for model, own in lines.grouped("res_model").items():
            if model not in self.env:
                continue
            by_id = {line.res_id: line for line in own}
            for table, column in self._links_to(self.env[model]._table):
                key = SQL.identifier(column)
                rows = self.env.execute_query(
                    SQL(
                        "SELECT %s, COUNT(*) FROM %s WHERE %s = ANY(%s) GROUP BY 1",
                        key,
                        SQL.identifier(table),
                        key,
                        list(by_id),
                    )
                )
                for row_id, count in rows:
                    found[by_id[row_id]][f"{table}.{column}"] = count
        return found

    # ------------------------------------------------------------------
    # Remove
    # ------------------------------------------------------------------

    def _record_states(self, company) -> dict:
        """Line -> loaded, changed, used or gone, of what was made in the company."""
        self.env.flush_all()
        lines = self.env["crm.sample.record"].search(
            [("set_id", "=", self.id), ("company_id", "=", company.id)]
        )
        looks, uses = self._fingerprints(lines), self._uses(lines)
        states = {}
        for line in lines:
            if line not in looks:
                states[line] = "gone"
            elif looks[line] != line.fingerprint:
                states[line] = "changed"
            else:
                before = line.uses or {}
                grown = any(count > before.get(key, 0) for key, count in uses[line].items())
                states[line] = "used" if grown else "loaded"
        return self._keep_needed(states)

    def _keep_needed(self, states: dict) -> dict:
        """What a record that stays points to stays as well."""
        free = {line for line, state in states.items() if state == "loaded"}
        staying = [line for line, state in states.items() if state in ("changed", "used")]
        while staying:
            line = staying.pop()
            record = self.env[line.res_model].browse(line.res_id)
            for name, field in record._fields.items():
                if field.type != "many2one" or not field.store or not record[name]:
                    continue
                for other in list(free):
                    if (other.res_model, other.res_id) == (field.comodel_name, record[name].id):
                        free.discard(other)
                        states[other] = "used"
                        staying.append(other)
        return states

    def _item_states(self, company) -> dict[int, str]:
        """Item id -> what loading or removing would do with it."""
        self.ensure_one()
        # Access: only whether something is there is told, for the reader's active company.
        engine = self.sudo().with_company(company)
        rank = ("changed", "used", "loaded")
        by_item: dict[int, list[str]] = {}
        for line, state in engine._record_states(company).items():
            if state != "gone":
                by_item.setdefault(line.item_id.id, []).append(state)
        found = {}
        for item in engine.item_ids:
            own = by_item.get(item.id)
            if own:
                found[item.id] = next(state for state in rank if state in own)
            elif item.kind in ("need", "target") and not engine._segment_of(item, company):
                # Comes with a segment of the same sample.
                found[item.id] = "new" if engine._is_available(item) else "impossible"
            else:
                found[item.id] = "known" if engine._find(item, company) else "new"
        return found

    @api.model
    def _is_available(self, item) -> bool:
        model = {"need": "crm.need", "target": "crm.charter"}.get(item.kind)
        return not model or model in self.env

    def _remove(self, company: models.BaseModel) -> list[str]:
        """Take away what is untouched; sentences about what went and what stays, and why."""
        self.ensure_one()
        self._check_manager()
        # Access: only records that loading the sample made, and that nobody touched, go.
        engine = self.sudo().with_company(company)
        states = engine._record_states(company)
        whys = {"changed": self.env._("changed since"), "used": self.env._("in use")}
        stayed = [
            f"{engine._line_words(line)} ({whys[state]})"
            for line, state in states.items()
            if state in whys
        ]
        Record = engine.env["crm.sample.record"]
        gone = Record.browse(line.id for line, state in states.items() if state == "gone")
        free = Record.browse(line.id for line, state in states.items() if state == "loaded")
        by_model = free.grouped("res_model")
        gone.unlink()
        removed = 0
        for model in sorted(by_model, key=self._removal_order().index):
            done, refused = engine._unlink_lines(by_model[model])
            removed += done
            stayed += refused
        sentences = [self.env._("%(count)s records were taken away.", count=removed)]
        if stayed:
            sentences.append(self.env._("These stay: %(names)s.", names="; ".join(stayed)))
        return sentences

    @api.model
    def _removal_order(self) -> tuple[str, ...]:
        """Models of what samples bring, children before what they hang on."""
        return REMOVAL

    @api.model
    def _line_words(self, line) -> str:
        record = self.env[line.res_model].browse(line.res_id)
        return f"{record._description}: {record.display_name}"

    @api.model
    def _unlink_lines(self, lines) -> tuple[int, list[str]]:
        """Delete the records of the lines, all at once or else one by one; count and refusals."""
        if not lines:
            return 0, []
        records = self.env[lines[0].res_model].browse(lines.mapped("res_id"))
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                records.unlink()
                self.env.flush_all()
        except (UserError, DatabaseError) as error:
            self.env.invalidate_all()
            if len(lines) == 1:
                return 0, [f"{self._line_words(lines)} ({str(error).splitlines()[0]})"]
            outcomes = [self._unlink_lines(line) for line in lines]
            return sum(done for done, _ in outcomes), [text for _, own in outcomes for text in own]
        count = len(lines)
        lines.unlink()
        return count, []
