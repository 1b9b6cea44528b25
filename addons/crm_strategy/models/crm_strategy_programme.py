from __future__ import annotations

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from .crm_strategy import APPROVED, CLOSED, DRAFT


class CrmStrategy(models.Model):
    """The programme of a strategy: steps, phases, risks and reviews, laid out by the engine.

    They are of one strategy whatever its version: a draft that replaces an approved version has
    none of its own and takes them over when it is approved.
    """

    _inherit = "crm.strategy"

    step_ids = fields.One2many("crm.strategy.step", "strategy_id", string="Steps", copy=False)
    phase_ids = fields.One2many("crm.strategy.phase", "strategy_id", string="Phases", copy=False)
    risk_ids = fields.One2many("crm.strategy.risk", "strategy_id", string="Risks", copy=False)
    review_ids = fields.One2many("crm.strategy.review", "strategy_id", string="Reviews", copy=False)
    market_ids = fields.One2many("crm.strategy.market", "strategy_id", string="Markets", copy=False)
    step_count = fields.Integer(
        string="Number of steps",
        compute="_compute_step_count",
        help="Steps of the company and of each active segment.",
    )
    step_done_count = fields.Integer(
        string="Steps done", compute="_compute_step_count", help="Steps that are finished."
    )
    step_overdue_count = fields.Integer(
        string="Steps overdue",
        compute="_compute_step_count",
        help="Steps whose due date has passed and that are not done.",
    )
    step_progress = fields.Char(
        string="Progress", compute="_compute_step_count", help="Steps done of all steps."
    )
    alarm_count = fields.Integer(
        string="Risks with a sign",
        compute="_compute_alarm_count",
        help="Failure causes of which the figures show a sign today.",
    )

    @api.depends("step_ids.state", "step_ids.active", "step_ids.date_due")
    def _compute_step_count(self) -> None:
        Step = self.env["crm.strategy.step"]
        own = Domain("strategy_id", "in", self._work_strategies().ids)
        groups = {}
        for strategy, state, count in Step._read_group(own, ["strategy_id", "state"], ["__count"]):
            groups.setdefault(strategy, {})[state] = count
        overdue = dict(Step._read_group(own & Step._overdue_domain(), ["strategy_id"], ["__count"]))
        for strategy in self:
            source = strategy._work_strategies()
            counts = groups.get(source, {})
            strategy.step_count = sum(counts.values())
            strategy.step_done_count = counts.get("done", 0)
            strategy.step_overdue_count = overdue.get(source, 0)
            strategy.step_progress = (
                self.env._(
                    "%(done)s of %(all)s",
                    done=strategy.step_done_count,
                    all=strategy.step_count,
                )
                if strategy.step_count
                else False
            )

    @api.depends("risk_ids.sign_state")
    def _compute_alarm_count(self) -> None:
        for strategy in self:
            risks = strategy._work_strategies().risk_ids
            strategy.alarm_count = len(risks.filtered(lambda risk: risk.sign_state == "alarm"))

    def _work_strategies(self) -> CrmStrategy:
        """The versions that hold the programme of these: themselves, or what they replace."""
        found = self.browse()
        for strategy in self:
            while strategy.previous_id and not strategy.step_ids and not strategy.risk_ids:
                strategy = strategy.previous_id
            found |= strategy
        return found

    # engine
    @api.model_create_multi
    def create(self, vals_list: list[dict]):
        """Create strategies, each with its six markets and, in its first version, its programme."""
        strategies = super().create(vals_list)
        strategies._lay_out()
        return strategies

    def _copy_plan(self, copy: CrmStrategy) -> None:  # pylint: disable=missing-return
        super()._copy_plan(copy)
        self.market_ids._copy_to(copy)

    def _take_over(self, before: CrmStrategy) -> None:  # pylint: disable=missing-return
        """Move steps, phases, risks and reviews of the versions before to this one."""
        super()._take_over(before)
        # Access: strategy managers approve; the links are the suite's own.
        source = self.sudo().with_context(active_test=False)._versions() - self
        for name in ("step_ids", "phase_ids", "risk_ids", "review_ids"):
            source[name].write({"strategy_id": self.id})
        self._lay_out()

    @api.model
    @api.private
    def _refresh_programmes(self, companies: models.BaseModel | None = None) -> None:
        """Give the open programmes of the companies (of all: None) the steps they need now."""
        domain = Domain("state", "!=", CLOSED)
        if companies is not None:
            domain &= Domain("company_id", "in", companies.ids)
        # Access: definitions and segments concern every programme, also of companies that the
        # person has not switched on; rows are laid out and shown to nobody.
        self.sudo().search(domain)._lay_out()

    def _lay_out(self) -> None:
        """Create what a programme lacks: steps, phases, risks, markets. Nothing is lost."""
        # Access: rows of a strategy that the person may write, or of the engine.
        strategies = self.sudo().with_context(active_test=False, lang=None)
        strategies._lay_out_parts("crm.strategy.market", "role_id", self._market_roles().ids)
        working = strategies.filtered(
            lambda strategy: (
                strategy.state == APPROVED or (strategy.state == DRAFT and not strategy.previous_id)
            )
        )
        working._lay_out_steps()
        for model, name in (("crm.strategy.phase", "kind"), ("crm.strategy.risk", "cause")):
            working._lay_out_parts(model, name, self.env[model]._fields[name].get_values(self.env))

    @api.model
    def _market_roles(self) -> models.BaseModel:
        return self.env["crm.market.role"].search(Domain.TRUE)

    def _lay_out_parts(self, model: str, key: str, wanted: list) -> None:
        """One row per strategy and key."""
        Part = self.env[model]
        found = {
            (row.strategy_id.id, row[key].id if Part._fields[key].relational else row[key])
            for row in Part.search([("strategy_id", "in", self.ids)])
        }
        Part.create(
            [
                {"strategy_id": strategy.id, key: value}
                for strategy in self
                for value in wanted
                if (strategy.id, value) not in found
                and (strategy.state == DRAFT or not Part._locked_fields)
            ]
        )

    def _lay_out_steps(self) -> None:
        Step = self.env["crm.strategy.step"]
        wanted = self._wanted_steps()
        found = {
            (step.strategy_id.id, step.step_id.id, step.segment_id.id): step
            for step in Step.search([("strategy_id", "in", self.ids)])
        }
        Step.create(
            [
                {"strategy_id": strategy, "step_id": step, "segment_id": segment}
                for strategy, step, segment in sorted(wanted - found.keys())
            ]
        )
        steps = {True: Step.browse(), False: Step.browse()}
        for key, step in found.items():
            if step.active != (key in wanted):
                steps[key in wanted] |= step
        for is_active, rows in steps.items():
            if rows:
                rows.write({"active": is_active})

    def _wanted_steps(self) -> set[tuple[int, int, int | bool]]:
        """(strategy, step, segment or False) of each step that the programmes have today."""
        definitions = self.env["crm.process.step"].search([("active", "=", True)])
        segments = defaultdict(list)
        domain = [("company_id", "in", self.company_id.ids), ("active", "=", True)]
        for segment in self.env["crm.segment"].search(domain):
            segments[segment.company_id].append(segment.id)
        return {
            (strategy.id, step.id, segment)
            for strategy in self
            for step in definitions
            for segment in ([False] if step.scope == "company" else segments[strategy.company_id])
        }

    # actions
    def _open_parts(self, name: str, **context) -> dict:
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(f"crm_strategy.{name}")
        source = self._work_strategies()
        return {
            **action,
            "domain": [("strategy_id", "=", source.id)],
            "context": {"default_strategy_id": source.id, **context},
        }

    def action_open_steps(self) -> dict:
        """Open the programme board of the strategy."""
        return self._open_parts("crm_strategy_step_action")

    def action_open_overdue(self) -> dict:
        """Open the steps that are overdue."""
        return self._open_parts("crm_strategy_step_action", search_default_overdue=1)

    def action_open_risks(self) -> dict:
        """Open the risk register of the strategy."""
        return self._open_parts("crm_strategy_risk_action")

    def action_open_reviews(self) -> dict:
        """Open the reviews of the strategy."""
        return self._open_parts("crm_strategy_review_action")
