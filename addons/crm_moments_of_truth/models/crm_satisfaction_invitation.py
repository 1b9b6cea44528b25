from __future__ import annotations

from odoo import api, fields, models

STATES = [
    ("sent", "Sent"),
    ("answered", "Answered"),
    ("expired", "Not answered in time"),
    ("skipped", "Not asked"),
]
REASONS = [
    ("pause", "Was asked shortly before"),
    ("nobody", "No contact with an e-mail address"),
    ("refused", "Does not want e-mails"),
    ("failed", "Something went wrong"),
]


class CrmSatisfactionInvitation(models.Model):
    """One contact asked about one pass, or left in peace and why.

    Written with the e-mail in one transaction, so that a stopped server neither loses nor doubles
    an invitation. The database itself holds one running invitation per contact.
    """

    _name = "crm.satisfaction.invitation"
    _description = "Satisfaction Invitation"
    _inherit = ["crm.partner.keyed.mixin", "crm.satisfaction.sending"]
    _order = "date desc, id desc"
    _rec_name = "contact_id"
    _partner_merge = "rekey"
    _privacy_purpose = "contract"
    # The response rate needs the row; the person goes.
    _privacy_expiry = "clear"
    _privacy_date_field = "date"
    _privacy_texts = ("note",)
    _privacy_personal = ("contact_id", "note")

    # identity
    date = fields.Datetime(
        required=True,
        default=fields.Datetime.now,
        help="When the contact was asked, or was left in peace.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", help="Our company that asks."
    )
    rule_id = fields.Many2one(
        "crm.satisfaction.rule",
        string="Rule",
        index=True,
        ondelete="set null",
        help="The rule that asks. Empty: a colleague asked by hand.",
    )
    # links
    relationship_id = fields.Many2one(
        "crm.relationship",
        string="Pass",
        index=True,
        ondelete="set null",
        help="The pass of the relation about which the contact is asked.",
    )
    moment_id = fields.Many2one(
        "crm.moment",
        string="After the moment",
        index="btree_not_null",
        ondelete="set null",
        help="The moment after which the contact is asked.",
    )
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
        help="The person who is asked.",
    )
    survey_id = fields.Many2one(
        "survey.survey",
        index="btree_not_null",
        ondelete="set null",
        help="What the contact is asked.",
    )
    answer_ids = fields.One2many(
        "crm.satisfaction.answer",
        "invitation_id",
        string="Answer",
        help="What the contact answered.",
    )
    # results
    state = fields.Selection(
        STATES, required=True, default="sent", index=True, help="What became of it."
    )
    reason = fields.Selection(
        REASONS, string="Why not asked", help="Why the contact was left in peace."
    )
    note = fields.Char(help="What went wrong, when something did.")
    deadline = fields.Datetime(help="Until when the contact can answer.")
    pause_until = fields.Datetime(
        string="In peace until", help="Until then the contact is not asked again."
    )
    is_running = fields.Boolean(
        string="In peace", help="Ticked while the contact is not to be asked again."
    )

    _contact_uniq = models.UniqueIndex(
        "(contact_id) WHERE is_running",
        "This contact was asked a short time ago. Wait until the pause is over.",
    )
    _moment_uniq = models.UniqueIndex(
        "(rule_id, relationship_id, moment_id)"
        " WHERE rule_id IS NOT NULL AND relationship_id IS NOT NULL AND moment_id IS NOT NULL",
        "The rule has asked about this moment of the pass already.",
    )

    @api.depends("contact_id", "partner_id", "date")
    def _compute_display_name(self) -> None:
        for invitation in self:
            # Access: the name of the own customer, whatever else of it the person may read.
            person = invitation.sudo().contact_id or invitation.sudo().partner_id
            day = fields.Datetime.context_timestamp(
                invitation, invitation.date or fields.Datetime.now()
            )
            invitation.display_name = (
                f"{person.name or self.env._('Unknown contact')}, {day.date().isoformat()}"
            )

    @api.model
    def _merge_collisions(
        self, source_ids: list[int], destination_id: int, customers: dict[int, int]
    ) -> None:
        """Of contacts that become one, the latest invitation holds the pause."""
        running = self.search(
            [("contact_id", "in", [*source_ids, destination_id]), ("is_running", "=", True)],
            order="pause_until desc, id desc",
        )
        running[1:].is_running = False
        running.flush_recordset()

    # actions
    def action_open_answer(self) -> dict:
        """Open what the contact answered."""
        self.ensure_one()
        return self.answer_ids[:1]._get_records_action()

    def action_open_relationship(self) -> dict:
        """Open the pass about which the contact is asked."""
        self.ensure_one()
        return self.relationship_id._get_records_action()
