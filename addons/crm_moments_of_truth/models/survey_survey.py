from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import ValidationError

SATISFACTION, TRAINING, TEAM = "satisfaction", "training", "team"
USES = [
    (SATISFACTION, "Satisfaction of customers"),
    (TRAINING, "Training of our people"),
    (TEAM, "Satisfaction of our people"),
]


class SurveySurvey(models.Model):
    """Surveys say what their answers are good for in CRM."""

    _inherit = "survey.survey"

    crm_use = fields.Selection(
        USES,
        string="Use in CRM",
        help="Satisfaction of customers: answers by invitation become figures of the relation. "
        "Training: who passes counts as trained for the roles that ask for it. Satisfaction of "
        "our people: only the figures of whole teams are shown. Empty: CRM takes no notice.",
    )

    @api.depends("crm_use")
    def _compute_is_attempts_limited(self) -> None:
        """An invitation of a customer is answered once."""
        result = super()._compute_is_attempts_limited()
        self.filtered(lambda survey: survey.crm_use == SATISFACTION).is_attempts_limited = True
        return result

    def _get_number_of_attempts_lefts(self, partner, email, invite_token) -> int:
        """How often the survey may still be answered; an invitation once, whatever is typed.

        A second answer would have no invitation of its own, so that it would be lost for CRM.
        """
        left = super()._get_number_of_attempts_lefts(partner, email, invite_token)
        return left - self.attempts_limit + 1 if self.crm_use == SATISFACTION else left

    @api.constrains("crm_use", "is_attempts_limited")
    def _check_crm_attempts(self) -> None:
        """An answer counts once."""
        for survey in self:
            if survey.crm_use == SATISFACTION and not survey.is_attempts_limited:
                raise ValidationError(
                    self.env._(
                        "“%(survey)s” measures the satisfaction of customers, so that each "
                        "invitation is answered once. Limit its attempts to 1.",
                        survey=survey.title,
                    )
                )

    @api.constrains("crm_use", "access_mode")
    def _check_crm_access_mode(self) -> None:
        """Figures of customers come from invited people only."""
        for survey in self:
            if survey.crm_use == SATISFACTION and survey.access_mode != "token":
                raise ValidationError(
                    self.env._(
                        "“%(survey)s” measures the satisfaction of customers, so that only "
                        "invited people may answer. Set its access mode to “Invited people only”.",
                        survey=survey.title,
                    )
                )
