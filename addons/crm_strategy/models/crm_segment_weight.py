from __future__ import annotations

from odoo import fields, models


class CrmSegmentWeight(models.Model):
    """How much a criterion counts in one company."""

    _name = "crm.segment.weight"
    _description = "Weight of a Criterion"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _audit_parent = "criterion_id"
    _order = "company_id, criterion_id"
    _rec_name = "criterion_id"

    criterion_id = fields.Many2one(
        "crm.segment.criterion", required=True, ondelete="cascade", help="What is weighed."
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="The company that weighs it so.",
    )
    weight = fields.Float(
        required=True,
        digits=(6, 2),
        default=1.0,
        help="How much the criterion counts beside the others of its axis. 0: not used.",
    )

    _criterion_company_uniq = models.Constraint(
        "UNIQUE (criterion_id, company_id)",
        "The company has a weight for this criterion already. Change that one.",
    )
    _weight_check = models.Constraint(
        "CHECK (weight >= 0)", "The weight of a criterion is 0 or more. Correct the weight."
    )
