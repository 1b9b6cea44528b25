from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.crm_strategy.models.figure_field import FigureMonetary

from .company_day_field import CompanyDayField


class CrmMomentEvent(models.Model):
    """A fact that a document proves, or that somebody witnessed, seen from one root.

    Derived facts are a projection of the documents as they are now: what vanished or changed is
    voided (kept, dated, no longer counted). The chain's version maps facts to moments, so that
    changing a chain touches no fact. Written by the engine alone, in one statement per flush.
    """

    _name = "crm.moment.event"
    _description = "Fact of a Relationship"
    _inherit = [
        "crm.partner.keyed.mixin",
        "crm.moment.capture",
        "crm.moment.history",
        "crm.moment.comparison",
    ]
    _order = "fact_at desc, id desc"
    _rec_name = "name"
    _partner_merge = "rekey"
    _privacy_purpose = "contract"
    # A projection of documents that are kept by law; goes when they go.
    _privacy_expiry = "keep"
    _privacy_texts = ("name",)

    # identity
    fact = fields.Selection(
        selection="_selection_fact",
        required=True,
        help="What the document proves.",
    )
    name = fields.Char(
        string="Document", help="Number of the proving document, kept also when it is deleted."
    )
    res_model = fields.Char(
        string="Document kind",
        compute="_compute_res_model",
        help="Technical kind of the proving document; the fact implies it.",
    )
    res_id = fields.Many2oneReference(
        string="Document number",
        model_field="res_model",
        required=True,
        aggregator=None,
        help="The proving document.",
    )
    occurrence = fields.Integer(
        required=True,
        default=0,
        aggregator=None,
        help="Tells the facts of one document apart: the order behind the invoice lines, "
        "0 when there is only one.",
    )
    kind = fields.Selection(
        [("derived", "Derived from a document"), ("witnessed", "Witnessed")],
        required=True,
        default="derived",
        help="Derived facts follow their document; witnessed ones stay as they were recorded.",
    )
    # links
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="cascade",
        help="The company of the document.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index=True,
        ondelete="set null",
        help="The commercial partner of the document.",
    )
    root_model = fields.Char(required=True, help="Kind of the document with which the pass began.")
    root_id = fields.Many2oneReference(
        string="Root",
        model_field="root_model",
        required=True,
        aggregator=None,
        help="The document with which the pass began: the order, or the invoice without an order.",
    )
    relationship_id = fields.Many2one(
        "crm.relationship",
        string="Pass",
        index="btree_not_null",
        ondelete="set null",
        help="The pass of the chain to which the fact belongs; filled seconds after the fact.",
    )
    # facts
    fact_at = fields.Datetime(
        string="Date", required=True, help="When it happened, by the document's own date."
    )
    fact_on = CompanyDayField(moment="fact_at")
    amount = FigureMonetary(
        aggregator=None,
        help="What the fact is worth for this pass, in the document's currency and with taxes; "
        "negative for what flows back.",
    )
    currency_id = fields.Many2one(
        "res.currency", ondelete="set null", help="Currency of the document."
    )
    voided_at = fields.Datetime(
        string="Voided",
        help="When the document stopped proving the fact. Voided facts no longer count.",
    )
    is_pending = fields.Boolean(
        string="Waits for its pass",
        default=True,
        help="Ticked until the pass has taken the fact, or its end, into account.",
    )

    _fact_uniq = models.UniqueIndex(
        "(fact, res_id, occurrence) WHERE voided_at IS NULL",
        "This fact of the document is recorded already.",
    )
    _root_idx = models.Index("(root_id, root_model)")
    _pending_idx = models.Index("(company_id, partner_id) WHERE is_pending")

    @api.model
    def _selection_fact(self) -> list[tuple[str, str]]:
        # The catalog is readable to everybody who reads facts; sudo spares Odoo's own jobs
        # (exports, group labels) that run without such a role, and reveals labels only.
        facts = self.env["crm.moment.fact"].sudo().search(Domain.TRUE)
        return [(fact.code, fact.name) for fact in facts]

    @api.model
    def _merge_rekey(
        self, source_ids: list[int], destination_id: int, customers: dict[int, int]
    ) -> None:
        """Contacts with customers that became one are contacts with the one that stays."""
        result = super()._merge_rekey(source_ids, destination_id, customers)
        self._move_roots("crm.customer", customers)
        return result

    @api.depends("fact")
    def _compute_res_model(self) -> None:
        document_models = self.env["crm.moment.fact"]._document_models()
        for event in self:
            event.res_model = document_models.get(event.fact)

    # actions
    def action_open_document(self) -> dict:
        """Open the document that proves the fact."""
        self.ensure_one()
        source = self.env.get(self.res_model)
        source = source.browse(self.res_id).exists() if source is not None else None
        if not source:
            raise UserError(
                self.env._(
                    "The document %(name)s no longer exists. The fact is kept for the record; "
                    "open the pass to see the documents that still count.",
                    name=self.name or "",
                )
            )
        # Access: only which documents prove the fact; one is opened with the rights of the reader.
        proofs = source.sudo()
        proofs = proofs._moment_documents() if hasattr(source, "_moment_documents") else [proofs]
        seen = [proof for proof in proofs if proof.sudo(False).has_access("read")]
        if not seen:
            raise AccessError(
                self.env._(
                    "The document %(name)s is not visible to you. Ask whoever answers for the "
                    "pass to look at it.",
                    name=self.name or "",
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": seen[0]._name,
            "res_id": seen[0].id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
