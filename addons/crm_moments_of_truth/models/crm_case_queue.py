from __future__ import annotations

import ast

from odoo import api, fields, models

from ..core.routing import Person


class CrmCaseQueue(models.Model):
    """Where cases arrive: an e-mail address, the people who take them, and whom they fall to."""

    _name = "crm.case.queue"
    _description = "Case Queue"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin", "mail.alias.mixin.optional"]
    _audit_area = "moments"
    # Its cases stay in their company.
    _kept_fields = ("company_id",)
    _order = "sequence, name, id"
    _check_company_auto = True

    # identity
    name = fields.Char(required=True, translate=True, help="What people call the queue.")
    sequence = fields.Integer(
        default=10, help="Order in lists. Cases without a queue go to the first one."
    )
    active = fields.Boolean(default=True, help="Untick when the queue takes no more cases.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="The company that serves the customers of the queue.",
    )
    # the address
    alias_id = fields.Many2one(
        ondelete="set null", help="E-mails to this address become cases of the queue."
    )
    channel_id = fields.Many2one(
        "crm.channel",
        string="Channel of its e-mails",
        ondelete="set null",
        default=lambda self: self.env.ref("crm_strategy.crm_channel_email", False),
        help="The channel for which cases count that arrive at the address.",
    )
    # the people
    team_id = fields.Many2one(
        "crm.team",
        string="Team",
        index=True,
        ondelete="set null",
        check_company=True,
        help="The team that answers for the queue; its leader sees all of its cases.",
    )
    member_ids = fields.One2many(
        "crm.case.queue.member",
        "queue_id",
        string="People",
        help="Who takes cases of the queue, with skills and the number that is bearable.",
    )
    fallback_user_id = fields.Many2one(
        "res.users",
        string="Falls to",
        index=True,
        ondelete="set null",
        domain="[('share', '=', False), ('company_ids', '=', company_id)]",
        help="Takes the cases for which nobody has the skill and the time. Empty: the leader of "
        "the team.",
    )
    cause_ids = fields.Many2many(
        "crm.case.cause",
        "crm_case_queue_cause_rel",
        "queue_id",
        "cause_id",
        string="Takes the causes",
        help="Cases with these causes go to this queue when nobody chose one. Empty: any cause.",
    )
    # results
    open_count = fields.Integer(
        string="Open cases",
        compute="_compute_open_count",
        help="Cases of the queue that you see and that are not settled.",
    )

    def _compute_open_count(self) -> None:
        counts = dict(
            self.env["crm.case"]._read_group(
                [("queue_id", "in", self.ids), ("is_open", "=", True)], ["queue_id"], ["__count"]
            )
        )
        for queue in self:
            queue.open_count = counts.get(queue, 0)

    # mail
    def _alias_get_creation_values(self) -> dict:
        """E-mails become cases of this queue and company."""
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("crm.case")
        if self.id:
            defaults = ast.literal_eval(self.alias_defaults or "{}")
            defaults.update(queue_id=self.id, company_id=self.company_id.id)
            values["alias_defaults"] = defaults
        return values

    @api.model
    @api.private
    def _for(self, company: models.BaseModel, cause: models.BaseModel) -> CrmCaseQueue:
        """The queue of a case that nobody put into one; empty when the company has none."""
        # Access: the queue is found for customers and colleagues alike; only its link is used.
        queues = self.sudo().search([("company_id", "=", company.id)])
        named = queues.filtered(lambda queue: cause and cause in queue.cause_ids)
        open_to_all = queues.filtered(lambda queue: not queue.cause_ids)
        return (named or open_to_all or queues)[:1]

    # routing
    @api.private
    def _people(self) -> list[Person]:
        """Who can take cases now: active people of the company, with skills and load."""
        self.ensure_one()
        members = self.member_ids.filtered(
            lambda member: member.user_id.active and self.company_id in member.user_id.company_ids
        )
        Case = self.env["crm.case"]
        counts = Case._open_counts(self.company_id, members.user_id)
        last = dict(
            Case._read_group(
                [("user_id", "in", members.user_id.ids), ("company_id", "=", self.company_id.id)],
                ["user_id"],
                ["assigned_at:max"],
            )
        )
        return [
            Person(
                user_id=member.user_id.id,
                skills=frozenset(member.skill_ids.ids),
                load=counts.get((self.company_id.id, member.user_id.id), 0),
                capacity=member.capacity,
                last_at=last.get(member.user_id) or None,
            )
            for member in members
        ]

    def _fallback(self) -> models.BaseModel:
        """Whom a case falls to that nobody can take: still with us and in the company."""
        self.ensure_one()
        for user in (self.fallback_user_id, self.team_id.user_id):
            if user.active and self.company_id in user.company_ids:
                return user
        return self.env["res.users"]

    def action_open_cases(self) -> dict:
        """Open the cases of the queue."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_case_action"
        )
        return {
            **action,
            "domain": [("queue_id", "=", self.id)],
            "context": {"search_default_open": 1, "default_queue_id": self.id},
        }
