from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .crm_case import OPEN_STATES
from .crm_case_clock import MISSED

BATCH = 100
# A case is looked at once in a run of the scheduled action, which comes every 15 minutes.
PAUSE = timedelta(minutes=10)


class CrmCase(models.Model):
    """Looks after open cases: late ones are told once, and nobody's find somebody."""

    _inherit = "crm.case"

    watched_at = fields.Datetime(
        string="Looked after on",
        readonly=True,
        copy=False,
        help="When the scheduled action last did something about the case.",
    )
    is_late_told = fields.Boolean(
        string="Told to be late",
        readonly=True,
        copy=False,
        help="Ticked once the responsible got an activity because the case is late.",
    )
    is_floor_told = fields.Boolean(
        string="Told to be below the floor",
        readonly=True,
        copy=False,
        help="Ticked once the leader got an activity because the case is below the floor.",
    )

    @api.model
    @api.private
    def _cron_watch(self) -> None:
        """Find somebody for nobody's cases, and tell of late ones, in batches."""
        self._run_lane(self._watch_step, self._watch_left)

    @api.model
    def _watch_condition(self) -> SQL:
        """Open cases about which something is to be done."""
        return SQL(
            """
            open_case.state = ANY(%(open)s)
            AND (open_case.watched_at IS NULL OR open_case.watched_at < %(before)s)
            AND (
                (open_case.source_id IS NULL
                 AND NOT EXISTS (SELECT FROM res_users AS person
                                  WHERE person.id = open_case.user_id AND person.active))
             OR (open_case.relationship_id IS NULL AND open_case.partner_id IS NOT NULL)
             OR (NOT COALESCE(open_case.is_late_told, FALSE)
                 AND (%(reply)s = %(missed)s OR %(solve)s = %(missed)s))
             OR (NOT COALESCE(open_case.is_floor_told, FALSE) AND %(floor)s)
            )
            """,
            open=list(OPEN_STATES),
            before=fields.Datetime.now() - PAUSE,
            reply=self._reply_sql("open_case"),
            solve=self._solve_sql("open_case"),
            floor=self._below_floor_sql("open_case"),
            missed=MISSED,
        )

    @api.model
    def _watch_left(self) -> int:
        self.env.flush_all()
        query = SQL("SELECT COUNT(*) FROM crm_case AS open_case WHERE %s", self._watch_condition())
        return self.env.execute_query(query)[0][0]

    @api.model
    def _watch_step(self) -> int:
        """One batch; rows that another server holds are left to it. Returns how many."""
        # Raw SQL: the claim must be one statement, so that nobody is told twice.
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_case SET watched_at = %s
                 WHERE id IN (
                    SELECT open_case.id FROM crm_case AS open_case WHERE %s
                  ORDER BY open_case.id LIMIT %s FOR UPDATE SKIP LOCKED
                 )
             RETURNING id
                """,
                fields.Datetime.now(),
                self._watch_condition(),
                BATCH,
            )
        )
        self.env.invalidate_all()
        self._process_isolated(sorted(rows), self._watch_rows)
        return len(rows)

    @api.model
    def _watch_rows(self, rows: Sequence[tuple]) -> None:
        # Access: scheduled work, for all companies alike.
        cases = self.sudo().browse([case_id for (case_id,) in rows])
        cases.filtered(lambda case: not case.source_id and not case.user_id.active)._route()
        for case in cases:
            if not case.relationship_id and case.partner_id:
                case.relationship_id = case._find_pass()
            if MISSED in (case.reply_state, case.solve_state) and not case.is_late_told:
                case._tell_late()
            if case.is_below_floor and not case.is_floor_told:
                case._tell_floor()

    def _tell_late(self) -> None:
        """One activity for whoever answers the customer."""
        self.is_late_told = True
        if self.user_id:
            self._tell(self.user_id, _words_late)

    def _tell_floor(self) -> None:
        """One activity for the leader: no customer should wait so long."""
        self.is_floor_told = True
        leader = self.queue_id.team_id.user_id or self.queue_id.fallback_user_id
        if leader.active and self.company_id in leader.company_ids:
            self._tell(leader, _words_floor)

    def _tell(self, user: models.BaseModel, words) -> None:
        summary, note = words(self.with_context(lang=user.lang))
        self.activity_schedule(
            "mail.mail_activity_data_todo", summary=summary, note=note, user_id=user.id
        )


def _words_late(case: CrmCase) -> tuple[str, str]:
    if case.reply_state == MISSED and not case.first_reply_at:
        return (
            case.env._("The customer waits for a first reply"),
            case.env._("It was promised earlier. Answer now, and say when the solution comes."),
        )
    return (
        case.env._("The solution is late"),
        case.env._("Tell the customer the new day, and solve the case."),
    )


def _words_floor(case: CrmCase) -> tuple[str, str]:
    return (
        case.env._("Below the floor for every customer"),
        case.env._("No customer should wait so long. Help, or give the case to somebody else."),
    )
