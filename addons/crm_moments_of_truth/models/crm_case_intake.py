from __future__ import annotations

from collections.abc import Iterable

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize, html2plaintext

from .crm_case import DROPPED, PROGRESS, SOLVED, WAITING
from .mail_thread import IS_AUTOMATIC

# What a case is about, as people give it.
ABOUT = ("order_id", "relationship_id", "contact_id")
SPOKEN = ("comment", "email", "email_outgoing", "sms")


class CrmCase(models.Model):
    """How cases come in, and what messages do to them (S002-2.2-V2)."""

    _inherit = "crm.case"

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmCase:
        """Create cases; each gets its clock, its queue and its person."""
        cases = super().create(vals_list)
        cases._check_about_seen(ABOUT)
        # Access: what follows is the same whoever reports a case; all of it are kept fields.
        cases.sudo()._take_in()
        return cases

    def write(self, vals: dict) -> bool:
        """Write cases; nobody opens one about an order or a pass that only others see."""
        result = super().write(vals)
        self._check_about_seen(name for name in ABOUT if vals.get(name))
        return result

    def _check_about_seen(self, names: Iterable[str]) -> None:
        """Refuse links to what the person may not read: its customer shows in the case."""
        if not self.env.su:
            for name in names:
                self[name].check_access("read")

    def _take_in(self) -> None:
        for case in self:
            if not case.contact_id and case.order_id:
                case.contact_id = case.order_id.partner_id
            if not case.relationship_id:
                case.relationship_id = case._find_pass()
            if case.contact_id:
                case.message_subscribe(partner_ids=case.contact_id.ids)
        self._start_clock()
        typed = self.filtered("user_id")
        typed.filtered(lambda case: not case.source_id)._note_hand()
        for case in typed.filtered(lambda case: not case.queue_id):
            case.queue_id = self.env["crm.case.queue"]._for(case.company_id, case.cause_id)
        # Records of another application are given to people there.
        (self - typed).filtered(lambda case: not case.source_id)._route()

    def _find_pass(self) -> models.BaseModel:
        """The pass of the order, else the latest one of the customer in the company."""
        self.ensure_one()
        Pass = self.env["crm.relationship"]
        common = [("company_id", "=", self.company_id.id)]
        if self.order_id:
            return Pass.search([*common, ("order_id", "=", self.order_id.id)], limit=1)
        if not self.partner_id:
            return Pass
        return Pass.search([*common, ("partner_id", "=", self.partner_id.id)], limit=1)

    # e-mail
    @api.model
    def message_new(self, msg_dict: dict, custom_values: dict | None = None):
        """A new e-mail to the address of a queue becomes a case of that queue and its company."""
        queue = self.env["crm.case.queue"].browse((custom_values or {}).get("queue_id") or ())
        # Access: the gateway opens the case for whoever wrote to the address.
        queue = queue.sudo().exists()
        values = {
            "name": msg_dict.get("subject") or self.env._("E-mail without a subject"),
            "kind": "request",
            "intake": "mail",
            "contact_id": self._contact_of_mail(msg_dict, queue.company_id).id,
        }
        if queue:
            # Nothing else is taken from the address: it may name no other company.
            values.update(
                queue_id=queue.id, company_id=queue.company_id.id, channel_id=queue.channel_id.id
            )
        if msg_dict.get("body"):
            values["description"] = html2plaintext(msg_dict["body"])
        return super().message_new(msg_dict, values)

    @api.model
    def _contact_of_mail(self, msg_dict: dict, company: models.BaseModel) -> models.BaseModel:
        """Who wrote: known by the address, in this company or in none; nobody is made up."""
        # Access: the gateway knows the writer whoever it runs as; only the link is used.
        Partner = self.env["res.partner"].sudo()
        author = Partner.browse(msg_dict.get("author_id") or ())
        address = email_normalize(msg_dict.get("email_from") or "")
        if not author and address:
            author = Partner.search(
                [("email_normalized", "=", address), ("company_id", "in", [company.id, False])],
                order="company_id, id",
                limit=1,
            )
        # A colleague who forwards a complaint is not the customer.
        return Partner if any(not user.share for user in author.user_ids) else author

    # messages
    def _message_post_after_hook(self, message: models.BaseModel, msg_values: dict):
        """Our first answer stops its clock; the customer's answer ends our waiting."""
        result = super()._message_post_after_hook(message, msg_values)
        for case in self:
            # Access: the clock and the state follow from the message, whoever posts it.
            known = case.sudo()
            if known._is_our_answer(message):
                known._note_first_reply(message.date or fields.Datetime.now())
            elif known._is_from_customer(message):
                known._hear_customer()
        return result

    def _is_our_answer(self, message: models.BaseModel) -> bool:
        """Whether a person of ours answers the customer, by message or by a call that was made."""
        author = message.author_id.user_ids.filtered(lambda user: not user.share)
        if not author:
            return False
        if message.mail_activity_type_id:
            # Access: shared definitions, asked for whoever makes the call.
            spoken = self.env["crm.channel"].sudo().search(Domain.TRUE).activity_type_ids
            return message.mail_activity_type_id in spoken
        return self._is_spoken(message) and self._reaches_customer(message)

    def _is_from_customer(self, message: models.BaseModel) -> bool:
        if not self._is_spoken(message) or message.author_id.user_ids.filtered(
            lambda user: not user.share
        ):
            return False
        if message.author_id and self.partner_id:
            return message.author_id.commercial_partner_id == self.partner_id
        return email_normalize(message.email_from or "") == email_normalize(self.email_from or "")

    def _is_spoken(self, message: models.BaseModel) -> bool:
        return (
            not self.env.context.get(IS_AUTOMATIC)
            and message.message_type in SPOKEN
            and not message.is_internal
            and not message.subtype_id.internal
            and message.subtype_id != self.env.ref("mail.mt_note", raise_if_not_found=False)
        )

    def _reaches_customer(self, message: models.BaseModel) -> bool:
        """Whether somebody of the customer gets the message."""
        readers = message.partner_ids | self.message_partner_ids
        if self.partner_id:
            return self.partner_id in readers.commercial_partner_id
        address = email_normalize(self.email_from or "")
        if not address or address == message.author_id.email_normalized:
            return False
        written = (message.outgoing_email_to or "").lower()
        return address in written or address in readers.mapped("email_normalized")

    def _hear_customer(self) -> None:
        self.ensure_one()
        if self.state == WAITING:
            self.write(self._step_values(PROGRESS, fields.Datetime.now()))
            self._plan_due()
        elif self.state in (SOLVED, DROPPED) and self.user_id:
            self._tell(self.user_id, _words_again)

    # portal
    @api.model
    @api.private
    def _open_from_portal(self, contact: models.BaseModel, values: dict) -> CrmCase:
        """Open a case for a customer who is logged in; only listed words are taken.

        ``values``: name, description, kind, cause_id, order_id, company_id, product_id. The
        caller checks that order and company are the customer's.
        """
        allowed = ("name", "description", "kind", "cause_id", "order_id", "company_id")
        known = {name: values[name] for name in (*allowed, "product_id") if values.get(name)}
        # Access: a shared definition; a customer has no right on it.
        channel = self.env["crm.channel"].sudo().search([("message_kind", "=", "portal")], limit=1)
        # Access: a customer has no right on cases; contact, company and words are given here.
        return self.sudo().create(
            {
                **known,
                "contact_id": contact.id,
                "intake": "portal",
                "channel_id": channel.id,
            }
        )


def _words_again(case: CrmCase) -> tuple[str, str]:
    return (
        case.env._("The customer wrote again"),
        case.env._("Read the message and reopen the case when it is not settled."),
    )
