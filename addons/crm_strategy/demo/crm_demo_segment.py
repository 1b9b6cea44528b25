from __future__ import annotations

from typing import NamedTuple

from odoo import Command, api, models

from . import story_world as world


class Judgement(NamedTuple):
    """How a segment was scored: by criterion, on a day so many days ago, with the reason."""

    criterion: str
    score: float
    days: int
    reason: str


class Decision(NamedTuple):
    decision: str
    days: int
    reason: str | None = None


CRITERIA = (
    "size",
    "growth",
    "margin",
    "loyalty",
    "risk",
    "share",
    "fit",
    "relation",
    "cost",
    "team",
)
# With the usual weights: attractiveness 2, 2, 3, 2, 1 and competitiveness 2, 3, 2, 2, 1.
#   Key accounts          (4·2 + 4·2 + 4·3 + 4·2 + 3·1) / 10 = 3.9
#                         (3·2 + 5·3 + 4·2 + 3·2 + 4·1) / 10 = 3.9   -> invest
#   Distributors          (4·2 + 2·2 + 2·3 + 3·2 + 3·1) / 10 = 2.7
#                         (3·2 + 3·3 + 3·2 + 2·2 + 3·1) / 10 = 2.8   -> be selective
#   Installers and shops  (2·2 + 1·2 + 2·3 + 1·2 + 2·1) / 10 = 1.6
#                         (2·2 + 3·3 + 4·2 + 2·2 + 2·1) / 10 = 2.7   -> harvest, decided: hold
JUDGEMENTS = {
    world.KEY: (
        Judgement("size", 4, 200, "Nineteen plants and utilities within a day's drive."),
        Judgement("growth", 3, 200, "Investment plans of utilities, read at the trade fair."),
        Judgement("growth", 4, 40, "Two utilities have won European money for renewal."),
        Judgement("margin", 4, 200, "They pay for a station that does not stop."),
        Judgement("loyalty", 4, 200, "An installed station is served by us for ten years."),
        Judgement("risk", 3, 200, "Public buyers pay late, but they pay."),
        Judgement("share", 3, 200, "About half of the booster stations they run are ours."),
        Judgement("fit", 5, 200, "They ask for station and service from one hand."),
        Judgement("relation", 4, 200, "Radu and Ioana know every technical director."),
        Judgement("cost", 3, 200, "Two installers are enough only when nothing goes wrong."),
        Judgement("team", 4, 200, "Our people come from waterworks themselves."),
    ),
    world.TRADE: (
        Judgement("size", 4, 200, "Nine wholesalers reach every town we do not."),
        Judgement("growth", 2, 200, "Their volume has stood still for two years."),
        Judgement("margin", 2, 200, "They compare every price list line by line."),
        Judgement("loyalty", 3, 200, "Vans come monthly, until somebody is cheaper."),
        Judgement("risk", 3, 200, "Sixty days, mostly kept."),
        Judgement("share", 3, 200, "We are first or second supplier of six of nine."),
        Judgement("fit", 3, 200, "Full range, but no own brand as they want."),
        Judgement("relation", 3, 200, "Good with the buyers, unknown to the owners."),
        Judgement("cost", 2, 200, "Half-empty vans every second week."),
        Judgement("team", 3, 200, "Tomasz alone knows the Polish wholesalers."),
    ),
    world.SHOP: (
        Judgement("size", 2, 200, "Many, and each one small."),
        Judgement("growth", 1, 200, "Building permits fall for the third year."),
        Judgement("margin", 2, 200, "List price, small quantities, many visits."),
        Judgement("loyalty", 1, 200, "Loyal to whoever answers the phone."),
        Judgement("risk", 2, 200, "Some pay when their own customer pays."),
        Judgement("share", 2, 200, "One order in five of what they need."),
        Judgement("fit", 3, 200, "They want one box with everything for one job."),
        Judgement("relation", 4, 200, "Mihai and Ana answer the phone."),
        Judgement("cost", 2, 200, "A delivery costs more than the order earns."),
        Judgement("team", 2, 200, "Two people for fourteen places."),
    ),
}
DECISIONS = {
    world.KEY: Decision("invest", 190),
    world.TRADE: Decision("select", 190),
    world.SHOP: Decision(
        "hold",
        190,
        "They recommend us to the plants they repair for. We keep them and serve them by phone.",
    ),
}
# The customer that moved, and the tag by which a changed rule found it.
GROWN, STOCK_TAG = "s01", "Keeps our pumps in stock"


class CrmDemoStory(models.AbstractModel):
    """The segments judged on two axes and decided, and the day on which a rule changed."""

    _inherit = "crm.demo.story"

    @api.model
    def _chapters(self) -> list[str]:
        """After the segments and their customers."""
        return [*super()._chapters(), "positions"]

    @api.model
    def _tell_positions(self) -> None:
        """Scores with reasons, one decision against the map, one rule that moved a customer."""
        judge = self._get("story.strategy")
        for key, judgements in JUDGEMENTS.items():
            self._tell_scores(self._get(f"segment_{key}"), judgements, judge)
        self.env.flush_all()
        self.env["crm.segment.decision"].create(
            [
                {
                    "segment_id": self._get(f"segment_{key}").id,
                    "decision": told.decision,
                    "date": self._calendar().day(told.days),
                    "reason": told.reason,
                    "user_id": judge.id,
                }
                for key, told in DECISIONS.items()
            ]
        )
        self._tell_changed_rule()

    @api.model
    def _tell_scores(self, segment, judgements, judge) -> None:
        self.env["crm.segment.score"].create(
            [
                {
                    "segment_id": segment.id,
                    "criterion_id": self.env.ref(
                        f"crm_strategy.crm_segment_criterion_{item.criterion}"
                    ).id,
                    "score": item.score,
                    "date": self._calendar().day(item.days),
                    "reason": item.reason,
                    "user_id": judge.id,
                }
                for item in judgements
            ]
        )

    @api.model
    def _tell_changed_rule(self) -> None:
        """Shops that keep stock became distributors: that is why one customer moved."""
        tag = self._make("res.partner.category", {"tag_stock": {"name": STOCK_TAG}})
        shop, trade = (self._get(f"tag_{key}") for key in (world.SHOP, world.TRADE))
        self._get(GROWN).category_id = [Command.set((shop | tag).ids)]
        segment = self._get(f"segment_{world.TRADE}")
        segment.rule_domain = str([("category_id", "in", (trade | tag).ids)])
        (days,) = (days for customer, (_before, days) in world.MOVED.items() if customer == GROWN)
        reason = (
            "Rule changed: a shop that keeps our pumps in stock buys like a distributor and "
            "is served like one. Instalații Popa moves from Installers and shops."
        )
        message = segment.message_post(
            body=reason,
            author_id=self._get("story.strategy").partner_id.id,
        )
        message.date = self._moment(days)
        self.env["crm.segment"]._assign(self._get("company"))
