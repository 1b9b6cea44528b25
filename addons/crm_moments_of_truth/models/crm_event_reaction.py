from __future__ import annotations

from odoo import api, fields, models
from odoo.tools.mail import email_split_tuples

from .company_day_field import CompanyDayField

STATES = [
    ("waiting", "Waits"),
    ("done", "Done"),
    ("skipped", "Left alone"),
    ("failed", "Needs a person"),
]


class CrmEventReaction(models.Model):
    """One event that a rule saw, and what was done about it.

    E-mail, activity and state are written in one transaction, so that a stopped server neither
    loses nor doubles a reaction. The database holds one reaction per rule and event, and one per
    rule and contact within the rule's pause.
    """

    _name = "crm.event.reaction"
    _description = "Reaction to an Event"
    _inherit = ["crm.partner.keyed.mixin", "crm.event.reacting"]
    _order = "event_at desc, id desc"
    _rec_name = "rule_id"
    _partner_merge = "rekey"
    _privacy_purpose = "contract"
    # How often and how soon we react needs the row; the person and the words go.
    _privacy_expiry = "clear"
    _privacy_date_field = "event_at"
    _privacy_texts = ("note",)
    _privacy_personal = ("contact_id", "note")

    # identity
    rule_id = fields.Many2one(
        "crm.event.rule",
        required=True,
        index=True,
        ondelete="cascade",
        help="The rule that reacts.",
    )
    trigger = fields.Selection(
        related="rule_id.trigger", store=True, string="What happened", help="The event."
    )
    event_key = fields.Char(
        required=True, help="Names the event, so that it is answered once and for ever."
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", help="Our company."
    )
    # links
    customer_id = fields.Many2one(
        "crm.customer", index=True, ondelete="set null", help="The customer in this company."
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Partner",
        index=True,
        ondelete="set null",
        help="The commercial partner of the contact.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Contact",
        index="btree_not_null",
        ondelete="set null",
        help="The person whom it concerns, and who gets the e-mail.",
    )
    lead_id = fields.Many2one(
        "crm.lead",
        index="btree_not_null",
        ondelete="set null",
        help="The request, or the lead that was opened.",
    )
    order_id = fields.Many2one(
        "sale.order",
        index="btree_not_null",
        ondelete="set null",
        help="The order that nears its end.",
    )
    public_event_id = fields.Many2one(
        "crm.public.event",
        index="btree_not_null",
        ondelete="set null",
        help="The public event that matters to the customer.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Who",
        index=True,
        ondelete="set null",
        help="Who holds the request, the order or the customer.",
    )
    mail_id = fields.Many2one(
        "mail.message",
        string="E-mail",
        ondelete="set null",
        help="The e-mail that was put into the queue.",
    )
    # times
    event_at = fields.Datetime(
        string="Happened",
        required=True,
        index=True,
        help="When it happened; what is found by comparing counts from when it was found.",
    )
    event_on = CompanyDayField(moment="event_at")
    due_at = fields.Datetime(
        string="Promised until", required=True, help="Until when the rule promises a reaction."
    )
    done_at = fields.Datetime(string="Done", help="When it was done.")
    is_in_time = fields.Boolean(
        string="In time", help="Ticked when it was done within the promised minutes."
    )
    # state
    state = fields.Selection(
        STATES, required=True, default="waiting", index=True, help="What became of it."
    )
    note = fields.Char(help="What was done, or why not.")
    tries = fields.Integer(aggregator=None, help="How many times it failed.")
    next_try = fields.Datetime(help="When it is tried again.")
    pause_until = fields.Datetime(help="Until then the rule does not reach the contact again.")
    is_running = fields.Boolean(
        string="In peace", help="Ticked while the rule does not reach the contact again."
    )

    _event_uniq = models.UniqueIndex(
        "(rule_id, event_key)", "The rule has seen this event already."
    )
    _pause_uniq = models.UniqueIndex(
        "(rule_id, contact_id) WHERE is_running AND contact_id IS NOT NULL",
        "The rule reached this contact a short time ago. Wait until the pause is over.",
    )
    _waiting_idx = models.Index("(due_at) WHERE state = 'waiting'")

    @api.depends("rule_id", "partner_id", "contact_id", "lead_id")
    def _compute_display_name(self) -> None:
        for reaction in self:
            # Access: the names by which people recognise what they may see.
            known = reaction.sudo()
            who = known.contact_id.name or known.partner_id.name or known.lead_id.name
            reaction.display_name = " · ".join(filter(None, [known.rule_id.name, who]))

    @api.model
    def _merge_collisions(
        self, source_ids: list[int], destination_id: int, customers: dict[int, int]
    ) -> None:
        """Of contacts that become one, the latest reaction of a rule holds the pause."""
        running = self.search(
            [("contact_id", "in", [*source_ids, destination_id]), ("is_running", "=", True)],
            order="pause_until desc, id desc",
        )
        for same in running.grouped("rule_id").values():
            same[1:].is_running = False
        running.flush_recordset()

    @property
    def addressee(self) -> str:
        """Whom the e-mail addresses: the contact, or a stranger as the request names him."""
        lead = self.lead_id
        known = self.contact_id.name or lead.contact_name
        for name, address in email_split_tuples(lead.email_from or ""):
            known = known or name or address
        return known or ""

    # actions
    def action_retry(self) -> None:
        """Try again what failed."""
        self.check_access("read")
        self.rule_id.check_access("write")
        # Access: who may change the rule asks for another try; only the state is written.
        self.sudo().filtered(lambda found: found.state == "failed").write(
            {"state": "waiting", "tries": 0, "next_try": False}
        )

    def action_open_document(self) -> dict:
        """Open the request, the order or the customer."""
        self.ensure_one()
        return (self.lead_id or self.order_id or self.partner_id)._get_records_action()
