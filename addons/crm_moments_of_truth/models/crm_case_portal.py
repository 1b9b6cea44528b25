from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .crm_case import DROPPED, NEW, PROGRESS, SOLVED, WAITING

SUBJECT_LENGTH, WORDS_LENGTH = 200, 10_000
FILES, FILE_BYTES = 5, 10 * 1024 * 1024
NEW_CASES = 20  # of one customer in a day
# Kinds of files that a browser could run.
REFUSED_SUFFIXES = (".html", ".htm", ".xhtml", ".svg", ".xml", ".js", ".mjs", ".swf", ".exe")


@dataclass(frozen=True)
class PortalMessage:
    """What a customer reads of one message."""

    author: str
    is_ours: bool
    date: datetime
    body: str
    files: tuple[tuple[str, str], ...]


class CrmCase(models.Model):
    """What a customer may see and do in the portal; access rights on cases it has none."""

    _inherit = "crm.case"

    @api.model
    @api.private
    def _portal_domain(self, partner: models.BaseModel) -> Domain:
        """Cases of the person's company; of a person without a company its own."""
        return Domain("partner_id", "=", partner.commercial_partner_id.id)

    @api.model
    @api.private
    def _portal_orders(self, partner: models.BaseModel) -> models.BaseModel:
        """Confirmed orders of the person's company, the newest first."""
        # Access: the customer has no rights on orders of colleagues; only name and date are used.
        return (
            self.env["sale.order"]
            .sudo()
            .search(
                [
                    (
                        "partner_id.commercial_partner_id",
                        "=",
                        partner.commercial_partner_id.id,
                    ),
                    ("state", "=", "sale"),
                ],
                order="date_order desc, id desc",
                limit=80,
            )
        )

    @api.private
    def _portal_state(self) -> str:
        """Where the case stands, in words for the customer."""
        self.ensure_one()
        return {
            NEW: self.env._("Received"),
            PROGRESS: self.env._("We work on it"),
            WAITING: self.env._("We wait for your answer"),
            SOLVED: self.env._("Solved"),
            DROPPED: self.env._("Closed"),
        }[self.state]

    @api.private
    def _portal_messages(self) -> list[PortalMessage]:
        """Messages between the customer and us, the oldest first; never a note among us."""
        self.ensure_one()
        messages = self.message_ids.filtered(
            lambda message: self._is_spoken(message) and not message.mail_activity_type_id
        )
        return [
            PortalMessage(
                author=message.author_id.name or message.email_from or "",
                is_ours=any(not user.share for user in message.author_id.user_ids),
                date=message.date,
                body=message.body,
                files=tuple(
                    (file.name, f"/web/content/{file.id}?download=1&access_token={token}")
                    for file in message.attachment_ids
                    for token in file.generate_access_token()
                ),
            )
            for message in messages.sorted("id")
        ]

    @api.model
    @api.private
    def _portal_open(
        self, partner: models.BaseModel, form: dict[str, str], files: Sequence[tuple[str, bytes]]
    ) -> CrmCase:
        """Open a case from what a customer typed.

        :raise ValidationError: in words for the customer, when something is missing or too large
        """
        # The database keeps no NUL characters.
        words = (form.get("description") or "").replace("\0", "").strip()
        name = (form.get("name") or "").replace("\0", "").strip()
        if not name or not words:
            raise ValidationError(self.env._("Please write a subject and what happened."))
        self._portal_check(name, words, files)
        self._portal_check_count(partner)
        values = {"name": name, "description": words}
        # Access: shared definitions, of which the customer sees the names.
        causes = self.env["crm.case.cause"].sudo().search(Domain.TRUE)
        cause = self._portal_choice(form.get("cause_id"), causes)
        typed = "request" if form.get("kind") == "request" else "anomaly"
        # What it is about says more than a mark that may have been left as it was.
        values.update(cause_id=cause.id, kind=cause.kind or typed)
        order = self._portal_choice(form.get("order_id"), self._portal_orders(partner))
        if order:
            values.update(order_id=order.id, company_id=order.company_id.id)
        case = self._open_from_portal(partner, values)
        if files:
            case._portal_reply(partner, "", files)
        return case

    @api.model
    def _portal_choice(self, typed: str | None, offered: models.BaseModel) -> models.BaseModel:
        """What was chosen among what was offered; nothing else is believed."""
        return offered.filtered(lambda record: str(record.id) == (typed or ""))[:1]

    @api.model
    def _portal_check_count(self, partner: models.BaseModel) -> None:
        recent = Domain("intake", "=", "portal") & Domain(
            "opened_at", ">", fields.Datetime.now() - timedelta(days=1)
        )
        # Access: a customer has no right on cases; only how many of its own there are is used.
        if self.sudo().search_count(self._portal_domain(partner) & recent) >= NEW_CASES:
            raise ValidationError(
                self.env._(
                    "You have reported %(count)s cases since yesterday. Please write to us in one "
                    "of them, or come back tomorrow.",
                    count=NEW_CASES,
                )
            )

    @api.model
    def _portal_check(self, name: str, words: str, files: Sequence[tuple[str, bytes]]) -> None:
        if len(name) > SUBJECT_LENGTH or len(words) > WORDS_LENGTH:
            raise ValidationError(
                self.env._(
                    "The text is too long. Please write the subject in %(subject)s and the rest "
                    "in %(words)s characters, or attach a document.",
                    subject=SUBJECT_LENGTH,
                    words=WORDS_LENGTH,
                )
            )
        too_large = [file_name for file_name, content in files if len(content) > FILE_BYTES]
        if too_large or len(files) > FILES:
            raise ValidationError(
                self.env._(
                    "Please attach at most %(count)s files of up to %(size)s MB each.",
                    count=FILES,
                    size=FILE_BYTES // 1024 // 1024,
                )
            )
        for file_name, _content in files:
            if file_name.lower().endswith(REFUSED_SUFFIXES):
                raise ValidationError(
                    self.env._(
                        "Files like “%(name)s” are not taken. Please attach a picture, a PDF or "
                        "an office document.",
                        name=file_name,
                    )
                )

    @api.private
    def _portal_reply(
        self, partner: models.BaseModel, words: str, files: Sequence[tuple[str, bytes]]
    ) -> None:
        """Post what a customer wrote on the own case."""
        self.ensure_one()
        words = words.replace("\0", "").strip()
        if not words and not files:
            raise ValidationError(self.env._("Please write a message or attach a file."))
        self._portal_check("", words, files)
        self.message_post(
            body=words,
            attachments=list(files),
            author_id=partner.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
