from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import ValidationError

LEVELS = [
    ("strategic", "Strategic"),
    ("operational", "Operational"),
    ("analytic", "Analytic"),
]


class CrmStrategyObjective(models.Model):
    """What a strategy wants to reach, on which level, and which business goal it serves."""

    _name = "crm.strategy.objective"
    _description = "Objective of a Strategy"
    _inherit = ["crm.strategy.part.mixin", "crm.type.mixin"]
    _order = "strategy_id, level_order, sequence, id"
    _locked_fields = True
    _privacy_texts = ("name", "description", "business_goal", "business_url")

    # identity
    sequence = fields.Integer(default=10, help="Order of the objectives.")
    name = fields.Char(
        string="Objective", required=True, help="What is to be reached, in one sentence."
    )
    description = fields.Text(help="Why, by whom and how one will see that it is reached.")
    level = fields.Selection(
        LEVELS,
        required=True,
        default="strategic",
        index=True,
        help="Strategic: what the company wants with its customers. Operational: what its people "
        "do for it. Analytic: what must be known to steer it (S001-2-L1..3).",
    )
    level_order = fields.Integer(
        compute="_compute_level_order",
        store=True,
        aggregator=None,
        help="Place of the level in lists: strategic, operational, analytic.",
    )
    parent_id = fields.Many2one(
        "crm.strategy.objective",
        string="Serves",
        index="btree_not_null",
        ondelete="set null",
        domain="[('strategy_id', '=', strategy_id), ('id', '!=', id)]",
        help="The objective of a higher level that this one serves.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        ondelete="set null",
        index=True,
        help="Who answers for the objective.",
    )
    plan_ids = fields.One2many(
        "crm.strategy.plan",
        "objective_id",
        string="Plans",
        copy=False,
        help="How the objective is to be reached. Each objective has at least one plan.",
    )
    # alignment
    business_goal = fields.Char(
        string="Goal of the business strategy",
        help="The goal of the company that this objective serves. An objective without one is a "
        "strategic rupture: customers are promised what the business does not pursue.",
    )
    business_url = fields.Char(
        string="Link to the goal", help="Address of the page where the business goal is kept."
    )
    is_rupture = fields.Boolean(
        string="Strategic rupture",
        compute="_compute_is_rupture",
        store=True,
        help="Ticked when the objective has no goal of the business strategy (S001-3-b).",
    )

    @api.depends("level")
    def _compute_level_order(self) -> None:
        order = {level: number for number, (level, _label) in enumerate(LEVELS)}
        for objective in self:
            objective.level_order = order.get(objective.level, len(order))

    @api.depends("business_goal", "business_url")
    def _compute_is_rupture(self) -> None:
        for objective in self:
            goal = (objective.business_goal or "").strip()
            objective.is_rupture = not (goal or objective.business_url)

    @api.constrains("parent_id", "strategy_id")
    def _check_parent(self) -> None:
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "Objective “%(name)s” would serve itself. Choose another objective.",
                    name=self[:1].name,
                )
            )
        for objective in self:
            parent = objective.parent_id
            if parent and parent.strategy_id != objective.strategy_id:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” cannot serve “%(parent)s”, an objective of another strategy. "
                        "Choose one of the same strategy.",
                        name=objective.name,
                        parent=parent.name,
                    )
                )

    def _serves_strategic(self) -> bool:
        """Whether the chain of objectives above ends on the strategic level."""
        objective = self
        while objective.parent_id:
            objective = objective.parent_id
        return objective.level == "strategic"

    def _copy_to(self, strategy: models.BaseModel) -> dict:
        """Copies of the objectives in another strategy, by their sources; links follow."""
        copies = {}
        for objective in self:
            copies[objective] = objective.copy({"strategy_id": strategy.id, "parent_id": False})
        for objective, copy in copies.items():
            if objective.parent_id in copies:
                copy.parent_id = copies[objective.parent_id]
        return copies
