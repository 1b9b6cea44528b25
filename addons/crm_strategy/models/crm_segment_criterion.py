from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError

AXES = [("attractiveness", "Attractiveness"), ("competitiveness", "Competitiveness")]


class CrmSegmentCriterion(models.Model):
    """What a segment is judged by on one of the two axes of the map (S001-3-c)."""

    _name = "crm.segment.criterion"
    _description = "Segment Criterion"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _order = "axis, sequence, id"

    name = fields.Char(
        required=True,
        translate=True,
        help="What is judged, in a few words, such as growth or fit of our offer.",
    )
    axis = fields.Selection(
        AXES,
        required=True,
        default="attractiveness",
        help="Attractiveness: what the segment offers to anybody who serves it. "
        "Competitiveness: how well we serve it compared with others.",
    )
    description = fields.Text(
        string="What 0 and 5 mean",
        translate=True,
        help="Read by whoever scores: what deserves a 0, what deserves a 5.",
    )
    sequence = fields.Integer(default=10, help="Order within the axis.")
    weight = fields.Float(
        string="Usual weight",
        digits=(6, 2),
        default=1.0,
        help="How much the criterion counts beside the others of its axis; in a company that "
        "sets no weight of its own.",
    )
    company_weight = fields.Float(
        string="Weight here",
        digits=(6, 2),
        compute="_compute_company_weight",
        inverse="_inverse_company_weight",
        help="How much the criterion counts in your company. 0: not used here. "
        "What you type is for this company alone.",
    )
    weight_ids = fields.One2many(
        "crm.segment.weight", "criterion_id", string="Weights of companies"
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        help="Empty: all companies judge by it, each with its own weight.",
    )
    active = fields.Boolean(
        default=True, help="An archived criterion no longer counts; its scores are kept."
    )

    _weight_check = models.Constraint(
        "CHECK (weight >= 0)", "The weight of a criterion is 0 or more. Correct the weight."
    )

    @api.depends("weight", "weight_ids.weight")
    @api.depends_context("company")
    def _compute_company_weight(self) -> None:
        own = self._own_weights(self.env.company)
        for criterion in self:
            criterion.company_weight = own.get(criterion._origin.id, criterion.weight)

    def _inverse_company_weight(self) -> None:
        company = self.env.company
        lines = self.env["crm.segment.weight"].search(
            [("criterion_id", "in", self.ids), ("company_id", "=", company.id)]
        )
        by_criterion = lines.grouped("criterion_id")
        for criterion in self:
            if criterion.company_weight < 0:
                raise UserError(
                    self.env._(
                        "The weight of “%(name)s” is 0 or more. Correct the weight.",
                        name=criterion.name,
                    )
                )
            line = by_criterion.get(criterion)
            if line:
                line.weight = criterion.company_weight
            elif criterion.company_weight != criterion.weight:
                lines.create(
                    {
                        "criterion_id": criterion.id,
                        "company_id": company.id,
                        "weight": criterion.company_weight,
                    }
                )

    def _own_weights(self, company: models.BaseModel) -> dict[int, float]:
        """Weights by criterion id, where the company has set its own."""
        lines = self.env["crm.segment.weight"].search_fetch(
            [("criterion_id", "in", self.ids), ("company_id", "=", company.id)],
            ["criterion_id", "weight"],
        )
        return {line.criterion_id.id: line.weight for line in lines}

    @api.model
    @api.private
    def _used_by(self, company: models.BaseModel) -> dict[CrmSegmentCriterion, float]:
        """The criteria by which a company judges, in order, with the weight above 0."""
        criteria = self.search([("company_id", "in", [company.id, False])])
        own = criteria._own_weights(company)
        weights = {criterion: own.get(criterion.id, criterion.weight) for criterion in criteria}
        return {criterion: weight for criterion, weight in weights.items() if weight > 0}
