from __future__ import annotations

from odoo import Command, api, models


class CrmCharterRule(models.Model):
    _inherit = "crm.charter.rule"

    @api.model
    @api.private
    def _add_support(self, codes_by_rule: dict[str, list[str]]) -> None:
        """Show indicators beside the rules they explain; rule and indicator by code.

        What an administrator deleted or renamed is passed over.
        """
        Indicator = self.env["crm.indicator"].with_context(active_test=False)
        for rule in self.with_context(active_test=False).search(
            [("code", "in", list(codes_by_rule))]
        ):
            found = Indicator.search([("code", "in", codes_by_rule[rule.code])])
            rule.support_ids = [Command.link(indicator.id) for indicator in found]

    @api.model
    @api.private
    def _show_beside(self, code: str, indicator_codes: list[str]) -> None:
        """Show further figures beside the rule of a code; data of addons calls it once."""
        self._add_support({code: indicator_codes})
