from __future__ import annotations

from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

STATES = [
    ("future", "Not yet"),
    ("given", "Agrees"),
    ("refused", "Refuses"),
    ("withdrawn", "Withdrawn or replaced"),
]


class CrmConsent(models.Model):
    """What a contact person answered when asked for consent, with its proof and its history.

    One answer runs per person, purpose and company; a new answer ends the one before, and ended
    answers stay.
    """

    _name = "crm.consent"
    _description = "Consent"
    _inherit = ["crm.kept.mixin", "crm.partner.keyed.mixin"]
    _order = "given_on desc, id desc"
    _rec_name = "purpose_id"
    _check_company_auto = True
    # What was answered is history: another answer is another record.
    _kept_fields = ("partner_id", "purpose_id", "company_id", "answer")
    _partner_merge = "rekey"
    # An answer is a person's, not a customer's.
    _partner_is_buyer = False
    _privacy_purpose = "accountability"
    _privacy_expiry = "delete"
    _privacy_date_field = "given_on"
    _privacy_texts = ("evidence", "evidence_name")
    _privacy_personal = ("evidence", "evidence_file", "evidence_name")

    # identity
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        required=True,
        index=True,
        ondelete="cascade",
        help="The person who answered. Consent is given by a person, not by a company.",
    )
    purpose_id = fields.Many2one(
        "crm.purpose",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('company_id', 'in', (company_id, False))]",
        help="What the person was asked about.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="Our company that asked.",
    )
    # answer
    answer = fields.Selection(
        [("yes", "Agrees"), ("no", "Refuses")],
        required=True,
        default="yes",
        help="What the person answered.",
    )
    given_on = fields.Date(
        string="Answered on",
        required=True,
        index=True,
        default=fields.Date.context_today,
        help="The day of the answer.",
    )
    withdrawn_on = fields.Date(
        string="Ended on",
        copy=False,
        help="The day on which the person took the consent back or answered anew. "
        "From this day on the answer no longer counts.",
    )
    state = fields.Selection(
        STATES,
        compute="_compute_state",
        search="_search_state",
        help="What counts today.",
    )
    # proof
    channel = fields.Selection(
        [
            ("paper", "Signed paper"),
            ("email", "E-mail"),
            ("web", "Web form"),
            ("phone", "Telephone"),
            ("talk", "Conversation"),
        ],
        required=True,
        default="paper",
        help="How the person answered.",
    )
    evidence = fields.Text(
        string="Proof",
        help="Where the proof is, or the words of the person. Emptied when the person is erased.",
    )
    evidence_file = fields.Binary(
        string="Document", attachment=True, help="The signed paper or the message as a file."
    )
    evidence_name = fields.Char(string="Name of the document", help="Name of the file.")

    _running_uniq = models.UniqueIndex(
        "(partner_id, purpose_id, company_id) WHERE withdrawn_on IS NULL",
        "An answer of this person to this purpose is running already. End it first.",
    )
    _dates_check = models.Constraint(
        "CHECK (withdrawn_on IS NULL OR withdrawn_on >= given_on)",
        "An answer cannot end before it was given. Correct one of the two days.",
    )

    @api.depends("partner_id", "purpose_id")
    def _compute_display_name(self) -> None:
        for consent in self:
            names = (consent.partner_id.name, consent.purpose_id.name)
            consent.display_name = ": ".join(name for name in names if name)

    @api.depends("answer", "given_on", "withdrawn_on")
    @api.depends_context("crm_as_of")
    def _compute_state(self) -> None:
        day = self._as_of()
        for consent in self:
            if not consent.given_on or consent.given_on > day:
                consent.state = "future"
            elif consent.withdrawn_on and consent.withdrawn_on <= day:
                consent.state = "withdrawn"
            else:
                consent.state = "refused" if consent.answer == "no" else "given"

    def _search_state(self, operator: str, value: object) -> Domain:
        if operator != "in":
            return NotImplemented
        day = self._as_of()
        future = Domain("given_on", ">", day)
        ended = ~future & Domain("withdrawn_on", "<=", day)
        runs = ~future & (Domain("withdrawn_on", "=", False) | Domain("withdrawn_on", ">", day))
        domains = {
            "future": future,
            "withdrawn": ended,
            "given": runs & Domain("answer", "=", "yes"),
            "refused": runs & Domain("answer", "=", "no"),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.model
    def _as_of(self) -> date:
        """The day of the question: ``crm_as_of`` of the context, else today."""
        day = self.env.context.get("crm_as_of")
        return fields.Date.to_date(day) if day else fields.Date.context_today(self)

    @api.constrains("partner_id")
    def _check_person(self) -> None:
        for consent in self:
            if consent.partner_id.is_company:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is a company. Consent is given by a person: choose the "
                        "contact person who answered.",
                        name=consent.partner_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmConsent:
        """Write down answers; a new one ends the person's running answer to the same purpose."""
        consents = self.browse()
        for vals in vals_list:
            vals = {**self.default_get(["company_id", "given_on"]), **vals}
            if not vals.get("withdrawn_on"):
                self._end_running(vals)
            consents += super().create([vals])
        return consents

    @api.model
    def _end_running(self, vals: dict) -> None:
        # Access: who may write an answer down may end the one it replaces; nothing of it is shown.
        running = self.sudo().search(
            [
                ("partner_id", "=", vals.get("partner_id")),
                ("purpose_id", "=", vals.get("purpose_id")),
                ("company_id", "=", vals["company_id"]),
                ("withdrawn_on", "=", False),
            ]
        )
        for consent in running:
            day = max(consent.given_on, fields.Date.to_date(vals["given_on"]))
            consent.withdrawn_on = day
        # The index allows one running answer, so the old one must be written before the new.
        running.flush_recordset(["withdrawn_on"])

    def action_withdraw(self) -> bool:
        """End the answers today; whoever sees an answer may note that it was taken back."""
        self.check_access("read")
        today = fields.Date.context_today(self)
        # Access: taking consent back must be as easy as giving it, so reading is enough.
        for consent in self.sudo().filtered(lambda consent: not consent.withdrawn_on):
            consent.withdrawn_on = max(today, consent.given_on)
        return True

    def _answers_in_words(self, purpose: models.BaseModel) -> str:
        """What these consents say to a purpose: state and day of each, the newest first."""
        if not purpose.needs_consent:
            return self.env._("Not asked")
        words = dict(self._fields["state"]._description_selection(self.env))
        lines = [
            f"{words[consent.state]} ({consent.given_on})"
            for consent in self
            if consent.purpose_id == purpose
        ]
        return ", ".join(lines) or self.env._("No answer")

    # merge
    @api.model
    def _merge_collisions(
        self, source_ids: list[int], destination_id: int, customers: dict[int, int]
    ) -> None:
        """Of several running answers to one purpose the latest counts; the others end with it."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_consent AS consent
                   SET withdrawn_on = GREATEST(consent.given_on, latest.given_on)
                  FROM (
                    SELECT DISTINCT ON (purpose_id, company_id)
                           id, purpose_id, company_id, given_on
                      FROM crm_consent
                     WHERE partner_id = ANY(%(partners)s) AND withdrawn_on IS NULL
                  ORDER BY purpose_id, company_id, given_on DESC, id DESC
                  ) AS latest
                 WHERE consent.partner_id = ANY(%(partners)s)
                   AND consent.withdrawn_on IS NULL
                   AND consent.purpose_id = latest.purpose_id
                   AND consent.company_id = latest.company_id
                   AND consent.id != latest.id
                """,
                partners=[*source_ids, destination_id],
            )
        )
