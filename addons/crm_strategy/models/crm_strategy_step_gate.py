from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import format_date

from ..core.programme import DOING, WAITING, StepFact, blockers


class CrmStrategyStepGate(models.AbstractModel):
    """Why a step may not start or finish yet, in words (screen 1 of the programme).

    A further condition for finishing the step with the code ``prices`` is a method
    ``_obstacles_prices() -> list[str]`` of ``crm.strategy.step``.
    """

    _name = "crm.strategy.step.gate"
    _description = "Gate of a Step"

    gate_reason = fields.Text(
        string="What stands in the way",
        compute="_compute_gate_reason",
        help="Why the step may not start or finish yet; empty when it may.",
    )

    @api.depends(
        "state",
        "user_id",
        "evidence",
        "strategy_id.state",
        "strategy_id.step_ids.state",
        "strategy_id.step_ids.active",
    )
    def _compute_gate_reason(self) -> None:
        reasons = self._gate_reasons()
        for step in self:
            step.gate_reason = "\n".join(reasons[step]) or False

    def _gate_reasons(self) -> dict[models.BaseModel, list[str]]:
        """Step -> sentences why it cannot be started, or finished where it is in work."""
        # Access: a step waits for all steps of its programme, also for those of a segment that
        # the person does not see; only their names are told.
        everybody = self.sudo().strategy_id.step_ids
        facts = {step: step._gate_fact() for step in everybody}
        reasons = {}
        for step in self:
            fact = step._gate_fact()
            if fact.state == WAITING:
                # Access: see above.
                beside = [facts[o] for o in step.sudo().strategy_id.step_ids if o != step]
                reasons[step] = step._start_reasons(
                    everybody.browse([found.key for found in blockers(fact, beside)])
                )
            elif fact.state == DOING:
                reasons[step] = step._finish_reasons()
            else:
                reasons[step] = []
        return reasons

    def _gate_fact(self) -> StepFact:
        return StepFact(
            self._origin.id or self.id,
            self.step_id.number,
            self.segment_id.id or None,
            self.state or WAITING,
        )

    def _start_reasons(self, before: models.BaseModel) -> list[str]:
        reasons = []
        if self.step_id.needs_approval and self.strategy_id.state != "approved":
            reasons.append(self.env._("The strategy is not approved."))
        reasons += [other._waiting_words() for other in before]
        return reasons

    def _waiting_words(self) -> str:
        """Sentence of a step that others wait for: who has it and until when."""
        if self.user_id and self.date_due:
            return self.env._(
                "“%(step)s” is not done; %(owner)s has it, due %(date)s.",
                step=self.display_name,
                owner=self.user_id.name,
                date=format_date(self.env, self.date_due),
            )
        if self.user_id:
            return self.env._(
                "“%(step)s” is not done; %(owner)s has it, without a due date.",
                step=self.display_name,
                owner=self.user_id.name,
            )
        return self.env._("“%(step)s” is not done and nobody has it.", step=self.display_name)

    def _finish_reasons(self) -> list[str]:
        reasons = []
        if not self.user_id:
            reasons.append(self.env._("Nobody owns the step. Name an owner."))
        if self.step_id.needs_evidence and not self.evidence:
            reasons.append(
                self.env._("Nothing proves it. Attach a document, or name a record or a link.")
            )
        further = getattr(self, f"_obstacles_{self.step_id.code}", None)
        return reasons + (further() if further else [])

    def _obstacles_segmentation(self) -> list[str]:
        """Step 3: each customer has a segment, each segment a team."""
        env = self.env
        own = [("company_id", "=", self.company_id.id)]
        unassigned = env["crm.customer"].search_count([*own, ("segment_id", "=", False)])
        segments = env["crm.segment"].search([*own, ("active", "=", True)])
        reasons = []
        if not segments:
            reasons.append(self.env._("The company has no segment. Create segments first."))
        if unassigned:
            reasons.append(
                self.env._(
                    "Customers without a segment: %(count)s. Assign them, or change the rules.",
                    count=unassigned,
                )
            )
        idle = segments.filtered(lambda segment: not segment.team_id)
        if idle:
            reasons.append(
                self.env._(
                    "Segments without a team: %(names)s. Give each one a team.",
                    names=", ".join(idle.mapped("name")),
                )
            )
        return reasons
