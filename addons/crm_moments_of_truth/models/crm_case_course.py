from __future__ import annotations

from datetime import datetime

from odoo import fields, models
from odoo.exceptions import UserError

from .crm_case import DROPPED, NEW, OPEN_STATES, PROGRESS, SOLVED, WAITING


class CrmCase(models.Model):
    """The steps of a case, from the first look to its end; nobody types states."""

    _inherit = "crm.case"

    def action_start(self) -> None:
        """Take new or waiting cases up; a case without a responsible becomes one's own."""
        self._step((NEW, WAITING), PROGRESS)

    def action_wait(self) -> None:
        """Wait for the customer; the clock of the solution stands still."""
        self._step((NEW, PROGRESS), WAITING)

    def action_solve(self) -> None:
        """Settle the cases with what the customer was told."""
        for case in self:
            if not (case.solution or "").strip():
                raise UserError(
                    self.env._(
                        "Write down under “Our answer” what the customer was told about "
                        "“%(name)s”, then press “Solved” again.",
                        name=case.display_name,
                    )
                )
        self._step(OPEN_STATES, SOLVED)

    def action_drop(self) -> None:
        """Settle the cases without a solution, with the reason."""
        for case in self:
            if not (case.drop_reason or "").strip():
                raise UserError(
                    self.env._(
                        "Write down why “%(name)s” is not followed up, then press the button "
                        "again.",
                        name=case.display_name,
                    )
                )
        self._step(OPEN_STATES, DROPPED)

    def action_reopen(self) -> None:
        """Take settled cases up again; the clock of the solution goes on."""
        self._step((SOLVED, DROPPED), PROGRESS)

    def action_use_answer(self) -> None:
        """Put the standard answer of the cause in front of what is written already."""
        for case in self:
            answer = (case.cause_id.answer or "").strip()
            if not answer:
                raise UserError(
                    self.env._(
                        "The cause “%(name)s” has no standard answer. Write your own, or ask your "
                        "strategy manager to add one to the cause.",
                        name=case.cause_id.name or "–",
                    )
                )
            if answer not in (case.solution or ""):
                case.solution = "\n\n".join(filter(None, (answer, case.solution)))

    def action_preview(self) -> dict:
        """Open the page that the customer sees."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "target": "self", "url": self.get_portal_url()}

    def _step(self, before: tuple[str, ...], after: str, at: datetime | bool | None = None) -> None:
        """Move the cases from one state to the next; nobody types states.

        ``at``: when it happened, now by default.
        """
        self.check_access("write")
        for case in self:
            if case.source_id and not self.env.su:
                raise UserError(
                    self.env._(
                        "“%(name)s” follows a record of another application. Change it there; "
                        "the case follows.",
                        name=case.display_name,
                    )
                )
            if case.state not in before:
                raise UserError(
                    self.env._(
                        "“%(name)s” is “%(state)s” and cannot take this step. "
                        "Load the screen again to see where it stands.",
                        name=case.display_name,
                        state=dict(self._fields["state"]._description_selection(self.env))[
                            case.state
                        ],
                    )
                )
        # Access: checked above; the state is a kept field that only these steps write.
        for case in self.sudo():
            case.write(case._step_values(after, at or fields.Datetime.now()))

    def _step_values(self, after: str, at: datetime) -> dict:
        """What a step writes beside the state."""
        self.ensure_one()
        values = {"state": after}
        if after == PROGRESS and not (self.user_id or self.source_id or self.env.user.share):
            values["user_id"] = self.env.uid
        if after == SOLVED:
            answer = (self.cause_id.answer or "").strip()
            values["is_standard_answer"] = bool(answer) and answer in (self.solution or "")
        return values
