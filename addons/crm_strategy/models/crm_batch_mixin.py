from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from psycopg2.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from odoo import api, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

LANE_SECONDS = 60
LANE_ATTEMPTS = 5
# The database asks for the same work again on a fresh snapshot; no row is to blame.
CONCURRENCY_ERRORS = (DeadlockDetected, LockNotAvailable, SerializationFailure)


class CrmBatchMixin(models.AbstractModel):
    """Long work in batches: isolated rows, a time budget, a commit after each batch."""

    _name = "crm.batch.mixin"
    _description = "Work in Batches"

    @api.model
    @api.private
    def _process_isolated(
        self, rows: Sequence[tuple], process: Callable[[Sequence[tuple]], object]
    ) -> list[tuple[tuple, str]]:
        """Process the rows together; when that fails, in halves, down to single rows.

        Returns the rows that failed with the reason in words. A conflict with another
        transaction is no fault of a row and is raised.
        """
        if not rows:
            return []
        try:
            with self.env.cr.savepoint():
                process(rows)
            return []
        except CONCURRENCY_ERRORS:
            raise
        except Exception as error:
            if self.env.cr.closed:  # the connection is lost: no row is to blame
                raise
            if len(rows) == 1:
                return [(rows[0], self._failure_reason(error))]
        # One bad row among 500 costs some twenty calls this way, instead of 500.
        half = len(rows) // 2
        return [
            *self._process_isolated(rows[:half], process),
            *self._process_isolated(rows[half:], process),
        ]

    @api.model
    def _failure_reason(self, error: Exception) -> str:
        """The sentence a person reads on the row; a fault of ours goes to the log as well."""
        if isinstance(error, UserError):
            return str(error)
        _logger.info("A row of a batch failed.", exc_info=error)
        return self.env._(
            "The row could not be processed (%(kind)s: %(reason)s). "
            "Try it again; if it fails once more, pass this text to your administrator.",
            kind=type(error).__name__,
            reason=str(error),
        )

    @api.model
    @api.private
    def _run_lane(self, step: Callable[[], int], remaining: Callable[[], int]) -> int:
        """Repeat ``step`` with a commit after each, for 60 seconds at most.

        ``step`` does one batch and returns how many rows it took (0 = nothing left);
        ``remaining`` counts what is still to do. A scheduled action that runs out of time
        triggers itself. Returns the number of rows taken.
        """
        Cron = self.env["ir.cron"]
        # A claim must be the first statement of its transaction, or it fails on every row that
        # another lane took since.
        seconds = Cron._commit_progress()
        deadline = time.monotonic() + min(LANE_SECONDS, seconds)
        taken = 0
        while done := self._attempt(step):
            taken += done
            left = remaining()
            seconds = Cron._commit_progress(done, remaining=left)
            if not left:
                break
            if not seconds or time.monotonic() >= deadline:
                self._trigger_own_cron()
                break
        return taken

    @api.model
    @api.private
    def _run_walk(
        self,
        key: str,
        after: Callable[[int], Sequence[int]],
        work: Callable[[Sequence[int]], object],
    ) -> bool:
        """Go through records by their ids as a lane; the next run goes on where time ran out.

        ``after`` gives the first ids beyond an id, ``work`` does them; ``key`` names the place
        where it is remembered how far a run came. Returns whether the end was reached.
        """
        # Access: how far a scheduled action came, which nobody else reads or sets.
        places = self.env["ir.config_parameter"].sudo()
        begun = last = int(places.get_param(key) or 0)

        def step() -> int:
            nonlocal last
            ids = after(last)
            if ids:
                work(ids)
                last = max(ids)
            return len(ids)

        self._run_lane(step, lambda: len(after(last)))
        is_through = not after(last)
        reached = 0 if is_through else last
        if reached != begun:
            places.set_param(key, reached or False)
        return is_through

    @api.model
    def _attempt(self, step: Callable[[], int]) -> int:
        """Run a step, again on a fresh transaction when another one was faster."""
        for attempt in range(1, LANE_ATTEMPTS + 1):
            try:
                return step()
            except CONCURRENCY_ERRORS:
                if attempt == LANE_ATTEMPTS:
                    raise
                self.env.cr.rollback()
                time.sleep(0.05 * 2**attempt)
        return 0

    @api.model
    def _trigger_own_cron(self) -> None:
        cron_id = self.env.context.get("cron_id")
        if cron_id:
            # Access: a scheduled action runs as the user set on it, who need not be an
            # administrator; it only asks for its own next run.
            self.env["ir.cron"].sudo().browse(cron_id)._trigger()
