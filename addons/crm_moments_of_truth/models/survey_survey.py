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
