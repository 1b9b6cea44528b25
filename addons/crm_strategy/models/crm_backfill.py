from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..core.measure import recent_periods
from .crm_change_queue import Change

CHUNK = 500
INDICATORS = "indicators"
OPEN = ("waiting", "running")
LANES = ("crm_strategy.crm_backfill_lane_cron_1", "crm_strategy.crm_backfill_lane_cron_2")


class CrmBackfill(models.Model):
    """Figures of the past: what documents from before the installation say, customer by customer.

    One record per company and kind of figures. It feeds the consumers of ``crm.change`` in
    batches and remembers the last customer of each, so that it may be stopped, resumed and killed
    at any moment.
    """

    _name = "crm.backfill"
    _description = "Figures of the Past"
    _inherit = ["crm.batch.mixin"]
    _order = "id"
    _rec_name = "consumer"

    # identity
    consumer = fields.Selection(
        selection="_selection_consumer",
        string="What is computed",
        required=True,
        readonly=True,
        help="The figures that are computed from documents of the time before the installation.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    # results
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("stopped", "Stopped"),
            ("done", "Done"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        help="A stopped one goes on where it stood as soon as somebody resumes it.",
    )
    position = fields.Integer(
        string="Last customer done",
        readonly=True,
        aggregator=None,
        help="Number of the last customer whose figures stand; it goes on with the next one.",
    )
    total = fields.Integer(
        string="Customers", readonly=True, help="Customers of the company when it began."
    )
    done_count = fields.Integer(
        string="Customers done", readonly=True, help="Customers whose figures stand."
    )
    failed_count = fields.Integer(
        string="Put off",
        readonly=True,
        help="Customers whose figures could not be computed; they wait with the reason under "
        "CRM > Configuration > Waiting changes.",
    )
    progress = fields.Float(
        compute="_compute_progress", help="Share of the customers that are done, in percent."
    )
    started_at = fields.Datetime(string="Started", readonly=True, help="When it began.")
    ended_at = fields.Datetime(
        string="Ended", readonly=True, help="When the last customer was done."
    )

    _consumer_company_uniq = models.UniqueIndex(
        "(company_id, consumer)", "These figures of the company are in the list already."
    )

    @api.model
    def _selection_consumer(self) -> list[tuple[str, str]]:
        return self.env["crm.change"]._selection_consumer()

    @api.depends("total", "done_count", "state")
    def _compute_progress(self) -> None:
        for line in self:
            share = 100.0 * line.done_count / line.total if line.total else 0.0
            # Customers may come and go while it runs.
            line.progress = 100.0 if line.state == "done" else min(share, 99.0)

    # opening
    @api.model
    def _open(self, consumers: Iterable[str]) -> None:
        """Have figures of all customers of all companies computed from the beginning.

        What somebody stopped stays stopped. Called when an addon is installed.
        """
        self.flush_model()
        self.env["crm.customer"].flush_model(["company_id"])
        # Raw SQL: one statement, whatever the number of companies.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_backfill AS line
                       (consumer, company_id, state, position, total, done_count, failed_count,
                        create_uid, write_uid, create_date, write_date)
                SELECT wanted.consumer, customer.company_id, 'waiting', 0, COUNT(*), 0, 0,
                       %(uid)s::int, %(uid)s::int, %(now)s::timestamp, %(now)s::timestamp
                  FROM crm_customer AS customer,
                       unnest(%(consumers)s::varchar[]) WITH ORDINALITY AS wanted(consumer, rank)
              GROUP BY customer.company_id, wanted.consumer, wanted.rank
              ORDER BY customer.company_id, wanted.rank
           ON CONFLICT (company_id, consumer) DO UPDATE
                   SET state = CASE line.state WHEN 'stopped' THEN 'stopped' ELSE 'waiting' END,
                       position = 0, done_count = 0, failed_count = 0, total = EXCLUDED.total,
                       started_at = NULL, ended_at = NULL,
                       write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
                """,
                consumers=list(consumers),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.invalidate_model(flush=False)
        self._wake()

    @api.model
    def _wake(self) -> None:
        # Access: whoever may resume need not administer scheduled actions; they only run earlier.
        for name in LANES:
            lane = self.env.ref(name, raise_if_not_found=False)
            if lane:
                lane.sudo()._trigger()

    # working
    @api.model
    def _step(self) -> int:
        """Compute the figures of the next customers; returns how many it took (0 = none left).

        Two lanes never hold the same record. Should begin a transaction.
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM crm_backfill
                 WHERE state = ANY(%s) AND consumer = ANY(%s)
              ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
                """,
                list(OPEN),
                list(self.env["crm.change"]._consumers()),
            ),
            log_exceptions=False,
        )
        found = self.env.cr.fetchall()
        self.invalidate_model(flush=False)
        return self.browse(found[0])._take_customers() if found else 0

    def _take_customers(self) -> int:
        customers = self.env["crm.customer"].search(
            [("company_id", "=", self.company_id.id), ("id", ">", self.position)],
            order="id",
            limit=None if self.consumer in self._at_once() else CHUNK,
        )
        if not customers:
            self._finish()
            return 1
        rows = [(self.company_id.id, customer.partner_id.id, date.min) for customer in customers]
        failed = self._compute_rows(rows)
        self.write(
            {
                "state": "running",
                "position": customers[-1].id,
                "done_count": self.done_count + len(customers),
                "failed_count": self.failed_count + failed,
                "started_at": self.started_at or fields.Datetime.now(),
            }
        )
        return len(customers)

    @api.model
    def _at_once(self) -> set[str]:
        """Consumers that compute a whole company at a time, however few customers are named."""
        return {INDICATORS}

    def _compute_rows(self, rows: list[tuple]) -> int:
        """Renew the figures of the customers; returns how many could not be and wait."""
        Queue = self.env["crm.change"]
        # Access: figures follow from the documents, whoever's turn starts the lane.
        target = self.env[Queue._consumers()[self.consumer]].sudo()
        given = rows[:1] if self.consumer in self._at_once() else rows
        work = self._measure if self.consumer == INDICATORS else target._process_changes
        failed = self._process_isolated(given, work)
        if failed:
            Queue._insert_changes(
                [
                    Queue._retry_values(self.consumer, Change(*row), reason)
                    for row, reason in failed
                ],
                wake=True,
            )
        return len(failed)

    def _measure(self, _rows: list[tuple]) -> None:
        """Measure the first values of a company, and again those that it has."""
        Indicator = self.env["crm.indicator"]
        today = self.env["crm.segment.membership"]._today(self.company_id)
        Indicator._refresh(self.company_id, recent_periods(today))
        Indicator._process_changes([(self.company_id.id, 0, date.min)])

    def _finish(self) -> None:
        # Customers who came meanwhile were done too.
        self.write({"state": "done", "ended_at": fields.Datetime.now(), "total": self.done_count})
        labels = dict(self._selection_consumer())
        self.env["crm.audit.log"]._log_run(
            "runs",
            self.env._("Figures of the past: %(what)s", what=labels[self.consumer]),
            self.env._(
                "%(done)s customers done, %(failed)s put off.",
                done=self.done_count,
                failed=self.failed_count,
            ),
            self.company_id,
        )

    @api.model
    def _open_count(self) -> int:
        return self.search_count([("state", "in", OPEN)])

    @api.model
    def _cron_lane(self) -> None:
        """Work for one minute, customer by customer, with a commit after each batch."""
        if self._open_count():
            self._run_lane(self._step, self._open_count)

    @api.model
    @api.private
    def _run_all(self) -> int:
        """Compute everything that is open without committing, for commands and tests."""
        taken = 0
        while done := self._step():
            taken += done
        return taken

    # people
    def action_stop(self) -> bool:
        """Stop after the batch that is being computed; what stands remains."""
        return self._decide("stopped", OPEN)

    def action_resume(self) -> bool:
        """Go on with the customer after the last one done."""
        return self._decide("waiting", ("stopped",))

    def action_restart(self) -> bool:
        """Compute the figures of all customers again, from the first one."""
        # Access: see _decide, which checks the role first.
        self._decide("waiting", ("done", "stopped"))
        for line in self.filtered(lambda line: line.state == "waiting").sudo():
            total = self.env["crm.customer"].search_count([("company_id", "=", line.company_id.id)])
            line.write(
                {
                    "position": 0,
                    "done_count": 0,
                    "failed_count": 0,
                    "total": total,
                    "started_at": False,
                    "ended_at": False,
                }
            )
        return True

    def _decide(self, state: str, before: tuple[str, ...]) -> bool:
        self.check_access("read")
        user = self.env.user
        if not (
            user.has_group("crm_strategy.crm_strategy_group_manager")
            or user.has_group("base.group_system")
        ):
            raise AccessError(
                self.env._(
                    "Only a strategy manager or an administrator stops and resumes the figures "
                    "of the past. Ask one of them."
                )
            )
        # Access: both may read the list; deciding about its state is the one change they make.
        self.filtered(lambda line: line.state in before).sudo().write({"state": state})
        if state == "waiting":
            self._wake()
        return True
