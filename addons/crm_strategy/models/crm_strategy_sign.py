from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

ALARM, QUIET, NO_DATA = "alarm", "quiet", "no_data"
# Use is compared over two stretches of this length, one before the other.
WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class Sign:
    """Whether a failure cause shows: state, the figures in words, the records behind them."""

    state: str
    text: str
    model: str | None = None
    domain: list = field(default_factory=list)


class CrmStrategySign(models.AbstractModel):
    """Reads the signs of the eight failure causes from records (S003-F1..8).

    ``_sign_<cause>(strategy) -> Sign``: one for each choice of ``crm.strategy.risk.cause``. The
    figures are those of the strategy's company, whoever looks; the records behind a sign open
    with the reader's own rights.
    """

    _name = "crm.strategy.sign"
    _description = "Sign of Failure"

    @api.model
    def _sign_technology(self, strategy: models.BaseModel) -> Sign:
        """F1: the market is worked with tools while the strategy is not approved."""
        versions = strategy._versions()
        approved = versions.filtered(lambda version: version.state == "approved")
        behind = ("crm.strategy", [("id", "in", versions.ids)])
        if approved:
            return Sign(
                QUIET,
                self.env._("The strategy is approved: %(name)s.", name=approved[0].display_name),
                *behind,
            )
        return Sign(ALARM, self.env._("The strategy is not approved."), *behind)

    @api.model
    def _sign_promises(self, strategy: models.BaseModel) -> Sign:
        """F2: a phase lasts over six months without a result."""
        phases = strategy._work_strategies().phase_ids
        dated = phases.filtered("date_from")
        if not dated:
            return Sign(
                NO_DATA,
                self.env._("No phase of the programme has a first day. Date the phases."),
                "crm.strategy.phase",
                [("id", "in", phases.ids)],
            )
        late = dated.filtered("is_long")
        return self._counted(
            self.env._(
                "Phases over six months without a result: %(found)s of %(all)s with dates.",
                found=len(late),
                all=len(dated),
            ),
            late,
            dated,
        )

    @api.model
    def _sign_barriers(self, strategy: models.BaseModel) -> Sign:
        """F3: fewer people of the teams work in the system than a month ago."""
        people = self._team_users(strategy.company_id)
        if not people:
            return Sign(NO_DATA, self.env._("No data: no team of the company has people."))
        today = fields.Datetime.now()
        now = self._active_users(people, today - WINDOW, today)
        before = self._active_users(people, today - 2 * WINDOW, today - WINDOW)
        if not now and not before:
            return Sign(
                NO_DATA,
                self.env._(
                    "No data: none of %(people)s people in the teams left a trace in 60 days.",
                    people=len(people),
                ),
                "res.users",
                [("id", "in", people.ids)],
            )
        text = self.env._(
            "People of the teams who left a trace: %(now)s of %(people)s in the last 30 days, "
            "%(before)s in the 30 days before.",
            now=len(now),
            people=len(people),
            before=len(before),
        )
        silent = people.filtered(lambda user: user.id not in now)
        return Sign(
            ALARM if len(now) < len(before) else QUIET,
            text,
            "res.users",
            [("id", "in", (silent or people).ids)],
        )

    @api.model
    def _team_users(self, company: models.BaseModel) -> models.BaseModel:
        # Access: names of colleagues in the teams of the strategy's company, to count them.
        teams = self.env["crm.team"].sudo().search([("company_id", "=", company.id)])
        return (teams.user_id | teams.crm_team_member_ids.user_id).filtered("active").sudo(False)

    @api.model
    def _active_users(self, users: models.BaseModel, since, until) -> set[int]:
        """Ids of the users who wrote, changed a stage, or did an activity in [since, until).

        Odoo keeps the last log-in only, so that a month ago is read from the traces in documents.
        """
        # Access: only who left a trace is read, no message.
        Message = self.env["mail.message"].sudo()
        groups = Message._read_group(
            Domain("author_id", "in", users.partner_id.ids)
            & Domain("date", ">=", since)
            & Domain("date", "<", until)
            & Domain("model", "!=", False),
            ["author_id"],
        )
        authors = {author.id for (author,) in groups}
        return {user.id for user in users if user.partner_id.id in authors}

    @api.model
    def _sign_understanding(self, strategy: models.BaseModel) -> Sign:
        """F4: a training check is open."""
        checks = strategy._work_strategies().review_ids.filtered(
            lambda review: review.kind == "training"
        )
        if not checks:
            return Sign(
                NO_DATA,
                self.env._("No training check is planned. Plan one and hold it."),
            )
        still_open = checks.filtered(lambda check: not check.date_held)
        return self._counted(
            self.env._(
                "Training checks still open: %(found)s of %(all)s.",
                found=len(still_open),
                all=len(checks),
            ),
            still_open,
            checks,
        )

    @api.model
    def _sign_planning(self, strategy: models.BaseModel) -> Sign:
        """F5: steps of the process are not done."""
        # Access: the count of all steps of the programme, also of segments the reader may not see.
        steps = strategy.sudo()._work_strategies().step_ids.sudo(False)
        if not steps:
            return Sign(NO_DATA, self.env._("The programme has no step."))
        missing = steps.filtered(lambda step: step.state != "done")
        overdue = missing.filtered("is_overdue")
        return self._counted(
            self.env._(
                "Steps not done: %(found)s of %(all)s; overdue: %(overdue)s.",
                found=len(missing),
                all=len(steps),
                overdue=len(overdue),
            ),
            missing,
            steps,
        )

    @api.model
    def _sign_skills(self, strategy: models.BaseModel) -> Sign:
        """F6: a role of the teams has nobody who was trained for it."""
        # Access: roles and seats of the strategy's company, of which only names are told.
        Seat = self.env["crm.team.seat"].sudo()
        if not Seat._staffing(strategy.company_id).seats:
            return Sign(NO_DATA, self.env._("No data: no team of the company has seats."))
        roles = Seat._roles_without_trained_person(strategy.company_id).sudo(False)
        seats = [("company_id", "=", strategy.company_id.id)]
        if not roles:
            return Sign(
                QUIET,
                self.env._("Each role of the teams has somebody who was trained."),
                "crm.team.seat",
                seats,
            )
        return Sign(
            ALARM,
            self.env._(
                "Roles without a trained person: %(names)s.", names=", ".join(roles.mapped("name"))
            ),
            "crm.team.seat",
            [*seats, ("role_id", "in", roles.ids)],
        )

    @api.model
    def _sign_software(self, strategy: models.BaseModel) -> Sign:
        """F7: technical specifications of the CRM project itself are not met."""
        # Access: a count of the strategy's company; the specifications open with own rights.
        specifications = (
            self.env["crm.specification"]
            .sudo()
            .search(
                [
                    ("analysis_id.company_id", "=", strategy.company_id.id),
                    ("analysis_id.is_crm_project", "=", True),
                    ("kind", "=", "technical"),
                ]
            )
            .sudo(False)
        )
        if not specifications:
            return Sign(
                NO_DATA,
                self.env._(
                    "No data: the CRM project has no technical specifications. Write an analysis "
                    "of needs for the project itself."
                ),
            )
        checked = specifications.sudo().filtered(lambda one: one.verdict != "open")  # Access: same.
        unmet = checked.filtered(lambda one: one.verdict == "unmet").sudo(False)
        text = self.env._(
            "Technical specifications of the CRM project not met: %(found)s; "
            "checked: %(checked)s of %(all)s.",
            found=len(unmet),
            checked=len(checked),
            all=len(specifications),
        )
        if not checked:
            return Sign(NO_DATA, text, "crm.specification", [("id", "in", specifications.ids)])
        return self._counted(text, unmet, specifications)

    @api.model
    def _sign_commitment(self, strategy: models.BaseModel) -> Sign:
        """F8: planned sponsor reviews were not held."""
        today = fields.Date.context_today(self)
        planned = strategy._work_strategies().review_ids.filtered(
            lambda review: (
                review.kind == "sponsor" and (review.date_held or review.date_planned <= today)
            )
        )
        if not planned:
            return Sign(
                NO_DATA,
                self.env._("No sponsor review is due yet. Plan the reviews of the year."),
            )
        missed = planned.filtered(lambda review: not review.date_held)
        return self._counted(
            self.env._(
                "Sponsor reviews held: %(held)s of %(planned)s planned until today.",
                held=len(planned) - len(missed),
                planned=len(planned),
            ),
            missed,
            planned,
        )

    @api.model
    def _counted(self, text: str, found: models.BaseModel, among: models.BaseModel) -> Sign:
        """A sign that shows as soon as one record was found; opens those, else all."""
        return Sign(
            ALARM if found else QUIET, text, among._name, [("id", "in", (found or among).ids)]
        )
