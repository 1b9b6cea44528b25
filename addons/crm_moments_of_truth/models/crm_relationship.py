from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import derive

BATCH = 1000

Root = tuple[str, int]


class CrmRelationship(models.Model):
    """One pass of the chain of moments with one customer, begun by one root document.

    Derived from the standing facts of its root, by the lane of the queue and by the rebuild alike.
    Nobody writes it by hand. A pass whose facts are all voided is archived, not deleted.
    """

    _name = "crm.relationship"
    _description = "Pass of a Relationship"
    _inherit = ["crm.partner.keyed.mixin"]
    _order = "date_last desc, id desc"
    _check_company_auto = True
    _partner_merge = "rekey"

    # identity
    name = fields.Char(
        string="Pass",
        required=True,
        help="Number of the document with which the pass began, kept also when it is deleted.",
    )
    root_model = fields.Char(required=True, help="Kind of the document with which the pass began.")
    root_id = fields.Many2oneReference(
        string="Root",
        model_field="root_model",
        required=True,
        aggregator=None,
        help="The document with which the pass began.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", help="Our company."
    )
    active = fields.Boolean(
        default=True,
        help="Unticked when no document proves anything in this pass any more, for example "
        "after its order was cancelled.",
    )
    # links
    customer_id = fields.Many2one(
        "crm.customer",
        index=True,
        ondelete="set null",
        help="The customer in this company, with segment and owner.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Partner",
        index=True,
        ondelete="set null",
        help="The commercial partner of the documents.",
    )
    chain_id = fields.Many2one(
        "crm.moment.chain",
        string="Chain",
        required=True,
        index=True,
        # A used chain refuses to be deleted; only uninstalling takes it and its passes.
        ondelete="cascade",
        help="The version of the chain on which the pass began; it stays on it.",
    )
    order_id = fields.Many2one(
        "sale.order", index=True, ondelete="set null", help="The order with which the pass began."
    )
    invoice_id = fields.Many2one(
        "account.move",
        index="btree_not_null",
        ondelete="set null",
        help="The invoice with which the pass began, when there was no order.",
    )
    user_id = fields.Many2one(
        related="order_id.user_id", string="Salesperson", help="Salesperson of the order."
    )
    team_id = fields.Many2one(
        related="order_id.team_id", string="Team", help="Sales team of the order."
    )
    segment_id = fields.Many2one(
        related="customer_id.segment_id",
        string="Segment today",
        help="The segment in which the customer is today.",
    )
    # results
    current_moment_id = fields.Many2one(
        "crm.moment",
        string="Stands at",
        index=True,
        ondelete="set null",
        group_expand="_group_expand_moments",
        help="The furthest moment that a fact has started or proven.",
    )
    date_first = fields.Date(
        string="First fact", help="Day of the earliest fact, in the company's time zone."
    )
    date_last = fields.Date(
        string="Last fact", index=True, help="Day of the latest fact, in the company's time zone."
    )
    proven_count = fields.Integer(
        string="Moments proven",
        aggregator="avg",
        help="How many moments of the chain are proven. Moments whose facts are not recorded "
        "in this database stay not proven.",
    )
    amount = fields.Monetary(
        string="Value",
        help="Value of the root document without tax, in the company's currency at the "
        "document's date.",
    )
    currency_id = fields.Many2one(
        "res.currency", ondelete="set null", help="Currency of the company."
    )
    iteration = fields.Integer(
        compute="_compute_iteration",
        help="The how-many-eth pass with this customer it is, by its first fact.",
    )
    line_ids = fields.One2many(
        "crm.relationship.moment",
        "relationship_id",
        string="Moments",
        help="Where each moment of the chain stands.",
    )
    event_ids = fields.One2many(
        "crm.moment.event", "relationship_id", string="Facts", help="The facts behind the moments."
    )
    event_count = fields.Integer(
        string="Facts that count",
        compute="_compute_event_count",
        help="How many standing facts the pass has.",
    )

    _root_uniq = models.UniqueIndex(
        "(root_id, root_model)", "This document has its pass already. Open the existing pass."
    )

    def _compute_iteration(self) -> None:
        # Raw SQL: the rank is a window over all passes of the customers, never stored.
        self.flush_model(["company_id", "partner_id", "date_first", "active"])
        ranks = dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT id, rank FROM (
                        SELECT id, RANK() OVER (
                                       PARTITION BY company_id, partner_id ORDER BY date_first, id
                                   ) AS rank
                          FROM crm_relationship
                         WHERE active AND partner_id = ANY(%s)
                    ) AS ranked WHERE id = ANY(%s)
                    """,
                    self.partner_id.ids,
                    self.ids,
                )
            )
        )
        for relationship in self:
            relationship.iteration = ranks.get(relationship.id, 0)

    def _compute_event_count(self) -> None:
        counts = dict(
            self.env["crm.moment.event"]._read_group(
                [("relationship_id", "in", self.ids), ("voided_at", "=", False)],
                ["relationship_id"],
                ["__count"],
            )
        )
        for relationship in self:
            relationship.event_count = counts.get(relationship, 0)

    @api.model
    def _group_expand_moments(self, moments: models.BaseModel, _domain: list) -> models.BaseModel:
        """All moments of the current chain as columns, also those where no pass stands."""
        chain = self.env["crm.moment.chain"]._for_company(self.env.company)
        return (moments | chain.moment_ids).sorted(lambda moment: (moment.sequence, moment.id))

    # actions
    def action_open_events(self) -> dict:
        """Open the facts of the pass."""
        self.ensure_one()
        return self._open_events([])

    def action_open_root(self) -> dict:
        """Open the order or invoice with which the pass began."""
        self.ensure_one()
        root = self.order_id or self.invoice_id
        return {
            "type": "ir.actions.act_window",
            "res_model": root._name,
            "res_id": root.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _open_events(self, fact_codes: Sequence[str]) -> dict:
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_moment_event_action"
        )
        domain = [("relationship_id", "=", self.id)]
        if fact_codes:
            domain.append(("fact", "in", list(fact_codes)))
        return {**action, "domain": domain, "context": {"search_default_standing": 1}}

    # derivation
    @api.model
    def _process_changes(self, rows: Iterable[tuple]) -> None:
        """Derive the passes of changed customers: rows of (company id, partner id, …)."""
        pairs = {(company_id, partner_id) for company_id, partner_id, *_rest in rows}
        if not pairs:
            return
        companies, partners = zip(*sorted(pairs), strict=True)
        roots = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT event.root_model, event.root_id
                  FROM crm_moment_event AS event
                  JOIN unnest(%s::int[], %s::int[]) AS pair(company_id, partner_id)
                 USING (company_id, partner_id)
                 WHERE event.is_pending
              ORDER BY 1, 2
                """,
                list(companies),
                list(partners),
            )
        )
        self._derive_batches(roots)

    @api.model
    def _derive_companies(self, companies: models.BaseModel) -> None:
        """Derive all passes of companies anew."""
        roots = self.env.execute_query(
            SQL(
                """
                SELECT root_model, root_id FROM crm_moment_event WHERE company_id = ANY(%(ids)s)
                 UNION
                SELECT root_model, root_id FROM crm_relationship WHERE company_id = ANY(%(ids)s)
              ORDER BY 1, 2
                """,
                ids=companies.ids,
            )
        )
        self._derive_batches(roots)

    @api.model
    def _derive_batches(self, roots: list[Root]) -> None:
        self.env.flush_all()
        for start in range(0, len(roots), BATCH):
            self._derive(roots[start : start + BATCH])
        self.env.invalidate_all(flush=False)

    @api.model
    def _derive(self, roots: list[Root]) -> None:
        """Derive the passes of roots from their standing facts, in a fixed number of queries."""
        documents = self._root_documents(roots)
        self.env["crm.customer"]._ensure(
            {(row["partner_id"], row["company_id"]) for row in documents.values()}
        )
        facts = self._facts_by_root(roots)
        chains = self._chains_of(documents)
        covers = self.env["crm.moment.fact"]._covers()
        specs = {chain: chain._moments() for chain in set(chains.values())}
        passes = {
            root: (chains[root], derive.derive(specs[chains[root]], facts.get(root, ()), covers))
            for root in documents
            if chains.get(root)
        }
        gone = set(roots) - set(facts)
        self._write_passes(documents, passes)
        self._archive_gone(gone)
        self._write_moments(passes)
        # The facts of a company without an active chain wait until it has one.
        self._claim_events([*passes, *(gone - set(passes))])

    @api.model
    def _root_queries(self) -> list[SQL]:
        """SELECTs of the documents with which passes begin; extend for other roots.

        Columns: root_model, root_id, company_id, partner_id (commercial), name, order_id,
        invoice_id, amount (company currency, without tax), currency_id (the company's).
        """
        orders = SQL(
            """
            SELECT 'sale.order' AS root_model, document.id AS root_id, document.company_id,
                   partner.commercial_partner_id AS partner_id, document.name,
                   document.id AS order_id, NULL::int AS invoice_id,
                   ROUND((document.amount_untaxed / COALESCE(NULLIF(document.currency_rate, 0), 1)
                         )::numeric, currency.decimal_places) AS amount,
                   company.currency_id
              FROM sale_order AS document
              JOIN res_partner AS partner ON partner.id = document.partner_id
              JOIN res_company AS company ON company.id = document.company_id
              JOIN res_currency AS currency ON currency.id = company.currency_id
            """
        )
        invoices = SQL(
            """
            SELECT 'account.move' AS root_model, document.id AS root_id, document.company_id,
                   partner.commercial_partner_id AS partner_id, document.name,
                   NULL::int AS order_id, document.id AS invoice_id,
                   document.amount_untaxed_signed AS amount, company.currency_id
              FROM account_move AS document
              JOIN res_partner AS partner ON partner.id = document.partner_id
              JOIN res_company AS company ON company.id = document.company_id
             WHERE document.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
            """
        )
        return [orders, invoices]

    @api.model
    def _root_documents(self, roots: list[Root]) -> dict[Root, dict]:
        root_models, root_ids = _columns(roots, 2)
        self.env.cr.execute(
            SQL(
                """
                SELECT document.*, existing.chain_id
                  FROM (%s) AS document
                  JOIN unnest(%s::varchar[], %s::int[]) AS root(root_model, root_id)
                 USING (root_model, root_id)
             LEFT JOIN crm_relationship AS existing USING (root_model, root_id)
                """,
                SQL(" UNION ALL ").join(self._root_queries()),
                root_models,
                root_ids,
            )
        )
        return {(row["root_model"], row["root_id"]): row for row in self.env.cr.dictfetchall()}

    @api.model
    def _facts_by_root(self, roots: list[Root]) -> dict[Root, list[derive.Fact]]:
        """Standing facts of roots; days are cut in the zone of the company's calendar."""
        root_models, root_ids = _columns(roots, 2)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT event.root_model, event.root_id, event.fact,
                       (event.fact_at AT TIME ZONE 'UTC'
                                      AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date,
                       event.amount::varchar, event.currency_id
                  FROM crm_moment_event AS event
                  JOIN unnest(%s::varchar[], %s::int[]) AS root(root_model, root_id)
                 USING (root_model, root_id)
                  JOIN res_company AS company ON company.id = event.company_id
             LEFT JOIN resource_calendar AS calendar ON calendar.id = company.resource_calendar_id
                 WHERE event.voided_at IS NULL
                """,
                root_models,
                root_ids,
            )
        )
        facts = defaultdict(list)
        for root_model, root_id, code, day, amount, currency_id in rows:
            # Odoo's cursor turns numbers into floats; as text they stay exact.
            exact = Decimal(amount) if amount is not None else None
            facts[root_model, root_id].append(derive.Fact(code, day, exact, currency_id))
        return facts

    @api.model
    def _chains_of(self, documents: dict[Root, dict]) -> dict[Root, models.BaseModel]:
        """Chain of each root: that of its pass, for new ones the company's."""
        Chain = self.env["crm.moment.chain"]
        companies = {row["company_id"] for row in documents.values()}
        of_company = {
            company.id: Chain._for_company(company)
            for company in self.env["res.company"].browse(companies)
        }
        return {
            root: Chain.browse(row["chain_id"])
            if row["chain_id"]
            else of_company[row["company_id"]]
            for root, row in documents.items()
        }

    @api.model
    def _write_passes(
        self, documents: dict[Root, dict], passes: dict[Root, tuple[models.BaseModel, object]]
    ) -> None:
        """Insert new passes and update those that differ."""
        rows = [
            (
                root[0],
                root[1],
                documents[root]["company_id"],
                documents[root]["partner_id"],
                documents[root]["name"] or "/",
                documents[root]["order_id"],
                documents[root]["invoice_id"],
                documents[root]["amount"],
                documents[root]["currency_id"],
                chain.id,
                state.current_id,
                state.date_first,
                state.date_last,
                state.proven_count,
            )
            for root, (chain, state) in passes.items()
            if state.date_first
        ]
        if not rows:
            return
        # Raw SQL: one statement for a batch of passes, and only rows that differ are written.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_relationship AS known
                       (root_model, root_id, company_id, partner_id, name, order_id, invoice_id,
                        amount, currency_id, chain_id, current_moment_id, date_first, date_last,
                        proven_count, customer_id, active,
                        create_uid, create_date, write_uid, write_date)
                SELECT state.*, customer.id, TRUE, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(columns)s)
                    AS state(root_model, root_id, company_id, partner_id, name, order_id,
                             invoice_id, amount, currency_id, chain_id, current_moment_id,
                             date_first, date_last, proven_count)
             LEFT JOIN crm_customer AS customer
                    ON customer.partner_id = state.partner_id
                   AND customer.company_id = state.company_id
           ON CONFLICT (root_id, root_model) DO UPDATE
                   SET (%(changing)s) = ROW(%(excluded)s),
                       write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
                 WHERE (%(known)s) IS DISTINCT FROM (%(excluded)s)
                """,
                uid=self.env.uid,
                now=self.env.cr.now(),
                columns=SQL(
                    "%s::varchar[], %s::int[], %s::int[], %s::int[], %s::varchar[], %s::int[],"
                    " %s::int[], %s::numeric[], %s::int[], %s::int[], %s::int[], %s::date[],"
                    " %s::date[], %s::int[]",
                    *_columns(rows, 14),
                ),
                changing=_names(None),
                known=_names("known"),
                excluded=_names("excluded"),
            )
        )

    @api.model
    def _archive_gone(self, roots: set[Root]) -> None:
        """Archive the passes of roots without standing facts; their moments open again."""
        gone = self.with_context(active_test=False).search(
            [
                ("root_id", "in", [root_id for _model, root_id in roots]),
                ("root_model", "in", list({root_model for root_model, _id in roots})),
            ]
        )
        gone = gone.filtered(lambda item: (item.root_model, item.root_id) in roots and item.active)
        gone.write({"active": False, "current_moment_id": False, "proven_count": 0})
        gone.line_ids.write({"state": "open", "started_on": False, "proven_on": False})
        gone.flush_recordset()
        gone.line_ids.flush_recordset()

    @api.model
    def _write_moments(self, passes: dict[Root, tuple[models.BaseModel, object]]) -> None:
        """Insert and update the moments of passes; only those that differ are written."""
        rows = [
            (*root, moment.moment_id, moment.state, moment.started_on, moment.proven_on)
            for root, (_chain, state) in passes.items()
            if state.date_first
            for moment in state.moments
        ]
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_relationship_moment AS known
                       (relationship_id, company_id, moment_id, state, started_on, proven_on,
                        create_uid, create_date, write_uid, write_date)
                SELECT relationship.id, relationship.company_id, line.moment_id, line.state,
                       line.started_on, line.proven_on, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(columns)s) AS line(root_model, root_id, moment_id, state,
                                                   started_on, proven_on)
                  JOIN crm_relationship AS relationship USING (root_model, root_id)
           ON CONFLICT (relationship_id, moment_id) DO UPDATE
                   SET state = EXCLUDED.state, started_on = EXCLUDED.started_on,
                       proven_on = EXCLUDED.proven_on, write_uid = EXCLUDED.write_uid,
                       write_date = EXCLUDED.write_date
                 WHERE (known.state, known.started_on, known.proven_on)
                       IS DISTINCT FROM (EXCLUDED.state, EXCLUDED.started_on, EXCLUDED.proven_on)
                """,
                uid=self.env.uid,
                now=self.env.cr.now(),
                columns=SQL(
                    "%s::varchar[], %s::int[], %s::int[], %s::varchar[], %s::date[], %s::date[]",
                    *_columns(rows, 6),
                ),
            )
        )

    @api.model
    def _claim_events(self, roots: list[Root]) -> None:
        """Tie the facts of roots to their passes and mark them as taken into account."""
        if not roots:
            return
        root_models, root_ids = _columns(roots, 2)
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_moment_event AS event
                   SET relationship_id = relationship.id, is_pending = FALSE
                  FROM unnest(%s::varchar[], %s::int[]) AS root(root_model, root_id)
             LEFT JOIN crm_relationship AS relationship USING (root_model, root_id)
                 WHERE event.root_model = root.root_model
                   AND event.root_id = root.root_id
                   AND (event.is_pending
                        OR event.relationship_id IS DISTINCT FROM relationship.id)
                """,
                root_models,
                root_ids,
            )
        )


CHANGING = (
    "company_id",
    "partner_id",
    "customer_id",
    "name",
    "order_id",
    "invoice_id",
    "amount",
    "currency_id",
    "current_moment_id",
    "date_first",
    "date_last",
    "proven_count",
    "active",
)


def _names(alias: str | None) -> SQL:
    names = [SQL.identifier(alias, name) if alias else SQL.identifier(name) for name in CHANGING]
    return SQL(", ").join(names)


def _columns(rows: Sequence[tuple], width: int) -> list[list]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
