from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

OFFERED, ACCEPTED, REFUSED, WITHDRAWN = "offered", "accepted", "refused", "withdrawn"
ROLE = "crm_strategy.crm_strategy_group_user"
STATES = [
    (OFFERED, "Offered"),
    (ACCEPTED, "Accepted"),
    (REFUSED, "Refused"),
    (WITHDRAWN, "Withdrawn"),
]


class CrmHandoff(models.Model):
    """A customer or an opportunity on its way from one owner to another (S001-1-COM).

    The owner changes when the receiver accepts, not before; until then both can see that the
    relation hangs in the air.
    """

    _name = "crm.handoff"
    _description = "Hand-off"
    _inherit = [
        "crm.kept.mixin",
        "crm.partner.keyed.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "offered_on desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"
    _partner_merge = "rekey"
    _kept_fields = (
        "customer_id",
        "lead_id",
        "from_user_id",
        "to_user_id",
        "company_id",
        "state",
        "reason",
        "offered_on",
        "answered_on",
    )
    _made_fields = ("state", "reason", "offered_on", "answered_on")
    _privacy_purpose = "contract"
    _privacy_expiry = "clear"
    _privacy_date_field = "offered_on"
    _privacy_texts = ("name", "note", "open_points", "reason")
    _privacy_personal = ("note", "open_points", "reason")

    # what
    name = fields.Char(
        string="Hand-off", compute="_compute_name", store=True, help="What goes to whom."
    )
    customer_id = fields.Many2one(
        "crm.customer",
        string="Customer",
        index=True,
        ondelete="cascade",
        check_company=True,
        help="Handed over whole: with the customer go its open opportunities of the same owner.",
    )
    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        index=True,
        ondelete="cascade",
        help="Handed over alone: the customer stays with its owner.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="The company whose relation it is.",
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Team",
        compute="_compute_team_id",
        store=True,
        index=True,
        ondelete="set null",
        help="The team that serves the customer or works on the opportunity.",
    )
    # who
    from_user_id = fields.Many2one(
        "res.users",
        string="From",
        index=True,
        ondelete="set null",
        readonly=True,
        help="The owner when it was offered; empty when nobody owned it.",
    )
    to_user_id = fields.Many2one(
        "res.users",
        string="New owner",
        index=True,
        ondelete="cascade",
        required=True,
        domain="[('share', '=', False), ('company_ids', '=', company_id)]",
        help="Who shall own it. This person alone can accept or refuse.",
    )
    # words
    note = fields.Text(
        string="What to know",
        help="What the receiver must know: people, habits, what was said but not written.",
    )
    open_points = fields.Text(
        string="What is open", help="Promises, offers, complaints and invoices that still wait."
    )
    reason = fields.Text(readonly=True, copy=False, help="Why it was refused or withdrawn.")
    # course
    state = fields.Selection(
        STATES,
        required=True,
        default=OFFERED,
        index=True,
        readonly=True,
        copy=False,
        tracking=True,
        help="Offered: the old owner still answers for it.",
    )
    offered_on = fields.Datetime(
        string="Offered on", required=True, readonly=True, copy=False, default=fields.Datetime.now
    )
    answered_on = fields.Datetime(
        string="Answered on", readonly=True, copy=False, help="When it was settled."
    )
    days_open = fields.Integer(
        string="Days in the air",
        compute="_compute_days_open",
        help="Days from the offer until it was settled, or until today.",
    )
    is_mine_to_answer = fields.Boolean(
        string="Waits for me", compute="_compute_is_mine", search="_search_is_mine_to_answer"
    )
    is_mine_to_withdraw = fields.Boolean(string="I can withdraw it", compute="_compute_is_mine")

    _record_check = models.Constraint(
        "CHECK ((customer_id IS NULL) <> (lead_id IS NULL))",
        "A hand-off is about one customer or one opportunity. Choose one of the two.",
    )
    _customer_uniq = models.UniqueIndex(
        "(customer_id) WHERE state = 'offered' AND customer_id IS NOT NULL",
        "This customer is offered to somebody already. "
        "Wait for the answer, or withdraw that offer first.",
    )
    _lead_uniq = models.UniqueIndex(
        "(lead_id) WHERE state = 'offered' AND lead_id IS NOT NULL",
        "This opportunity is offered to somebody already. "
        "Wait for the answer, or withdraw that offer first.",
    )

    # computes
    @api.depends("customer_id.name", "lead_id.name", "to_user_id.name")
    def _compute_name(self) -> None:
        for handoff in self:
            # Stored, so that it is computed as superuser, whatever hides customer or opportunity.
            subject = handoff.customer_id or handoff.lead_id
            handoff.name = f"{subject.display_name or ''} → {handoff.to_user_id.name or ''}"

    @api.depends("customer_id", "lead_id.team_id")
    def _compute_team_id(self) -> None:
        for handoff in self:
            handoff.team_id = handoff.lead_id.team_id or handoff.customer_id.team_id

    @api.depends("offered_on", "answered_on")
    def _compute_days_open(self) -> None:
        now = fields.Datetime.now()
        for handoff in self:
            end = handoff.answered_on or now
            handoff.days_open = (end - (handoff.offered_on or now)).days

    @api.depends("state", "to_user_id", "from_user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self) -> None:
        for handoff in self:
            offered = handoff.state == OFFERED
            handoff.is_mine_to_answer = offered and handoff.to_user_id == self.env.user
            handoff.is_mine_to_withdraw = offered and handoff._may_withdraw()

    def _search_is_mine_to_answer(self, operator: str, value: object):
        if operator != "in" or True not in value:
            return NotImplemented
        return [("state", "=", OFFERED), ("to_user_id", "=", self.env.uid)]

    # offering
    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmHandoff:
        """Offer: the present owner is noted, the receiver gets an activity.

        :raise AccessError: for a record that one neither owns nor leads the team of.
        """
        handoffs = super().create([{**vals, **self._offer_values(vals)} for vals in vals_list])
        handoffs._check_offer()
        handoffs.filtered(lambda handoff: handoff.state == OFFERED)._call_receiver()
        return handoffs

    @api.model
    def _offer_values(self, vals: dict) -> dict:
        """Owner and company of what is offered."""
        subject = self._subject(vals.get("customer_id"), vals.get("lead_id"))
        if not subject:
            return {}
        # Access: owner and company of the record, of which the rights are checked after.
        known = subject.sudo()
        company = known.company_id
        if subject._name == "crm.lead":
            company = known._crm_document_company()
        values = (
            {} if self.env.su and "from_user_id" in vals else {"from_user_id": known.user_id.id}
        )
        return {**values, "company_id": (company or self.env.company).id}

    @api.model
    def _subject(self, customer_id: int | None, lead_id: int | None) -> models.BaseModel:
        if customer_id:
            return self.env["crm.customer"].browse(customer_id)
        return self.env["crm.lead"].browse(lead_id or ())

    def _check_offer(self) -> None:
        for handoff in self:
            if handoff.to_user_id == handoff.from_user_id and handoff.state == OFFERED:
                raise ValidationError(
                    self.env._(
                        "%(name)s owns it already. Choose somebody else as the receiver.",
                        name=handoff.to_user_id.name,
                    )
                )
            # Access: whether the receiver works in the company; only the answer is used.
            if handoff.company_id not in handoff.to_user_id.sudo().company_ids:
                raise ValidationError(
                    self.env._(
                        "%(name)s does not work in %(company)s. Choose somebody who does.",
                        name=handoff.to_user_id.name,
                        company=handoff.company_id.name,
                    )
                )
            # Access: whether the receiver has a role and will see the hand-off at all.
            if not handoff.to_user_id.sudo().has_group(ROLE) and handoff.state == OFFERED:
                raise ValidationError(
                    self.env._(
                        "%(name)s has no role in the customer strategy and could not answer. "
                        "Choose somebody else, or ask your administrator to give the role.",
                        name=handoff.to_user_id.name,
                    )
                )
            if not self.env.su and not handoff._may_offer():
                raise AccessError(
                    self.env._(
                        "“%(record)s” is not yours to hand over. Ask its owner, or the leader of "
                        "the team.",
                        record=handoff._subject_words(),
                    )
                )

    def _subject_words(self) -> str:
        """What it is about, for somebody who may have no right to know of it."""
        subject = (self.customer_id or self.lead_id).with_env(self.env)
        return subject.display_name if subject.has_access("read") else f"#{subject.id}"

    def _may_offer(self) -> bool:
        """The owner, who reads what nobody owns, leaders of the team, and managers."""
        self.ensure_one()
        subject = (self.customer_id or self.lead_id).with_env(self.env)
        if self.from_user_id == self.env.user or self._leads_team():
            return True
        return not self.from_user_id and subject.has_access("read")

    def _may_withdraw(self) -> bool:
        """Who offered it, its owner, and leaders and managers."""
        self.ensure_one()
        return self.env.user in self.from_user_id | self.create_uid or self._leads_team()

    def _leads_team(self) -> bool:
        """Whether the person leads the team, or sees the work of all teams."""
        self.ensure_one()
        user, team = self.env.user, self.team_id
        if not user.has_group("crm_strategy.crm_strategy_group_leader"):
            return False
        if user.has_group("sales_team.group_sale_salesman_all_leads"):
            return True
        return not team or user in team.user_id | team.member_ids

    def _subject_name(self) -> str:
        # Access: the name of what is handed over, for who may see the hand-off.
        return (self.customer_id or self.lead_id).sudo().display_name or ""

    def _call_receiver(self) -> None:
        for handoff in self:
            # Access: the receiver gets the activity whoever may write activities here.
            handoff.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Accept or refuse: %(record)s", record=handoff._subject_name()),
                user_id=handoff.to_user_id.id,
            )

    # answering
    def action_accept(self) -> None:
        """Accept: the receiver, and nobody else, becomes the owner.

        With a customer go the open opportunities of its old owner, in one write.
        """
        self._check_receiver()
        self._settle(ACCEPTED)
        for handoff in self:
            # Access: the receiver was named by who owns or leads it; only the owner is written.
            record = handoff.sudo()
            subject = record.customer_id or record.lead_id
            if subject.user_id != record.from_user_id:
                raise UserError(
                    self.env._(
                        "“%(record)s” got another owner since it was offered. Withdraw this "
                        "hand-off; if it is still wanted, the new owner offers it again.",
                        record=handoff._subject_name(),
                    )
                )
            if record.customer_id:
                record._open_leads().write({"user_id": record.to_user_id.id})
            subject.write({"user_id": record.to_user_id.id})

    def _open_leads(self) -> models.BaseModel:
        """Open opportunities of the customer that its old owner has; also those of nobody."""
        self.ensure_one()
        leads = self.env["crm.lead"].search(
            [
                ("partner_id.commercial_partner_id", "=", self.customer_id.partner_id.id),
                ("user_id", "in", [self.from_user_id.id, False]),
                ("won_status", "=", "pending"),
            ]
        )
        return leads.filtered(
            lambda lead: (lead._crm_document_company() or self.company_id) == self.company_id
        )

    def action_refuse(self) -> dict:
        """Ask the receiver for the reason, then refuse."""
        self._check_receiver()
        return self._ask(REFUSED, self.env._("Refuse"))

    def action_withdraw(self) -> dict:
        """Ask for the reason, then take the offer back."""
        for handoff in self:
            if not self.env.su and not handoff._may_withdraw():
                raise AccessError(
                    self.env._(
                        "“%(name)s” was offered by %(user)s, who can withdraw it; so can the "
                        "leader of the team.",
                        name=handoff.name,
                        user=handoff.from_user_id.name or handoff.create_uid.name,
                    )
                )
        return self._ask(WITHDRAWN, self.env._("Withdraw"))

    def _ask(self, target: str, title: str) -> dict:
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "crm.handoff.answer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_handoff_id": self.id, "default_target": target},
        }

    @api.private
    def _end(self, target: str, reason: str) -> None:
        """Refuse or withdraw with a reason, as the person may who asks."""
        self.ensure_one()
        if target == REFUSED:
            self._check_receiver()
        else:
            self.action_withdraw()
        self._settle(target, reason)

    def _check_receiver(self) -> None:
        for handoff in self:
            if not self.env.su and handoff.to_user_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "“%(name)s” waits for %(user)s, who alone can accept or refuse it.",
                        name=handoff.name,
                        user=handoff.to_user_id.name,
                    )
                )

    def _settle(self, target: str, reason: str = "") -> None:
        """Leave the state “offered” once, however many people press at the same time."""
        # Access: whoever may settle it was checked before; people write no state by themselves.
        record = self.sudo()
        record.lock_for_update()
        record.invalidate_recordset(["state"])
        for handoff in record:
            if handoff.state != OFFERED:
                states = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "“%(name)s” is settled already: %(state)s. Offer it again if needed.",
                        name=handoff.name,
                        state=states[handoff.state],
                    )
                )
        record.write(
            {"state": target, "reason": reason or False, "answered_on": fields.Datetime.now()}
        )
        record.activity_unlink(["mail.mail_activity_data_todo"])

    @api.model
    @api.private
    def _offer_window(self, context: dict) -> dict:
        """The form in which an offer is written."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand over"),
            "res_model": self._name,
            "views": [(self.env.ref("crm_strategy.crm_handoff_view_form_offer").id, "form")],
            "target": "new",
            "context": context,
        }

    def action_open_record(self) -> dict:
        """Open the customer or the opportunity."""
        self.ensure_one()
        subject = self.customer_id or self.lead_id
        return {
            "type": "ir.actions.act_window",
            "res_model": subject._name,
            "res_id": subject.id,
            "views": [(False, "form")],
        }

    # merge
    @api.model
    def _merge_collisions(
        self, source_ids: list[int], destination_id: int, customers: dict[int, int]
    ) -> None:
        """Of several open offers that would meet on one customer the oldest stays open."""
        if not customers:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_handoff
                   SET state = 'withdrawn', answered_on = NOW() AT TIME ZONE 'UTC'
                 WHERE id IN (
                    SELECT id FROM (
                        SELECT line.id, ROW_NUMBER() OVER (
                                   PARTITION BY COALESCE(pair.kept, line.customer_id)
                                   ORDER BY line.offered_on, line.id
                               ) AS place
                          FROM crm_handoff AS line
                     LEFT JOIN %(pairs)s ON pair.gone = line.customer_id
                         WHERE line.customer_id = ANY(%(all)s) AND line.state = 'offered'
                    ) AS ranked WHERE place > 1)
                """,
                pairs=self._merge_pairs_sql(customers),
                all=[*customers, *customers.values()],
            )
        )
