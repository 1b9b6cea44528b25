from __future__ import annotations

from datetime import datetime

from odoo import api, fields, models
from odoo.fields import Domain

from ..core import states
from ..core.facts import FactRow, local_day

ACKNOWLEDGED, RECEIVED, SEEN = "order_acknowledged", "receipt_confirmed", "progress_seen"
# What a customer may say with one click, and what it proves.
SAYINGS = {"acknowledge": ACKNOWLEDGED, "receipt": RECEIVED}


class SaleOrder(models.Model):
    """The way of an order as its customer sees it, and what the customer says on the way.

    The controller has checked that the order is the customer's; nothing here is open to RPC.
    """

    _inherit = "sale.order"

    @api.private
    def _progress_passes(self) -> dict[models.BaseModel, models.BaseModel]:
        """Order -> its pass, whoever asks; read together for a page of orders."""
        # Access: a customer has no right on passes; days and own words alone leave this file.
        orders = self.sudo()
        passes = orders.env["crm.relationship"].search(
            Domain.OR(order._strip_domain() for order in orders)
        )
        by_order = passes.grouped("order_id")
        by_lead = passes.grouped("lead_id")
        by_lead.pop(self.env["crm.lead"], None)
        none = passes.browse()
        found = {}
        for order in orders:
            own = by_order.get(order, none) | by_lead.get(order.opportunity_id, none)
            found[order] = (passes & own)[:1]
        return found

    @api.private
    def _progress_steps(self, relation: models.BaseModel | None = None) -> list[dict]:
        """The steps in the customer's words: number, name, text, state, day, is_current.

        An order whose pass is not there yet has all its steps ahead.

        :param relation: the pass of the order, where it was read already
        """
        if relation is None:
            relation = self._progress_passes()[self]
        # Access: see _progress_passes; the chain says which steps there are.
        chains = self.env["crm.moment.chain"].sudo()
        customer = self.sudo().partner_id.commercial_partner_id.crm_customer_ids.filtered(
            lambda one: one.company_id == self.company_id
        )
        chain = relation.chain_id or chains._for(self.company_id, customer.segment_id)
        lines = {line.moment_id: line for line in relation.line_ids}
        reached = relation.current_moment_id.sequence if relation.current_moment_id else 0
        steps = []
        for moment in chain.moment_ids.sorted("sequence").filtered("is_portal"):
            line = lines.get(moment)
            state = line.state if line else states.OPEN
            if state == states.OPEN and moment.sequence < reached:
                state = "passed"
            name, text = moment._portal_step()
            steps.append(
                {
                    "number": len(steps) + 1,
                    "name": name,
                    "text": text,
                    "state": state,
                    "day": line and (line.proven_on or line.started_on),
                    "is_current": moment == relation.current_moment_id,
                }
            )
        return steps

    @api.private
    def _progress_count(self, steps: list[dict]) -> int:
        """How far the order is: the number of the furthest step that is done or under way."""
        met = [step["number"] for step in steps if step["state"] in (states.STARTED, states.PROVEN)]
        return max(met, default=0)

    @api.private
    def _progress_said(self) -> dict[str, object]:
        """Saying -> the day on which the customer said it."""
        self.ensure_one()
        # Access: facts of the customer's own order; only their days are shown.
        events = (
            self.env["crm.moment.event"]
            .sudo()
            .search(
                Domain("res_id", "=", self.id)
                & Domain("fact", "in", list(SAYINGS.values()))
                & Domain("voided_at", "=", False)
            )
        )
        # Access: the customer reads days as the company counts them.
        zone = self.company_id.sudo().resource_calendar_id.tz
        days = {event.fact: local_day(event.fact_at, zone) for event in events}
        return {saying: days[fact] for saying, fact in SAYINGS.items() if fact in days}

    @api.private
    def _progress_may(self, saying: str) -> bool:
        """Whether it makes sense to say it now: only of a confirmed order, and only once.

        What was not delivered yet cannot be confirmed as received.
        """
        self.ensure_one()
        if self.state != "sale" or saying in self._progress_said():
            return False
        if saying == "receipt":
            return self._progress_is_delivered()
        return saying in SAYINGS

    def _progress_is_delivered(self) -> bool:
        """Something was handed over: delivered on a line, or invoiced."""
        # Access: quantities of the customer's own order.
        lines = self.sudo().order_line
        return any(line.qty_delivered > 0 or line.qty_invoiced > 0 for line in lines)

    @api.private
    def _progress_say(self, saying: str, person: models.BaseModel | None = None) -> bool:
        """Witness what the customer says; returns whether it was new.

        :param person: the contact who said it, for the note on the order
        """
        if not self._progress_may(saying):
            return False
        self._progress_witness(SAYINGS[saying])
        # Access: the note belongs to the order that the customer may see.
        order = self.sudo()
        # Our people read it, so it speaks the salesperson's language.
        order = order.with_context(lang=order.user_id.lang or self.env.lang)
        words = {
            "acknowledge": order.env._("%(who)s acknowledged the order in the portal."),
            "receipt": order.env._("%(who)s confirmed in the portal that everything arrived."),
        }
        who = person.name if person else self.partner_id.name
        order.message_post(body=words[saying] % {"who": who or ""}, message_type="notification")
        return True

    @api.private
    def _progress_witness(self, fact: str, at: datetime | None = None) -> None:
        """Write down what was seen of the order."""
        for order in self.sudo():  # Access: the order's own number, partner and company.
            row = FactRow(
                fact=fact,
                res_id=order.id,
                occurrence=0,
                company_id=order.company_id.id,
                partner_id=order.partner_id.id,
                root_model=order._name,
                root_id=order.id,
                fact_at=at or fields.Datetime.now(),
                name=order.name,
            )
            self.env["crm.moment.event"]._witness([row])

    @api.private
    def _progress_seen(self) -> None:
        """The customer looked at the way of a confirmed order: witnessed once."""
        self.filtered(lambda order: order.state == "sale")._progress_witness(SEEN)
