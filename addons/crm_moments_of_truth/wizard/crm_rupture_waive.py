from __future__ import annotations

from odoo import fields, models


class CrmRuptureWaive(models.TransientModel):
    """Asks why nobody repairs a rupture."""

    _name = "crm.rupture.waive"
    _description = "Waiver of Ruptures"

    rupture_ids = fields.Many2many(
        "crm.rupture", string="Ruptures", required=True, help="What is to be waived."
    )
    reason = fields.Text(
        required=True,
        help="Why it is no rupture, or why nobody repairs it. It stays waived as long as nothing "
        "new happens.",
    )

    def action_confirm(self) -> None:
        """Waive with the reason given, as the person may who asks."""
        self.ensure_one()
        self.rupture_ids._waive(self.reason)
