from __future__ import annotations

from odoo import Command, api, models
from odoo.tools import SQL

from . import story_care as care


class CrmDemoStory(models.AbstractModel):
    """What was decided about customers, and how two key accounts are planned."""

    _inherit = "crm.demo.story"

    @api.model
    def _chapters(self) -> list[str]:
        return [*super()._chapters(), "care"]

    @api.model
    def _tell_care(self) -> None:
        """Key data, decisions with their days, two account plans, and a first sorting."""
        self._tell_key_data()
        self._tell_decisions()
        for plan in care.PLANS:
            self._tell_account_plan(plan)
        self.env["crm.customer"]._classify(self._get("company"))

    @api.model
    def _tell_key_data(self) -> None:
        names = sorted({known.industry for known in care.KNOWN})
        industries = dict(
            zip(
                names,
                self._make(
                    "res.partner.industry",
                    {f"industry_{number}": {"name": name} for number, name in enumerate(names, 1)},
                ),
                strict=True,
            )
        )
        for known in care.KNOWN:
            self._get(known.customer).write(
                {
                    "street": known.street,
                    "phone": known.phone,
                    "industry_id": industries[known.industry].id,
                }
            )

    @api.model
    def _tell_decisions(self) -> None:
        for told in care.DECIDED:
            customer = self._customer(told.customer)
            person = self._get(told.person)
            customer.write({"decision": told.decision, "decision_reason": told.reason})
            day = self._calendar().day(told.days)
            customer.write(
                {
                    "decision_date": day,
                    "decision_user_id": person.id,
                    "decision_by": person.name,
                }
            )
            self.env.flush_all()
            # Raw SQL: a history is only added to; the story tells it with its own days.
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_customer_class_change SET date = %s "
                    "WHERE customer_id = %s AND kind = 'decision'",
                    day,
                    customer.id,
                )
            )
        self.env["crm.customer.class.change"].invalidate_model(flush=False)

    @api.model
    def _tell_account_plan(self, told: care.Plan) -> None:
        day = self._calendar().day
        customer = self._customer(told.customer)
        people = self._get(told.customer).child_ids
        plan = self._make(
            "crm.account.plan",
            {
                f"account_{told.customer}": {
                    "name": told.name,
                    "customer_id": customer.id,
                    "user_id": customer.user_id.id,
                    "goals": told.goals,
                    "situation": told.situation,
                    "target_amount": told.amount,
                    "date_from": day(told.begun),
                    "review_date": day(told.review),
                    "contact_ids": [Command.set(people.ids)],
                    "action_ids": [
                        Command.create(
                            {
                                "name": step.name,
                                "user_id": customer.user_id.id,
                                "contact_id": people[:1].id,
                                "date_due": day(step.due),
                                "date_done": step.done is not None and day(step.done),
                                "result": step.result,
                            }
                        )
                        for step in told.steps
                    ],
                }
            },
        )
        plan.action_start()
