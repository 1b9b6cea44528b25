from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.models.figure_field import FigureField

from .company_day_field import CompanyDayField
from .crm_case import DROPPED

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
    floor_level_id = fields.Many2one(
        "crm.service.level",
        string="Floor",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
        help="What every customer is promised, by the working hours of its own.",
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
    opened_on = CompanyDayField(moment="opened_at")
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
    floor_waited_hours = fields.Float(
        string="Floor: waited for the customer (hours)",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="The same by the working hours of the floor.",
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
