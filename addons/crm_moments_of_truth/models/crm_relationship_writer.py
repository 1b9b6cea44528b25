from __future__ import annotations

from collections.abc import Sequence

from odoo import api, models
from odoo.tools import SQL

Root = tuple[str, int]

# What a root document says about its pass, and what follows from its facts: column -> type.
DOCUMENT_COLUMNS = {
    "company_id": "int4",
    "partner_id": "int4",
    "contact_id": "int4",
    "name": "varchar",
    "lead_id": "int4",
    "order_id": "int4",
    "invoice_id": "int4",
    "user_id": "int4",
    "team_id": "int4",
    "amount": "numeric",
    "currency_id": "int4",
    "is_repeat": "bool",
}
STATE_COLUMNS = {
    "current_moment_id": "int4",
    "date_first": "date",
    "date_last": "date",
    "proven_count": "int4",
    "is_open": "bool",
}
STORED = (*DOCUMENT_COLUMNS, *STATE_COLUMNS)
CHANGING = (*STORED, "customer_id", "active")


class CrmRelationshipWriter(models.AbstractModel):
    """Writes derived passes, their moments and the tie of their facts, set-based.

    Only rows that differ are touched, so that deriving again costs no writes; the nightly
    comparison asks which rows these would be.
    """

    _name = "crm.relationship.writer"
    _description = "Writing of Passes"

    # passes
    @api.model
    def _passes_sql(
        self, documents: dict[Root, dict], passes: dict[Root, tuple[models.BaseModel, object]]
    ) -> SQL | None:
        """SELECT of the passes as they should be stored; None when there is none."""
        rows = [
            (
                *root,
                chain.id,
                *self._document_values(documents[root]),
                *self._state_values(documents[root], chain, state),
            )
            for root, (chain, state) in passes.items()
            if state.date_first
        ]
        if not rows:
            return None
        types = {"root_model": "varchar", "root_id": "int4", "chain_id": "int4"}
        types |= DOCUMENT_COLUMNS | STATE_COLUMNS
        arrays = [
            SQL("%s::%s[]", values, SQL.identifier(kind))
            for kind, values in zip(types.values(), columns(rows, len(types)), strict=True)
        ]
        return SQL(
            """
            SELECT state.*, customer.id AS customer_id, TRUE AS active
              FROM unnest(%s) AS state(%s)
         LEFT JOIN crm_customer AS customer
                ON customer.partner_id = state.partner_id
               AND customer.company_id = state.company_id
            """,
            SQL(", ").join(arrays),
            SQL(", ").join(SQL.identifier(name) for name in types),
        )

    @api.model
    def _document_values(self, document: dict) -> list:
        return [
            document[name] or "/" if name == "name" else document[name] for name in DOCUMENT_COLUMNS
        ]

    @api.model
    def _state_values(self, document: dict, chain: models.BaseModel, state: object) -> list:
        """Values of ``STATE_COLUMNS``: a pass is over with its last moment, or with its root."""
        is_over = document["is_over"] or state.is_through
        return [
            state.current_id,
            state.date_first,
            state.date_last,
            state.proven_count,
            not is_over,
        ]

    @api.model
    def _write_passes(
        self, documents: dict[Root, dict], passes: dict[Root, tuple[models.BaseModel, object]]
    ) -> None:
        """Insert new passes and update those that differ."""
        wanted = self._passes_sql(documents, passes)
        if wanted is None:
            return
        # Raw SQL: one statement for a batch of passes, and only rows that differ are written.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_relationship AS known
                       (root_model, root_id, chain_id, %(inserted)s,
                        create_uid, create_date, write_uid, write_date)
                SELECT root_model, root_id, chain_id, %(inserted)s,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (%(wanted)s) AS wanted
              ORDER BY date_first, root_model, root_id
           ON CONFLICT (root_id, root_model) DO UPDATE
                   SET (%(changing)s) = ROW(%(excluded)s),
                       write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
                 WHERE (%(known)s) IS DISTINCT FROM (%(excluded)s)
                """,
                uid=self.env.uid,
                now=self.env.cr.now(),
                wanted=wanted,
                inserted=_names(None),
                changing=_names(None),
                known=_names("known"),
                excluded=_names("excluded"),
            )
        )

    @api.model
    def _differing_passes(
        self, documents: dict[Root, dict], passes: dict[Root, tuple[models.BaseModel, object]]
    ) -> set[Root]:
        """Roots whose stored pass is missing or differs from the derived one."""
        wanted = self._passes_sql(documents, passes)
        if wanted is None:
            return set()
        return set(
            self.env.execute_query(
                SQL(
                    """
                    SELECT wanted.root_model, wanted.root_id
                      FROM (%s) AS wanted
                 LEFT JOIN crm_relationship AS known USING (root_id, root_model)
                     WHERE known.id IS NULL OR (%s) IS DISTINCT FROM (%s)
                    """,
                    wanted,
                    _names("known"),
                    _names("wanted"),
                )
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
        gone.write(
            {"active": False, "is_open": False, "current_moment_id": False, "proven_count": 0}
        )
        gone.line_ids.write(
            {"state": "open", "started_on": False, "proven_on": False, "order_state": False}
        )
        gone.flush_recordset()
        gone.line_ids.flush_recordset()

    # moments
    @api.model
    def _moments_sql(self, passes: dict[Root, tuple[models.BaseModel, object]]) -> SQL | None:
        """SELECT of the moments of passes as they should be stored; None when there is none."""
        rows = [
            (
                *root,
                moment.moment_id,
                moment.state,
                moment.started_on,
                moment.proven_on,
                moment.order,
            )
            for root, (_chain, state) in passes.items()
            if state.date_first
            for moment in state.moments
        ]
        if not rows:
            return None
        return SQL(
            """
            SELECT relationship.id AS relationship_id, relationship.company_id, line.moment_id,
                   line.state, line.started_on, line.proven_on, line.order_state,
                   line.root_model, line.root_id
              FROM unnest(
                       %s::varchar[], %s::int[], %s::int[], %s::varchar[], %s::date[], %s::date[],
                       %s::varchar[]
                   ) AS line(root_model, root_id, moment_id, state, started_on, proven_on,
                             order_state)
              JOIN crm_relationship AS relationship USING (root_model, root_id)
            """,
            *columns(rows, 7),
        )

    @api.model
    def _write_moments(self, passes: dict[Root, tuple[models.BaseModel, object]]) -> None:
        """Insert and update the moments of passes; only those that differ are written."""
        wanted = self._moments_sql(passes)
        if wanted is None:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_relationship_moment AS known
                       (relationship_id, company_id, moment_id, state, started_on, proven_on,
                        order_state, create_uid, create_date, write_uid, write_date)
                SELECT wanted.relationship_id, wanted.company_id, wanted.moment_id, wanted.state,
                       wanted.started_on, wanted.proven_on, wanted.order_state,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (%(wanted)s) AS wanted
           ON CONFLICT (relationship_id, moment_id) DO UPDATE
                   SET state = EXCLUDED.state, started_on = EXCLUDED.started_on,
                       proven_on = EXCLUDED.proven_on, order_state = EXCLUDED.order_state,
                       write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
                 WHERE (known.state, known.started_on, known.proven_on, known.order_state)
                       IS DISTINCT FROM (EXCLUDED.state, EXCLUDED.started_on, EXCLUDED.proven_on,
                                         EXCLUDED.order_state)
                """,
                uid=self.env.uid,
                now=self.env.cr.now(),
                wanted=wanted,
            )
        )

    @api.model
    def _differing_moments(self, passes: dict[Root, tuple[models.BaseModel, object]]) -> set[Root]:
        """Roots of which a stored moment is missing or differs from the derived one."""
        wanted = self._moments_sql(passes)
        if wanted is None:
            return set()
        return set(
            self.env.execute_query(
                SQL(
                    """
                    SELECT DISTINCT wanted.root_model, wanted.root_id
                      FROM (%s) AS wanted
                 LEFT JOIN crm_relationship_moment AS known USING (relationship_id, moment_id)
                     WHERE known.id IS NULL
                        OR (known.state, known.started_on, known.proven_on, known.order_state)
                           IS DISTINCT FROM (wanted.state, wanted.started_on, wanted.proven_on,
                                             wanted.order_state)
                    """,
                    wanted,
                )
            )
        )

    @api.model
    def _claim_events(self, roots: list[Root]) -> None:
        """Tie the facts of roots to their passes and mark them as taken into account."""
        if not roots:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_moment_event AS event
                   SET relationship_id = relationship.id, is_pending = FALSE
                  FROM unnest(%s::varchar[], %s::int[], %s::varchar[], %s::int[])
                       AS source(root_model, root_id, seen_model, seen_id)
             LEFT JOIN crm_relationship AS relationship USING (root_model, root_id)
                 WHERE event.root_model = source.seen_model
                   AND event.root_id = source.seen_id
                   AND (event.is_pending
                        OR event.relationship_id IS DISTINCT FROM relationship.id)
                """,
                *columns(self._sources_of(roots), 4),
            )
        )


def _names(alias: str | None) -> SQL:
    names = [SQL.identifier(alias, name) if alias else SQL.identifier(name) for name in CHANGING]
    return SQL(", ").join(names)


def columns(rows: Sequence[tuple], width: int) -> list[list]:
    """Rows turned into ``width`` columns, also when there are no rows."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
