from __future__ import annotations

from odoo import api, fields, models


class CrmCharterRule(models.Model):
    _inherit = "crm.charter.rule"

    @api.model
    @api.private
    def _show_beside(self, code: str, indicator_codes: list[str]) -> None:
        """Show further figures beside the rule of a code; data of addons calls it once."""
        indicators = self.env["crm.indicator"].search([("code", "in", indicator_codes)])
        for rule in self.search([("code", "=", code)]):
            rule.support_ids = [fields.Command.link(indicator.id) for indicator in indicators]
