from __future__ import annotations

from odoo import Command, api, models

from . import story_rivals as rivals
from . import story_world as world

OURS = "crm_strategy"


class CrmDemoStory(models.AbstractModel):
    """How the distributors are served, whom we meet there, and what campaigns brought."""

    _inherit = "crm.demo.story"

    @api.model
    def _chapters(self) -> list[str]:
        return [*super()._chapters(), "rivals", "campaigns", "plan"]

    @api.model
    def _known(self, kind: str, keys) -> models.BaseModel:
        """Definitions of the installation by the end of their name; those that are left."""
        found = [self.env.ref(f"{OURS}.{kind}_{key}", raise_if_not_found=False) for key in keys]
        model = self.env[kind.replace("_", ".")]
        return model.union(*(record for record in found if record))

    @api.model
    def _tell_rivals(self) -> None:
        """Competitors with what they do better, what we do about it, and the deals they got."""
        self._make(
            "crm.competitor",
            {
                rival.key: {
                    "name": rival.name,
                    "company_id": self._get("company").id,
                    "description": rival.description,
                    "user_id": self._get("story.strategy").id,
                    "color": number,
                    "segment_ids": [
                        Command.set([self._get(f"segment_{key}").id for key in rival.segments])
                    ],
                }
                for number, rival in enumerate(rivals.RIVALS, 1)
            },
        )
        self._tell_advantages()
        self.env["crm.competitor.response"].create(
            [
                {
                    "competitor_id": self._get(response.rival).id,
                    "name": response.name,
                    "user_id": self._get(response.person).id,
                    "date_deadline": self._calendar().day(response.due),
                    "state": response.state,
                }
                for response in rivals.RESPONSES
            ]
        )
        lost_to = {rival.reason: self._get(rival.key) for rival in rivals.RIVALS}
        for deal in world.LOST_DEALS:
            self._get(f"deal_{deal.key}").crm_competitor_id = lost_to[deal.reason]
        for key in ("wd01.1", "wd05.1", "wd09.1", "o06", "o09"):
            self._get(f"deal_{key}").crm_competitor_id = lost_to[world.DEAR]
        for key in ("wk01.1", "wk03.1", "o02"):
            self._get(f"deal_{key}").crm_competitor_id = lost_to[world.LATE]

    @api.model
    def _tell_advantages(self) -> None:
        self.env["crm.competitor.advantage"].create(
            [
                {
                    "competitor_id": self._get(line.rival).id,
                    "area_id": area.id,
                    "name": line.name,
                    "strength": line.strength,
                    "date": self._calendar().day(line.days),
                    "source": line.source,
                    "is_valid": line.is_valid,
                }
                for line in rivals.ADVANTAGES
                for area in self._known("crm_competition_area", [line.area])
            ]
        )

    @api.model
    def _tell_campaigns(self) -> None:
        """Two campaigns with their cost, and the opportunities that carry them."""
        for campaign in rivals.CAMPAIGNS:
            self._make(
                "utm.campaign",
                {
                    campaign.key: {
                        "title": campaign.title,
                        "user_id": self._get(campaign.person).id,
                    }
                },
            )
            for key in campaign.deals:
                self._get(f"deal_{key}").campaign_id = self._get(campaign.key)
        self._make(
            "crm.campaign",
            {
                f"plan_{campaign.key}": {
                    "campaign_id": self._get(campaign.key).id,
                    "company_id": self._get("company").id,
                    "segment_id": self._get(f"segment_{campaign.segment}").id,
                    "user_id": self._get(campaign.person).id,
                    "date_from": self._calendar().day(campaign.begun),
                    "date_to": self._calendar().day(campaign.begun - campaign.days),
                    "budget_amount": campaign.budget,
                    "cost_amount": campaign.cost,
                    "lead_target": campaign.leads,
                    "state": campaign.state,
                    "plan": campaign.plan,
                }
                for campaign in rivals.CAMPAIGNS
            },
        )

    @api.model
    def _tell_plan(self) -> None:
        """How the distributors are served; one block is still open, as in real life."""
        prices = self._get("prices_trade")
        areas = self._known("crm_competition_area", ["price", "delivery"])
        goods = ("pump", "valve", "pipe", "filter")
        values = {
            **rivals.CANVAS,
            **rivals.MIX,
            **self._plan_lines(),
            "segment_id": self._get(f"segment_{world.TRADE}").id,
            "user_id": self._get("story.leader.trade").id,
            "review_date": self._calendar().day(-60),
            "product_tmpl_ids": [Command.set(self._templates(goods).ids)],
            "pricelist_ids": [Command.set(prices.ids)],
            "channel_ids": [
                Command.set(self._known("crm_channel", ["visit", "phone", "email"]).ids)
            ],
            "price_policy_ids": [
                Command.create(
                    {
                        "pricelist_id": prices.id,
                        "discount_rate": 0.05,
                        "note": "More than that only for a full van",
                    }
                )
            ],
            "own_x_score": "3",
            "own_y_score": "4",
        }
        if len(areas) == 2:
            values |= {"x_area_id": areas[0].id, "y_area_id": areas[1].id}
        self._make("crm.segment.plan", {"plan_trade": values})

    @api.model
    def _templates(self, goods) -> models.BaseModel:
        products = self.env["product.product"].union(
            *(self._get(f"product_{key}") for key in goods)
        )
        return products.product_tmpl_id

    @api.model
    def _plan_lines(self) -> dict:
        """Criteria, promises, actions and channel policy of the plan."""
        return {
            "criterion_ids": [
                Command.create({"weight": weight, "name": name, "answer": answer, "source": source})
                for weight, name, answer, source in rivals.CRITERIA
            ],
            "proposition_ids": [
                Command.create(
                    {
                        "name": name,
                        "product_tmpl_ids": [Command.set(self._templates(goods).ids)],
                        "need_class_ids": [Command.set(self._known("crm_need_class", classes).ids)],
                        "value_company": value,
                    }
                )
                for name, goods, classes, value in rivals.PROMISES
            ],
            "action_ids": [
                Command.create(
                    {
                        "stage_id": stage.id,
                        "name": name,
                        "user_id": self._get(person).id,
                        "channel_id": self._known("crm_channel", [channel]).id,
                    }
                )
                for key, name, person, channel in rivals.ACTIONS
                for stage in self._known("crm_lifecycle_stage", [key])
            ],
            "channel_policy_ids": [
                Command.create(
                    {
                        "value_class": value_class,
                        "channel_ids": [Command.set(self._known("crm_channel", keys).ids)],
                        "note": note,
                    }
                )
                for value_class, keys, note in rivals.CHANNEL_POLICY
            ],
        }
