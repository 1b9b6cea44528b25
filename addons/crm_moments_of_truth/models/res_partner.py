from __future__ import annotations

from odoo import fields, models

ROLES = "crm_strategy.crm_strategy_group_user,crm_strategy.crm_strategy_group_finance"


class ResPartner(models.Model):
    _inherit = "res.partner"

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

    def write(self, vals: dict) -> bool:
        """Write partners; facts follow a contact that moves to another company."""
        result = super().write(vals)
        if vals.keys() & {"parent_id", "is_company"}:
            self._crm_collect_documents()
        return result

    def _crm_collect_documents(self) -> None:
        """Project the facts of the partners' documents again under their commercial partner."""
        partners = self.search([("id", "child_of", self.ids)])
        # sudo: all documents of the contacts, also those the person may not see; nothing is shown.
        orders = self.env["sale.order"].sudo().search([("partner_id", "in", partners.ids)])
        moves = self.env["account.move"].sudo().search([("partner_id", "in", partners.ids)])
        orders._moment_collect()
        moves._moment_collect()

    def action_open_crm_relationships(self) -> dict:
        """Open the passes with this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_relationship_action"
        )
        domain = [("partner_id", "=", self.commercial_partner_id.id)]
        return {**action, "domain": domain, "context": {}}
