from __future__ import annotations

from odoo import models


class ResUsers(models.Model):
    """Whoever leaves the company leaves customers without an owner: they show at once."""

    _inherit = "res.users"

    def write(self, vals: dict) -> bool:
        """Write users; the passes of those who were archived or came back are judged now."""
        changed = self.browse()
        if "active" in vals:
            changed = self.filtered(lambda user: user.active != vals["active"])
        result = super().write(vals)
        if changed:
            changed._crm_judge_passes()
        return result

    def _crm_judge_passes(self) -> None:
        """Judge the open passes of these people, and pass their ruptures on."""
        # Access: whoever archives a user need not see the passes; only ruptures follow.
        passes = self.env["crm.relationship"].sudo()
        passes = passes.search([("user_id", "in", self.ids), ("is_open", "=", True)])
        ruptures = self.env["crm.rupture"].sudo()
        ruptures._judge(passes)
        held = ruptures.search([("user_id", "in", self.ids), ("state", "=", "open")])
        for item in held.filtered(lambda item: not item.user_id.active):
            item.user_id = item.relationship_id._rupture_owner()
        held._announce()
