from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import rupture
from ..core.rupture import Key, RuptureRow
from .crm_relationship_writer import columns


class CrmRuptureRaising(models.AbstractModel):
    """Opens, renews, repairs and reopens ruptures, set-based and safe against double events."""

    _name = "crm.rupture.raising"
    _description = "Raising of Ruptures"

    @api.model
    @api.private
    def _raise(self, rows: Sequence[RuptureRow]) -> models.BaseModel:
        """Raise ruptures; what is raised already is renewed, what came back is reopened.

        Idempotent: the same rows again change nothing. A waived rupture stays waived as long as
        its sign is the same. Returns the ruptures that are open for the rows.
        """
        refused = self._refused_causes() if rows else ()
        wanted = {row.key: row for row in rows if row.cause not in refused}
        if not wanted:
            return self.browse()
        # Access: ruptures follow from facts, whoever's action made the fact.
        me = self.sudo().with_context(tracking_disable=True)
        known = me._known(wanted)
        opened = me.browse()
        renewed = me.browse()
        new = []
        for key, row in wanted.items():
            found = known.get(key, me.browse())
            same = found.filtered(lambda item, row=row: (item.sign or "") == row.sign)
            standing = found.filtered(lambda item: item.state == rupture.OPEN)
            if standing:
                renewed |= standing._renew(row)
            elif same and same[0].state == rupture.CLOSED:
                same[0]._renew(row)
                same[0]._reopen()
                opened |= same[0]
            elif not same:
                new.append(row)
        opened |= me._insert(new)
        if opened:
            opened._announce()
        return (opened | renewed).with_env(self.env)

    @api.model
    @api.private
    def _repair(self, keys: Iterable[Key], note: str = "") -> models.BaseModel:
        """Close the open ruptures of keys (pass id, moment id or None, cause).

        ``note`` says by what they were repaired. Returns the ruptures that were closed.
        """
        keys = set(keys)
        if not keys:
            return self.browse()
        # Access: a fact repairs, whoever's action made the fact.
        me = self.sudo().with_context(tracking_disable=True)
        standing = me._known(keys, states=(rupture.OPEN,))
        closed = me.browse().union(*standing.values())
        closed._close(note)
        return closed.with_env(self.env)

    @api.model
    def _refused_causes(self) -> set[str]:
        """Causes that nobody wants to hear of."""
        # Access: whether a cause is watched holds for everybody alike.
        rules = self.env["crm.rupture.rule"].sudo().search([("is_on", "=", False)])
        return set(rules.mapped("cause"))

    @api.model
    def _known(
        self, keys: Iterable[Key], states: Sequence[str] = ()
    ) -> dict[Key, models.BaseModel]:
        """Ruptures of keys, the newest first."""
        keys = set(keys)
        domain = [
            ("relationship_id", "in", list({key[0] for key in keys})),
            ("cause", "in", list({key[2] for key in keys})),
        ]
        if states:
            domain.append(("state", "in", list(states)))
        found: dict[Key, models.BaseModel] = {}
        for item in self.search(domain, order="id desc"):
            key = (item.relationship_id.id, item.moment_id.id or None, item.cause)
            if key in keys:
                found[key] = found.get(key, self.browse()) | item
        return found

    @api.model
    def _insert(self, rows: Sequence[RuptureRow]) -> models.BaseModel:
        """Insert new ruptures; one that another transaction was faster with is left out.

        What was due longer ago than the company's days without news is history, also when it
        comes with documents that are entered today: it alarms nobody.
        """
        if not rows:
            return self.browse()
        self.env["crm.relationship"].flush_model()
        self.flush_model()
        now = fields.Datetime.now()
        values = [
            (
                row.relationship_id,
                row.moment_id,
                row.cause,
                row.amount,
                row.sign,
                row.why,
                json.dumps(row.links),
                json.dumps(row.values),
                row.due_on,
            )
            for row in rows
        ]
        # Raw SQL: one statement for a batch, and two servers that see the same fact at once.
        # The pass may be gone meanwhile: then there is nothing to raise.
        ids = self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_rupture
                       (relationship_id, moment_id, cause, amount, sign, words, links, figures,
                        due_on, company_id, customer_id, partner_id, team_id, user_id, currency_id,
                        is_backlog, state, opened_at, since, reopen_count, is_announced,
                        create_uid, create_date, write_uid, write_date)
                SELECT pass.id, row.moment_id, row.cause, COALESCE(row.amount, pass.amount),
                       row.sign, row.words, row.links::jsonb, row.figures::jsonb, row.due_on,
                       pass.company_id, pass.customer_id, pass.partner_id, owner.team_id,
                       owner.user_id, company.currency_id,
                       %(backlog)s OR COALESCE(
                           company.crm_silent_days > 0
                           AND row.due_on < %(now)s::date - company.crm_silent_days, FALSE),
                       'open', %(now)s, %(now)s,
                       0, FALSE, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(
                           %(columns)s
                       ) AS row(relationship_id, moment_id, cause, amount, sign, words, links,
                                figures, due_on)
                  JOIN crm_relationship AS pass ON pass.id = row.relationship_id
                  JOIN res_company AS company ON company.id = pass.company_id
             LEFT JOIN (%(owners)s) AS owner ON owner.relationship_id = pass.id
           ON CONFLICT (relationship_id, (COALESCE(moment_id, 0)), cause) WHERE state = 'open'
            DO NOTHING
             RETURNING id
                """,
                columns=SQL(
                    "%s::int[], %s::int[], %s::varchar[], %s::numeric[], %s::varchar[], "
                    "%s::text[], %s::text[], %s::text[], %s::date[]",
                    *columns(values, 9),
                ),
                owners=self._owners_sql([row.relationship_id for row in rows]),
                backlog=bool(self.env.context.get("crm_history")),
                now=now,
                uid=self.env.uid,
            )
        )
        self.invalidate_model(flush=False)
        self.env["crm.relationship"].invalidate_model(["rupture_ids"], flush=False)
        return self.browse(rupture_id for (rupture_id,) in ids)

    @api.model
    def _owners_sql(self, relationship_ids: list[int]) -> SQL:
        """SELECT of relationship_id, user_id, team_id: who answers for each pass now."""
        passes = self.env["crm.relationship"].browse(relationship_ids)
        owners = [
            (item.id, item._rupture_owner().id or None, item.team_id.id or None) for item in passes
        ]
        return SQL(
            "SELECT * FROM unnest(%s::int[], %s::int[], %s::int[]) "
            "AS pair(relationship_id, user_id, team_id)",
            *columns(owners, 3),
        )

    def _renew(self, row: RuptureRow) -> models.BaseModel:
        """Bring the words and figures of a standing rupture up to date; write what differs."""
        self.ensure_one()
        amount = row.amount if row.amount is not None else self.relationship_id.amount
        values = {
            "sign": row.sign,
            "words": row.why,
            "links": [list(link) for link in row.links],
            "figures": dict(row.values),
            "due_on": row.due_on,
            "amount": amount,
        }
        changed = {
            name: value
            for name, value in values.items()
            if (self[name] or False) != (value or False)
        }
        if "amount" in changed and not self.currency_id.compare_amounts(self.amount, amount):
            del changed["amount"]
        if changed:
            self.write(changed)
        return self
