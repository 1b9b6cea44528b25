from __future__ import annotations

import logging
from collections.abc import Callable

from odoo import api, fields, models

from odoo.addons.crm_strategy.models.crm_batch_mixin import CONCURRENCY_ERRORS

from ..core.facts import FactRow
from .mail_thread import IS_AUTOMATIC

_logger = logging.getLogger(__name__)

CONTACTS = ("phonecall", "meeting")
WRITTEN = ("email", "comment", "email_outgoing")


class CrmMomentMessage(models.AbstractModel):
    """Messages both ways, and calls and meetings that were planned as activities (S002-2.2-V2).

    Called from ``_message_post_after_hook`` of the documents that customers write to: a message
    is witnessed where it is posted, with the pass that ran then.
    """

    _name = "crm.moment.message"
    _description = "Witness of Messages"

    @api.model
    @api.private
    def _witness_message(
        self,
        message: models.BaseModel,
        company: models.BaseModel,
        partner: models.BaseModel,
        root: tuple[str, int] | Callable[[], tuple[str, int] | None] | None,
    ) -> None:
        """Note a message on a document of a customer; whatever fails here stops no message.

        ``root`` is the document with which its pass begins, None for the pass that runs; or what
        finds it out, asked only for messages that count.
        """
        # Access: who may post may not read every follower; only whether the customer wrote or was
        # written to is taken.
        message = message.sudo()
        customer = partner.sudo().commercial_partner_id
        try:
            code = customer and company and self._message_fact(message, customer)
            if code:
                # What people wrote before is no part of what may fail, nor of what is taken back.
                self.env.flush_all()
                with self.env.cr.savepoint(flush=False):
                    self._note_message(message, code, company, customer, root)
        except CONCURRENCY_ERRORS:
            # Odoo does the whole again.
            raise
        except Exception:
            _logger.exception("Message %s could not be noted as a fact.", message.id)

    @api.model
    def _note_message(
        self,
        message: models.BaseModel,
        code: str,
        company: models.BaseModel,
        customer: models.BaseModel,
        root: tuple[str, int] | Callable[[], tuple[str, int] | None] | None,
    ) -> None:
        event = self.env["crm.moment.event"]
        root = (root() if callable(root) else root) or event._root_of_customer(company, customer)
        if not root:
            return
        event._witness(
            [
                FactRow(
                    fact=code,
                    res_id=message.id,
                    occurrence=0,
                    company_id=company.id,
                    partner_id=customer.id,
                    root_model=root[0],
                    root_id=root[1],
                    fact_at=message.date or fields.Datetime.now(),
                    name=message.subject or message.record_name or "",
                )
            ]
        )

    @api.model
    def _message_fact(self, message: models.BaseModel, customer: models.BaseModel) -> str | None:
        """What a message proves about the customer, None for notes and notifications."""
        if message.mail_activity_type_id:
            is_contact = message.mail_activity_type_id.category in CONTACTS
            return "contact_held" if is_contact else None
        # In this order: most messages are notifications, and their kind of message costs a query.
        if message.message_type not in WRITTEN:
            return None
        is_note = message.is_internal or message.subtype_id.internal
        if is_note or self.env.context.get(IS_AUTOMATIC):
            return None
        author = message.author_id
        if not author:
            return "message_in" if message.message_type == "email" else None
        if author.partner_share:
            is_customer = author.commercial_partner_id == customer
            return "message_in" if is_customer else None
        # Access: whether the customer follows the document, nothing else of it.
        document = self.env[message.model].sudo().browse(message.res_id)
        readers = message.partner_ids | document.message_partner_ids
        return "message_out" if customer in readers.commercial_partner_id else None
