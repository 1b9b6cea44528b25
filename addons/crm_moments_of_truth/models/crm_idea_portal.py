from __future__ import annotations

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

NAME_LENGTH, WORDS_LENGTH, NEW_IDEAS = 200, 5_000, 20


class CrmIdea(models.Model):
    """Ideas that customers propose in the portal; access rights on ideas they have none."""

    _inherit = "crm.idea"

    @api.model
    @api.private
    def _portal_domain(self, partner: models.BaseModel) -> Domain:
        """Ideas of the person's own company."""
        commercial = partner.commercial_partner_id.id
        return Domain("contact_id.commercial_partner_id", "=", commercial) | Domain(
            "customer_id.partner_id", "=", commercial
        )

    @api.private
    def _portal_state(self) -> str:
        """What became of the idea, in words for the customer."""
        self.ensure_one()
        return {
            "new": self.env._("Received"),
            "considered": self.env._("We think about it"),
            "accepted": self.env._("We will do it"),
            "done": self.env._("Done"),
            "declined": self.env._("Not this time"),
        }[self.state]

    @api.model
    @api.private
    def _portal_propose(
        self, partner: models.BaseModel, company: models.BaseModel, form: dict[str, str]
    ) -> CrmIdea:
        """Keep an idea of a customer who is logged in; only its two texts are taken.

        :raise ValidationError: in words for the customer, when something is missing or too much
        """
        # The database keeps no NUL characters.
        name = " ".join((form.get("name") or "").replace("\0", "").split())
        words = (form.get("description") or "").replace("\0", "").strip()
        if not name:
            raise ValidationError(self.env._("Please say your idea in one sentence."))
        if len(name) > NAME_LENGTH or len(words) > WORDS_LENGTH:
            raise ValidationError(
                self.env._(
                    "Please keep the sentence under %(name)s and the text under %(words)s "
                    "characters.",
                    name=NAME_LENGTH,
                    words=WORDS_LENGTH,
                )
            )
        # Access: a customer has no right on ideas; contact, company and words are given here.
        ideas = self.sudo()
        waiting = ideas.search_count(self._portal_domain(partner) & Domain("state", "=", "new"))
        if waiting >= NEW_IDEAS:
            raise ValidationError(
                self.env._(
                    "We have not read your last %(count)s ideas yet. Please wait for our answer.",
                    count=NEW_IDEAS,
                )
            )
        # Access: which row the customer has in the company; nothing of it is shown.
        customer = partner.commercial_partner_id.sudo().crm_customer_ids.filtered(
            lambda one: one.company_id == company
        )[:1]
        return ideas.create(
            {
                "name": name,
                "description": words,
                "company_id": company.id,
                "customer_id": customer.id,
                "contact_id": partner.id,
                "user_id": customer.user_id.id,
            }
        )
