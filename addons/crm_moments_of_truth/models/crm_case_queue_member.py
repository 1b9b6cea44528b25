from __future__ import annotations

from odoo import api, fields, models


class CrmCaseQueueMember(models.Model):
    """Somebody who takes cases of a queue: what the person knows, and how many are bearable."""

    _name = "crm.case.queue.member"
    _description = "Person of a Case Queue"
    _inherit = "crm.audited.mixin"
    _audit_area = "moments"
    _audit_parent = "queue_id"
    _order = "queue_id, id"
    _rec_name = "user_id"

    queue_id = fields.Many2one(
        "crm.case.queue",
        string="Queue",
        required=True,
        index=True,
        ondelete="cascade",
        help="The queue whose cases the person takes.",
    )
    company_id = fields.Many2one(related="queue_id.company_id", help="The company of the queue.")
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False), ('company_ids', '=', company_id)]",
        help="Who takes cases of the queue.",
    )
    skill_ids = fields.Many2many(
        "crm.case.skill",
        "crm_case_queue_member_skill_rel",
        "member_id",
        "skill_id",
        string="Skills",
        help="What the person knows. A case goes only to somebody who has all that it needs.",
    )
    capacity = fields.Integer(
        string="Open cases at most",
        default=10,
        aggregator=None,
        help="With so many open cases the person gets no more. 0: gets none, on holiday for "
        "example.",
    )
    open_count = fields.Integer(
        string="Open cases now",
        compute="_compute_open_count",
        help="Open cases that the person answers for in this company, in all queues.",
    )

    _person_uniq = models.UniqueIndex(
        "(queue_id, user_id)", "This person is in the queue already. Change that line."
    )
    _capacity_check = models.Constraint(
        "CHECK (capacity >= 0)", "The number of open cases cannot be below 0."
    )

    @api.depends("user_id", "company_id")
    def _compute_open_count(self) -> None:
        counts = self.env["crm.case"]._open_counts(self.company_id, self.user_id)
        for member in self:
            member.open_count = counts.get((member.company_id.id, member.user_id.id), 0)
