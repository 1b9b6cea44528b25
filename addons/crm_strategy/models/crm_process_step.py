from __future__ import annotations

from odoo import api, fields, models

SCOPES = [("company", "The company, once"), ("segment", "Each segment")]


class CrmProcessStep(models.Model):
    """One of the thirteen steps of the CRM process, as each strategy takes it (S000-9.8)."""

    _name = "crm.process.step"
    _description = "Step of the CRM Process"
    _inherit = ["crm.audited.mixin", "crm.type.mixin"]
    _order = "number, id"

    number = fields.Integer(
        required=True,
        default=1,
        aggregator=None,
        help="Place in the process. A step starts when the one before it is done; steps with the "
        "same number stand side by side.",
    )
    name = fields.Char(required=True, translate=True, help="What is done in this step.")
    code = fields.Char(
        required=True,
        help="A short word by which figures and further conditions find the step; it stays.",
    )
    scope = fields.Selection(
        SCOPES,
        string="Done for",
        required=True,
        default="segment",
        help="Once for the company, or again for each active segment.",
    )
    description = fields.Text(translate=True, help="What the step is about and why it comes here.")
    evidence_hint = fields.Text(
        string="What proves it",
        translate=True,
        help="What a reader accepts as proof that the step is done.",
    )
    needs_approval = fields.Boolean(
        string="Only with an approved strategy",
        help="Ticked: the step does not start before the strategy is approved. Market and tools "
        "wait for the strategy, not the other way round.",
    )
    needs_evidence = fields.Boolean(
        string="Needs evidence",
        default=True,
        help="Ticked: the step is done only when a document, a record or a link proves it.",
    )
    active = fields.Boolean(
        default=True, help="Untick what your company does not do; programmes then leave it out."
    )

    _code_uniq = models.UniqueIndex(
        "(code)", "Another step of the process has this code already. Choose another code."
    )

    @api.depends("number", "name")
    def _compute_display_name(self) -> None:
        for step in self:
            step.display_name = f"{step.number}. {step.name or ''}"

    @api.model_create_multi
    def create(self, vals_list: list[dict]):
        """Create steps; running programmes get them."""
        steps = super().create(vals_list)
        self.env["crm.strategy"]._refresh_programmes()
        return steps

    def write(self, vals: dict) -> bool:
        """Write steps; running programmes follow."""
        result = super().write(vals)
        if {"active", "scope"} & vals.keys():
            self.env["crm.strategy"]._refresh_programmes()
        return result
