from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CrmPassNoteMixin(models.AbstractModel):
    """What people write down beside the facts of a pass: promises, lessons, rounds, preferences.

    Company and customer follow from the pass when one is given. A note of a customer without a
    pass is possible; it hangs on the customer alone.
    """

    _name = "crm.pass.note.mixin"
    _description = "Note beside a Pass"
    _inherit = ["crm.kept.mixin", "crm.partner.keyed.mixin"]
    _check_company_auto = True
    _kept_fields: tuple[str, ...] = ("company_id",)
    # Links whose names show in the note: only what the writer may read is linked.
    _seen_fields: tuple[str, ...] = ("relationship_id",)
    _partner_merge = "rekey"
    _privacy_purpose = "contract"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="Our company whose relationship it is about.",
    )
    customer_id = fields.Many2one(
        "crm.customer",
        string="Customer",
        index=True,
        ondelete="cascade",
        check_company=True,
        help="The customer it is about.",
    )
    relationship_id = fields.Many2one(
        "crm.relationship",
        string="Pass",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The pass through the chain of moments in which it came up. Empty: none in "
        "particular.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        index=True,
        ondelete="set null",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', '=', company_id)]",
        help="The colleague who answers for it.",
    )

    @api.onchange("relationship_id")
    def _onchange_relationship_id(self) -> None:
        if self.relationship_id.customer_id:
            self.customer_id = self.relationship_id.customer_id

    @api.model_create_multi
    def create(self, vals_list: list[dict]):
        """Create notes; company and customer follow from the pass, else from the customer."""
        notes = super().create([{**vals, **self._note_place(vals)} for vals in vals_list])
        notes._check_seen(self._seen_fields)
        return notes

    def write(self, vals: dict) -> bool:
        """Write notes; nobody puts one beside a pass of others."""
        result = super().write(vals)
        self._check_seen(name for name in self._seen_fields if vals.get(name))
        return result

    def _check_seen(self, names: Iterable[str]) -> None:
        if not self.env.su:
            for name in names:
                self[name].check_access("read")

    @api.model
    def _note_place(self, vals: dict) -> dict:
        """Company and customer that follow from what is given or stands in the context."""
        given = {
            name: vals.get(name, self.env.context.get(f"default_{name}"))
            for name in ("relationship_id", "customer_id")
        }
        # Access: company and customer of the pass only; rules check the note when it is made.
        relationship = self.env["crm.relationship"].sudo().browse(given["relationship_id"] or ())
        customer = self.env["crm.customer"].sudo().browse(given["customer_id"] or ())
        place = {}
        if relationship:
            place["company_id"] = relationship.company_id.id
            if not customer and relationship.customer_id:
                place["customer_id"] = relationship.customer_id.id
        elif customer:
            place["company_id"] = customer.company_id.id
        return place

    @api.constrains("relationship_id", "customer_id")
    def _check_pass_customer(self) -> None:
        for note in self:
            customer = note.relationship_id.customer_id
            if customer and note.customer_id and customer != note.customer_id:
                raise ValidationError(
                    self.env._(
                        "The pass “%(name)s” is one of %(owner)s, not of %(customer)s. Choose a "
                        "pass of the customer, or leave the pass empty.",
                        name=note.relationship_id.display_name,
                        owner=customer.display_name,
                        customer=note.customer_id.display_name,
                    )
                )

    # days: those of the company, wherever the reader sits
    def _today(self) -> date:
        """Today in the zone of the company that the notes are of."""
        company = self.company_id or self.env.company
        return self.env["crm.segment.membership"]._today(company)

    @api.model
    def _day_is_over(self, name: str) -> Domain:
        """Notes whose day is over where their company works."""
        companies = self.env["res.company"].search(Domain.TRUE)
        today = self.env["crm.segment.membership"]._today
        return Domain.OR(
            Domain("company_id", "in", some.ids) & Domain(name, "<", day)
            for day, some in companies.grouped(today).items()
        )

    def action_open_relationship(self) -> dict:
        """Open the pass in which it came up."""
        self.ensure_one()
        return self.relationship_id._get_records_action()
