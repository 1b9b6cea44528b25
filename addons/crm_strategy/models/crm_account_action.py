from __future__ import annotations

from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmAccountAction(models.Model):
    """One action of an account plan: who does what by when (S002-2.2-S1, S002-4.1-N)."""

    _name = "crm.account.action"
    _description = "Action of an Account Plan"
    _inherit = ["crm.kept.mixin", "crm.partner.keyed.mixin"]
    _order = "date_due, id"
    _check_company_auto = True
    _kept_fields = ("company_id", "customer_id", "plan_id")
    _partner_merge = "rekey"
    # The person whom an action wants to reach, not the buyer.
    _partner_is_buyer = False
    _privacy_purpose = "contract"
    _privacy_expiry = "clear"
    _privacy_texts = ("name", "result")
    _privacy_personal = ("name", "result")

    name = fields.Char(string="Action", required=True, help="What is to be done, in one line.")
    plan_id = fields.Many2one(
        "crm.account.plan", string="Plan", required=True, index=True, ondelete="cascade"
    )
    customer_id = fields.Many2one(
        related="plan_id.customer_id", store=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    state = fields.Selection(related="plan_id.state", string="State of the plan")
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        index=True,
        ondelete="set null",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who does it.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Person to reach",
        index="btree_not_null",
        ondelete="set null",
        domain="[('commercial_partner_id', '=', parent.partner_id)]",
        help="The customer's person whom the action is about. Empty: nobody in particular.",
    )
    channel_id = fields.Many2one(
        "crm.channel",
        string="Channel",
        ondelete="set null",
        help="How the person is reached.",
    )
    date_due = fields.Date(string="Due", required=True, index=True, help="Done by this day.")
    date_done = fields.Date(string="Done on", index=True, help="Empty: not done yet.")
    is_in_time = fields.Boolean(
        string="In time",
        compute="_compute_is_in_time",
        store=True,
        help="Done on the day it was due, or before.",
    )
    is_late = fields.Boolean(
        string="Late",
        compute="_compute_is_late",
        search="_search_is_late",
        help="Due and not done.",
    )
    result = fields.Text(help="What came out, and what we learned.")

    @api.depends("date_due", "date_done")
    def _compute_is_in_time(self) -> None:
        for action in self:
            action.is_in_time = bool(action.date_done) and action.date_done <= action.date_due

    @api.depends("date_due", "date_done")
    def _compute_is_late(self) -> None:
        today = fields.Date.context_today(self)
        for action in self:
            action.is_late = (
                not action.date_done and bool(action.date_due) and action.date_due < today
            )

    def _search_is_late(self, operator: str, value: object) -> Domain:
        if operator != "in":
            return NotImplemented
        late = Domain("date_done", "=", False) & Domain(
            "date_due", "<", fields.Date.context_today(self)
        )
        return late if True in value else ~late

    def _was_due(self, day: date) -> bool:
        """Whether it counts: its day is over, or it is done already."""
        self.ensure_one()
        return bool(self.date_done) or (bool(self.date_due) and self.date_due < day)

    def action_done(self) -> None:
        """Done today."""
        self.write({"date_done": fields.Date.context_today(self)})

    @api.model
    def _contacts_since(self, plans: models.BaseModel) -> dict[int, set[int]]:
        """Plan id -> people of the customer with a contact since the plan began."""
        self.env.flush_all()
        # Raw SQL: the one way in which contacts are counted; only ids of people are read.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT plan.id, contact.person_id
                  FROM crm_account_plan AS plan
                  JOIN (%(contacts)s) AS contact
                    ON contact.partner_id = plan.partner_id
                   AND contact.company_id = plan.company_id AND contact.date >= plan.date_from
                 WHERE plan.id = ANY(%(ids)s) AND contact.partner_id = ANY(%(partners)s)
                """,
                contacts=self.env["crm.channel.contact"]._contacts_sql(),
                ids=plans.ids,
                partners=plans.partner_id.ids,
            )
        )
        found: dict[int, set[int]] = {}
        for plan_id, person_id in rows:
            found.setdefault(plan_id, set()).add(person_id)
        return found
