from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import ValidationError

ENDS = ("need_id", "functional_id", "technical_id", "commitment_id")


class CrmTraceLink(models.Model):
    """One step of the trace: what answers what, and which revision of the source was approved.

    Two neighbours of the row need, functional specification, technical specification, commitment
    are filled in; the first of them is the source. A source with a newer revision makes the link,
    and everything behind it, suspect until it is approved anew.
    """

    _name = "crm.trace.link"
    _description = "Link of a Trace"
    _inherit = "crm.kept.mixin"
    _order = "id"
    _kept_fields = (*ENDS, "approved_revision", "approver_id", "approved_at", "is_suspect")
    _made_fields = ("approved_revision", "approver_id", "approved_at")

    need_id = fields.Many2one(
        "crm.need", index=True, ondelete="cascade", help="The need that is answered."
    )
    functional_id = fields.Many2one(
        "crm.specification",
        string="Functional specification",
        index=True,
        ondelete="cascade",
        domain=[("kind", "=", "functional")],
        help="What the customer can do with it.",
    )
    technical_id = fields.Many2one(
        "crm.specification",
        string="Technical specification",
        index=True,
        ondelete="cascade",
        domain=[("kind", "=", "technical")],
        help="What is measured on it.",
    )
    commitment_id = fields.Many2one(
        "crm.commitment", index=True, ondelete="cascade", help="What is promised."
    )
    analysis_id = fields.Many2one(
        "crm.need.analysis",
        compute="_compute_source",
        store=True,
        index=True,
        ondelete="cascade",
        string="Analysis",
        help="The analysis to which both ends belong.",
    )
    company_id = fields.Many2one(
        related="analysis_id.company_id",
        store=True,
        index=True,
        help="Our company that works with the customer.",
    )
    source_revision = fields.Integer(
        string="Revision now",
        compute="_compute_source_revision",
        help="Revision of what stands above, as it is now.",
    )
    approved_revision = fields.Integer(
        string="Approved revision",
        readonly=True,
        help="Revision of what stands above for which a person confirmed the link.",
    )
    approver_id = fields.Many2one(
        "res.users",
        string="Approved by",
        readonly=True,
        ondelete="set null",
        help="Who confirmed the link last.",
    )
    approved_at = fields.Datetime(
        string="Approved on", readonly=True, help="When the link was confirmed last."
    )
    is_suspect = fields.Boolean(
        string="To approve",
        compute="_compute_is_suspect",
        store=True,
        help="What stands above changed since the link was approved.",
    )
    change_text = fields.Text(
        string="Changed since",
        compute="_compute_change_text",
        help="What changed above since the link was approved.",
    )

    _neighbours_check = models.Constraint(
        "CHECK (num_nonnulls(need_id, functional_id, technical_id, commitment_id) = 2 AND ("
        "(need_id IS NOT NULL AND functional_id IS NOT NULL)"
        " OR (functional_id IS NOT NULL AND technical_id IS NOT NULL)"
        " OR (technical_id IS NOT NULL AND commitment_id IS NOT NULL)))",
        "A link joins a need and a functional specification, a functional and a technical one, or "
        "a technical one and a commitment. Choose two that follow each other.",
    )
    _need_uniq = models.UniqueIndex(
        "(need_id, functional_id) WHERE need_id IS NOT NULL",
        "The need and the functional specification are linked already.",
    )
    _functional_uniq = models.UniqueIndex(
        "(functional_id, technical_id) WHERE functional_id IS NOT NULL"
        " AND technical_id IS NOT NULL",
        "The two specifications are linked already.",
    )
    _technical_uniq = models.UniqueIndex(
        "(technical_id, commitment_id) WHERE commitment_id IS NOT NULL",
        "The technical specification and the commitment are linked already.",
    )

    @api.depends(*(f"{end}.analysis_id" for end in ENDS))
    def _compute_source(self) -> None:
        for link in self:
            link.analysis_id = link._source().analysis_id

    @api.depends(*(f"{end}.revision" for end in ENDS))
    def _compute_source_revision(self) -> None:
        for link in self:
            link.source_revision = link._source().revision

    @api.depends("approved_revision", *(f"{end}.revision" for end in ENDS))
    def _compute_is_suspect(self) -> None:
        for link in self:
            link.is_suspect = link._source().revision > link.approved_revision

    @api.depends("approved_revision", *(f"{end}.revision" for end in ENDS))
    def _compute_change_text(self) -> None:
        for link in self:
            source = link._source()
            newer = source and source.revision_ids.filtered(
                lambda revision, link=link: revision.number > link.approved_revision
            )
            link.change_text = (
                "\n".join(newer.sorted("number").mapped("change_text")) if newer else False
            )

    @api.depends(*(f"{end}.code" for end in ENDS))
    def _compute_display_name(self) -> None:
        for link in self:
            ends = [link[end].code for end in ENDS if link[end]]
            link.display_name = " → ".join(filter(None, ends))

    @api.constrains(*ENDS)
    def _check_ends(self) -> None:
        for link in self:
            source, target = link._source(), link._target()
            if source.analysis_id != target.analysis_id:
                raise ValidationError(
                    self.env._(
                        "“%(above)s” and “%(below)s” belong to different analyses. Link records "
                        "of one analysis.",
                        above=source.display_name,
                        below=target.display_name,
                    )
                )
            for end in ("functional", "technical"):
                spec = link[f"{end}_id"]
                if spec and spec.kind != end:
                    raise ValidationError(
                        self.env._(
                            "“%(spec)s” stands in the wrong place of the trace. Functional "
                            "specifications answer needs, technical ones make functions real.",
                            spec=spec.display_name,
                        )
                    )

    def _source(self) -> models.BaseModel:
        """The record above."""
        return next((self[end] for end in ENDS if self[end]), self.env["crm.need"])

    def _target(self) -> models.BaseModel:
        """The record below."""
        return next((self[end] for end in reversed(ENDS) if self[end]), self.env["crm.need"])

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmTraceLink:
        """Create links; who links two records has read both, and approves them so."""
        links = super().create(vals_list)
        links._stamp()
        return links

    def action_approve(self) -> bool:
        """Confirm that what stands below still answers what stands above.

        Whoever may change what stands below may say that it need not change.
        """
        self.check_access("read")
        for link in self:
            link._target().check_access("write")
        waiting = self.filtered("is_suspect")
        texts = {link: link.change_text for link in waiting}
        waiting._stamp()
        for link, text in texts.items():
            link._target().message_post(
                body=self.env._(
                    "Still answers %(above)s after its change: %(text)s",
                    above=link._source().display_name,
                    text=text or "–",
                )
            )
        return True

    def _stamp(self) -> None:
        # Access: the signature follows from the deed of a person; nobody types it.
        for link in self.sudo():
            link.write(
                {
                    "approved_revision": link._source().revision,
                    "approver_id": self.env.uid,
                    "approved_at": fields.Datetime.now(),
                }
            )
