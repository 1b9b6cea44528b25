from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models


class Owed(NamedTuple):
    """An obligation: customer, kind, words, product, who answers, due in days, whether done."""

    customer: str
    kind: str
    name: str
    product: str | None
    user: str
    due: int
    is_done: bool = False


OWED = (
    Owed(
        "k01", "installation", "Put the second station into operation", "booster", "story.sales", 6
    ),
    Owed(
        "k01", "manual", "Send the manual of the station in Romanian", "booster", "story.sales", -4
    ),
    Owed(
        "k02", "training", "Train the night shift on the controller", "control", "story.sales", 12
    ),
    Owed("k03", "repair", "Exchange the filter that leaked", "filter", "story.sales", -20, True),
    Owed("d01", "delivery", "Bring the missing box of valves", "valve", "story.sales.trade", 3),
)


class CrmDemoStory(models.AbstractModel):
    """What is still owed after the transfers of the story."""

    _inherit = "crm.demo.story"

    @api.model
    def _chapters(self) -> list[str]:
        return [*super()._chapters(), "obligations"]

    @api.model
    def _tell_obligations(self) -> None:
        """After the passes: services that products of the story still need."""
        today = fields.Date.context_today(self)
        rows = {}
        for number, owed in enumerate(OWED, 1):
            customer = self._known_customer(owed.customer)
            relationship = self._latest_pass(customer)
            if not relationship:
                continue  # a story without documents
            rows[f"obligation_{number}"] = {
                "name": owed.name,
                "kind": owed.kind,
                "customer_id": customer.id,
                "relationship_id": relationship.id,
                "product_id": self._get(f"product_{owed.product}").id,
                "user_id": self._get(owed.user).id,
                "due_on": today + timedelta(days=owed.due),
            }
        made = self._make("crm.obligation", rows)
        finished = {owed.name for owed in OWED if owed.is_done}
        made.filtered(lambda item: item.name in finished).action_done()
