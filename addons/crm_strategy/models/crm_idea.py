from __future__ import annotations

from odoo import api, fields, models


class CrmIdea(models.Model):
    """An idea that a customer gave us, until it is a need, done, or declined with thanks."""

    _name = "crm.idea"
    _description = "Idea from a Customer"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "crm.kept.mixin",
        "crm.partner.keyed.mixin",
    ]
    _order = "date desc, id desc"
    _check_company_auto = True
    _partner_merge = "rekey"
    _partner_is_buyer = False
    _privacy_purpose = "contract"
    _privacy_expiry = "keep"
    _privacy_only_sure = True
    _privacy_texts = ("name", "description", "answer")

    name = fields.Char(
        string="Idea",
        required=True,
        tracking=True,
        help="The idea in one sentence, as it was said.",
    )
    description = fields.Text(help="What it would change for the customer, and how it might work.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="Our company that was given the idea.",
    )
    customer_id = fields.Many2one(
        "crm.customer",
        string="Customer",
        index=True,
        ondelete="set null",
        check_company=True,
        tracking=True,
        help="The customer who had the idea; empty when it is our own.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Contact",
        index=True,
        ondelete="set null",
        help="The person to thank and to tell what became of it.",
    )
    product_tmpl_id = fields.Many2one(
        "product.template",
        string="Product",
        index=True,
        ondelete="set null",
        check_company=True,
        help="The product or service that it is about.",
    )
    session_id = fields.Many2one(
        "crm.idea.session",
        string="Session",
        index=True,
        ondelete="set null",
        check_company=True,
        help="The session in which it came up.",
    )
    need_id = fields.Many2one(
        "crm.need",
        string="Became the need",
        index=True,
        ondelete="set null",
        check_company=True,
        tracking=True,
        help="The need that the idea speaks for; from there it reaches specifications.",
    )
    state = fields.Selection(
        [
            ("new", "New"),
            ("considered", "Considered"),
            ("accepted", "Accepted"),
            ("done", "Done"),
            ("declined", "Declined"),
        ],
        required=True,
        default="new",
        index=True,
        tracking=True,
        group_expand=True,
        help="What became of it. Accepted and declined ideas deserve an answer to the customer.",
    )
    answer = fields.Text(
        string="Our answer", help="What we told the customer, with the reason when we declined."
    )
    date = fields.Date(
        required=True, default=fields.Date.context_today, help="The day on which we heard it."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        index=True,
        ondelete="set null",
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', '=', company_id)]",
        help="The colleague who follows the idea up.",
    )
    active = fields.Boolean(default=True, help="Untick to put the idea away.")
    color = fields.Integer(string="Colour", help="Colour of the card.")

    @api.onchange("customer_id")
    def _onchange_customer_id(self) -> None:
        commercial = self.contact_id.commercial_partner_id
        if self.customer_id and commercial != self.customer_id.partner_id:
            self.contact_id = False

    @api.model
    def _privacy_owner(self) -> None:
        """None: what became of an idea is ours to keep; words about the person are covered."""
        return None
