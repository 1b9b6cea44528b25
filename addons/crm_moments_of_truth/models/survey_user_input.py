from __future__ import annotations

import logging

from odoo import api, fields, models

from .survey_survey import SATISFACTION, TEAM, TRAINING

_logger = logging.getLogger(__name__)


class SurveyUserInput(models.Model):
    """Finished surveys of CRM are taken over at once."""

    _name = "survey.user_input"
    _inherit = ["survey.user_input", "crm.kept.mixin"]
    _kept_fields = ("crm_invitation_id",)
    _made_fields = ("crm_invitation_id",)

    crm_invitation_id = fields.Many2one(
        "crm.satisfaction.invitation",
        string="Invitation",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        readonly=True,
        groups="crm_strategy.crm_strategy_group_user",
        help="The invitation that the contact answered with this survey.",
    )

    @api.model
    def _is_derived(self, name: str) -> bool:
        # What follows from the answers is Odoo's own affair.
        return False

    def _mark_done(self):
        """Finish the survey; what it says about a relation or a person is taken over."""
        result = super()._mark_done()
        # sudo: whoever answers has no role; only what was answered is written, nothing shown.
        for done in self.sudo().filtered(lambda found: not found.test_entry):
            try:
                with self.env.cr.savepoint():
                    done._crm_take()
                    self.env["crm.relationship.input"]._notice_answers(done)
            except Exception:
                # The contact has answered and must not see our trouble; the batch tries again.
                _logger.exception("Survey answer %s could not be taken over.", done.id)
        return result

    def _crm_take(self) -> None:
        """Hand a finished survey to what its answers are good for."""
        self.ensure_one()
        use = self.survey_id.crm_use
        if use == SATISFACTION and self.crm_invitation_id:
            self.env["crm.satisfaction.answer"]._take(self)
        elif use == TRAINING:
            self.env["crm.team.seat"]._crm_take_training(self)
        elif use == TEAM:
            self.env["crm.staff.answer"]._take(self)
