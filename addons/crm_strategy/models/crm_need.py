from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain


class CrmNeed(models.Model):
    """What a customer needs or expects, of one of six classes (S000-9.9-0a)."""

    _name = "crm.need"
    _description = "Need"
    _inherit = "crm.trace.mixin"
    _order = "priority desc, code, id"
    _meaning_fields = (
        "name",
        "description",
        "class_id",
        "nature",
        "legal_reference",
        "stakeholder_id",
    )
    _trace_field = "need_id"
    _book_fields = (
        "description",
        "class_id",
        "nature",
        "legal_reference",
        "priority",
        "stakeholder_id",
        "is_settled",
    )
    _kept_fields = (
        "analysis_id",
        "code",
        "revision",
        "is_suspect",
        "is_orphan",
        "has_specification",
        "is_committed",
        "is_settled",
    )
    _privacy_texts = ("name", "description", "legal_reference")

    # meaning
    name = fields.Char(
        string="Need",
        required=True,
        tracking=True,
        help="One sentence in the customer's words: what is needed or expected, and why. "
        "Not yet how we do it.",
    )
    description = fields.Text(help="What else was said about it, with examples.")
    class_id = fields.Many2one(
        "crm.need.class",
        string="Class",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        domain="[('company_id', 'in', (company_id, False))]",
        help="Which kind of value is expected: law, main need, security, belonging, esteem or "
        "recognition.",
    )
    is_legal = fields.Boolean(
        related="class_id.is_legal",
        store=True,
        string="Legal requirement",
        help="The class of the need is one that law or sector rules demand.",
    )
    nature = fields.Selection(
        [("rational", "Rational"), ("irrational", "Irrational")],
        required=True,
        default="rational",
        help="Rational: can be argued and measured. Irrational: felt, such as pride or fear; "
        "it decides as often.",
    )
    legal_reference = fields.Char(
        string="Legal reference",
        help="Law, standard or rule that demands it, with article: for instance EN 12845, 10.2.",
    )
    priority = fields.Selection(
        [("0", "Normal"), ("1", "Useful"), ("2", "Important"), ("3", "Decisive")],
        default="0",
        help="How much the customer's decision hangs on it.",
    )
    noted_on = fields.Date(
        string="Noted on",
        required=True,
        default=fields.Date.context_today,
        help="The day on which we learned of the need; figures by period count it there.",
    )
    # where from
    input_id = fields.Many2one(
        "crm.need.input",
        string="Source",
        ondelete="set null",
        domain="[('analysis_id', '=', analysis_id)]",
        help="The input of the analysis from which the need was learned.",
    )
    stakeholder_id = fields.Many2one(
        "res.partner",
        string="Stakeholder",
        index=True,
        ondelete="set null",
        help="Who has the need: a contact of the customer, a user, an authority, a neighbour.",
    )
    idea_ids = fields.One2many(
        "crm.idea", "need_id", string="Ideas", help="Ideas from customers behind this need."
    )
    # trace
    link_ids = fields.One2many(
        "crm.trace.link",
        "need_id",
        string="Answered by",
        help="Functional specifications that answer the need.",
    )
    revision_ids = fields.One2many(
        "crm.trace.revision", "need_id", string="Revisions", help="What changed, when, by whom."
    )
    has_specification = fields.Boolean(
        string="Specified",
        compute="_compute_coverage",
        store=True,
        help="At least one functional specification answers the need.",
    )
    is_committed = fields.Boolean(
        string="Reaches a commitment",
        compute="_compute_coverage",
        store=True,
        help="A way of specifications leads from the need to a commitment.",
    )
    is_settled = fields.Boolean(
        string="Covered",
        compute="_compute_coverage",
        store=True,
        help="A way leads to a commitment on which every link is approved as things stand now.",
    )

    _code_uniq = models.UniqueIndex(
        "(company_id, code)", "This number is taken. Save again to be given the next one."
    )

    @api.depends(
        "active",
        "revision",
        "analysis_id.specification_ids.active",
        "analysis_id.specification_ids.revision",
        "analysis_id.commitment_ids.active",
        "analysis_id.link_ids.need_id",
        "analysis_id.link_ids.functional_id",
        "analysis_id.link_ids.technical_id",
        "analysis_id.link_ids.commitment_id",
        "analysis_id.link_ids.approved_revision",
    )
    def _compute_coverage(self) -> None:
        for analysis, needs in self.grouped("analysis_id").items():
            trace = analysis._trace()
            for need in needs:
                key = need._trace_key()
                need.has_specification = key in trace._down
                need.is_committed = trace.reaches_end(key)
                need.is_settled = trace.reaches_end(key, approved_only=True)

    def _is_lonely(self, trace, key: tuple[str, int]) -> bool:
        return key not in trace._down

    # figures
    def _coverage_words(self) -> list[tuple[str, str]]:
        """Label and “75 % (3 of 4)” of the three coverage figures of these needs."""
        legal = self.filtered("is_legal")
        return [
            (self.env._("Specified"), self._share_words("has_specification")),
            (self.env._("Reach a commitment"), self._share_words("is_committed")),
            (self.env._("Legal needs covered"), legal._share_words("is_settled")),
        ]

    def _share_words(self, name: str) -> str:
        """Share and count of needs with a mark; no data for no need."""
        if not self:
            return self.env._("no data")
        part = len(self.filtered(name))
        return self.env._(
            "%(share)s %% (%(part)s of %(whole)s)",
            share=f"{100 * part / len(self):.0f}",
            part=part,
            whole=len(self),
        )

    # legal needs
    @api.model
    @api.private
    def _legal_domain(self, partner: models.BaseModel, company: models.BaseModel) -> Domain:
        """Legal needs that hold for a customer: its own and those of its segment."""
        commercial = partner.commercial_partner_id
        customers = self.env["crm.customer"].search(
            [("partner_id", "in", commercial.ids), ("company_id", "=", company.id)]
        )
        subject = Domain("analysis_id.customer_id", "in", customers.ids)
        if customers.segment_id:
            subject |= Domain("analysis_id.segment_id", "in", customers.segment_id.ids)
        return (
            Domain("company_id", "=", company.id)
            & Domain("is_legal", "=", True)
            & Domain("analysis_id.active", "=", True)
            & Domain("analysis_id.state", "!=", "closed")
            & subject
        )

    @api.model
    @api.private
    def _uncovered_legal_needs(
        self, partner: models.BaseModel, company: models.BaseModel
    ) -> CrmNeed:
        """Legal needs of a customer, or of its segment, that no approved way leads to a commitment.

        A need that changed counts as uncovered until its links are approved anew. Needs of closed
        and archived analyses do not count. Call it with the rights that the question needs.
        """
        if not partner or not company:
            return self.browse()
        return self.search(self._legal_domain(partner, company) & Domain("is_settled", "=", False))
