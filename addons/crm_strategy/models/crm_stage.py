from __future__ import annotations

from odoo import fields, models

GROUPS = "crm_strategy.crm_strategy_group_user"


class CrmStage(models.Model):
    _inherit = "crm.stage"

    crm_criterion_ids = fields.One2many(
        "crm.stage.criterion",
        "stage_id",
        string="Exit criteria",
        groups=GROUPS,
        help="What must be true before an opportunity leaves the stage. Leaving without it is "
        "shown, never refused.",
    )
