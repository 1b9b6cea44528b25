from __future__ import annotations

from itertools import product

from odoo import fields, models


class ResPartner(models.Model):
    """A contact that changes its company takes its invoices along to another customer."""

    _inherit = "res.partner"

    def write(self, vals: dict) -> bool:
        """Write contacts; the profiles of the customers before and after follow."""
        if not {"parent_id", "is_company"} & vals.keys():
            return super().write(vals)
        before = self.commercial_partner_id
        result = super().write(vals)
        self._crm_profile_collect(before | self.commercial_partner_id)
        return result

    def _crm_profile_collect(self, partners: models.BaseModel) -> None:
        """Note the customers in all companies that know one of them."""
        # sudo: the contact changes for all companies alike; only ids leave this method.
        customers = self.env["crm.customer"].sudo().search([("partner_id", "in", partners.ids)])
        today = fields.Date.context_today(self)
        self.env["crm.change"]._collect(
            "profile",
            [
                (company_id, partner_id, today)
                for company_id, partner_id in product(customers.company_id.ids, partners.ids)
            ],
        )
