from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.models.figure_field import FigureField

from .crm_case import DROPPED, PROGRESS, SOLVED, WAITING

RUNNING, PAUSED, MET, MISSED, NONE = "running", "paused", "met", "missed", "none"
CLOCK = [
    (RUNNING, "Runs"),
    (PAUSED, "Stands still"),
    (MET, "In time"),
    (MISSED, "Late"),
    (NONE, "Nothing promised"),
]


class CrmCase(models.Model):
    """The clocks of a case, in working time (S002-2.2-V4)."""

    _inherit = "crm.case"

    # the promise, as it was when the case was opened
    level_id = fields.Many2one(
        "crm.service.level",
        string="Service level",
        index=True,
        ondelete="set null",
        readonly=True,
        copy=False,
        help="What this customer is promised, by class; the floor where the class has none.",
    )
    reply_limit = FigureField(
        string="Promised first reply (hours)",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Working hours until the first reply, as promised when the case was opened; never "
        "more than the floor.",
    )
    solve_limit = FigureField(
        string="Promised solution (hours)",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Working hours until the solution, as promised when the case was opened; never more "
        "than the floor.",
    )
    floor_reply_limit = FigureField(
        string="Floor for the first reply (hours)",
        readonly=True,
        copy=False,
        aggregator=None,
        help="The working hours above which no customer waits for a first reply.",
    )
    floor_solve_limit = FigureField(
        string="Floor for the solution (hours)",
        readonly=True,
        copy=False,
        aggregator=None,
        help="The working hours above which no customer waits for a solution.",
    )
    # the course
    opened_at = fields.Datetime(
        string="Opened on",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        default=fields.Datetime.now,
        help="When the case reached us; the clocks run from here.",
    )
    first_reply_at = fields.Datetime(
        string="First reply on",
        readonly=True,
        copy=False,
        help="When the customer got the first answer of a person of ours, by message or call.",
    )
    solved_at = fields.Datetime(
        string="Solved on", readonly=True, copy=False, help="When the case was solved."
    )
    waiting_since = fields.Datetime(
        string="Waits since", readonly=True, copy=False, help="Since when the customer is asked."
    )
    waited_hours = fields.Float(
        string="Waited for the customer (hours)",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Working hours in which we waited for the customer; they do not count.",
    )
    # due
    reply_due_at = fields.Datetime(
        string="First reply by", readonly=True, copy=False, help="The first reply is due by then."
    )
    solve_due_at = fields.Datetime(
        string="Solution by",
        readonly=True,
        copy=False,
        index=True,
        help="The solution is due by then; moves on while we wait for the customer.",
    )
    floor_reply_due_at = fields.Datetime(
        string="Floor: first reply by", readonly=True, copy=False, help="The floor for everybody."
    )
    floor_solve_due_at = fields.Datetime(
        string="Floor: solution by", readonly=True, copy=False, help="The floor for everybody."
    )
    # results
    reply_hours = FigureField(
        string="First reply after (hours)",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Working hours from the opening to the first reply.",
    )
    solve_hours = FigureField(
        string="Solved after (hours)",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Working hours from the opening to the solution, without those in which we waited "
        "for the customer.",
    )
    reply_state = fields.Selection(
        CLOCK,
        string="First reply",
        compute="_compute_clock_states",
        search="_search_reply_state",
        help="How the case stands against the promised first reply, as of now.",
    )
    solve_state = fields.Selection(
        CLOCK,
        string="Solution in time?",
        compute="_compute_clock_states",
        search="_search_solve_state",
        help="How the case stands against the promised solution, as of now.",
    )
    is_below_floor = fields.Boolean(
        string="Below the floor",
        compute="_compute_clock_states",
        search="_search_is_below_floor",
        help="Ticked when the first reply or the solution came, or still is, later than what "
        "every customer is promised.",
    )

    @api.depends(
        "state",
        "first_reply_at",
        "solved_at",
        "waiting_since",
        "reply_due_at",
        "solve_due_at",
        "floor_reply_due_at",
        "floor_solve_due_at",
    )
    def _compute_clock_states(self) -> None:
        now = fields.Datetime.now()
        for case in self:
            stop = case.waiting_since
            case.reply_state = case._clock_state(case.reply_due_at, case.first_reply_at, None, now)
            case.solve_state = case._clock_state(case.solve_due_at, case.solved_at, stop, now)
            case.is_below_floor = MISSED in (
                case._clock_state(case.floor_reply_due_at, case.first_reply_at, None, now),
                case._clock_state(case.floor_solve_due_at, case.solved_at, stop, now),
            )

    def _clock_state(
        self, due: datetime | bool, done: datetime | bool, stop: datetime | None, now: datetime
    ) -> str:
        """How a clock stands; ``_clock_sql`` says the same in SQL."""
        if not due or (self.state == DROPPED and not done):
            return NONE
        if done:
            return MET if done <= due else MISSED
        if (stop or now) > due:
            return MISSED
        return PAUSED if stop else RUNNING

    @api.model
    @api.private
    def _clock_sql(self, alias: str, due: str, done: str, stop: str | None = None) -> SQL:
        """CASE of how a clock stands now, for searches and reports."""
        stopped = SQL.identifier(alias, stop) if stop else SQL("NULL::timestamp")
        return SQL(
            """
            CASE WHEN %(due)s IS NULL OR (%(state)s = %(dropped)s AND %(done)s IS NULL)
                 THEN %(none)s
                 WHEN %(done)s IS NOT NULL
                 THEN CASE WHEN %(done)s <= %(due)s THEN %(met)s ELSE %(missed)s END
                 WHEN COALESCE(%(stop)s, %(now)s) > %(due)s THEN %(missed)s
                 WHEN %(stop)s IS NOT NULL THEN %(paused)s
                 ELSE %(running)s END
            """,
            due=SQL.identifier(alias, due),
            done=SQL.identifier(alias, done),
            stop=stopped,
            state=SQL.identifier(alias, "state"),
            now=fields.Datetime.now(),
            dropped=DROPPED,
            none=NONE,
            met=MET,
            missed=MISSED,
            paused=PAUSED,
            running=RUNNING,
        )

    @api.model
    @api.private
    def _reply_sql(self, alias: str) -> SQL:
        """How the clock of the first reply stands."""
        return self._clock_sql(alias, "reply_due_at", "first_reply_at")

    @api.model
    @api.private
    def _solve_sql(self, alias: str) -> SQL:
        """How the clock of the solution stands."""
        return self._clock_sql(alias, "solve_due_at", "solved_at", "waiting_since")

    @api.model
    @api.private
    def _below_floor_sql(self, alias: str) -> SQL:
        """Whether one of the two clocks of the floor ran out."""
        return SQL(
            "(%s = %s OR %s = %s)",
            self._clock_sql(alias, "floor_reply_due_at", "first_reply_at"),
            MISSED,
            self._clock_sql(alias, "floor_solve_due_at", "solved_at", "waiting_since"),
            MISSED,
        )

    def _search_reply_state(self, operator: str, value: object):
        return self._search_clock(operator, value, self._reply_sql, "reply_state")

    def _search_solve_state(self, operator: str, value: object):
        return self._search_clock(operator, value, self._solve_sql, "solve_state")

    def _search_is_below_floor(self, operator: str, value: object):
        return self._search_clock(operator, value, self._below_floor_sql, "is_below_floor")

    def _search_clock(
        self, operator: str, value: object, to_sql: Callable[[str], SQL], name: str
    ) -> Domain:
        if operator != "in":
            return NotImplemented
        self.flush_model()
        values = list(value)
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL("%s = ANY(%s)", to_sql(alias), values),
            predicate=lambda case: case[name] in values,
        )

    # running
    @api.private
    def _start_clock(self) -> None:
        """Promise what holds today; written once, so that later changes leave old cases alone."""
        Level = self.env["crm.service.level"]
        for case in self:
            level = Level._of(case.company_id, case.customer_id.loyalty_class_id)
            floor = Level._floor(case.company_id)
            limits = {
                "reply": min((lv.reply_limit for lv in level | floor), default=None),
                "solve": min((lv.solve_limit for lv in level | floor), default=None),
            }
            case.write(
                {
                    "level_id": level.id,
                    "reply_limit": limits["reply"],
                    "solve_limit": limits["solve"],
                    "floor_reply_limit": floor.reply_limit if floor else None,
                    "floor_solve_limit": floor.solve_limit if floor else None,
                }
            )
            case._plan_due()

    def _plan_due(self) -> None:
        """Compute when reply and solution are due, from what was promised."""
        for case in self:
            waited = case.waited_hours
            case.write(
                {
                    "reply_due_at": case._due(case.reply_limit),
                    "solve_due_at": case._due(case.solve_limit, waited),
                    "floor_reply_due_at": case._due(case.floor_reply_limit),
                    "floor_solve_due_at": case._due(case.floor_solve_limit, waited),
                }
            )

    def _clock_calendar(self) -> models.BaseModel:
        self.ensure_one()
        return self.level_id.calendar_id or self.company_id.resource_calendar_id

    def _due(self, limit: float | bool, waited: float = 0.0) -> datetime | bool:
        """Naive UTC time at which so many working hours have passed since the opening."""
        calendar = self._clock_calendar()
        if limit is False or not calendar:
            return False
        due = calendar.plan_hours(limit + waited, self._aware(self.opened_at), compute_leaves=True)
        return due.astimezone(UTC).replace(tzinfo=None) if due else False

    def _worked(self, start: datetime, end: datetime) -> float | None:
        """Working hours between two naive UTC times; None without working hours."""
        calendar = self._clock_calendar()
        if not calendar:
            return None
        if end <= start:
            return 0.0
        return calendar.get_work_hours_count(self._aware(start), self._aware(end))

    def _aware(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=UTC)

    @api.private
    def _note_first_reply(self, at: datetime) -> None:
        """Stop the clock of the first reply; later replies change nothing."""
        for case in self.filtered(lambda case: not case.first_reply_at):
            case.write({"first_reply_at": at, "reply_hours": case._worked(case.opened_at, at)})

    def _step_values(self, after: str, at: datetime) -> dict:
        values = super()._step_values(after, at)
        if self.waiting_since and after != WAITING:
            waited = self.waited_hours + (self._worked(self.waiting_since, at) or 0.0)
            values.update(waiting_since=False, waited_hours=waited)
        if after == WAITING:
            values["waiting_since"] = at
        if after == SOLVED:
            waited = values.get("waited_hours", self.waited_hours)
            worked = self._worked(self.opened_at, at)
            values["solved_at"] = at
            values["solve_hours"] = None if worked is None else max(worked - waited, 0.0)
        if after == PROGRESS and self.solved_at:
            # The hours since the solution were nobody's.
            since = self._worked(self.solved_at, at) or 0.0
            waited = values.get("waited_hours", self.waited_hours)
            values.update(solved_at=False, solve_hours=None, waited_hours=waited + since)
        return values

    def _step(self, before: tuple[str, ...], after: str, at: datetime | bool | None = None) -> None:
        result = super()._step(before, after, at)
        # Access: the step was checked; these are kept fields that follow from it.
        cases = self.sudo()
        cases._plan_due()
        if after == SOLVED:
            for case in cases:
                case._note_first_reply(case.solved_at)
        return result
