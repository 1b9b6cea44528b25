from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain


class CrmCharterRule(models.Model):
    """One of the ten rules by which a customer team works (S000-9.5-R1..R10)."""

    _name = "crm.charter.rule"
    _description = "Rule of the Team Charter"
    _inherit = "crm.audited.mixin"
    _order = "number, id"

    # identity
    number = fields.Integer(required=True, help="Its place among the rules.")
    name = fields.Char(required=True, translate=True, help="The rule in a few words.")
    code = fields.Char(
        required=True,
        help="The code of the indicator that proves the rule. An installed addon brings it; "
        "while none does, the rule has no data.",
    )
    active = fields.Boolean(default=True, help="Untick to take the rule out of all charters.")
    # meaning
    description = fields.Text(
        string="What the team does", translate=True, help="What keeping the rule looks like."
    )
    proof = fields.Text(
        string="How it is proven",
        translate=True,
        help="Which records pass and which fail, in words that can be checked by hand.",
    )
    target = fields.Float(
        default=0.9,
        aggregator=None,
        help="The share that new charters aim at; each team may agree on another one.",
    )
    support_ids = fields.Many2many(
        "crm.indicator",
        "crm_charter_rule_support_rel",
        "rule_id",
        "indicator_id",
        string="Shown beside it",
        help="Further figures that explain the rule. They do not enter the mean.",
    )
    # links
    line_ids = fields.One2many("crm.charter.line", "rule_id", string="In charters")

    _number_uniq = models.UniqueIndex(
        "(number) WHERE active", "Another rule has this number. Give this one another place."
    )
    _code_uniq = models.UniqueIndex(
        "(code)", "Another rule is proven by this indicator already. Choose another code."
    )
    _target_check = models.Constraint(
        "CHECK (target >= 0 AND target <= 1)", "A target lies between 0 and 100 %."
    )

    @api.depends("number", "name")
    def _compute_display_name(self) -> None:
        for rule in self:
            rule.display_name = f"{rule.number}. {rule.name or ''}"

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmCharterRule:
        """Create rules; every charter gets a line for each."""
        rules = super().create(vals_list)
        # Access: a rule holds for the teams of all companies; the lines carry its target alone.
        self.env["crm.charter"].sudo().search(Domain.TRUE)._ensure_lines()
        return rules
