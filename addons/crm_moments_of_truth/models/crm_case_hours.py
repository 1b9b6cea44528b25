from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from odoo import api, models

from .crm_case import PROGRESS, SOLVED, WAITING

UTC = ZoneInfo("UTC")


class CrmCase(models.Model):
    """What starts, stops and moves the clocks of a case: working hours and its steps."""

    _inherit = "crm.case"

    @api.private
    def _start_clock(self) -> None:
        """Promise what holds today; written once, so that later changes leave old cases alone."""
        Level = self.env["crm.service.level"]
        for case in self:
            level = Level._of(case.company_id, case.customer_id.loyalty_class_id)
            floor = Level._floor(case.company_id)
            # Where both count the same hours, the fewer ones are what is promised.
            alike = level | (floor if floor.calendar_id == level.calendar_id else Level)
            case.write(
                {
                    "level_id": level.id,
                    "floor_level_id": floor.id,
                    "reply_limit": min(alike.mapped("reply_limit"), default=None),
                    "solve_limit": min(alike.mapped("solve_limit"), default=None),
                    "floor_reply_limit": floor.reply_limit if floor else None,
                    "floor_solve_limit": floor.solve_limit if floor else None,
                }
            )
            case._plan_due()

    def _plan_due(self) -> None:
        """Compute when reply and solution are due, from what was promised; the floor at latest."""
        for case in self:
            own, floor = case._clock_calendar(), case._floor_calendar()
            floor_reply = case._due(floor, case.floor_reply_limit)
            floor_solve = case._due(floor, case.floor_solve_limit, case.floor_waited_hours)
            reply = case._due(own, case.reply_limit)
            solve = case._due(own, case.solve_limit, case.waited_hours)
            case.write(
                {
                    "reply_due_at": min(filter(None, (reply, floor_reply)), default=False),
                    "solve_due_at": min(filter(None, (solve, floor_solve)), default=False),
                    "floor_reply_due_at": floor_reply,
                    "floor_solve_due_at": floor_solve,
                }
            )

    def _clock_calendar(self) -> models.BaseModel:
        """The hours in which the promise to this customer runs."""
        return self.level_id.calendar_id or self.company_id.resource_calendar_id

    def _floor_calendar(self) -> models.BaseModel:
        """The hours in which the promise to everybody runs."""
        return self.floor_level_id.calendar_id or self.company_id.resource_calendar_id

    def _due(
        self, calendar: models.BaseModel, limit: float | bool, waited: float = 0.0
    ) -> datetime | bool:
        """Naive UTC time at which so many working hours have passed since the opening."""
        if limit is False or not calendar:
            return False
        due = calendar.plan_hours(
            limit + waited, self._aware(self.opened_at), compute_leaves=True, domain=self._away()
        )
        # Odoo ends a day that lasts until midnight a microsecond before.
        return due.astimezone(UTC).replace(tzinfo=None, microsecond=0) if due else False

    def _worked(
        self, start: datetime, end: datetime, calendar: models.BaseModel | None = None
    ) -> float | None:
        """Working hours between two naive UTC times; None without working hours."""
        calendar = self._clock_calendar() if calendar is None else calendar
        if not calendar:
            return None
        if end <= start:
            return 0.0
        hours = calendar.get_work_hours_count(
            self._aware(start), self._aware(end), domain=self._away()
        )
        return round(hours, 6)

    def _away(self) -> list:
        """Days off that stop the clock: those of the company, never those of another one."""
        return [("time_type", "=", "leave"), ("company_id", "in", (self.company_id.id, False))]

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
            values.update(self._waited(self.waiting_since, at), waiting_since=False)
        if after == WAITING:
            values["waiting_since"] = at
        if after == SOLVED:
            waited = values.get("waited_hours", self.waited_hours)
            worked = self._worked(self.opened_at, at)
            values["solved_at"] = at
            values["solve_hours"] = None if worked is None else max(worked - waited, 0.0)
        if after == PROGRESS and self.solved_at:
            # The hours since the solution were nobody's.
            values.update(self._waited(self.solved_at, at), solved_at=False, solve_hours=None)
        return values

    def _waited(self, since: datetime, until: datetime) -> dict:
        """The hours that do not count with those from one time to another, by both clocks."""
        floor = self._worked(since, until, self._floor_calendar()) or 0.0
        return {
            "waited_hours": self.waited_hours + (self._worked(since, until) or 0.0),
            "floor_waited_hours": self.floor_waited_hours + floor,
        }

    def _step(self, before: tuple[str, ...], after: str, at: datetime | bool | None = None) -> None:
        result = super()._step(before, after, at)
        # Access: the step was checked; these are kept fields that follow from it.
        cases = self.sudo()
        cases._plan_due()
        if after == SOLVED:
            for case in cases:
                case._note_first_reply(case.solved_at)
        return result
