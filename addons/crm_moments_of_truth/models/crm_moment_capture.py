from __future__ import annotations

from collections.abc import Iterable

from odoo import api, models
from odoo.exceptions import MissingError
from odoo.tools import SQL

from ..core.facts import FactRow
from .crm_relationship_writer import columns

BUFFER = "crm_moments_of_truth.sources"
# The facts of plain documents, for as long as they are being written.
PLAIN = SQL.identifier("crm_moment_plain")
FACT_COLUMNS = SQL(", ").join(
    SQL.identifier(name)
    for name in (
        "fact",
        "res_id",
        "occurrence",
        "company_id",
        "partner_id",
        "root_model",
        "root_id",
        "fact_at",
        "amount",
        "currency_id",
        "name",
    )
)

# Documents of one model: the ids that may exist and the ids that were deleted.
Sources = dict[str, tuple[set[int], set[int]]]


class CrmMomentCapture(models.AbstractModel):
    """From touched documents to their facts, once per flush.

    Adapters only note ids. What the documents prove now is compared with what stands, and one
    statement voids and inserts.
    """

    _name = "crm.moment.capture"
    _description = "Capture of Facts"

    @api.model
    def _collect(self, model_name: str, ids: Iterable[int], is_gone: bool = False) -> None:
        """Note documents whose facts are to be projected before the next flush ends.

        :param is_gone: the documents are deleted: their facts are voided without reading them
        """
        data = self.env.cr.precommit.data
        if BUFFER not in data:
            data[BUFFER] = {}
            # The facts of a document are the same whoever saves it, so they are read as superuser
            # and without the person's context; only the ids collected here are read.
            engine = self.env(context={}, su=True)[self._name]
            self.env.cr.precommit.add(engine._project_collected)
        alive, gone = data[BUFFER].setdefault(model_name, (set(), set()))
        (gone if is_gone else alive).update(ids)

    @api.model
    def _project_collected(self) -> None:
        self._project(self.env.cr.precommit.data.pop(BUFFER, {}))

    @api.model
    def _project(self, sources: Sources) -> None:
        """Make the standing derived facts of documents equal to what the documents prove now."""
        owned: list[tuple[str, int]] = []
        rows: list[FactRow] = []
        for model_name, (alive, gone) in self._with_dependents(sources).items():
            source = self.env[model_name]
            codes = source._moment_fact_codes()
            owned += [(code, res_id) for code in codes for res_id in sorted(alive | gone)]
            rows += self._facts_of(source.browse(sorted(alive - gone)))
        if owned:
            self.env["crm.change"]._collect("moments", self._write_rows(owned, rows))

    @api.model
    @api.private
    def _witness(self, rows: Iterable[FactRow]) -> int:
        """Write down what was seen and what no document will prove later; returns how many.

        Append-only: what stands under the same key (fact, document, occurrence) stays as it was,
        so the same thing may be witnessed again, by whomever. The passes follow by the lane.
        """
        # sudo: facts are written by the engine alone, whoever did what is witnessed.
        engine = self.env(su=True)[self._name]
        changed = engine._insert_witnessed(list(rows))
        engine.env["crm.change"]._collect("moments", [row[1:] for row in changed])
        return len(changed)

    @api.model
    @api.private
    def _root_of_customer(
        self, company: models.BaseModel, partner: models.BaseModel
    ) -> tuple[str, int] | None:
        """Root for what is seen of a customer as such: the newest pass under way, else contact.

        The contact pass hangs on the customer's row in the company. Whoever has none (a supplier,
        a colleague) is no customer: None.
        """
        customer = partner.commercial_partner_id
        # Access: which pass a contact belongs to does not depend on who noted it.
        running = self.env["crm.relationship"].sudo()
        found = running.search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "=", customer.id),
                ("is_open", "=", True),
                ("root_model", "!=", "crm.customer"),
            ],
            order="date_first desc, id desc",
            limit=1,
        )
        if found:
            return found.root_model, found.root_id
        domain = [("company_id", "=", company.id), ("partner_id", "=", customer.id)]
        # Access: as above; only the id is taken.
        hub = self.env["crm.customer"].sudo().search(domain, limit=1)
        return ("crm.customer", hub.id) if hub else None

    @api.model
    @api.private
    def _touch(self, roots: Iterable[tuple[str, int]]) -> None:
        """Have the passes of documents derived again though no fact of theirs changed.

        For what a pass takes from its document besides facts: the person, the team, the
        opportunity, whether it is over.
        """
        root_models, root_ids = columns(sorted(set(roots)), 2)
        if not root_ids:
            return
        # Raw SQL: one statement, and facts are written by the engine alone.
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_moment_event AS event SET is_pending = TRUE
                  FROM unnest(%s::varchar[], %s::int[]) AS root(root_model, root_id)
                 WHERE event.root_model = root.root_model AND event.root_id = root.root_id
             RETURNING event.company_id, event.partner_id, event.fact_at::date
                """,
                root_models,
                root_ids,
            )
        )
        self.env["crm.change"]._collect("moments", rows)

    @api.model
    @api.private
    def _move_roots(self, root_model: str, pairs: dict[int, int]) -> None:
        """Let facts follow the documents that became one: {id that goes: id that stays}."""
        if not pairs:
            return
        # Raw SQL: facts are append-only for everybody; a merge changes what they hang on.
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_moment_event AS event
                   SET root_id = pair.kept, is_pending = TRUE
                  FROM unnest(%s::int[], %s::int[]) AS pair(gone, kept)
                 WHERE event.root_model = %s AND event.root_id = pair.gone
             RETURNING event.company_id, event.partner_id, event.fact_at::date
                """,
                list(pairs),
                list(pairs.values()),
                root_model,
            )
        )
        self.env["crm.change"]._collect("moments", rows)

    @api.model
    def _insert_witnessed(self, rows: list[FactRow]) -> list[tuple[int, int, int, object]]:
        """(id, company, partner, day) of each new fact."""
        if not rows:
            return []
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        return self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_moment_event
                       (%(columns)s, kind, is_pending,
                        create_uid, create_date, write_uid, write_date)
                SELECT wanted.*, 'witnessed', TRUE, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (%(wanted)s) AS wanted
           ON CONFLICT (fact, res_id, occurrence) WHERE voided_at IS NULL DO NOTHING
             RETURNING id, company_id, partner_id, fact_at::date
                """,
                columns=FACT_COLUMNS,
                wanted=self._values_of(rows),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )

    @api.model
    def _with_dependents(self, sources: Sources) -> Sources:
        """Add the documents whose facts depend on the given ones, until nothing is added."""
        result = {name: (set(alive), set(gone)) for name, (alive, gone) in sources.items()}
        waiting = [self.env[name].browse(alive - gone) for name, (alive, gone) in result.items()]
        while waiting:
            for dependent in waiting.pop()._moment_dependents():
                alive, gone = result.setdefault(dependent._name, (set(), set()))
                fresh = set(dependent.ids) - alive - gone
                alive |= fresh
                if fresh:
                    waiting.append(dependent.browse(fresh))
        return result

    @api.model
    def _facts_of(self, records: models.BaseModel) -> list[FactRow]:
        try:
            return records._moment_facts()
        except MissingError:
            # Deleted by the database (cascade) without passing our unlink.
            return records.exists()._moment_facts()

    @api.model
    def _write_plain_facts(self, source: models.BaseModel, ids: list[int]) -> set[int]:
        """Project plain documents of a flushed database; returns the ids that this covered.

        The facts never leave the database. They stand in a table of their own for a moment, with
        statistics: of a SELECT in its place it would expect one row and compare each with each.
        """
        facts = source._moment_plain_facts(ids)
        if facts is None:
            return set()
        # Raw SQL: years of documents are projected by one statement each.
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE %(table)s ON COMMIT DROP AS (%(facts)s);
                ANALYZE %(table)s
                """,
                table=PLAIN,
                facts=facts,
            )
        )
        covered = SQL("SELECT DISTINCT res_id FROM %s", PLAIN)
        result = {res_id for (res_id,) in self.env.execute_query(covered)}
        if result:
            self._write_facts(
                SQL(
                    "SELECT * FROM unnest(%s::varchar[]) AS code(fact), (%s) AS document",
                    list(source._moment_fact_codes()),
                    covered,
                ),
                SQL("SELECT %s FROM %s", FACT_COLUMNS, PLAIN),
            )
        self.env.cr.execute(SQL("DROP TABLE %s", PLAIN))
        return result

    @api.model
    def _write_rows(
        self, owned: list[tuple[str, int]], rows: list[FactRow]
    ) -> list[tuple[int, int, object]]:
        """``_write_facts`` of what was found in Python.

        :param owned: (fact code, document id) of which ``rows`` is the complete set
        """
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        return self._write_facts(
            SQL("SELECT * FROM unnest(%s::varchar[], %s::int[])", *columns(owned, 2)),
            self._values_of(rows),
        )

    @api.model
    def _write_facts(self, owned: SQL, wanted: SQL) -> list[tuple[int, int, object]]:
        """Void and insert facts in one statement; returns (company, partner, day) of each change.

        :param owned: SELECT of fact code and document id, of which ``wanted`` is the complete set
        :param wanted: SELECT of ``FACT_COLUMNS``
        """
        # Raw SQL: confirming an order may cost one statement here, whatever its number of facts.
        # Contacts become their commercial partner in it, which would cost a query of its own.
        # The count over "voided" makes the insert wait for it, so that a changed fact finds its
        # key free.
        return self.env.execute_query(
            SQL(
                """
                WITH owned (fact, res_id) AS (%(owned)s),
                wanted AS (%(wanted)s),
                standing AS (
                    SELECT event.id, event.fact, event.res_id, event.occurrence,
                           event.company_id, event.partner_id, event.root_model, event.root_id,
                           event.fact_at, event.amount, event.currency_id
                      FROM crm_moment_event AS event
                      JOIN owned USING (fact, res_id)
                     WHERE event.voided_at IS NULL AND event.kind = 'derived'
                ),
                voided AS (
                    UPDATE crm_moment_event AS event
                       SET voided_at = %(now)s, is_pending = TRUE,
                           write_uid = %(uid)s, write_date = %(now)s
                      FROM standing
                     WHERE event.id = standing.id
                       AND NOT EXISTS (SELECT FROM wanted WHERE %(same)s)
                 RETURNING event.company_id, event.partner_id, event.fact_at
                ),
                inserted AS (
                    INSERT INTO crm_moment_event
                           (%(columns)s, kind, is_pending,
                            create_uid, create_date, write_uid, write_date)
                    SELECT wanted.*, 'derived', TRUE, %(uid)s, %(now)s, %(uid)s, %(now)s
                      FROM wanted
                     WHERE NOT EXISTS (SELECT FROM standing WHERE %(same)s)
                       AND (SELECT COUNT(*) FROM voided) >= 0
               ON CONFLICT (fact, res_id, occurrence) WHERE voided_at IS NULL DO NOTHING
                 RETURNING company_id, partner_id, fact_at
                )
                SELECT company_id, partner_id, MIN(fact_at)::date
                  FROM (SELECT * FROM voided UNION ALL SELECT * FROM inserted) AS changed
                 WHERE partner_id IS NOT NULL
              GROUP BY company_id, partner_id
                """,
                columns=FACT_COLUMNS,
                owned=owned,
                wanted=wanted,
                same=SQL(
                    "wanted.fact = standing.fact AND wanted.res_id = standing.res_id"
                    " AND wanted.occurrence = standing.occurrence"
                    " AND (wanted.company_id, wanted.partner_id, wanted.root_model,"
                    " wanted.root_id, wanted.fact_at, wanted.amount, wanted.currency_id)"
                    " IS NOT DISTINCT FROM"
                    " (standing.company_id, standing.partner_id, standing.root_model,"
                    " standing.root_id, standing.fact_at, standing.amount, standing.currency_id)"
                ),
                now=self.env.cr.now(),
                uid=self.env.uid,
            )
        )

    @api.model
    def _values_of(self, rows: list[FactRow]) -> SQL:
        arrays = [
            [row.fact for row in rows],
            [row.res_id for row in rows],
            [row.occurrence for row in rows],
            [row.company_id for row in rows],
            [row.partner_id for row in rows],
            [row.root_model for row in rows],
            [row.root_id for row in rows],
            [row.fact_at for row in rows],
            [row.amount for row in rows],
            [row.currency_id for row in rows],
            [row.name for row in rows],
        ]
        return SQL(
            """
            SELECT t.fact, t.res_id, t.occurrence, t.company_id, partner.commercial_partner_id
                       AS partner_id, t.root_model, t.root_id, t.fact_at, t.amount,
                   t.currency_id, t.name
              FROM unnest(
                       %s::varchar[], %s::int[], %s::int[], %s::int[], %s::int[], %s::varchar[],
                       %s::int[], %s::timestamp[], %s::numeric[], %s::int[], %s::varchar[]
                   ) AS t(%s)
              JOIN res_partner AS partner ON partner.id = t.partner_id
            """,
            *arrays,
            FACT_COLUMNS,
        )
