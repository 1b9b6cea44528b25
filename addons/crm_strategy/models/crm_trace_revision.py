from __future__ import annotations

from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL

from .field_words import field_label

ENDS = ("need_id", "specification_id", "commitment_id")
CLAIM = 200


class CrmTraceRevision(models.Model):
    """One change of the meaning of a need, a specification or a commitment (S000-9.8-12).

    It keeps what was and what is per field, who changed it and when, and who was told.
    """

    _name = "crm.trace.revision"
    _description = "Revision"
    _inherit = ["crm.batch.mixin", "crm.privacy.mixin"]
    _order = "id desc"
    _privacy_purpose = "contract"
    _privacy_expiry = "keep"
    _privacy_only_sure = True
    _privacy_texts = ("difference",)

    need_id = fields.Many2one(
        "crm.need", readonly=True, index=True, ondelete="cascade", help="The need that changed."
    )
    specification_id = fields.Many2one(
        "crm.specification",
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The specification that changed.",
    )
    commitment_id = fields.Many2one(
        "crm.commitment",
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The commitment that changed.",
    )
    analysis_id = fields.Many2one(
        "crm.need.analysis",
        string="Analysis",
        compute="_compute_analysis",
        store=True,
        index=True,
        ondelete="cascade",
        help="The analysis of needs to which it belongs.",
    )
    company_id = fields.Many2one(
        related="analysis_id.company_id",
        store=True,
        index=True,
        help="Our company that works with the customer.",
    )
    number = fields.Integer(
        string="Revision", readonly=True, required=True, help="Revision that the change opened."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Changed by",
        readonly=True,
        ondelete="set null",
        help="Who changed it.",
    )
    difference = fields.Json(
        readonly=True, help="What was and what is, per field.", string="Difference"
    )
    change_text = fields.Text(
        string="What changed",
        compute="_compute_change_text",
        help="What was and what is, one field a line.",
    )
    notified_at = fields.Datetime(
        string="Told on",
        readonly=True,
        index=True,
        help="When the people concerned were told. It happens some minutes after the change, so "
        "that changes made together come in one message.",
    )
    notified_ids = fields.Many2many(
        "res.partner",
        string="Told to",
        readonly=True,
        help="Who was told: who answers for what hangs below, stakeholders with a login and "
        "followers.",
    )

    _need_uniq = models.UniqueIndex(
        "(need_id, number) WHERE need_id IS NOT NULL",
        "This revision exists already. Open the record again and repeat the change.",
    )
    _specification_uniq = models.UniqueIndex(
        "(specification_id, number) WHERE specification_id IS NOT NULL",
        "This revision exists already. Open the record again and repeat the change.",
    )
    _commitment_uniq = models.UniqueIndex(
        "(commitment_id, number) WHERE commitment_id IS NOT NULL",
        "This revision exists already. Open the record again and repeat the change.",
    )

    @api.depends(*(f"{end}.analysis_id" for end in ENDS))
    def _compute_analysis(self) -> None:
        for revision in self:
            revision.analysis_id = revision._subject().analysis_id

    @api.depends("difference")
    def _compute_change_text(self) -> None:
        for revision in self:
            subject = revision._subject()
            revision.change_text = "\n".join(
                self.env._(
                    "%(field)s: %(before)s → %(after)s",
                    field=field_label(subject, line["field"]),
                    before=line["before"] or "–",
                    after=line["after"] or "–",
                )
                for line in revision.difference or ()
            )

    @api.depends("number", *(f"{end}.code" for end in ENDS))
    def _compute_display_name(self) -> None:
        for revision in self:
            revision.display_name = self.env._(
                "%(code)s, revision %(number)s",
                code=revision._subject().code or "–",
                number=revision.number,
            )

    def _subject(self) -> models.BaseModel:
        """The record that changed."""
        return next((self[end] for end in ENDS if self[end]), self.env["crm.need"])

    # difference
    @api.model
    def _as_difference(self, changes: dict[str, tuple[str, str]]) -> list[dict[str, str]]:
        return [
            {"field": name, "before": before, "after": after}
            for name, (before, after) in changes.items()
        ]

    def _add_difference(self, changes: dict[str, tuple[str, str]]) -> None:
        """Enter further changes of the same transaction; what came back to the old goes."""
        self.ensure_one()
        known = {line["field"]: (line["before"], line["after"]) for line in self.difference or ()}
        for name, (before, after) in changes.items():
            known[name] = (known.get(name, (before,))[0], after)
        self.difference = self._as_difference(
            {name: pair for name, pair in known.items() if pair[0] != pair[1]}
        )

    # telling
    def _announce_soon(self) -> None:
        """Ask for the messages in two minutes, when a person is done with changing."""
        cron = self.env.ref("crm_strategy.crm_trace_revision_cron", raise_if_not_found=False)
        if cron:
            # Access: the change of a person asks for the messages that the suite sends.
            cron.sudo()._trigger(fields.Datetime.add(fields.Datetime.now(), minutes=2))

    @api.model
    @api.private
    def _cron_announce(self) -> int:
        """Tell everybody concerned of the changes that were not told yet."""
        return self._run_lane(
            self._announce, lambda: self.search_count([("notified_at", "=", False)])
        )

    @api.model
    @api.private
    def _announce(self) -> int:
        """Claim changes and tell each person in one message; returns how many were claimed."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_trace_revision
                   SET notified_at = now() AT TIME ZONE 'UTC'
                 WHERE id IN (
                    SELECT id FROM crm_trace_revision
                     WHERE notified_at IS NULL
                  ORDER BY id LIMIT %s
                       FOR UPDATE SKIP LOCKED)
             RETURNING id
                """,
                CLAIM,
            )
        )
        revisions = self.browse(sorted(row_id for (row_id,) in rows))
        revisions.invalidate_recordset(["notified_at"])
        for company, of_company in revisions.grouped("company_id").items():
            of_company.with_company(company)._tell()
        return len(revisions)

    def _tell(self) -> None:
        """Send each concerned person one digest of the revisions."""
        concerned = defaultdict(self.browse)
        for revision in self:
            users = revision._concerned_users()
            revision.notified_ids = users.partner_id
            for user in users:
                concerned[user] |= revision
        for user, revisions in concerned.items():
            revisions.with_context(lang=user.lang or self.env.lang)._send_digest(user)

    def _concerned_users(self) -> models.BaseModel:
        """Who answers for it and for what hangs below, its stakeholder, and followers.

        Not the person who made the change, who knows; colleagues only where they may work in the
        company, and outsiders only where they are the stakeholder.
        """
        self.ensure_one()
        subject = self._subject()
        records = subject.analysis_id._below(subject)
        colleagues = subject.user_id
        followed = [subject, subject.analysis_id]
        for model_records in records:
            colleagues |= model_records.user_id
            followed += list(model_records)
        for record in followed:
            colleagues |= record.message_partner_ids.user_ids
        colleagues = colleagues.filtered(
            lambda user: not user.share and self.company_id in user.company_ids
        )
        stakeholders = subject.stakeholder_id.user_ids if self.need_id else colleagues.browse()
        return ((colleagues | stakeholders) - self.user_id).filtered("active")

    def _send_digest(self, user: models.BaseModel) -> None:
        analyses = self.analysis_id
        thread = analyses if len(analyses) == 1 else self.env["mail.thread"]
        lines = Markup("").join(
            Markup("<li><b>%s</b> (%s)<br/>%s</li>")
            % (
                revision._subject().display_name,
                self.env._(
                    "revision %(number)s, %(person)s",
                    number=revision.number,
                    person=revision.user_id.name or "–",
                ),
                Markup("<br/>").join(revision.change_text.split("\n")),
            )
            for revision in self
        )
        thread.message_notify(
            partner_ids=user.partner_id.ids,
            subject=self.env._(
                "%(count)s changed in %(analyses)s",
                count=len(self._subjects()),
                analyses=", ".join(analyses.mapped("display_name")),
            ),
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (
                self.env._("Please check what hangs below and approve the links anew:"),
                lines,
            ),
            **self._digest_author(),
        )

    def _subjects(self) -> list:
        return list({(record._name, record.id) for record in map(self._one_subject, self)})

    @api.model
    def _one_subject(self, revision) -> models.BaseModel:
        return revision._subject()

    def _digest_author(self) -> dict:
        """The person who changed, when it was one; else the suite speaks."""
        return {"author_id": self.user_id.partner_id.id} if len(self.user_id) == 1 else {}
