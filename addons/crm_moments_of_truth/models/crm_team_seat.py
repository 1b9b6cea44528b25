from __future__ import annotations

from odoo import api, fields, models


class CrmTeamSeat(models.Model):
    """Seats of people who passed the quiz of their role are trained (S003-F4)."""

    _inherit = "crm.team.seat"

    @api.model
    @api.private
    def _crm_take_training(self, done: models.BaseModel) -> models.BaseModel:
        """Date the seats of the person whose role asks for the quiz that was passed."""
        seats = self.browse()
        if done.scoring_success and done.partner_id.user_ids:
            seats = self.search(
                [
                    ("role_id.crm_survey_id", "=", done.survey_id.id),
                    ("user_id", "in", done.partner_id.user_ids.ids),
                    ("trained_on", "=", False),
                ]
            )
            day = fields.Datetime.context_timestamp(
                self.with_context(tz=done.partner_id.tz or "UTC"), done.end_datetime
            )
            seats.trained_on = day.date()
        return seats
