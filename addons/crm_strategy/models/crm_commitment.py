from __future__ import annotations

from odoo import api, fields, models


class CrmCommitment(models.Model):
    """One line of contract data: what is promised, by whom, until when (S000-9.9-O3)."""

    _name = "crm.commitment"
    _description = "Commitment"
    _inherit = "crm.trace.mixin"
    _meaning_fields = ("name", "product_tmpl_id", "due_date", "side", "partner_id")
    _trace_field = "commitment_id"
    _book_fields = (*_meaning_fields[1:], "user_id")
    _privacy_texts = ("name",)

    name = fields.Char(
        string="Commitment",
        required=True,
        tracking=True,
        help="What is promised, as it stands in the contract.",
    )
    side = fields.Selection(
        [("us", "We"), ("customer", "The customer")],
        string="Who promises",
        required=True,
        default="us",
        help="A contract binds both sides: the customer may promise access, data or payment.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        index=True,
        ondelete="set null",
        help="Whom we promised it to, or who promised it to us.",
    )
    due_date = fields.Date(
        string="Due", tracking=True, help="The day by which it is done; empty: for good."
    )
    product_tmpl_id = fields.Many2one(
        "product.template",
        string="Product",
        index=True,
        ondelete="set null",
        check_company=True,
        help="The product or service with which the promise is kept.",
    )
    link_ids = fields.One2many(
        "crm.trace.link",
        "commitment_id",
        string="Promises",
        help="Technical specifications that this commitment promises.",
    )
    revision_ids = fields.One2many(
        "crm.trace.revision",
        "commitment_id",
        string="Revisions",
        help="What changed, when, by whom.",
    )

    _code_uniq = models.UniqueIndex(
        "(company_id, code)", "This number is taken. Save again to be given the next one."
    )

    @api.model
    def _privacy_owner(self) -> None:
        """None: the contact is named in a promise, which belongs to the customer."""
        return None
