from __future__ import annotations

from odoo import fields, models


class CrmCharterLine(models.Model):
    """A rule in the charter of one team: its target and how the team keeps it."""

    _name = "crm.charter.line"
    _description = "Rule of a Team"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _order = "charter_id, number, id"
    _rec_name = "rule_id"
    _kept_fields = ("charter_id", "rule_id", "company_id")
    _audited_fields = ("target", "way")
    _audit_parent = "charter_id"

    charter_id = fields.Many2one(
        "crm.charter", required=True, index=True, ondelete="cascade", string="Charter"
    )
    company_id = fields.Many2one(related="charter_id.company_id", store=True, index=True)
    rule_id = fields.Many2one(
        "crm.charter.rule", required=True, index=True, ondelete="cascade", string="Rule"
    )
    number = fields.Integer(related="rule_id.number", store=True, string="No.")
    target = fields.Float(
        aggregator=None, help="The share that the team wants to reach, between 0 and 100 %."
    )
    way = fields.Char(
        string="How we keep it", help="What this team does so that the rule holds, by whom."
    )

    _rule_uniq = models.Constraint(
        "UNIQUE (charter_id, rule_id)", "The charter has a line for this rule already."
    )
    _target_check = models.Constraint(
        "CHECK (target >= 0 AND target <= 1)", "A target lies between 0 and 100 %."
    )
