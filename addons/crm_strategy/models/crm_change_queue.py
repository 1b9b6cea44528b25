from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_compared_mixin import Comparison

MAX_TRIES = 5
LIMIT = 500
WAIT_MINUTES = (1, 5, 30, 120)
BUFFER = "crm_strategy.changes"
LANES = ("crm_strategy.crm_change_lane_cron_1", "crm_strategy.crm_change_lane_cron_2")
LANE_CODE = "model._cron_lane("


class Change(NamedTuple):
    """A claimed change: whose figures are stale since which day, and how often it failed."""

    company_id: int
    partner_id: int
    fact_date: date
    tries: int = 0

    @property
    def row(self) -> tuple[int, int, date]:
        """What a consumer gets."""
        return self[:3]


class CrmChangeQueue(models.AbstractModel):
    """How changes are noted, claimed and worked off.

    Lanes are scheduled actions that call ``_cron_lane``; as many as an administrator wants, on
    as many servers as there are. Each claims rows that no other lane has in hand.
    """

    _name = "crm.change.queue"
    _description = "Queue of Changes"
    _inherit = ["crm.batch.mixin"]

    # consumers
    @api.model
    def _consumers(self) -> dict[str, str]:
        """Consumer -> model whose ``_process_changes(rows)`` renews the figures; extend it.

        ``rows`` are tuples (company id, commercial partner id, earliest fact date), each
        customer once. The method is set-based, may run again and never commits.
        """
        return {}

    @api.model
    def _comparisons(self) -> dict[str, Comparison]:
        """Name -> what the nightly comparison compares and which consumer heals it; extend it.

        The model inherits ``crm.compared.mixin`` and answers ``_compare(company, partners)``.
        They run in this order.
        """
        return {}

    # writing
    @api.model
    @api.private
    def _collect(self, consumer: str, rows: Iterable[tuple[int, int, date]]) -> None:
        """Note changes of (company id, partner id, fact date); written once per transaction.

        Rows are kept until the transaction flushes, one per customer with the earliest date.
        Partner ids are those of commercial partners.
        """
        precommit = self.env.cr.precommit
        if BUFFER not in precommit.data:
            precommit.data[BUFFER] = {}
            precommit.add(self._write_collected)
        buffer = precommit.data[BUFFER]
        if consumer in self._company_consumers():
            rows = self._rows_of_companies(rows)
        for company_id, partner_id, fact_date in rows:
            if company_id and partner_id:
                key = (consumer, company_id, partner_id)
                buffer[key] = min(fact_date, buffer.get(key, fact_date))

    @api.model
    def _company_consumers(self) -> frozenset[str]:
        """Consumers that renew a whole company, whichever customer a fact is of; extend it."""
        return frozenset()

    @api.model
    def _rows_of_companies(self, rows: Iterable[tuple]) -> list[tuple[int, int, date]]:
        """One row per company, which its own contact stands for: it goes only with the company."""
        since: dict[int, date] = {}
        for company_id, _partner_id, day in rows:
            if company_id:
                since[company_id] = min(day, since.get(company_id, day))
        # Access: whoever changes a fact need not read the company; its contact's id is taken.
        companies = self.env["res.company"].sudo().browse(since)
        return [(company.id, company.partner_id.id, since[company.id]) for company in companies]

    @api.model
    def _write_collected(self) -> None:
        buffer = self.env.cr.precommit.data.pop(BUFFER, {})
        if not buffer:
            return
        self._insert_changes(
            [
                (consumer, company_id, partner_id, fact_date, 0, None, None)
                for (consumer, company_id, partner_id), fact_date in buffer.items()
            ],
            wake=True,
        )

    @api.model
    def _insert_changes(self, rows: list[tuple], wake: bool = False) -> None:
        """Insert (consumer, company, partner, date, tries, next try, reason), and wake a lane.

        One statement: every confirmed order and posted invoice pays for it.
        """
        values = [SQL("(%s, %s, %s, %s, %s, %s::timestamp, %s)", *row) for row in rows]
        # Raw SQL: whoever posts an invoice has no right on the queue, and one statement serves
        # a whole load. A partner or company deleted meanwhile has nothing left to renew.
        self.env.cr.execute(
            SQL(
                """
                %(wake)s
                INSERT INTO crm_change
                       (consumer, company_id, partner_id, fact_date, tries, next_try, reason,
                        create_uid, write_uid, create_date, write_date)
                SELECT new.*, %(uid)s, %(uid)s, %(now)s::timestamp, %(now)s::timestamp
                  FROM (VALUES %(values)s)
                    AS new (consumer, company_id, partner_id, fact_date, tries, next_try, reason)
                 WHERE EXISTS (SELECT 1 FROM res_partner WHERE id = new.partner_id)
                   AND EXISTS (SELECT 1 FROM res_company WHERE id = new.company_id)
                """,
                uid=self.env.uid,
                now=self.env.cr.now(),
                values=SQL(", ").join(values),
                wake=SQL("WITH woken AS (%s)", self._wake_sql()) if wake else SQL(),
            )
        )

    # waking
    @api.model
    def _trigger_lanes(self) -> None:
        """Wake the first lane that is switched on; it wakes itself again while work remains."""
        self.env.cr.execute(self._wake_sql())

    @api.model
    def _wake_sql(self, lane_ids: Sequence[int] = ()) -> SQL:
        """What Odoo's own trigger writes, without the queries by which it finds the lane.

        Wakes the given lanes, by default the first of the two that is switched on. A lane that
        is called already is not called twice.
        """
        self.env.cr.postcommit.add(self.env["ir.cron"]._notifydb)
        find = self.env["ir.model.data"]._xmlid_to_res_id
        first = [find(name, raise_if_not_found=False) or 0 for name in LANES]
        return SQL(
            """
            INSERT INTO ir_cron_trigger
                   (cron_id, call_at, create_uid, write_uid, create_date, write_date)
            SELECT lane.id, %(now)s::timestamp, %(uid)s, %(uid)s, %(now)s::timestamp,
                   %(now)s::timestamp
              FROM (
                    SELECT id FROM ir_cron
                     WHERE id = ANY(%(lanes)s) AND active
                  ORDER BY id LIMIT %(limit)s
              ) AS lane
             WHERE NOT EXISTS (
                   SELECT 1 FROM ir_cron_trigger
                    WHERE cron_id = lane.id AND call_at <= %(now)s::timestamp
               )
            """,
            now=self.env.cr.now(),
            uid=self.env.uid,
            lanes=list(lane_ids) or first,
            limit=len(lane_ids) or 1,
        )

    @api.model
    def _other_lanes(self) -> list[int]:
        """Ids of the lanes that are switched on, copies made by an administrator included."""
        # Access: a lane may run as a user who does not administer scheduled actions; only the
        # ids of its siblings are read.
        lanes = self.env["ir.cron"].sudo()
        domain = Domain("model_id.model", "=", "crm.change") & Domain("code", "like", LANE_CODE)
        return lanes.search(domain & Domain("id", "!=", self.env.context.get("cron_id"))).ids

    # claiming
    @api.model
    @api.private
    def _claim(self, consumer: str, limit: int = LIMIT) -> list[Change]:
        """Take up to ``limit`` due rows of a consumer off the queue, each customer once.

        Lanes that run at the same time skip each other's rows. Should be the first statement
        of a transaction. A row that waits, for its next try or for a person, is taken along when
        the customer has a new one: whatever renews the figures for the new fact renews them for
        the old one too, and there is one answer for both.
        """
        self.flush_model()
        # Losing a row to a faster lane is daily business: the lane tries again, the log stays
        # quiet.
        self.env.cr.execute(
            SQL(
                """
                WITH due AS (
                    SELECT id, company_id, partner_id
                      FROM crm_change
                     WHERE consumer = %(consumer)s
                       AND COALESCE(tries, 0) < %(max_tries)s
                       AND (next_try IS NULL OR next_try <= %(now)s)
                  ORDER BY id
                     LIMIT %(limit)s
                       FOR UPDATE SKIP LOCKED
                ),
                waiting AS (
                    SELECT line.id
                      FROM crm_change AS line
                      JOIN due USING (partner_id, company_id)
                     WHERE line.consumer = %(consumer)s
                       AND (line.tries >= %(max_tries)s OR line.next_try > %(now)s)
                       FOR UPDATE OF line SKIP LOCKED
                )
                DELETE FROM crm_change
                 WHERE id = ANY(ARRAY(SELECT id FROM due UNION ALL SELECT id FROM waiting))
             RETURNING company_id, partner_id, fact_date, COALESCE(tries, 0)
                """,
                consumer=consumer,
                max_tries=MAX_TRIES,
                now=fields.Datetime.now(),
                limit=limit,
            ),
            log_exceptions=False,
        )
        rows = self.env.cr.fetchall()
        if rows:
            self.invalidate_model(flush=False)
        claimed: dict[tuple[int, int], Change] = {}
        for company_id, partner_id, fact_date, tries in rows:
            known = claimed.get((company_id, partner_id))
            claimed[company_id, partner_id] = Change(
                company_id,
                partner_id,
                min(fact_date, known.fact_date) if known else fact_date,
                max(tries, known.tries) if known else tries,
            )
        return sorted(claimed.values())

    @api.model
    @api.private
    def _run(self, consumer: str, limit: int = LIMIT) -> int:
        """Claim and process one batch; returns how many customers it took.

        What fails goes back to the queue in the same transaction, with the reason.
        """
        claimed = self._claim(consumer, limit)
        if not claimed:
            return 0
        by_row = {change.row: change for change in claimed}
        # Access: figures are derived for everybody alike, whoever's turn starts the lane.
        target = self.env[self._consumers()[consumer]].sudo()
        failed = self._process_isolated(list(by_row), target._process_changes)
        if failed:
            self._insert_changes(
                [self._retry_values(consumer, by_row[row], reason) for row, reason in failed]
            )
        return len(claimed)

    @api.model
    def _retry_values(self, consumer: str, change: Change, reason: str) -> tuple:
        tries = min(change.tries + 1, MAX_TRIES)
        wait = WAIT_MINUTES[min(tries, len(WAIT_MINUTES)) - 1]
        next_try = fields.Datetime.now() + timedelta(minutes=wait)
        return (consumer, *change.row, tries, next_try, reason)

    @api.model
    @api.private
    def _run_all(self, consumer: str | None = None) -> int:
        """Process everything due without committing, for commands and tests.

        Without a consumer: all of them. Returns how many customers were taken.
        """
        self.env.cr.flush()
        taken = 0
        for name in [consumer] if consumer else self._consumers():
            while done := self._run(name):
                taken += done
        return taken

    # lanes
    @api.model
    def _cron_lane(self, consumer: str | None = None) -> None:
        """Work off one queue, or all queues in turn, for one minute.

        With nothing to do it costs one query. With more than one batch to do it calls the
        other lanes to help.
        """
        names = deque([consumer] if consumer else self._consumers())
        due = self._due_count(names)
        if not due:
            return
        others = self._other_lanes() if due > LIMIT else []
        if others:
            self.env.cr.execute(self._wake_sql(others))
        self._run_lane(lambda: self._run_next(names), lambda: self._due_count(names))

    @api.model
    def _run_next(self, names: deque[str]) -> int:
        """Process a batch of the first queue that has one; the next turn begins after it."""
        for _turn in range(len(names)):
            name = names[0]
            names.rotate(-1)
            if done := self._run(name):
                return done
        return 0

    @api.model
    def _due_count(self, consumers: Iterable[str]) -> int:
        return self.search_count(
            [
                ("consumer", "in", list(consumers)),
                ("tries", "<", MAX_TRIES),
                "|",
                ("next_try", "=", False),
                ("next_try", "<=", fields.Datetime.now()),
            ]
        )
