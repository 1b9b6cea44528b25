from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain

ROLES = "crm_strategy.crm_strategy_group_user,crm_strategy.crm_strategy_group_finance"


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "crm.moment.strip.mixin"]

    crm_relationship_count = fields.Integer(
        string="Number of passes",
        compute="_compute_crm_relationship_count",
        groups=ROLES,
        help="How many passes through the chain of moments this customer has in your companies.",
    )

    def _compute_crm_relationship_count(self) -> None:
        counts = dict(
            self.env["crm.relationship"]._read_group(
                [("partner_id", "in", self.commercial_partner_id.ids)],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.crm_relationship_count = counts.get(partner.commercial_partner_id, 0)

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> ResPartner:
        """Create contacts; a company may be reached at its people."""
        partners = super().create(vals_list)
        names = {name for vals in vals_list if vals.get("parent_id") for name in vals}
        if names:
            self.env["crm.relationship.input"]._notice_fields(partners, names)
        return partners

    def write(self, vals: dict) -> bool:
        """Write contacts; passes that missed what is filled in now follow."""
        result = super().write(vals)
        self.env["crm.relationship.input"]._notice_fields(self, vals)
        return result

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        self.env["crm.moment.message"]._witness_message(
            message, self.company_id or self.env.company, self, None
        )
        return result

    def action_open_crm_relationships(self) -> dict:
        """Open the passes with this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_relationship_action"
        )
        domain = [("partner_id", "=", self.commercial_partner_id.id)]
        return {**action, "domain": domain, "context": {}}

    def _strip_domain(self) -> Domain:
        """The passes with the customer that are under way."""
        commercial = self.commercial_partner_id._origin
        return Domain("partner_id", "=", commercial.id) & Domain("is_open", "=", True)

    def action_open_crm_page(self) -> dict:
        """Open the customer whole: Customer 360, in the company at hand."""
        self.ensure_one()
        customers = self.commercial_partner_id.crm_customer_ids
        here = customers.filtered(lambda one: one.company_id == self.env.company)
        return (here or customers)[:1].action_open_page()
