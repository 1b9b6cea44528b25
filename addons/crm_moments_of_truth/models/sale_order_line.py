from __future__ import annotations

from odoo import api, fields, models

ROLES = "crm_strategy.crm_strategy_group_user,crm_strategy.crm_strategy_group_finance"


class SaleOrderLine(models.Model):
    """An order line says which specifications it delivers and which commitments it carries."""

    _inherit = "sale.order.line"

    crm_specification_ids = fields.Many2many(
        "crm.specification",
        "crm_order_line_specification_rel",
        "order_line_id",
        "specification_id",
        string="Specifications",
        check_company=True,
        groups=ROLES,
        help="What the line delivers, as agreed with the customer; printed on quotation and order.",
    )
    crm_commitment_ids = fields.Many2many(
        "crm.commitment",
        "crm_order_line_commitment_rel",
        "order_line_id",
        "commitment_id",
        string="Commitments",
        check_company=True,
        groups=ROLES,
        help="What we promise with the line, as the contract data says; printed on quotation and "
        "order.",
    )
    crm_reference_text = fields.Char(
        string="Agreed",
        compute="_compute_crm_reference_text",
        compute_sudo=True,
        help="Numbers of the specifications and commitments of the line, as they are printed.",
    )

    @api.depends("crm_specification_ids.code", "crm_commitment_ids.code")
    def _compute_crm_reference_text(self) -> None:
        for line in self:
            records = (*line.crm_specification_ids, *line.crm_commitment_ids)
            line.crm_reference_text = ", ".join(record.code for record in records) or False
