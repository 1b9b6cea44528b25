from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

MAX_TRIES = 5
LIMIT = 500
WAIT_MINUTES = (1, 5, 30, 120)
BUFFER = "crm_strategy.changes"
LANES = ("crm_strategy.crm_change_lane_cron_1", "crm_strategy.crm_change_lane_cron_2")


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


class CrmChange(models.Model):
    """The work queue: customers whose derived figures a consumer has to renew.

    Append-only and without a unique key: two people who post documents of one customer neither
    wait for each other nor fail.
    """

    _name = "crm.change"
    _description = "Waiting Change"
    _inherit = ["crm.batch.mixin", "crm.partner.keyed.mixin"]
    _order = "id"
    _rec_name = "partner_id"
    _partner_merge = "rekey"

    consumer = fields.Char(
        string="For", required=True, readonly=True, help="The figures that wait to be renewed."
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, ondelete="cascade"
    )
    fact_date = fields.Date(
        string="Since",
        required=True,
        readonly=True,
        help="Day of the earliest fact that changed; figures of earlier periods are right.",
    )
    tries = fields.Integer(
        readonly=True, help="How often it failed. After five tries it waits for a person."
    )
    next_try = fields.Datetime(readonly=True, help="Not tried again before this moment.")
    reason = fields.Text(readonly=True, help="Why the last try failed.")

    _consumer_idx = models.Index("(consumer, next_try)")
    _partner_idx = models.Index("(partner_id)")

    # consumers
    @api.model
    def _consumers(self) -> dict[str, str]:
        """Consumer -> model whose ``_process_changes(rows)`` renews the figures; extend it.

        ``rows`` are tuples (company id, commercial partner id, earliest fact date), each
        customer once. The method is set-based, may run again and never commits.
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
        for company_id, partner_id, fact_date in rows:
            if company_id and partner_id:
                key = (consumer, company_id, partner_id)
                buffer[key] = min(fact_date, buffer.get(key, fact_date))

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
        # a whole load. A partner deleted meanwhile has nothing left to renew.
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
                """,
                uid=self.env.uid,
                now=self.env.cr.now(),
                values=SQL(", ").join(values),
                wake=SQL("WITH woken AS (%s)", self._wake_sql()) if wake else SQL(),
            )
        )

    @api.model
    def _trigger_lanes(self) -> None:
        """Wake the first lane; it wakes itself again while work remains."""
        self.env.cr.execute(self._wake_sql())

    @api.model
    def _wake_sql(self) -> SQL:
        """What Odoo's own trigger writes, without the queries by which it finds the lane.

        A lane that is called already is not called twice.
        """
        now = self.env.cr.now()
        lane_id = self.env["ir.model.data"]._xmlid_to_res_id(LANES[0], raise_if_not_found=False)
        self.env.cr.postcommit.add(self.env["ir.cron"]._notifydb)
        return SQL(
            """
            INSERT INTO ir_cron_trigger
                   (cron_id, call_at, create_uid, write_uid, create_date, write_date)
            SELECT id, %(now)s::timestamp, %(uid)s, %(uid)s, %(now)s::timestamp, %(now)s::timestamp
              FROM ir_cron
             WHERE id = %(lane)s
               AND active
               AND NOT EXISTS (
                   SELECT 1 FROM ir_cron_trigger
                    WHERE cron_id = %(lane)s AND call_at <= %(now)s::timestamp
               )
            """,
            now=now,
            uid=self.env.uid,
            lane=lane_id or 0,
        )

    # claiming
    @api.model
    @api.private
    def _claim(self, consumer: str, limit: int = LIMIT) -> list[Change]:
        """Take up to ``limit`` due rows of a consumer off the queue, each customer once.

        Lanes that run at the same time skip each other's rows. Should be the first statement
        of a transaction. Rows that failed five times are left for a person.
        """
        self.flush_model()
        # Losing a row to a faster lane is daily business: the lane tries again, the log stays
        # quiet.
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM crm_change
                 WHERE id = ANY(ARRAY(
                    SELECT id FROM crm_change
                     WHERE consumer = %(consumer)s
                       AND COALESCE(tries, 0) < %(max_tries)s
                       AND (next_try IS NULL OR next_try <= %(now)s)
                  ORDER BY id
                     LIMIT %(limit)s
                       FOR UPDATE SKIP LOCKED
                 ))
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
        tries = change.tries + 1
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
        """Work off one queue, or all queues in turn, for one minute."""
        for name in [consumer] if consumer else self._consumers():
            self._run_lane(
                lambda name=name: self._run(name), lambda name=name: self._due_count(name)
            )

    @api.model
    def _due_count(self, consumer: str) -> int:
        return self.search_count(
            [
                ("consumer", "=", consumer),
                ("tries", "<", MAX_TRIES),
                "|",
                ("next_try", "=", False),
                ("next_try", "<=", fields.Datetime.now()),
            ]
        )

    # people
    def action_retry(self) -> bool:
        """Try the chosen changes again at the next run."""
        self._check_manager()
        # Access: the strategy manager reads the queue; only this one change is allowed to him.
        self.sudo().write({"tries": 0, "next_try": False})
        self._trigger_lanes()
        return True

    def action_drop(self) -> bool:
        """Take the chosen changes off the queue; the figures stay as they are."""
        self._check_manager()
        # Access: as above; the rows are the manager's own companies' (record rule).
        return self.sudo().unlink()

    def _check_manager(self) -> None:
        self.check_access("read")
        if not self.env.user.has_group("crm_strategy.crm_strategy_group_manager"):
            raise AccessError(
                self.env._(
                    "Only a strategy manager decides about waiting changes. "
                    "Ask one to open CRM > Configuration > Waiting changes."
                )
            )
