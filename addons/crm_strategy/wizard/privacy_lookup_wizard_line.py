from __future__ import annotations

from odoo import models
from odoo.exceptions import AccessError, UserError


class PrivacyLookupWizardLine(models.TransientModel):
    _inherit = "privacy.lookup.wizard.line"

    def action_crm_export(self) -> dict:
        """Download everything our addons keep about the contact."""
        return self._crm_partner().action_crm_export()

    def action_crm_anonymise(self) -> dict:
        """Take the personal data out of what our addons keep about the contact."""
        # Access: checked in _crm_partner; a data protection request concerns all companies.
        self._crm_partner().sudo()._crm_anonymise()
        self.execution_details = self.env._(
            "Customer strategy data of contact #%(number)s anonymised", number=self.res_id
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_unlink(self):
        """Delete the record; what our addons keep about a contact loses its words first."""
        self.ensure_one()
        is_system = self.env.user.has_group("base.group_system")
        if self.res_model == "res.partner" and not self.is_unlinked and is_system:
            # Access: who may delete the contact for good may take its words out of our rows.
            self.env["res.partner"].sudo().browse(self.res_id).exists()._crm_anonymise()
        return super().action_unlink()

    def _crm_partner(self) -> models.BaseModel:
        """The contact of the line, for an administrator.

        :raise AccessError, UserError: with what to do instead
        """
        self.ensure_one()
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._(
                    "Only an administrator works on the data of “%(name)s”. "
                    "Ask one to open Privacy Lookup.",
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
        return self.env["res.partner"].browse(self.res_id)
