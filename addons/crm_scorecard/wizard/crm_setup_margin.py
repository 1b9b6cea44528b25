from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmSetupMargin(models.TransientModel):
    """The assumed margin of a product category, before it is written."""

    _name = "crm.setup.margin"
    _description = "Proposed Margin"

    setup_id = fields.Many2one("crm.setup", required=True, ondelete="cascade", string="Set-up")
    category_id = fields.Many2one(
        "product.category", string="Product category", required=True, ondelete="cascade"
    )
    margin_rate = fields.Float(
        string="Assumed margin", help="Share of the sales price that is margin; 0 % = not stated."
    )

    @api.constrains("margin_rate")
    def _check_margin_rate(self) -> None:
        for line in self:
            if not 0 <= line.margin_rate <= 1:
                raise ValidationError(
                    self.env._(
                        "The assumed margin of “%(category)s” is a share of the sales price: "
                        "enter a number from 0 to 100 per cent.",
                        category=line.category_id.display_name,
                    )
                )

    def _write_rates(self, company: models.BaseModel) -> int:
        """Write the percentages that differ to the categories of the company; how many."""
        changed = self.filtered(
            lambda line: line.category_id.with_company(company).crm_margin_rate != line.margin_rate
        )
        for line in changed:
            # Access: called by the set-up of the strategy manager; writes this one field only.
            line.category_id.sudo().with_company(company).crm_margin_rate = line.margin_rate
        return len(changed)
