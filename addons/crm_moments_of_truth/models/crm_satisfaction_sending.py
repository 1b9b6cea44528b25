from __future__ import annotations

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

BATCH = 50
PAUSE_DAYS, DEADLINE_DAYS = 30, 30


class CrmSatisfactionSending(models.AbstractModel):
    """Finds whom the rules ask, and asks: one invitation, one token, one e-mail at a time.

    E-mails wait in Odoo's queue and leave with it; nothing is sent inside the transaction.
    """

    _name = "crm.satisfaction.sending"
    _description = "Sending of Invitations"
    _inherit = ["crm.batch.mixin"]

    # batch
    @api.model
    def _cron_invite(self) -> None:
        """Ask whom the rules ask, close what is overdue, take over what was missed."""
        # Access: the rules ask for the company, whoever's turn starts the scheduled action.
        engine = self.sudo()
        engine._run_lane(engine._invite_step, engine._invite_left)

    @api.model
    @api.private
    def _invite_step(self) -> int:
        """Ask one batch of one rule; returns how many passes it decided about."""
        self._close_overdue()
        self.env["crm.satisfaction.answer"]._take_missed()
        for rule in self.env["crm.satisfaction.rule"].search(Domain.TRUE):
            rows = self._due(rule, BATCH)
            if rows:
                for row, why in self._process_isolated(rows, self._invite_rows):
                    self._note_failure(row, why)
                return len(rows)
        return 0

    @api.model
    def _note_failure(self, row: tuple[int, int, int], why: str) -> None:
        """Decide about a pass whose contact could not be asked, so that the others go on."""
        rule_id, relationship_id, moment_id = row
        relationship = self.env["crm.relationship"].browse(relationship_id)
        self.create(
            {
                "company_id": relationship.company_id.id,
                "rule_id": rule_id,
                "relationship_id": relationship.id,
                "moment_id": moment_id,
                "customer_id": relationship.customer_id.id,
                "partner_id": relationship.partner_id.id,
                "state": "skipped",
                "reason": "failed",
                "note": why,
            }
        )
        self.env.flush_all()

    @api.model
    def _invite_left(self) -> int:
        return sum(
            len(self._due(rule, BATCH))
            for rule in self.env["crm.satisfaction.rule"].search(Domain.TRUE)
        )

    @api.model
    def _close_overdue(self) -> None:
        """End pauses that are over and invitations nobody answered in time.

        Raw SQL: two statements, whatever the number of invitations.
        """
        now = fields.Datetime.now()
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_satisfaction_invitation SET is_running = FALSE"
                " WHERE is_running AND pause_until <= %s",
                now,
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE crm_satisfaction_invitation SET state = 'expired'"
                " WHERE state = 'sent' AND deadline <= %s",
                now,
            )
        )
        self.invalidate_model(["is_running", "state"], flush=False)

    # who is asked
    @api.model
    def _due(self, rule: models.BaseModel, limit: int) -> list[tuple[int, int, int]]:
        """(rule, pass, moment) that the rule has not decided about yet, oldest first."""
        room = min(limit, rule.daily_limit - self._sent_today(rule))
        if room <= 0:
            return []
        self.env.flush_all()
        segments = SQL("TRUE")
        if rule.segment_ids:
            segments = SQL("customer.segment_id = ANY(%s)", rule.segment_ids.ids)
        company = SQL("TRUE")
        if rule.company_id:
            company = SQL("pass.company_id = %s", rule.company_id.id)
        return self.env.execute_query(
            SQL(
                """
                SELECT %(rule)s::int, pass.id, line.moment_id
                  FROM crm_relationship_moment AS line
                  JOIN crm_moment AS moment ON moment.id = line.moment_id
                  JOIN crm_relationship AS pass ON pass.id = line.relationship_id
             LEFT JOIN crm_customer AS customer ON customer.id = pass.customer_id
                 WHERE line.state = 'proven' AND moment.code = %(code)s
                   AND line.proven_on >= %(since)s AND line.proven_on <= %(today)s - %(wait)s
                   AND pass.active AND %(company)s AND %(segments)s
                   AND NOT EXISTS (
                       SELECT FROM crm_satisfaction_invitation AS known
                        WHERE known.rule_id = %(rule)s AND known.relationship_id = pass.id
                          AND known.moment_id = line.moment_id)
              ORDER BY line.proven_on, pass.id
                 LIMIT %(limit)s
                """,
                rule=rule.id,
                code=rule.moment_id.code,
                since=rule.date_from,
                today=self.env["crm.workdays"]._today_sql(SQL("pass.company_id")),
                wait=rule.wait_days,
                company=company,
                segments=segments,
                limit=room,
            )
        )

    @api.model
    def _sent_today(self, rule: models.BaseModel) -> int:
        since = fields.Datetime.now() - timedelta(days=1)
        return self.search_count(
            [("rule_id", "=", rule.id), ("state", "!=", "skipped"), ("date", ">", since)]
        )

    @api.model
    def _invite_rows(self, rows: list[tuple[int, int, int]]) -> None:
        for rule_id, relationship_id, moment_id in rows:
            rule = self.env["crm.satisfaction.rule"].browse(rule_id)
            relationship = self.env["crm.relationship"].browse(relationship_id)
            self._invite(relationship, self.env["crm.moment"].browse(moment_id), rule)
        self.env.flush_all()

    # asking
    @api.model
    def _invite(
        self, relationship: models.BaseModel, moment: models.BaseModel, rule: models.BaseModel
    ) -> models.BaseModel:
        """Ask the contact of a pass, or note why not."""
        contact = self._contact(relationship)
        values = {
            "company_id": relationship.company_id.id,
            "rule_id": rule.id,
            "relationship_id": relationship.id,
            "moment_id": moment.id,
            "customer_id": relationship.customer_id.id,
            "partner_id": relationship.partner_id.id,
            "contact_id": contact.id,
            "survey_id": rule.survey_id.id,
        }
        reason = self._why_not(contact)
        if reason:
            return self.create({**values, "state": "skipped", "reason": reason})
        return self.create(values)._send(rule)

    def _send(self, rule: models.BaseModel) -> models.BaseModel:
        """Give the contact a token and put the e-mail into the queue."""
        self.ensure_one()
        now = fields.Datetime.now()
        deadline = now + timedelta(days=rule.deadline_days or DEADLINE_DAYS)
        # Without any rule a colleague asks by hand: the usual pause holds.
        pause = rule.pause_days if rule else PAUSE_DAYS
        self.write(
            {
                "date": now,
                "deadline": deadline,
                "pause_until": now + timedelta(days=pause),
                "is_running": bool(pause),
            }
        )
        done = self.survey_id._create_answer(
            partner=self.contact_id,
            check_attempts=False,
            deadline=deadline,
            crm_invitation_id=self.id,
        )
        template = rule.template_id or self.env.ref(
            "crm_moments_of_truth.crm_satisfaction_mail_template", raise_if_not_found=False
        )
        template = template or self.env.ref("survey.mail_template_user_input_invite")
        template.with_company(self.company_id).send_mail(done.id, force_send=False)
        return self

    @api.model
    def _why_not(self, contact: models.BaseModel) -> str | None:
        """Why a contact is left in peace; None: ask."""
        if not contact.email_normalized:
            return "nobody"
        if contact.is_blacklisted:
            return "refused"
        if self.search_count([("contact_id", "=", contact.id), ("is_running", "=", True)], limit=1):
            return "pause"
        return None

    @api.model
    def _contact(self, relationship: models.BaseModel) -> models.BaseModel:
        """The person who is asked about a pass.

        Whoever stands on the order or invoice, when it is a person with an e-mail address; else
        the customer's contacts, those with a role in the purchase first; else the customer itself.
        """
        named = (
            relationship.order_id.partner_id
            or relationship.invoice_id.partner_id
            or relationship.lead_id.partner_id
        )
        if named.email_normalized and not named.is_company:
            return named
        partner = relationship.partner_id
        people = partner.child_ids.filtered(
            lambda person: person.type == "contact" and person.email_normalized
        ).sorted(lambda person: (not person.crm_decision_role, person.id))
        return people[:1] or (named if named.email_normalized else partner)

    # by hand
    @api.model
    @api.private
    def _ask_by_hand(self, relationship: models.BaseModel) -> models.BaseModel:
        """Ask the contact of a pass now, with the survey of the first rule of its company."""
        relationship.check_access("read")
        relationship._check_serving()
        # Access: whoever serves a pass may have its contact asked; only the invitation is written.
        engine, relationship = self.sudo(), relationship.sudo()
        engine._close_overdue()
        rules = engine.env["crm.satisfaction.rule"].with_context(active_test=False)
        rule = rules.search(
            [("company_id", "in", (relationship.company_id.id, False))],
            order="active desc, company_id, sequence, id",
            limit=1,
        )
        survey = rule.survey_id or engine.env["survey.survey"].search(
            [("crm_use", "=", "satisfaction")], limit=1
        )
        if not survey:
            raise UserError(
                self.env._(
                    "There is no survey for the satisfaction of customers yet. Ask your strategy "
                    "manager to write one."
                )
            )
        contact = engine._contact(relationship)
        reason = engine._why_not(contact)
        if reason:
            words = dict(self._fields["reason"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(contact)s is not asked about “%(name)s”: %(reason)s.",
                    contact=contact.display_name or relationship.partner_id.display_name,
                    name=relationship.display_name,
                    reason=words[reason][:1].lower() + words[reason][1:],
                )
            )
        invitation = engine.create(
            {
                "company_id": relationship.company_id.id,
                "relationship_id": relationship.id,
                "moment_id": relationship.current_moment_id.id,
                "customer_id": relationship.customer_id.id,
                "partner_id": relationship.partner_id.id,
                "contact_id": contact.id,
                "survey_id": survey.id,
            }
        )
        return invitation._send(engine.env["crm.satisfaction.rule"]).with_env(self.env)
