from __future__ import annotations

from collections.abc import Iterable, Iterator

from odoo import api, fields, models
from odoo.exceptions import MissingError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.facts import FactRow

BUFFER = "crm_moments_of_truth.sources"
BATCH = 1000

# Documents of one model: the ids that may exist and the ids that were deleted.
Sources = dict[str, tuple[set[int], set[int]]]


class CrmMomentEvent(models.Model):
    """A fact that a document proves, or that somebody witnessed, seen from one root.

    Derived facts are a projection of the documents as they are now: what vanished or changed is
    voided (kept, dated, no longer counted). The chain's version maps facts to moments, so that
    changing a chain touches no fact. Written by the engine alone, in one statement per flush.
    """

    _name = "crm.moment.event"
    _description = "Fact of a Relationship"
    _inherit = ["crm.partner.keyed.mixin"]
    _order = "fact_at desc, id desc"
    _rec_name = "name"
    _partner_merge = "rekey"

    # identity
    fact = fields.Selection(
        selection="_selection_fact",
        required=True,
        index=True,
        help="What the document proves.",
    )
    name = fields.Char(
        string="Document", help="Number of the proving document, kept also when it is deleted."
    )
    res_model = fields.Char(
        string="Document kind",
        compute="_compute_res_model",
        help="Technical kind of the proving document; the fact implies it.",
    )
    res_id = fields.Many2oneReference(
        string="Document number",
        model_field="res_model",
        required=True,
        aggregator=None,
        help="The proving document.",
    )
    occurrence = fields.Integer(
        required=True,
        default=0,
        aggregator=None,
        help="Tells the facts of one document apart: the order behind the invoice lines, "
        "0 when there is only one.",
    )
    kind = fields.Selection(
        [("derived", "Derived from a document"), ("witnessed", "Witnessed")],
        required=True,
        default="derived",
        help="Derived facts follow their document; witnessed ones stay as they were recorded.",
    )
    # links
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        help="The company of the document.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index=True,
        ondelete="set null",
        help="The commercial partner of the document.",
    )
    root_model = fields.Char(required=True, help="Kind of the document with which the pass began.")
    root_id = fields.Many2oneReference(
        string="Root",
        model_field="root_model",
        required=True,
        aggregator=None,
        help="The document with which the pass began: the order, or the invoice without an order.",
    )
    relationship_id = fields.Many2one(
        "crm.relationship",
        string="Pass",
        index=True,
        ondelete="set null",
        help="The pass of the chain to which the fact belongs; filled seconds after the fact.",
    )
    # facts
    fact_at = fields.Datetime(
        string="Date", required=True, help="When it happened, by the document's own date."
    )
    amount = fields.Monetary(
        aggregator=None,
        help="What the fact is worth for this pass, in the document's currency and with taxes; "
        "negative for what flows back.",
    )
    currency_id = fields.Many2one(
        "res.currency", ondelete="set null", help="Currency of the document."
    )
    voided_at = fields.Datetime(
        string="Voided",
        help="When the document stopped proving the fact. Voided facts no longer count.",
    )
    is_pending = fields.Boolean(
        string="Waits for its pass",
        default=True,
        help="Ticked until the pass has taken the fact, or its end, into account.",
    )

    _fact_uniq = models.UniqueIndex(
        "(fact, res_id, occurrence) WHERE voided_at IS NULL",
        "This fact of the document is recorded already.",
    )
    _root_idx = models.Index("(root_id, root_model)")
    _pending_idx = models.Index("(company_id, partner_id) WHERE is_pending")

    @api.model
    def _selection_fact(self) -> list[tuple[str, str]]:
        # The catalog is readable to everybody who reads facts; sudo spares Odoo's own jobs
        # (exports, group labels) that run without such a role, and reveals labels only.
        facts = self.env["crm.moment.fact"].sudo().search(Domain.TRUE)
        return [(fact.code, fact.name) for fact in facts]

    @api.depends("fact")
    def _compute_res_model(self) -> None:
        document_models = self.env["crm.moment.fact"]._document_models()
        for event in self:
            event.res_model = document_models.get(event.fact)

    # actions
    def action_open_document(self) -> dict:
        """Open the document that proves the fact."""
        self.ensure_one()
        source = self.env.get(self.res_model)
        source = source.browse(self.res_id).exists() if source is not None else None
        if not source:
            raise UserError(
                self.env._(
                    "The document %(name)s no longer exists. The fact is kept for the record; "
                    "open the pass to see the documents that still count.",
                    name=self.name or "",
                )
            )
        document = source._moment_document()
        document.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # capture
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
            self.env["crm.change"]._collect("moments", self._write_facts(owned, rows))

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
    def _write_facts(
        self, owned: list[tuple[str, int]], rows: list[FactRow]
    ) -> list[tuple[int, int, object]]:
        """Void and insert facts in one statement; returns (company, partner, day) of each change.

        :param owned: (fact code, document id) of which ``rows`` is the complete set
        """
        # Raw SQL: confirming an order may cost one statement here, whatever its number of facts.
        # Contacts become their commercial partner in it, which would cost a query of its own.
        # The count over "voided" makes the insert wait for it, so that a changed fact finds its
        # key free.
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        return self.env.execute_query(
            SQL(
                """
                WITH owned AS (
                    SELECT * FROM unnest(%(codes)s::varchar[], %(ids)s::int[]) AS t(fact, res_id)
                ),
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
                           (fact, res_id, occurrence, company_id, partner_id, root_model, root_id,
                            fact_at, amount, currency_id, name, kind, is_pending,
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
                codes=[code for code, _id in owned],
                ids=[res_id for _code, res_id in owned],
                wanted=self._values_of(rows),
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
        columns = [
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
                   ) AS t(fact, res_id, occurrence, company_id, partner_id, root_model, root_id,
                          fact_at, amount, currency_id, name)
              JOIN res_partner AS partner ON partner.id = t.partner_id
            """,
            *columns,
        )

    # history
    @api.model
    def _source_models(self) -> list[str]:
        """Models that prove facts, the ERP's order of documents first."""
        mixin = "crm.moment.source.mixin"
        names = self.env.registry.descendants([mixin], "_inherit") - {mixin}
        return sorted(name for name in names if not self.env[name]._abstract)

    @api.model
    def _rebuild(self, companies: models.BaseModel | None = None) -> int:
        """Replay the documents of companies (all by default) and derive all their passes anew.

        The same code as the daily capture, in batches. Running it twice changes nothing.
        Returns the number of facts that stand afterwards.
        """
        companies = companies or self.env["res.company"].search(Domain.TRUE)
        self._replay(companies)
        self.env.cr.flush()
        self.env["crm.relationship"]._derive_companies(companies)
        return self.search_count([("company_id", "in", companies.ids), ("voided_at", "=", False)])

    @api.model
    def _process_changes(self, rows: Iterable[tuple]) -> None:
        """Replay the history of customers: rows of (company id, partner id, …) of the queue."""
        for company_id, partner_ids in _partners_by_company(rows).items():
            self._replay(self.env["res.company"].browse(company_id), partner_ids)
            self._derive_again(company_id, partner_ids)

    @api.model
    def _derive_again(self, company_id: int, partner_ids: list[int]) -> None:
        """Have all passes of customers derived, also those whose facts did not change.

        An addon that brings a new fact changes what proves a moment.
        """
        rows = self.env.execute_query(
            SQL(
                """
                   UPDATE crm_moment_event SET is_pending = TRUE
                    WHERE company_id = %s AND partner_id = ANY(%s)
                RETURNING company_id, partner_id, fact_at::date
                """,
                company_id,
                partner_ids,
            )
        )
        self.env["crm.change"]._collect("moments", rows)

    @api.model
    def _replay(self, companies: models.BaseModel, partner_ids: list[int] | None = None) -> None:
        for model_name in self._source_models():
            source = self.env[model_name].with_context(active_test=False)
            ids = set(source.search(source._moment_history_domain(companies, partner_ids)).ids)
            known = self._standing_ids(source._moment_fact_codes(), companies, partner_ids)
            for chunk in _chunks(sorted(ids | known)):
                self._project({model_name: (chunk & ids, chunk - ids)})
                self.env.cr.flush()
                self.env.invalidate_all(flush=False)

    @api.model
    def _standing_ids(
        self, codes: Iterable[str], companies: models.BaseModel, partner_ids: list[int] | None
    ) -> set[int]:
        domain = [
            ("fact", "in", list(codes)),
            ("company_id", "in", companies.ids),
            ("voided_at", "=", False),
            ("kind", "=", "derived"),
        ]
        if partner_ids is not None:
            domain.append(("partner_id", "in", partner_ids))
        return {res_id for (res_id,) in self._read_group(domain, ["res_id"])}

    @api.model
    def _collect_pending(self) -> None:
        """Queue the customers whose facts wait for their pass."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT company_id, partner_id, MIN(fact_at)::date
                  FROM crm_moment_event
                 WHERE is_pending AND partner_id IS NOT NULL
              GROUP BY company_id, partner_id
                """
            )
        )
        self.env["crm.change"]._collect("moments", rows)

    @api.model
    def _queue_history(self) -> None:
        """Queue the replay of each customer that has documents, for the lanes to work through."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT company_id, partner_id FROM (%s) AS document"
                " WHERE company_id IS NOT NULL AND partner_id IS NOT NULL",
                SQL(" UNION ALL ").join(self.env["crm.customer"]._customer_document_queries()),
            )
        )
        today = fields.Date.context_today(self)
        self.env["crm.change"]._collect(
            "moments_history", [(company, partner, today) for company, partner in rows]
        )


def _partners_by_company(rows: Iterable[tuple]) -> dict[int, list[int]]:
    result: dict[int, set[int]] = {}
    for company_id, partner_id, *_rest in rows:
        result.setdefault(company_id, set()).add(partner_id)
    return {company_id: sorted(partner_ids) for company_id, partner_ids in result.items()}


def _chunks(ids: list[int]) -> Iterator[set[int]]:
    for start in range(0, len(ids), BATCH):
        yield set(ids[start : start + BATCH])
