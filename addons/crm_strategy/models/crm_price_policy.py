from __future__ import annotations

from odoo import api, fields, models


class CrmPricePolicy(models.Model):
    """By which price list a segment buys, and how much discount from it is allowed (9.8-07)."""

    _name = "crm.price.policy"
    _description = "Price Policy"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _order = "plan_id, category_id, id"
    _check_company_auto = True
    _audit_parent = "plan_id"

    plan_id = fields.Many2one(
        "crm.segment.plan",
        required=True,
        index=True,
        ondelete="cascade",
        help="The plan of the segment for which this holds.",
    )
    company_id = fields.Many2one(
        related="plan_id.company_id", store=True, index=True, precompute=True
    )
    category_id = fields.Many2one(
        "product.category",
        string="Product category",
        index="btree_not_null",
        ondelete="cascade",
        help="Products of this category and those below it; empty: all other products.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        string="Price list",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        help="The price list from which the discount is counted.",
    )
    discount_rate = fields.Float(
        string="Discount up to",
        digits=(5, 4),
        help="The largest discount from the price list that keeps to the policy; 5 % is 0.05.",
    )
    note = fields.Char(string="Reason", help="Why this price fits the segment.")

    _category_uniq = models.UniqueIndex(
        "(plan_id, COALESCE(category_id, 0))",
        "The plan has a price policy for these products already. Change that line.",
    )
    _discount_check = models.Constraint(
        "CHECK (discount_rate >= 0 AND discount_rate < 1)",
        "A discount lies between 0 % and less than 100 %. Correct it.",
    )

    @api.depends("category_id", "pricelist_id")
    def _compute_display_name(self) -> None:
        for policy in self:
            goods = policy.category_id.display_name or self.env._("All products")
            policy.display_name = f"{goods}: {policy.pricelist_id.name or ''}"
