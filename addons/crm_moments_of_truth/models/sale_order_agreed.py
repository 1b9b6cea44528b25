from __future__ import annotations

from odoo import SUPERUSER_ID, fields, models

from .sale_order import ROLES


class SaleOrder(models.Model):
    """What was agreed stands on the order: legal needs, specifications, and who serves it."""

    _name = "sale.order"
    _inherit = ["sale.order", "crm.legal.override.mixin"]

    crm_seat_ids = fields.One2many(
        related="team_id.crm_seat_ids",
        related_sudo=False,
        string="Who serves the customer",
        groups=ROLES,
        help="The roles in the team of this order and who has them, from all departments.",
    )

    # legal needs
    def action_confirm(self):
        """Confirm orders; refused only where the company asks for it (S000-9.9).

        A customer who signs or pays in the portal is not refused: that is a fact. The owner of the
        order is given the task to cover the needs instead.
        """
        strict = self.filtered("company_id.crm_refuse_uncovered_legal")
        if strict:
            if self.env.user.share or self.env.uid == SUPERUSER_ID:
                # sudo: a customer plans no activities; the colleague is told of the order signed.
                strict.sudo().action_crm_plan_legal_activity()
            else:
                strict._crm_check_legal_needs()
        return super().action_confirm()

    # specifications and commitments
    def action_crm_fill_references(self) -> bool:
        """Name on each line what the customer's analyses say about its product.

        Lines that a person filled in already stay as they are.
        """
        self.check_access("write")
        for order in self:
            specifications = order._crm_agreed("crm.specification")
            commitments = order._crm_agreed("crm.commitment")
            for line in order.order_line:
                product = line.product_template_id
                if not product or line.crm_specification_ids or line.crm_commitment_ids:
                    continue
                line.crm_specification_ids = specifications.filtered(
                    lambda record, product=product: record.product_tmpl_id == product
                )
                line.crm_commitment_ids = commitments.filtered(
                    lambda record, product=product: record.product_tmpl_id == product
                )
        return True

    def _crm_agreed(self, model: str) -> models.BaseModel:
        """Specifications or commitments of the customer's analyses that the reader may see."""
        self.ensure_one()
        return self.env[model].search(
            [
                ("company_id", "=", self.company_id.id),
                (
                    "analysis_id.customer_id.partner_id",
                    "=",
                    self.partner_id.commercial_partner_id.id,
                ),
                ("product_tmpl_id", "!=", False),
            ]
        )
