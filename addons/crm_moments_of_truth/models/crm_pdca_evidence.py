from __future__ import annotations

from odoo import api, fields, models

from .crm_moment import LETTERS


class CrmPdcaEvidence(models.Model):
    """What proves that one step of a round was done: a note, a page, a file (S000-9.5-R6)."""

    _name = "crm.pdca.evidence"
    _description = "Evidence of a Round"
    _inherit = ["crm.kept.mixin", "crm.privacy.mixin"]
    _order = "cycle_id, date, id"
    _kept_fields = ("cycle_id",)
    _privacy_purpose = "contract"
    _privacy_expiry = "keep"
    _privacy_texts = ("name", "note", "url")
    _privacy_only_sure = True

    cycle_id = fields.Many2one(
        "crm.pdca.cycle",
        string="Round",
        required=True,
        index=True,
        ondelete="cascade",
        help="The round that it belongs to.",
    )
    company_id = fields.Many2one(
        related="cycle_id.company_id", store=True, index=True, help="Our company."
    )
    letter = fields.Selection(
        LETTERS, string="Step", required=True, default="p", help="The step that it proves."
    )
    name = fields.Char(
        string="Evidence", required=True, help="What was planned, done, found or changed."
    )
    note = fields.Text(help="Figures, words of the customer, whatever another person needs.")
    url = fields.Char(string="Page", help="Where it can be read.")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "crm_pdca_evidence_attachment_rel",
        "evidence_id",
        "attachment_id",
        string="Files",
        help="Minutes, pictures, answers.",
    )
    date = fields.Date(
        required=True, default=fields.Date.context_today, help="The day of which it speaks."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Given by",
        ondelete="set null",
        default=lambda self: self.env.user,
        help="Who brought it.",
    )

    # Blanks prove nothing, by whatever way they come.
    _name_check = models.Constraint(
        "CHECK (name ~ '[^[:space:]]')",
        "Evidence says in words what was planned, done, found or changed.",
    )

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmPdcaEvidence:
        """Create evidence; whoever reads it opens its files."""
        evidence = super().create(vals_list)
        evidence._keep_files()
        return evidence

    def write(self, vals: dict) -> bool:
        """Write evidence; whoever reads it opens its files."""
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._keep_files()
        return result

    def _keep_files(self) -> None:
        """Files put into a form that was not saved yet belong to nothing, and are seen by whoever
        brought them alone."""
        for evidence in self:
            loose = evidence.attachment_ids.filtered(
                lambda file: not file.res_id and file.create_uid == self.env.user
            )
            loose.write({"res_model": self._name, "res_id": evidence.id})
