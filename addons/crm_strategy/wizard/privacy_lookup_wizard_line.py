from __future__ import annotations

from odoo import models
from odoo.exceptions import AccessError, UserError


class PrivacyLookupWizardLine(models.TransientModel):
    _inherit = "privacy.lookup.wizard.line"

    def action_crm_anonymise(self) -> dict:
        """Take the personal data out of what our addons keep about the contact."""
        self.ensure_one()
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._(
                    "Only an administrator anonymises “%(name)s”. Ask one to open Privacy Lookup.",
                    name=self.res_name,
                )
            )
        if self.res_model != "res.partner":
            raise UserError(
                self.env._(
                    "“%(name)s” is no contact. Choose the line of the contact instead.",
                    name=self.res_name,
                )
            )
        # Access: checked above; a data protection request concerns all companies.
        self.env["res.partner"].sudo().browse(self.res_id)._crm_anonymise()
        self.execution_details = self.env._(
            "Customer strategy data of contact %(name)s anonymised", name=self.res_name
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
