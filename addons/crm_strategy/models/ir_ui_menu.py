from __future__ import annotations

from odoo import api, fields, models

from .crm_type_mixin import CRM_TYPES


class IrUiMenu(models.Model):
    """Which of the four types of CRM a menu serves (S002-T1..4)."""

    _inherit = "ir.ui.menu"

    crm_type = fields.Selection(
        CRM_TYPES,
        string="Type of CRM",
        compute="_compute_crm_type",
        store=True,
        readonly=False,
        recursive=True,
        group_expand=True,
        help="Strategic: whom we serve and why. Operational: selling, marketing and serving. "
        "Analytic: what the figures tell. Collaborative: what we do together with partners. A "
        "menu without a type of its own has that of the menu above it.",
    )
    crm_path = fields.Char(
        string="Where it is", compute="_compute_crm_path", help="The way to the screen."
    )

    @api.depends("parent_id.crm_type")
    def _compute_crm_type(self) -> None:
        for menu in self:
            menu.crm_type = menu.crm_type or menu.parent_id.crm_type

    @api.depends_context("lang")
    def _compute_crm_path(self) -> None:
        for menu in self:
            menu.crm_path = menu.parent_id.complete_name

    def action_crm_open(self) -> dict | bool:
        """Open the screen of the menu."""
        self.ensure_one()
        self.check_access("read")
        if not self.action:
            return False
        return self.env["ir.actions.actions"]._for_xml_id(
            # Access: the name of an action that the reader's own menu opens.
            self.action.sudo().get_external_id()[self.action.id]
        )
