from __future__ import annotations

from odoo import fields, models


class CrmTeamRole(models.Model):
    """A role may ask for a quiz: who passes it is trained (S003-F4)."""

    _inherit = "crm.team.role"

    crm_survey_id = fields.Many2one(
        "survey.survey",
        string="Quiz",
        ondelete="set null",
        index="btree_not_null",
        domain=[("crm_use", "=", "training")],
        help="Who passes this quiz counts as trained for the role, from that day on.",
    )
