from __future__ import annotations

from odoo import fields, models


class CrmPublicEvent(models.Model):
    """Something public that matters to customers: a law, a fair, a feast (S002-2.2-M3)."""

    _name = "crm.public.event"
    _description = "Public Event"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _order = "date desc, id desc"
    _audit_area = "moments"

    name = fields.Char(required=True, translate=True, help="What happens, in a few words.")
    date = fields.Date(required=True, index=True, help="The day on which it happens.")
    active = fields.Boolean(default=True, help="Untick when it no longer matters.")
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="Empty: it matters to the customers of all companies.",
    )
    segment_ids = fields.Many2many(
        "crm.segment",
        "crm_public_event_segment_rel",
        "event_id",
        "segment_id",
        string="Segments",
        help="Whose customers it concerns. Empty: all customers.",
    )
    description = fields.Text(
        translate=True, help="What it means for the customers, and what to tell them."
    )
    link = fields.Char(string="Web page", help="Where it can be read.")
    reaction_ids = fields.One2many(
        "crm.event.reaction",
        "public_event_id",
        string="Reactions",
        help="What was done about it.",
    )
