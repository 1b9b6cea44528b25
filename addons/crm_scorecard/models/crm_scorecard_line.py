from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmScorecardLine(models.Model):
    """One indicator of a scorecard with what we want from it."""

    _name = "crm.scorecard.line"
    _description = "Scorecard Line"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _kept_fields = ("company_id",)
    _order = "scorecard_id, sequence, id"
    _rec_name = "indicator_id"
    _audit_area = "scorecard"
    _audit_parent = "scorecard_id"

    scorecard_id = fields.Many2one(
        "crm.scorecard", required=True, index=True, ondelete="cascade", string="Scorecard"
    )
    company_id = fields.Many2one(related="scorecard_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    indicator_id = fields.Many2one(
        "crm.indicator",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('company_id', 'in', [company_id, False])]",
        help="What is measured. A company's own definition of the same code is used where it "
        "exists.",
    )
    unit = fields.Selection(related="indicator_id.unit")
    label = fields.Selection(related="indicator_id.label")
    direction = fields.Selection(related="indicator_id.direction")
    has_target = fields.Boolean(
        string="Target set", help="Untick when we measure only and want nothing particular yet."
    )
    target = fields.Float(
        digits=(16, 4),
        help="What we want. A rate lies between 0 and 1 and holds for each team. An amount or "
        "count is what the whole company wants in one period of this scorecard.",
    )
    weight = fields.Float(
        default=1.0, digits=(16, 2), help="How much the indicator matters beside the others."
    )

    _indicator_uniq = models.UniqueIndex(
        "(scorecard_id, indicator_id)",
        "The scorecard has this indicator already. Change that line instead.",
    )
    _weight_check = models.Constraint(
        "CHECK (weight >= 0)", "A weight is not negative. Enter 0 to leave the indicator out."
    )

    @api.constrains("has_target", "target", "indicator_id")
    def _check_target(self) -> None:
        for line in self:
            if line.has_target and line.unit == "rate" and not 0 <= line.target <= 1:
                raise ValidationError(
                    self.env._(
                        "The target of “%(name)s” is a rate: enter a number between 0 (none) and "
                        "1 (all).",
                        name=line.indicator_id.name,
                    )
                )

    @api.constrains("indicator_id", "scorecard_id")
    def _check_company_of_indicator(self) -> None:
        for line in self:
            company = line.indicator_id.company_id
            if company and company != line.scorecard_id.company_id:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is a definition of %(company)s. Choose a shared indicator, "
                        "or make the scorecard one of that company.",
                        name=line.indicator_id.name,
                        company=company.name,
                    )
                )
