from __future__ import annotations

from odoo import api, fields, models

from odoo.addons.crm_strategy.models.figure_field import FigureField

from ..core.facts import local_day
from ..core.satisfaction import points, summarise

# Fewer answers at once would tell who said what.
LEAST = 3


class CrmStaffAnswer(models.Model):
    """What one of our own people answered about working here, without saying who (S001-1-MK5).

    Person, words and hour stay with the survey. A team's answers are shown three at a time.
    """

    _name = "crm.staff.answer"
    _description = "Answer of Our People"
    _order = "date desc, id desc"
    _rec_name = "date"
    # Who made the row and when would tell whose answer it is.
    _log_access = False

    date = fields.Date(
        string="Month",
        required=True,
        index=True,
        help="The first day of the month. Answers shown together have the month of the last one.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        help="The company in which the person works.",
    )
    team_id = fields.Many2one(
        "crm.team",
        index="btree_not_null",
        ondelete="set null",
        help="The team of the person. Empty: the person is in no team.",
    )
    survey_id = fields.Many2one(
        "survey.survey", index=True, ondelete="cascade", help="The survey that was answered."
    )
    user_input_id = fields.Many2one(
        "survey.user_input",
        string="Filled-in survey",
        ondelete="set null",
        groups="survey.group_survey_manager",
        help="The filled-in survey; it names the person, so that only survey administrators see "
        "it.",
    )
    is_shown = fields.Boolean(
        string="Shown",
        help="Answers of a team are shown three at a time, so that nobody can tell who said what.",
    )
    score = FigureField(
        aggregator="avg",
        digits=(16, 2),
        help="Mean of the answered scales, from 0 to 10.",
    )
    recommendation_points = FigureField(
        string="Recommendation score",
        aggregator="avg",
        digits=(16, 1),
        help="100 for 9 and 10, -100 for 6 and less, 0 between; on average from -100 to 100: "
        "would they recommend working here?",
    )

    _user_input_uniq = models.UniqueIndex(
        "(user_input_id) WHERE user_input_id IS NOT NULL",
        "This filled-in survey has been taken over already.",
    )

    @api.model
    @api.private
    def _take(self, done: models.BaseModel) -> models.BaseModel:
        """The answer of one finished survey; it is shown once three can be."""
        if self.search_count([("user_input_id", "=", done.id)], limit=1):
            return self.browse()
        Answer = self.env["crm.satisfaction.answer"]
        summary = summarise(Answer._marks(done))
        if summary.perceived is None and summary.recommendation is None:
            return self.browse()
        user = done.partner_id.user_ids.filtered(lambda found: not found.share)[:1]
        if not user:
            return self.browse()
        # Somebody who answers three times is not three people.
        self.search(
            [
                ("survey_id", "=", done.survey_id.id),
                ("user_input_id.partner_id", "=", done.partner_id.id),
                ("is_shown", "=", False),
            ]
        ).unlink()
        day = local_day(done.end_datetime, self.env["crm.facts"]._zone(user.company_id))
        answer = self.create(
            {
                "date": day.replace(day=1),
                "company_id": user.company_id.id,
                "team_id": user.crm_team_ids[:1].id,
                "survey_id": done.survey_id.id,
                "user_input_id": done.id,
                "score": summary.perceived,
                "recommendation_points": points(summary.recommendation),
            }
        )
        answer._show()
        return answer

    def _show(self) -> None:
        """Show answers of a team to a survey in groups: one that came alone would have a name.

        Neither do the months of a group tell them apart.
        """
        for answer in self:
            waiting = self.search(
                [
                    ("survey_id", "=", answer.survey_id.id),
                    ("company_id", "=", answer.company_id.id),
                    ("team_id", "=", answer.team_id.id),
                    ("is_shown", "=", False),
                ]
            )
            if len(waiting) >= LEAST:
                waiting.write({"is_shown": True, "date": max(waiting.mapped("date"))})
