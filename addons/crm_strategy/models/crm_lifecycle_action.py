from __future__ import annotations

from odoo import api, fields, models


class CrmLifecycleAction(models.Model):
    """What we do for the customers of a segment at one stage: action, owner, channel (4.3-5)."""

    _name = "crm.lifecycle.action"
    _description = "Life-Cycle Action"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _order = "plan_id, stage_sequence, sequence, id"
    _audit_parent = "plan_id"

    plan_id = fields.Many2one(
        "crm.segment.plan",
        required=True,
        index=True,
        ondelete="cascade",
        help="The plan of the segment for which this is done.",
    )
    company_id = fields.Many2one(
        related="plan_id.company_id", store=True, index=True, precompute=True
    )
    stage_id = fields.Many2one(
        "crm.lifecycle.stage",
        string="Stage",
        required=True,
        index=True,
        ondelete="restrict",
        help="The stage of the relation at which this is done.",
    )
    stage_sequence = fields.Integer(related="stage_id.sequence", store=True, string="Stage order")
    sequence = fields.Integer(default=10, help="Order within the stage.")
    name = fields.Char(string="Action", required=True, help="What is done, as a task.")
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        index="btree_not_null",
        ondelete="set null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="The person who sees to it.",
    )
    channel_id = fields.Many2one(
        "crm.channel",
        string="Channel",
        index="btree_not_null",
        ondelete="restrict",
        help="The way in which it reaches the customer.",
    )

    @api.depends("name", "stage_id")
    def _compute_display_name(self) -> None:
        for action in self:
            action.display_name = f"{action.stage_id.name}: {action.name}"
