from __future__ import annotations

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..core import event_rule
from ..core.event_rule import REQUEST

BATCH = 50


class CrmEventReacting(models.AbstractModel):
    """Works off what rules wait to do: claimed, isolated, each with its state in one transaction.

    E-mails are put into Odoo's queue; nothing leaves inside the transaction.
    """

    _name = "crm.event.reacting"
    _description = "Reacting to Events"
    _inherit = ["crm.batch.mixin"]

    # batch
    @api.model
    def _cron_react(self) -> None:
        """Note requests that came in and react to whatever waits, every few minutes."""
        self._react((REQUEST,))

    @api.model
    def _cron_day(self) -> None:
        """Note what changes by the day, and react."""
        self._react(tuple(dict(self.env["crm.event.rule"]._fields["trigger"].selection)))

    @api.model
    def _react(self, triggers: tuple[str, ...]) -> None:
        # Access: the rules react for the company, whoever's turn starts the scheduled action.
        engine = self.sudo()
        waiting = list(triggers)

        def step() -> int:
            if waiting:
                found = engine.env["crm.event.rule"]._detect((waiting[0],))
                waiting.pop(0)
                # One more than was found: with nothing found the next trigger has its turn.
                return found + 1
            return engine._react_step()

        engine._run_lane(step, lambda: len(waiting) + engine._react_left())

    @api.model
    @api.private
    def _react_step(self) -> int:
        """React to one batch of what waits; returns how many were claimed."""
        self._end_pauses()
        claimed = self._claim_reactions()
        if claimed:
            failed = self._process_isolated([(found,) for found in claimed], self._react_rows)
            for (reaction_id,), reason in failed:
                self.browse(reaction_id)._note_failure(reason)
            self.env.flush_all()
        return len(claimed)

    @api.model
    def _claim_reactions(self) -> list[int]:
        """Lock what waits; another lane takes what is left."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM crm_event_reaction
                 WHERE state = 'waiting' AND (next_try IS NULL OR next_try <= %s)
              ORDER BY due_at, id
                 LIMIT %s
                   FOR UPDATE SKIP LOCKED
                """,
                fields.Datetime.now(),
                BATCH,
            ),
            log_exceptions=False,
        )
        return [reaction_id for (reaction_id,) in self.env.cr.fetchall()]

    @api.model
    def _react_left(self) -> int:
        now = fields.Datetime.now()
        return self.search_count(
            [("state", "=", "waiting"), "|", ("next_try", "=", False), ("next_try", "<=", now)]
        )

    @api.model
    def _end_pauses(self) -> None:
        running = self.search(
            [("is_running", "=", True), ("pause_until", "<=", fields.Datetime.now())], limit=1000
        )
        running.is_running = False

    @api.model
    def _react_rows(self, rows: list[tuple[int]]) -> None:
        for (reaction_id,) in rows:
            self.browse(reaction_id)._react_now()
        self.env.flush_all()

    def _note_failure(self, reason: str) -> None:
        self.ensure_one()
        tries = self.tries + 1
        later = event_rule.next_try(fields.Datetime.now(), tries)
        self.write(
            {
                "tries": tries,
                "next_try": later,
                "note": reason,
                "state": "waiting" if later else "failed",
            }
        )

    # one reaction
    def _react_now(self) -> None:
        """Do what the rule says, within its limits, and note it."""
        self.ensure_one()
        rule, now = self.rule_id, fields.Datetime.now()
        self.contact_id = self.contact_id or self._find_contact()
        self.user_id = self._find_user()
        why = self._why_left_alone()
        if why:
            self.write({"state": "skipped", "note": why, "next_try": False})
            return
        if self._done_today() >= rule.daily_limit:
            self.write(
                {
                    "next_try": now + timedelta(hours=1),
                    "note": self.env._("The rule has done enough for today."),
                }
            )
            return
        done = [*self._open_campaign(), *self._plan_activities(), *self._write_mail()]
        if not self.mail_id and not any(done):
            # It would wait for ever otherwise, and be taken up again without end.
            note = self.env._("The rule has nothing left to do.")
            self.write({"state": "skipped", "note": note, "next_try": False})
            return
        self.write(
            {
                "state": "done",
                "done_at": now,
                "is_in_time": now <= self.due_at,
                "note": "; ".join(filter(None, done)),
                "next_try": False,
                "pause_until": now + timedelta(days=rule.pause_days),
                "is_running": bool(rule.pause_days),
            }
        )

    def _done_today(self) -> int:
        since = fields.Datetime.now() - timedelta(days=1)
        return self.search_count(
            [
                ("rule_id", "=", self.rule_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "done"),
                ("done_at", ">", since),
            ]
        )

    def _why_left_alone(self) -> str | None:
        """Why nothing is done at all; None: react."""
        rule = self.rule_id
        if not rule.active:
            return self.env._("The rule was archived.")
        if self.trigger == REQUEST and not self.lead_id:
            return self.env._("The request was deleted.")
        if self._was_reached():
            return self.env._("The contact was reached a short time ago.")
        only_mail = not (rule.activity_type_id or rule.activity_plan_id or rule.campaign_id)
        return self._why_no_mail() if only_mail else None

    def _was_reached(self) -> bool:
        """Whether the rule's pause holds: for a contact, for a stranger by the address."""
        address = self.lead_id.email_normalized
        if self.contact_id:
            who = Domain("contact_id", "=", self.contact_id.id)
        elif address:
            who = Domain("lead_id.email_normalized", "=", address)
        else:
            return False
        running = Domain("rule_id", "=", self.rule_id.id) & Domain("is_running", "=", True)
        return bool(self.search_count(running & who, limit=1))

    def _why_no_mail(self) -> str | None:
        """Why the contact gets no e-mail; None: it gets one."""
        rule = self.rule_id
        if not rule.template_id:
            return self.env._("The rule has no e-mail any more.")
        if not self._address():
            return self.env._("Nobody with an e-mail address is known.")
        address = self.contact_id.email_normalized or self.lead_id.email_normalized
        blocked = self.env["mail.blacklist"].search_count([("email", "=", address)], limit=1)
        if blocked:
            return self.env._("The contact does not want e-mails.")
        if rule.purpose_id and not self._agrees():
            return self.env._(
                "The contact has not agreed to “%(purpose)s”.", purpose=rule.purpose_id.name
            )
        return None

    def _agrees(self) -> bool:
        return bool(
            self.contact_id
            and self.env["crm.consent"].search_count(
                [
                    ("partner_id", "=", self.contact_id.id),
                    ("purpose_id", "=", self.rule_id.purpose_id.id),
                    ("company_id", "=", self.company_id.id),
                    ("answer", "=", "yes"),
                    ("state", "in", ["given"]),
                ],
                limit=1,
            )
        )

    def _find_contact(self) -> models.BaseModel:
        """Whom it concerns: whoever has a role in the purchase, a contact, or the customer."""
        people = self.partner_id.child_ids.filtered(
            lambda person: person.type == "contact" and person.email_normalized
        ).sorted(lambda person: (not person.crm_decision_role, person.id))
        return people[:1] or self.partner_id

    def _find_user(self) -> models.BaseModel:
        """Who is asked: the rule's person, else who holds the request, order or customer."""
        people = [
            self.rule_id.user_id,
            self.lead_id.user_id,
            self.order_id.user_id,
            self.customer_id.user_id,
            self.lead_id.team_id.user_id,
            self.customer_id.team_id.user_id,
        ]
        return next((user for user in people if user.active), self.env["res.users"])

    def _target(self) -> models.BaseModel:
        """The document on which activities and e-mails are put."""
        model = event_rule.target(self.trigger)
        return {"crm.lead": self.lead_id, "sale.order": self.order_id}.get(
            model, self.partner_id or self.contact_id
        )

    # what is done; each returns the words for the note
    def _open_campaign(self) -> list[str]:
        campaign = self.rule_id.campaign_id
        if not campaign:
            return []
        if self.trigger == REQUEST:
            if not self.lead_id.campaign_id:
                self.lead_id.campaign_id = campaign
            return [self.env._("campaign %(campaign)s", campaign=campaign.title)]
        self.lead_id = self.env["crm.lead"].create(
            {
                "name": f"{campaign.title}: {self.partner_id.name}",
                "type": "lead",
                "partner_id": (self.contact_id or self.partner_id).id,
                "company_id": self.company_id.id,
                "user_id": self.user_id.id,
                "campaign_id": campaign.id,
            }
        )
        return [self.env._("lead of the campaign %(campaign)s", campaign=campaign.title)]

    def _plan_activities(self) -> list[str]:
        rule, target = self.rule_id, self._target()
        planned = []
        if not (rule.activity_type_id or rule.activity_plan_id):
            return planned
        if not self.user_id and not rule.activity_plan_id:
            raise UserError(
                self.env._(
                    "Nobody holds “%(document)s”. Give it an owner, or name somebody in the rule "
                    "“%(rule)s”.",
                    document=target.display_name,
                    rule=rule.name,
                )
            )
        today = fields.Date.context_today(self)
        # In the words of whoever reads it, not of whoever made the rule.
        spoken = rule.with_context(lang=self.user_id.lang)
        if rule.activity_type_id:
            activity = target.activity_schedule(
                activity_type_id=rule.activity_type_id.id,
                summary=spoken.activity_summary or spoken.name,
                date_deadline=today + timedelta(days=rule.activity_days),
                user_id=self.user_id.id,
            )
            planned.append(activity.summary)
        for line in rule.activity_plan_id.template_ids:
            person = line.responsible_id or self.user_id
            activity = target.activity_schedule(
                activity_type_id=line.activity_type_id.id,
                summary=line.summary,
                note=line.note,
                date_deadline=line._get_date_deadline(today),
                user_id=person.id or self.env.uid,
            )
            planned.append(activity.summary or activity.activity_type_id.name)
        return planned

    def _address(self) -> str:
        return self.contact_id.email_formatted or self.lead_id.email_from or ""

    def _write_mail(self) -> list[str]:
        """Put the rule's e-mail into the queue, so that it shows on the document."""
        rule, target = self.rule_id, self._target()
        why = self._why_no_mail()
        if why:
            return [self.env._("no e-mail: %(why)s", why=why)] if rule.template_id else []
        language = (
            self.contact_id.lang or self.lead_id.lang_id.code or self.company_id.partner_id.lang
        )
        template = rule.template_id.with_company(self.company_id).with_context(lang=language)
        subject = template._render_field("subject", self.ids)[self.id]
        body = template._render_field("body_html", self.ids, options={"post_process": True})[
            self.id
        ]
        author = self.user_id or self.env.user
        mail = self.env["mail.mail"].create(
            {
                "subject": subject,
                "body_html": body,
                "body": body,
                "email_from": author.email_formatted or self.company_id.email_formatted,
                "author_id": author.partner_id.id,
                "model": target._name,
                "res_id": target.id,
                "message_type": "auto_comment",
                "is_internal": False,
                **(
                    {"recipient_ids": [(4, self.contact_id.id)]}
                    if self.contact_id.email
                    else {"email_to": self._address()}
                ),
            }
        )
        self.mail_id = mail.mail_message_id
        # sudo: the queue is the system's; it is only asked to run soon.
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return [self.env._("e-mail to %(address)s", address=self._address())]
