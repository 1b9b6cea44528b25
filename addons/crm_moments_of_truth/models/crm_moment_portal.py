from __future__ import annotations

from odoo import api, fields, models


class CrmMoment(models.Model):
    """What a customer reads of a moment in the portal: never our own words for it."""

    _inherit = "crm.moment"

    portal_name = fields.Char(
        string="In the customer's words",
        translate=True,
        help="What the customer reads on the way of the order. Empty: the suite's own words for "
        "the moments M1 to M10, else the moment's name.",
    )
    portal_text = fields.Char(
        string="Explained to the customer",
        translate=True,
        help="One sentence under it: what happens in this step, and who does what.",
    )
    is_portal = fields.Boolean(
        string="Shown to the customer",
        default=True,
        help="Untick what the customer need not see on the way of the order.",
    )

    @api.model
    @api.private
    def _portal_words(self) -> dict[str, tuple[str, str]]:
        """Code of a moment -> what the customer reads: a few words, and a sentence."""
        return {
            "M1": (
                self.env._("Your request"),
                self.env._("We look at what you need and at how we can help."),
            ),
            "M2": (
                self.env._("Getting to know each other"),
                self.env._("You and your contact person know whom to turn to."),
            ),
            "M3": (
                self.env._("Your order is agreed"),
                self.env._("What you get, by when, and what it costs is settled."),
            ),
            "M4": (
                self.env._("What exactly you get"),
                self.env._("We write down together what matters to you."),
            ),
            "M5": (
                self.env._("You know what happens"),
                self.env._("You know the order is right, and we tell you how it goes on."),
            ),
            "M6": (
                self.env._("We prepare your delivery"),
                self.env._("Day, goods and papers are made ready."),
            ),
            "M7": (
                self.env._("Your delivery"),
                self.env._("You get what you ordered, and the invoice for it."),
            ),
            "M8": (
                self.env._("Is everything in order?"),
                self.env._("You confirm it, or you tell us what is not as agreed."),
            ),
            "M9": (
                self.env._("How satisfied you are"),
                self.env._("You tell us what went well and what did not."),
            ),
            "M10": (
                self.env._("What comes next"),
                self.env._("We plan the next step together with you."),
            ),
        }

    @api.private
    def _portal_step(self) -> tuple[str, str]:
        """The few words and the sentence that a customer reads of this moment."""
        self.ensure_one()
        name, text = self._portal_words().get(self.code, (self.name, ""))
        if self.portal_name:
            return self.portal_name, self.portal_text or ""
        return name, self.portal_text or text
