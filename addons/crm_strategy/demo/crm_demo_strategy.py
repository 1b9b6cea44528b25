from __future__ import annotations

from odoo import Command, api, models

from . import story_strategy as plan


class CrmDemoStory(models.AbstractModel):
    """The strategy of the story's company: approved, half done, with one rupture."""

    _inherit = "crm.demo.story"

    @api.model
    def _chapters(self) -> list[str]:
        """After people, segments and deals."""
        return [*super()._chapters(), "strategy"]

    @api.model
    def _tell_strategy(self) -> None:
        """Write the strategy, plan its markets, approve it, and work on a part of it."""
        strategy = self._make_strategy()
        self._make_objectives(strategy)
        self._plan_markets(strategy)
        self._note_work(strategy)
        manager = self._get("story.strategy")
        strategy.with_user(manager)._transition(
            "approved", approver_id=manager.id, approved_at=self._moment(232)
        )

    @api.model
    def _make_strategy(self) -> models.BaseModel:
        day = self._calendar().day(0)
        return self._make(
            "crm.strategy",
            {
                "strategy": {
                    "name": "Water that runs: first call between Brașov and Kraków",
                    "company_id": self._get("company").id,
                    "date_from": day.replace(month=1, day=1),
                    "date_to": day.replace(year=day.year + 1, month=12, day=31),
                    "user_id": self._get("story.strategy").id,
                    "sponsor_id": self._get("story.strategy").id,
                    **plan.TEXTS,
                }
            },
        )

    @api.model
    def _make_objectives(self, strategy) -> None:
        for number, goal in enumerate(plan.OBJECTIVES, 1):
            segment = self._get(f"segment_{goal.segment}") if goal.segment else None
            self._make(
                "crm.strategy.objective",
                {
                    f"objective_{goal.key}": {
                        "strategy_id": strategy.id,
                        "sequence": number,
                        "name": goal.name,
                        "level": goal.level,
                        "crm_type": goal.crm_type,
                        "business_goal": goal.goal,
                        "user_id": self._get(goal.owner).id,
                        "parent_id": self._get(f"objective_{goal.serves}").id
                        if goal.serves
                        else False,
                        "plan_ids": [
                            Command.create(
                                {
                                    "name": goal.plan,
                                    "segment_id": segment.id if segment else False,
                                    "user_id": self._get(goal.owner).id,
                                    "revenue_target_amount": goal.target,
                                }
                            )
                        ]
                        if goal.plan
                        else [],
                    }
                },
            )

    @api.model
    def _plan_markets(self, strategy) -> None:
        markets = {market.role_id.code: market for market in strategy.market_ids}
        for code, (objective, count, contacts, typed) in plan.MARKETS.items():
            if code in markets:
                markets[code].write(
                    {
                        "objective": objective,
                        "planned_count": count,
                        "planned_contact_count": contacts,
                        "typed_count": typed,
                    }
                )
        roles = {code: market.role_id for code, market in markets.items()}
        partners = self._make(
            "res.partner",
            {
                f"market_{number}": {
                    "name": name,
                    "is_company": True,
                    "company_id": self._get("company").id,
                    "city": city,
                    "country_id": self.env.ref(f"base.{country}").id,
                    "crm_market_role_ids": [
                        Command.link(roles[code].id) for code in codes if code in roles
                    ],
                }
                for number, (name, city, country, codes) in enumerate(plan.PARTNERS)
            },
        )
        leads = self.env["crm.lead"].search(
            [("company_id", "=", self._get("company").id)], order="id", limit=plan.REFERRED
        )
        leads.write({"crm_referrer_id": partners[1].id})

    @api.model
    def _note_work(self, strategy) -> None:
        self._note_steps(strategy)
        day = self._calendar().day
        for phase in strategy.phase_ids:
            first, last, owner, result = plan.PHASES[phase.kind]
            phase.write(
                {
                    "date_from": day(first),
                    "date_to": day(last),
                    "user_id": self._get(owner).id,
                    "result": result,
                    "result_date": day(last) if result else False,
                }
            )
        for risk in strategy.risk_ids:
            likelihood, owner, measure = plan.RISKS[risk.cause]
            risk.write(
                {
                    "likelihood": likelihood,
                    "user_id": self._get(owner).id,
                    "measure": measure,
                }
            )
        self.env["crm.strategy.review"].create(
            [
                {
                    "strategy_id": strategy.id,
                    "kind": kind,
                    "date_planned": day(planned),
                    "date_held": day(held) if held is not None else False,
                    "user_id": self._get("story.strategy").id,
                    "decision": decision,
                }
                for kind, planned, held, decision in plan.REVIEWS
            ]
        )

    @api.model
    def _note_steps(self, strategy) -> None:
        day = self._calendar().day
        segments = {key: self._get(f"segment_{key}") for key, _code in plan.SEGMENT_STEPS}
        for step in strategy.step_ids:
            key = next((key for key, row in segments.items() if row == step.segment_id), None)
            if not step.segment_id and step.code in plan.DONE:
                done, owner, link, note, review = plan.DONE[step.code]
                step.write(
                    {
                        "state": "done",
                        "user_id": self._get(owner).id,
                        "date_due": day(done - 5),
                        "started_on": day(done + 20),
                        "done_on": day(done),
                        "evidence_url": link,
                        "evidence_note": note,
                        "review_date": day(review),
                    }
                )
            elif (key, step.code) in plan.SEGMENT_STEPS:
                state, due, owner, link = plan.SEGMENT_STEPS[key, step.code]
                step.write(
                    {
                        "state": state,
                        "user_id": self._get(owner).id,
                        "date_due": day(due),
                        "started_on": day(due + 30),
                        "done_on": day(due + 2) if state == "done" else False,
                        "evidence_url": link,
                    }
                )
