from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_strategy.models.figure_field import FigureMonetary


class CrmValueEntry(models.Model):
    """One value that one moment of a pass gave to the customer or to us (S000-9.5-R4, S003-K)."""

    _name = "crm.value.entry"
    _description = "Entry of the Value Ledger"
    _inherit = ["crm.kept.mixin", "crm.partner.keyed.mixin"]
    _order = "date desc, id desc"
    _rec_name = "type_id"
    _check_company_auto = True
    _kept_fields = ("line_id",)
    _partner_merge = "rekey"
    _privacy_purpose = "contract"
    _privacy_expiry = "clear"
    _privacy_date_field = "date"
    _privacy_texts = ("note",)
    _privacy_personal = ("note",)

    # links
    line_id = fields.Many2one(
        "crm.relationship.moment",
        string="Moment of the pass",
        required=True,
        index=True,
        ondelete="cascade",
        help="The moment in which the value was given.",
    )
    relationship_id = fields.Many2one(
        related="line_id.relationship_id", store=True, index=True, help="The pass of the moment."
    )
    moment_id = fields.Many2one(
        related="line_id.moment_id",
        store=True,
        index=True,
        string="Moment",
        help="The moment of the chain.",
    )
    customer_id = fields.Many2one(
        related="line_id.relationship_id.customer_id",
        store=True,
        index=True,
        help="The customer with whom we were in the moment.",
    )
    company_id = fields.Many2one(
        related="line_id.company_id", store=True, index=True, help="Our company."
    )
    currency_id = fields.Many2one(related="company_id.currency_id", help="Currency of the amount.")
    # value
    type_id = fields.Many2one(
        "crm.value.type",
        string="Value",
        required=True,
        index=True,
        # A used kind refuses to be deleted; only uninstalling takes it and its entries.
        ondelete="cascade",
        help="What was given or won.",
    )
    side = fields.Selection(
        related="type_id.side", store=True, index=True, help="Who has the value in the end."
    )
    amount = FigureMonetary(
        help="What it is worth, in the currency of the company, when that can be told; without "
        "an amount the entry counts all the same. It is an estimate and enters no book.",
    )
    note = fields.Char(help="In a few words: which advice, which knowledge, what was won.")
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="The day on which the value was given.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Written by",
        index=True,
        ondelete="set null",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', '=', company_id)]",
        help="The colleague who wrote it down.",
    )

    _amount_check = models.Constraint(
        # The upper limit refuses what is no number, which the database sorts above all numbers.
        "CHECK (amount IS NULL OR (amount >= 0 AND amount <= 1e15))",
        "A value is positive. Leave the amount empty when nobody can tell it.",
    )

    @api.model_create_multi
    def create(self, vals_list: list[dict]):
        """Create entries; nobody puts one beside a pass of others."""
        entries = super().create(vals_list)
        if not self.env.su:
            # The customer of the pass shows in the entry.
            entries.line_id.check_access("read")
        return entries

    @api.model
    def _check_types_unused(self, types: models.BaseModel) -> None:
        used = self.search([("type_id", "in", types.ids)], limit=1).type_id
        if used:
            raise UserError(
                self.env._(
                    "“%(name)s” stands in the value ledger. Archive it instead of deleting it.",
                    name=used.display_name,
                )
            )
