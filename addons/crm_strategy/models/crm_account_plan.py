from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CrmAccountPlan(models.Model):
    """The plan for a key account: goals, people to reach, actions, next review (S002-2.2-S1)."""

    _name = "crm.account.plan"
    _description = "Account Plan"
    _inherit = [
        "crm.kept.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "crm.partner.keyed.mixin",
        "crm.type.mixin",
    ]
    _order = "state, review_date, id"
    _check_company_auto = True
    _kept_fields = ("customer_id", "company_id", "partner_id")
    _partner_merge = "rekey"
    _privacy_purpose = "contract"
    _privacy_expiry = "clear"
    _privacy_texts = ("name", "goals", "situation")
    _privacy_personal = ("goals", "situation")

    # identity
    name = fields.Char(
        required=True,
        tracking=True,
        help="What the plan is about, for instance “Key account 2026”.",
    )
    customer_id = fields.Many2one(
        "crm.customer",
        required=True,
        index=True,
        ondelete="cascade",
        help="The key account.",
    )
    partner_id = fields.Many2one(
        related="customer_id.partner_id",
        string="Contact of the customer",
        store=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="customer_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    segment_id = fields.Many2one(related="customer_id.segment_id", string="Segment")
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        index=True,
        ondelete="set null",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
        help="Who answers for the plan.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Running"), ("closed", "Closed")],
        required=True,
        default="draft",
        copy=False,
        tracking=True,
        help="A customer has one running plan.",
    )
    # content
    goals = fields.Text(
        help="What we want to have reached with this customer, and by what we will see it."
    )
    situation = fields.Text(
        string="Where we stand",
        help="What the customer wants, who decides, what competitors do, what we know and do not.",
    )
    target_amount = fields.Monetary(
        string="Revenue wanted",
        tracking=True,
        help="Revenue without tax that we want from this customer while the plan runs. Zero: no "
        "amount is set.",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=fields.Date.context_today,
        help="First day of the plan.",
    )
    date_to = fields.Date(string="Until", help="Last day of the plan. Empty: open.")
    review_date = fields.Date(
        string="Next review",
        tracking=True,
        index=True,
        help="When goals and actions are looked at together. A running plan needs one.",
    )
    contact_ids = fields.Many2many(
        "res.partner",
        "crm_account_plan_contact_rel",
        string="People to reach",
        domain="[('commercial_partner_id', '=', partner_id), ('is_company', '=', False)]",
        help="The customer's people whom the plan wants to win or to keep.",
    )
    action_ids = fields.One2many("crm.account.action", "plan_id", string="Actions", copy=True)
    # results
    action_count = fields.Integer(compute="_compute_counts", string="Number of actions")
    open_count = fields.Integer(
        compute="_compute_counts", string="Open actions", help="Actions that are not done yet."
    )
    late_count = fields.Integer(
        compute="_compute_counts",
        search="_search_late_count",
        string="Late actions",
        help="Actions that should be done by now and are not.",
    )
    kept_rate = fields.Float(
        string="Kept",
        compute="_compute_counts",
        aggregator=None,
        help="Actions done in time / actions that were due. Shown once something was due.",
    )
    due_count = fields.Integer(
        compute="_compute_counts", string="Due so far", help="Actions that were due until today."
    )
    reached_count = fields.Integer(
        string="People reached",
        compute="_compute_reached_count",
        help="People of the plan with a contact since it began.",
    )
    is_review_late = fields.Boolean(
        string="Review is late",
        compute="_compute_is_review_late",
        search="_search_is_review_late",
    )

    _one_active_uniq = models.UniqueIndex(
        "(customer_id) WHERE state = 'active'",
        "This customer has a running plan already. Close that plan first.",
    )
    _dates_check = models.Constraint(
        "CHECK (date_to IS NULL OR date_from <= date_to)",
        "A plan ends after it began. Correct “From” or “Until”.",
    )
    _amount_check = models.Constraint(
        "CHECK (target_amount >= 0 OR target_amount IS NULL)",
        "The revenue wanted is zero (not set) or positive.",
    )
    _review_check = models.Constraint(
        "CHECK (state <> 'active' OR review_date IS NOT NULL)",
        "A running plan is reviewed. Fill in “Next review”.",
    )

    @api.depends("action_ids.date_done", "action_ids.date_due")
    def _compute_counts(self) -> None:
        today = fields.Date.context_today(self)
        for plan in self:
            actions = plan.action_ids
            due = actions.filtered(lambda action: action._was_due(today))
            kept = due.filtered("is_in_time")
            plan.action_count = len(actions)
            plan.open_count = len(actions.filtered(lambda action: not action.date_done))
            plan.late_count = len(due.filtered(lambda action: not action.date_done))
            plan.due_count = len(due)
            plan.kept_rate = len(kept) / len(due) if due else 0.0

    def _search_late_count(self, operator: str, value: object) -> Domain:
        if (operator, value) != (">", 0):
            return NotImplemented
        late = [("date_done", "=", False), ("date_due", "<", fields.Date.context_today(self))]
        return Domain("action_ids", "any", late)

    @api.depends("contact_ids", "date_from")
    def _compute_reached_count(self) -> None:
        reached = self.env["crm.account.action"]._contacts_since(self)
        for plan in self:
            plan.reached_count = len(reached.get(plan.id, set()) & set(plan.contact_ids.ids))

    @api.depends("review_date", "state")
    def _compute_is_review_late(self) -> None:
        today = fields.Date.context_today(self)
        for plan in self:
            plan.is_review_late = (
                plan.state == "active" and bool(plan.review_date) and plan.review_date < today
            )

    def _search_is_review_late(self, operator: str, value: object) -> Domain:
        if operator != "in":
            return NotImplemented
        late = Domain("state", "=", "active") & Domain(
            "review_date", "<", fields.Date.context_today(self)
        )
        return late if True in value else ~late

    @api.constrains("contact_ids", "customer_id")
    def _check_contact_ids(self) -> None:
        for plan in self:
            # Odoo checks constraints as superuser.
            for contact in plan.contact_ids:
                if contact.commercial_partner_id != plan.partner_id:
                    raise UserError(
                        self.env._(
                            "“%(contact)s” does not belong to “%(customer)s”. Choose people of "
                            "the customer.",
                            contact=contact.display_name,
                            customer=plan.customer_id.display_name,
                        )
                    )

    # actions
    def action_start(self) -> None:
        """Let the plan run; it needs goals, an action and a review date."""
        for plan in self:
            missing = [
                label
                for value, label in (
                    ((plan.goals or "").strip(), self.env._("goals")),
                    (plan.action_ids, self.env._("an action")),
                    (plan.review_date, self.env._("the next review")),
                )
                if not value
            ]
            if missing:
                raise UserError(
                    self.env._(
                        "The plan “%(name)s” cannot run yet. Fill in: %(missing)s.",
                        name=plan.name,
                        missing=", ".join(missing),
                    )
                )
        self.write({"state": "active"})

    def action_close(self) -> None:
        """Close the plan; its actions stay as they are."""
        self.write({"state": "closed"})

    def action_reopen(self) -> None:
        """Make a draft of the plan again."""
        self.write({"state": "draft"})

    def action_open_customer(self) -> dict:
        """Open the customer."""
        self.ensure_one()
        return self.customer_id._get_records_action()

    def action_open_actions(self) -> dict:
        """Open the actions of the plan."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_account_action_action"
        )
        return {**action, "domain": [("plan_id", "=", self.id)], "context": {}}

    # merge
    @api.model
    def _merge_collisions(
        self, source_ids: list[int], destination_id: int, customers: dict[int, int]
    ) -> None:
        """One plan runs per remaining customer: its own, else the oldest; the others close."""
        if not customers:
            return
        running = self.search(
            [
                ("customer_id", "in", [*customers, *customers.values()]),
                ("state", "=", "active"),
            ],
            order="id",
        )
        kept: dict[int, CrmAccountPlan] = {}
        for plan in running.sorted(lambda plan: plan.customer_id.id in customers):
            target = customers.get(plan.customer_id.id, plan.customer_id.id)
            if target in kept:
                plan.state = "closed"
            else:
                kept[target] = plan
        self.env.flush_all()
