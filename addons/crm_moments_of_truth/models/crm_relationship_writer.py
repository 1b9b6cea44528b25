from __future__ import annotations

from collections.abc import Sequence

from odoo import api, models
from odoo.tools import SQL

Root = tuple[str, int]

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


class CrmRelationshipWriter(models.AbstractModel):
    """Writes derived passes, their moments and the tie of their facts, set-based.

    Only rows that differ are touched, so that deriving again costs no writes.
    """

    _name = "crm.relationship.writer"
    _description = "Writing of Passes"

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
                    *columns(rows, 14),
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
                    *columns(rows, 6),
                ),
            )
        )

    @api.model
    def _claim_events(self, roots: list[Root]) -> None:
        """Tie the facts of roots to their passes and mark them as taken into account."""
        if not roots:
            return
        root_models, root_ids = columns(roots, 2)
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


def _names(alias: str | None) -> SQL:
    names = [SQL.identifier(alias, name) if alias else SQL.identifier(name) for name in CHANGING]
    return SQL(", ").join(names)


def columns(rows: Sequence[tuple], width: int) -> list[list]:
    """Rows turned into ``width`` columns, also when there are no rows."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
