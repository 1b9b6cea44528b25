from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain


class CrmCustomerAgenda(models.AbstractModel):
    """What is planned with a customer: its account plan and the activities with its people."""

    _name = "crm.customer.agenda"
    _description = "Agenda of a Customer"

    plan_ids = fields.One2many("crm.account.plan", "customer_id", string="Account plans")
    plan_id = fields.Many2one(
        "crm.account.plan",
        string="Account plan",
        compute="_compute_plan",
        search="_search_plan_id",
        help="The running plan for this customer.",
    )
    plan_action_count = fields.Integer(
        string="Open actions",
        compute="_compute_plan",
        help="Actions of the running plan that are not done yet.",
    )
    plan_late_count = fields.Integer(
        string="Late actions",
        compute="_compute_plan",
        help="Actions of the running plan that should be done by now.",
    )
    activity_ids = fields.Many2many(
        "mail.activity",
        string="Next activities",
        compute="_compute_activity_ids",
        help="What is planned with the customer's people, on its opportunities and in its plan.",
    )
    next_activity_date = fields.Date(
        string="Next activity", compute="_compute_activity_ids", help="Day of the next activity."
    )

    @api.depends("plan_ids.state", "plan_ids.action_ids.date_done", "plan_ids.action_ids.date_due")
    def _compute_plan(self) -> None:
        plans = self.env["crm.account.plan"].search(
            [("customer_id", "in", self.ids), ("state", "=", "active")]
        )
        by_customer = {plan.customer_id.id: plan for plan in plans}
        for customer in self:
            plan = by_customer.get(customer.id, plans.browse())
            customer.plan_id = plan
            customer.plan_action_count = plan.open_count
            customer.plan_late_count = plan.late_count

    def _search_plan_id(self, operator: str, value: object) -> Domain:
        """Customers by their running plan; empty finds those without one."""
        if operator != "in":
            return NotImplemented
        running = Domain("state", "=", "active")
        found = [plan_id for plan_id in value if plan_id]
        domain = Domain("plan_ids", "any", running & Domain("id", "in", found))
        if len(found) != len(list(value)):
            domain |= Domain("plan_ids", "not any", running)
        return domain

    @api.depends("partner_id")
    def _compute_activity_ids(self) -> None:
        Activity = self.env["mail.activity"]
        found = self._activities_by_customer()
        for customer in self:
            activities = Activity.browse(found.get(customer.id, ()))
            customer.activity_ids = activities
            customer.next_activity_date = activities[:1].date_deadline

    def _activities_by_customer(self) -> dict[int, list[int]]:
        """Customer id -> activities the reader may read, the earliest first."""
        owner = self._activity_owners()
        domain = Domain.OR(
            [
                Domain("res_model", "=", model) & Domain("res_id", "in", list(ids))
                for model, ids in owner.items()
                if ids
            ]
        )
        found: dict[int, list[int]] = {}
        for activity in self.env["mail.activity"].search(domain, order="date_deadline, id"):
            for customer_id in owner[activity.res_model][activity.res_id]:
                found.setdefault(customer_id, []).append(activity.id)
        return found

    def _activity_owners(self) -> dict[str, dict[int, list[int]]]:
        """Model -> record id -> customers to whom its activities belong; extend it per addon."""
        customers: dict[int, list[int]] = {}
        companies = {customer.id: customer.company_id for customer in self}
        for customer in self:
            customers.setdefault(customer.partner_id.id, []).append(customer.id)
        owner: dict[str, dict[int, list[int]]] = {
            "res.partner": {},
            "crm.lead": {},
            "crm.account.plan": {},
        }
        family = Domain("commercial_partner_id", "in", list(customers))
        for person in self.env["res.partner"].search_fetch(family, ["commercial_partner_id"]):
            owner["res.partner"][person.id] = customers[person.commercial_partner_id.id]
        Lead = self.env["crm.lead"]
        if Lead.has_access("read"):
            leads = Lead.search_fetch(
                [("partner_id", "in", list(owner["res.partner"]))], ["partner_id", "company_id"]
            )
            for lead in leads:
                owner["crm.lead"][lead.id] = [
                    customer_id
                    for customer_id in owner["res.partner"][lead.partner_id.id]
                    if not lead.company_id or lead.company_id == companies[customer_id]
                ]
        plans = self.env["crm.account.plan"].search_fetch(
            [("customer_id", "in", self.ids)], ["customer_id"]
        )
        owner["crm.account.plan"] = {plan.id: [plan.customer_id.id] for plan in plans}
        return owner

    def action_open_plan(self) -> dict:
        """Open the running account plan, or begin one."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_account_plan_action"
        )
        context = {"default_customer_id": self.id, "default_user_id": self.user_id.id}
        form = {**action, "views": [(False, "form")], "context": context}
        return {**form, "res_id": self.plan_id.id}

    def action_plan_activity(self) -> dict:
        """Plan an activity with the customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan an activity"),
            "res_model": "mail.activity",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_res_model": "res.partner",
                "default_res_id": self.partner_id.id,
                "default_user_id": self.user_id.id or self.env.uid,
            },
        }
