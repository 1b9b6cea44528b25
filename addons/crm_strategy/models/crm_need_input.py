from __future__ import annotations

from odoo import api, fields, models

KINDS = [
    ("profile", "Customer profile"),
    ("listening", "What was heard"),
    ("method", "Method"),
    ("ideas", "Idea session"),
    ("stakeholders", "Other interested parties"),
    ("market", "Market study"),
    ("sector", "Sector data"),
    ("competition", "Competitors"),
    ("benchmark", "Benchmark"),
]
# Records that an input may point at; addons above name theirs by extending _reference_models.
REFERENCES = (
    "res.partner",
    "crm.customer",
    "crm.lead",
    "crm.segment",
    "crm.idea.session",
    "crm.competitor",
    "crm.assessment",
    "product.template",
)


class CrmNeedInput(models.Model):
    """One input of an analysis, of one of nine kinds (S000-9.9-I1..9)."""

    _name = "crm.need.input"
    _description = "Input of an Analysis"
    _inherit = ["crm.kept.mixin", "crm.privacy.mixin"]
    _order = "kind, date desc, id desc"
    _kept_fields = ("analysis_id",)
    _privacy_purpose = "contract"
    _privacy_expiry = "keep"
    _privacy_only_sure = True
    _privacy_texts = ("name", "note", "link", "file_name")
    _privacy_personal = ("file",)

    analysis_id = fields.Many2one(
        "crm.need.analysis",
        string="Analysis",
        required=True,
        index=True,
        ondelete="cascade",
        help="The analysis that uses the input.",
    )
    company_id = fields.Many2one(
        related="analysis_id.company_id",
        store=True,
        index=True,
        help="Our company that works with the customer.",
    )
    kind = fields.Selection(
        KINDS,
        required=True,
        default="listening",
        help="An analysis stands on nine kinds of inputs; what is missing is shown on it.",
    )
    name = fields.Char(
        string="Input", required=True, help="What it is: “Visit of 12 March”, “Standard EN 12845”."
    )
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="The day of the conversation, of the study, or on which the figures were taken.",
    )
    note = fields.Text(help="What it says, as far as it matters here.")
    reference = fields.Reference(
        selection="_reference_models", string="Record", help="A record of the system it comes from."
    )
    link = fields.Char(string="Web page", help="Where it can be read.")
    file = fields.Binary(attachment=True, help="The document itself.")
    file_name = fields.Char(string="File name", help="Name of the document.")
    need_ids = fields.One2many(
        "crm.need", "input_id", string="Needs", help="Needs that were learned from it."
    )

    @api.model
    def _reference_models(self) -> list[tuple[str, str]]:
        """Models to which an input may point; extend it per addon."""
        names = [name for name in REFERENCES if name in self.env]
        return [(name, self.env["ir.model"]._get(name).name) for name in names]
