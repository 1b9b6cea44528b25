from __future__ import annotations

from odoo import fields, models

WEIGHTS = [
    ("1", "1 · minor"),
    ("2", "2 · of some weight"),
    ("3", "3 · important"),
    ("4", "4 · very important"),
    ("5", "5 · decides"),
]


class CrmBuyingCriterion(models.Model):
    """What the customers of a segment look at when they choose (S000-9.7-4)."""

    _name = "crm.buying.criterion"
    _description = "Buying Criterion"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _order = "plan_id, weight desc, sequence, id"
    _audit_parent = "plan_id"

    plan_id = fields.Many2one(
        "crm.segment.plan",
        required=True,
        index=True,
        ondelete="cascade",
        help="The plan of the segment whose customers choose by this.",
    )
    company_id = fields.Many2one(
        related="plan_id.company_id", store=True, index=True, precompute=True
    )
    sequence = fields.Integer(default=10, help="Order among criteria of equal weight.")
    name = fields.Char(
        string="Criterion", required=True, help="What they look at, in the customers' own words."
    )
    weight = fields.Selection(
        WEIGHTS, required=True, default="3", help="How much it counts for these customers."
    )
    source = fields.Char(help="Where we know it from: talks, surveys, lost deals.")
    answer = fields.Char(string="Our answer", help="What we offer on this point.")
