from __future__ import annotations

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

STRATEGIES = ("rekey", "keep_destination", "recompute")


class CrmPartnerKeyedMixin(models.AbstractModel):
    """What happens to rows of ours when two partners become one.

    A model with a partner or customer key inherits this and chooses ``_partner_merge``:

    - ``rekey``: the rows move to the remaining partner and customer; override
      ``_merge_collisions`` where a key is unique;
    - ``keep_destination``: the remaining customer's own row wins, others move only where it
      has none (models with one row per customer);
    - ``recompute``: the rows of both go, ``_merge_recomputed`` makes them anew.

    There is no default: the contract test fails where nothing is chosen.
    """

    _name = "crm.partner.keyed.mixin"
    _description = "Rows Keyed by Partner"
    _inherit = "crm.privacy.mixin"

    _partner_merge: str | None = None
    # Rows of customers hang on the commercial partner; rows of single contacts set this to False.
    _partner_is_buyer = True

    @api.model
    def _merge_key_fields(self, comodel: str) -> list[str]:
        """Stored links of this model to partners or customers that follow a merge."""
        return [
            name
            for name, field in self._fields.items()
            if field.type == "many2one"
            and field.store
            and field.column_type
            and field.comodel_name == comodel
        ]

    @api.model
    @api.private
    def _merge_partners(
        self, source_ids: list[int], destination_id: int, customers: dict[int, int]
    ) -> None:
        """Let the rows follow a merge of partners.

        ``customers`` maps each customer id that disappears to the one that remains.
        """
        if self._partner_merge not in STRATEGIES:
            raise UserError(
                self.env._(
                    "“%(model)s” does not say what happens when contacts are merged. "
                    "Ask your administrator to choose a merge strategy for it.",
                    model=self._description,
                )
            )
        getattr(self, f"_merge_{self._partner_merge}")(source_ids, destination_id, customers)
        self.invalidate_model(flush=False)

    @api.model
    def _merge_rekey(
        self, source_ids: list[int], destination_id: int, customers: dict[int, int]
    ) -> None:
        self._merge_collisions(source_ids, destination_id, customers)
        self._merge_move(source_ids, destination_id, customers)

    @api.model
    def _merge_keep_destination(
        self, source_ids: list[int], destination_id: int, customers: dict[int, int]
    ) -> None:
        keys = self._merge_key_fields("crm.customer")
        for key in keys if customers else ():
            # Of several rows that would meet on one customer the remaining customer's own
            # row wins, then the oldest.
            self.env.cr.execute(
                SQL(
                    """
                    DELETE FROM %(table)s WHERE id IN (
                        SELECT id FROM (
                            SELECT line.id, ROW_NUMBER() OVER (
                                       PARTITION BY COALESCE(pair.kept, line.%(key)s)
                                       ORDER BY pair.kept IS NOT NULL, line.id
                                   ) AS place
                              FROM %(table)s AS line
                         LEFT JOIN %(pairs)s ON pair.gone = line.%(key)s
                             WHERE line.%(key)s = ANY(%(all)s)
                        ) AS ranked
                        WHERE place > 1
                    )
                    """,
                    table=SQL.identifier(self._table),
                    key=SQL.identifier(key),
                    pairs=self._merge_pairs_sql(customers),
                    all=[*customers, *customers.values()],
                )
            )
        self._merge_move(source_ids, destination_id, customers)

    @api.model
    def _merge_recompute(
        self, source_ids: list[int], destination_id: int, customers: dict[int, int]
    ) -> None:
        conditions = [
            SQL("%s = ANY(%s)", SQL.identifier(key), [*source_ids, destination_id])
            for key in self._merge_key_fields("res.partner")
        ] + [
            SQL("%s = ANY(%s)", SQL.identifier(key), [*customers, *customers.values()])
            for key in self._merge_key_fields("crm.customer")
        ]
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE %s",
                SQL.identifier(self._table),
                SQL(" OR ").join(conditions),
            )
        )

    @api.model
    def _merge_move(
        self, source_ids: list[int], destination_id: int, customers: dict[int, int]
    ) -> None:
        """Point the rows at the remaining customer and partner."""
        table = SQL.identifier(self._table)
        for key in self._merge_key_fields("crm.customer") if customers else ():
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET %(key)s = pair.kept FROM %(pairs)s "
                    "WHERE %(table)s.%(key)s = pair.gone",
                    table=table,
                    key=SQL.identifier(key),
                    pairs=self._merge_pairs_sql(customers),
                )
            )
        for key in self._merge_key_fields("res.partner"):
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET %(key)s = %(kept)s WHERE %(key)s = ANY(%(gone)s)",
                    table=table,
                    key=SQL.identifier(key),
                    kept=destination_id,
                    gone=source_ids,
                )
            )

    @api.model
    def _merge_pairs_sql(self, customers: dict[int, int]) -> SQL:
        return SQL(
            "unnest(%s::int[], %s::int[]) AS pair(gone, kept)",
            list(customers),
            list(customers.values()),
        )

    @api.model
    def _merge_collisions(
        self, source_ids: list[int], destination_id: int, customers: dict[int, int]
    ) -> None:
        """Hook of ``rekey``: remove the rows that would meet on one unique key."""

    @api.model
    def _merge_histories(self, customers: dict[int, int], returning: SQL) -> list[tuple]:
        """Keep one history per remaining customer: its own, else that of the oldest other.

        For a dated history two of which cannot both hold at one day. Returns the columns asked
        for of the rows that went.
        """
        return self.env.execute_query(
            SQL(
                """
                WITH history AS (
                    SELECT DISTINCT line.customer_id, COALESCE(pair.kept, line.customer_id) AS kept
                      FROM %(table)s AS line
                 LEFT JOIN %(pairs)s ON pair.gone = line.customer_id
                     WHERE line.customer_id = ANY(%(all)s)
                ),
                winner AS (
                    SELECT DISTINCT ON (kept) kept, customer_id
                      FROM history
                  ORDER BY kept, customer_id != kept, customer_id
                )
                DELETE FROM %(table)s AS line
                 USING history JOIN winner ON winner.kept = history.kept
                 WHERE line.customer_id = history.customer_id
                   AND history.customer_id != winner.customer_id
             RETURNING %(returning)s
                """,
                table=SQL.identifier(self._table),
                pairs=self._merge_pairs_sql(customers),
                all=[*customers, *customers.values()],
                returning=returning,
            )
        )

    @api.model
    @api.private
    def _merge_recomputed(self, destination_id: int) -> None:
        """Hook of ``recompute``: make the rows of the remaining partner anew, after all moved."""

    @api.model
    @api.private
    def _merge_models(self) -> list[models.BaseModel]:
        """All models that inherit this mixin and have a table."""
        mixin = self.env.registry["crm.partner.keyed.mixin"]
        return [
            self.env[name]
            for name, model in sorted(self.env.registry.items())
            if issubclass(model, mixin) and model._auto and not model._abstract
        ]
