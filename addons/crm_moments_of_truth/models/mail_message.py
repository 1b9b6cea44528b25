from __future__ import annotations

from odoo import models


class MailMessage(models.Model):
    """A message that proves a contact is read on the document where it was posted."""

    _inherit = "mail.message"

    def _moment_documents(self) -> list[models.BaseModel]:
        """The document of the message."""
        self.ensure_one()
        document = self.env.get(self.model)
        return [document.browse(self.res_id) if document is not None else self]
