from __future__ import annotations

from odoo import fields, models


class CrmLifecycleStage(models.Model):
    """A stage in the life of a relation: acquire, grow, keep, win back ... (S002-4.3-5)."""

    _name = "crm.lifecycle.stage"
    _description = "Life-Cycle Stage"
    _inherit = ["crm.audited.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="What the stage is called.")
    description = fields.Text(
        translate=True, help="How to tell that a customer is at this stage, and what matters then."
    )
    sequence = fields.Integer(default=10, help="Order of the stages.")
    active = fields.Boolean(default=True, help="Untick to stop using the stage.")

    _name_uniq = models.UniqueIndex(
        "(name)", "There is a stage of this name already. Use it, or choose another name."
    )
