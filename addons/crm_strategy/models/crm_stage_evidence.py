from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain


class CrmStageEvidence(models.Model):
    """What shows that an opportunity meets a criterion of its stage, and who says so."""

    _name = "crm.stage.evidence"
    _description = "Evidence for a Stage"
    _inherit = ["crm.kept.mixin", "crm.privacy.mixin"]
    _order = "lead_id, criterion_id, id"
    _rec_name = "criterion_id"
    _kept_fields = ("company_id", "lead_id")
    _privacy_purpose = "contract"
    _privacy_expiry = "clear"
    _privacy_date_field = "date"
    _privacy_texts = ("note",)
    _privacy_personal = ("note",)

    lead_id = fields.Many2one(
        "crm.lead", string="Opportunity", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        index=True,
        help="The company for which the opportunity counts.",
    )
    criterion_id = fields.Many2one(
        "crm.stage.criterion",
        string="Criterion",
        required=True,
        index=True,
        ondelete="cascade",
        help="What is shown to be true.",
    )
    stage_id = fields.Many2one(related="criterion_id.stage_id", string="Stage")
    note = fields.Text(
        string="Evidence",
        help="Where it can be seen: a document, a message, words of the customer.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Said by",
        default=lambda self: self.env.user,
        ondelete="set null",
        help="Who says that it is true.",
    )
    date = fields.Date(
        required=True, default=fields.Date.context_today, help="Since when it is true."
    )

    _criterion_uniq = models.Constraint(
        "UNIQUE (lead_id, criterion_id)",
        "There is evidence for this criterion already. Add to that one.",
    )

    @api.depends("lead_id.company_id", "lead_id.team_id", "lead_id.user_id")
    def _compute_company_id(self) -> None:
        for evidence in self:
            evidence.company_id = evidence.lead_id._crm_document_company()

    @api.model
    def _privacy_domain(self, partners: models.BaseModel) -> Domain:
        return Domain("lead_id.partner_id", "in", partners.ids)
