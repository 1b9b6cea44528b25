from __future__ import annotations

from odoo import api, fields, models


class CrmSetupPackage(models.TransientModel):
    """A package of files that the company may load."""

    _name = "crm.setup.package"
    _description = "Proposed Package"

    setup_id = fields.Many2one("crm.setup", required=True, ondelete="cascade", string="Set-up")
    package_id = fields.Many2one(
        "crm.exchange.package", string="Package", required=True, ondelete="cascade"
    )
    is_used = fields.Boolean(string="Offered", help="Not ticked: nobody can load with it.")
    is_shared = fields.Boolean(
        string="For all companies", compute="_compute_package", help="Changes for everybody."
    )
    files = fields.Char(string="Files", compute="_compute_package", help="What it reads.")

    @api.depends("package_id")
    def _compute_package(self) -> None:
        for line in self:
            line.is_shared = not line.package_id.company_id
            names = line.package_id.type_ids.filtered("file_name").mapped("file_name")
            line.files = ", ".join(names)

    def _changed(self) -> CrmSetupPackage:
        """Lines whose tick differs from what holds today."""
        return self.filtered(lambda line: line.is_used != line.package_id.active)
