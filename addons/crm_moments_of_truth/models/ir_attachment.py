from __future__ import annotations

from odoo import api, models


class IrAttachment(models.Model):
    """A file on an opportunity or an order may be what its pass is waiting for."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> IrAttachment:
        """Create files; passes that asked for one follow."""
        files = super().create(vals_list)
        files._crm_notice()
        return files

    def write(self, vals: dict) -> bool:
        """Write files; a message gives its files to the document when it is posted."""
        result = super().write(vals)
        if vals.keys() & {"res_model", "res_id"}:
            self._crm_notice()
        return result

    def _crm_notice(self) -> None:
        if self._name not in self.env["crm.moment.input"]._watched_fields():
            return
        # Access: on which document the person has just put the file.
        for model, files in self.sudo().grouped("res_model").items():
            ids = [file.res_id for file in files if file.res_id and not file.res_field]
            self.env["crm.relationship.input"]._notice_files(model, ids)
