from __future__ import annotations

from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from . import story_know as know


class CrmDemoStory(models.AbstractModel):
    """What was promised, learned, remembered and improved in the year of the story."""

    _inherit = "crm.demo.story"

    @api.model
    def _chapters(self) -> list[str]:
        return [*super()._chapters(), "knowledge"]

    @api.model
    def _tell_knowledge(self) -> None:
        """After the passes: the ledger, promises by hand, insights, preferences and rounds."""
        self.env["crm.change"]._run_all("moments")
        self._tell_values()
        self._tell_promises()
        self._tell_insights()
        self._tell_rounds()

    @api.model
    def _known_customer(self, key: str | None) -> models.BaseModel:
        Customer = self.env["crm.customer"]
        if key is None:
            return Customer
        company = self._get("company")
        return Customer.search(
            [("partner_id", "=", self._get(key).id), ("company_id", "=", company.id)]
        )

    @api.model
    def _latest_pass(self, customer: models.BaseModel) -> models.BaseModel:
        return self.env["crm.relationship"].search(
            [("customer_id", "=", customer.id)], order="date_first desc, id desc", limit=1
        )

    @api.model
    def _tell_values(self) -> None:
        kinds = {kind.code: kind for kind in self.env["crm.value.type"].search(Domain.TRUE)}
        rows = {}
        for number, value in enumerate(know.VALUES, 1):
            relationship = self._latest_pass(self._known_customer(value.customer))
            line = relationship.line_ids.filtered(lambda line, code=value.moment: line.code == code)
            if not line or value.kind not in kinds:
                continue  # a chain or a kind that an administrator changed
            rows[f"value_{number}"] = {
                "line_id": line.id,
                "type_id": kinds[value.kind].id,
                "note": value.note,
                "amount": value.amount or False,
                "date": line.proven_on or relationship.date_last,
                "user_id": self._get(value.user).id,
            }
        self._make("crm.value.entry", rows)

    @api.model
    def _tell_promises(self) -> None:
        today = self._calendar().day(0)
        rows, states = {}, {}
        for key, (customer, name, kind, made, due, user, state) in know.PROMISES.items():
            made_on = self._calendar().day(made)
            due_on = max(self._calendar().day(-due), made_on)
            colleague = self._get(user).id
            rows[f"promise_{key}"] = {
                "name": name,
                "customer_id": self._known_customer(customer).id,
                "kind": kind,
                "made_on": made_on,
                "due_on": due_on,
                "user_id": colleague,
            }
            enabled = {"enabled_on": made_on, "enabled_by_id": colleague}
            states[f"promise_{key}"] = {
                "enabled": {"state": "enabled", **enabled},
                "kept": {"state": "kept", "kept_on": min(due_on, today), **enabled},
                "late": enabled | {"state": "enabled"},
                "broken": {"state": "broken"},
                "made": {},
            }[state]
        self._make("crm.promise", rows)
        for name, values in states.items():
            self._get(name).write(values)

    @api.model
    def _tell_insights(self) -> None:
        rows = {}
        for key, told in know.INSIGHTS.items():
            customer_key, name, words, days, user, is_contract, is_shared = told
            customer = self._known_customer(customer_key)
            relationship = self._latest_pass(customer) if is_contract else None
            rows[f"insight_{key}"] = {
                "name": name,
                "description": words,
                "customer_id": customer.id,
                "company_id": self._get("company").id,
                "date": self._calendar().day(days),
                "user_id": self._get(user).id,
                "is_shared": is_shared,
                "relationship_id": relationship.id if relationship else False,
                "order_id": relationship.order_id.id if relationship else False,
            }
        self._make("crm.insight", rows)
        for key, readers in know.READERS.items():
            for reader in readers:
                self.env["crm.insight.reading"].with_user(self._get(reader))._note(
                    self._get(f"insight_{key}")
                )
        self._make(
            "crm.preference",
            {
                f"preference_{key}": {
                    "name": name,
                    "customer_id": self._known_customer(customer).id,
                    "kind": kind,
                    "date": self._calendar().day(days),
                    "user_id": self._get(user).id,
                }
                for key, (customer, name, kind, days, user) in know.PREFERENCES.items()
            },
        )
        rows = {}
        for number, (name, user, days, note) in enumerate(know.USES, 1):
            known = self._get(name)
            rows[f"use_{number}"] = {
                known._use_field: known.id,
                "customer_id": known.customer_id.id,
                "company_id": known.company_id.id,
                "user_id": self._get(user).id,
                "date": self._calendar().day(days),
                "note": note,
            }
        self._make("crm.knowledge.use", rows)

    @api.model
    def _tell_rounds(self) -> None:
        today = self._calendar().today
        for key, told in know.ROUNDS.items():
            customer = self._known_customer(told.customer)
            relationship = self._latest_pass(customer)
            begun = self._calendar().day(told.begun)
            line = relationship.line_ids.filtered(lambda line, code=told.moment: line.code == code)
            cycle = self._make(
                "crm.pdca.cycle",
                {
                    f"round_{key}": {
                        "name": told.name,
                        "problem": told.problem,
                        "goal": told.goal,
                        "result": told.result or False,
                        "customer_id": customer.id,
                        "relationship_id": relationship.id,
                        "moment_id": line.moment_id.id,
                        "user_id": self._get(told.user).id,
                        "date_start": begun,
                        "date_due": today - timedelta(days=told.due),
                        "is_client_involved": bool(told.client),
                        "client_note": told.client or False,
                    }
                },
            )
            step = (today - begun) // 5
            for number, (letter, words) in enumerate(zip("pdca", told.evidence, strict=False), 1):
                self.env["crm.pdca.evidence"].create(
                    {
                        "cycle_id": cycle.id,
                        "letter": letter,
                        "name": words,
                        "date": begun + number * step,
                        "user_id": self._get(told.user).id,
                    }
                )
                cycle.action_next()
            if cycle.state == "closed":
                cycle.closed_on = begun + 4 * step
