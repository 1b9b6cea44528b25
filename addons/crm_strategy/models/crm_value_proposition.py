from __future__ import annotations

from odoo import fields, models


class CrmValueProposition(models.Model):
    """A promise to a segment, tied to products and to kinds of needs (S002-4.3-3)."""

    _name = "crm.value.proposition"
    _description = "Value Proposition"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _order = "plan_id, sequence, id"
    _check_company_auto = True
    _audit_parent = "plan_id"

    plan_id = fields.Many2one(
        "crm.segment.plan",
        required=True,
        index=True,
        ondelete="cascade",
        help="The plan of the segment to which we promise this.",
    )
    company_id = fields.Many2one(
        related="plan_id.company_id", store=True, index=True, precompute=True
    )
    sequence = fields.Integer(default=10, help="Order of the promises.")
    name = fields.Char(
        string="Promise", required=True, help="What the customer gets from it, in one sentence."
    )
    product_tmpl_ids = fields.Many2many(
        "product.template",
        string="Products",
        check_company=True,
        help="The products that keep the promise.",
    )
    category_ids = fields.Many2many(
        "product.category",
        string="Product categories",
        help="The categories of products that keep the promise.",
    )
    need_class_ids = fields.Many2many(
        "crm.need.class",
        string="Kinds of needs",
        check_company=True,
        help="The kinds of needs and expectations that the promise answers.",
    )
    value_company = fields.Char(
        string="Value for us", help="What keeping the promise brings to our company."
    )
