from __future__ import annotations

from email.message import EmailMessage

from odoo import api, models

IS_AUTOMATIC = "crm_is_automatic"


class MailThread(models.AbstractModel):
    """Answers of machines are told from answers of people."""

    _inherit = "mail.thread"

    @api.model
    def _message_route_process(
        self, message: EmailMessage, message_dict: dict, routes: list[tuple]
    ) -> int | bool:
        """Take an e-mail in; the note of somebody's absence is no word of the customer.

        Machines say so in a header (RFC 3834); whoever writes has none, or “no”.
        """
        said = (message.get("Auto-Submitted") or "no").split(";")[0].strip().lower()
        thread = self if said == "no" else self.with_context(**{IS_AUTOMATIC: True})
        return super(MailThread, thread)._message_route_process(message, message_dict, routes)
