from __future__ import annotations

from odoo import api, fields, models

KINDS = [
    ("delivery", "Delivery"),
    ("communication", "How to reach them"),
    ("product", "Products and services"),
    ("paper", "Documents and payment"),
    ("other", "Something else"),
]


class CrmPreference(models.Model):
    """What a customer likes, remembered so that nobody has to ask again (S002-II.3-L)."""

    _name = "crm.preference"
    _description = "Preference of a Customer"
    _inherit = ["crm.knowledge.mixin", "mail.thread"]
    _order = "customer_id, kind, id"
    _use_field = "preference_id"
    _privacy_expiry = "clear"
    _privacy_texts = ("name", "note")
    _privacy_personal = ("name", "note")

    name = fields.Char(
        string="Preference",
        required=True,
        tracking=True,
        help="What the customer likes, as a colleague needs to know it.",
    )
    kind = fields.Selection(
        KINDS, string="About", required=True, default="other", help="What it is about."
    )
    customer_id = fields.Many2one(required=True)
    contact_id = fields.Many2one(
        "res.partner",
        string="Contact",
        index="btree_not_null",
        ondelete="set null",
        help="The person who likes it so. Empty: the whole customer.",
    )
    note = fields.Text(help="How we know, and since when.")
    date = fields.Date(
        string="Known since",
        required=True,
        default=fields.Date.context_today,
        help="The day on which we heard it.",
    )
    active = fields.Boolean(default=True, help="Untick when it no longer holds.")
    use_ids = fields.One2many(
        "crm.knowledge.use", "preference_id", string="Uses", help="Where it was used."
    )

    @api.onchange("customer_id")
    def _onchange_customer_id(self) -> None:
        commercial = self.contact_id.commercial_partner_id
        if self.customer_id and commercial != self.customer_id.partner_id:
            self.contact_id = False
