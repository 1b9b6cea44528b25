"""Hands out what the suite keeps about a person."""

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import content_disposition, request

from .crm_matrix import XLSX_TYPE


class CrmPrivacyController(http.Controller):
    @http.route("/crm/privacy/export/<int:partner_id>", type="http", auth="user", methods=["GET"])
    def privacy_export(self, partner_id, **_kwargs):
        """The workbook of one contact; made at the moment of asking and kept nowhere."""
        partner = request.env["res.partner"].browse(partner_id).exists()
        if not partner:
            raise NotFound
        content = request.env["crm.privacy.engine"]._export(partner)
        name = request.env._("Personal data %(number)s", number=partner.id)
        headers = [
            ("Content-Type", XLSX_TYPE),
            ("Content-Disposition", content_disposition(f"{name}.xlsx")),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(content, headers)
