from __future__ import annotations

from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_strategy.models.figure_field import FigureField

from ..core import rupture

CAUSES = [
    (rupture.LATE, "Late"),
    (rupture.SHORT, "Delivered short"),
    (rupture.UNBILLED, "Not invoiced"),
    (rupture.UNPAID, "Not paid"),
    (rupture.SILENT, "Silent"),
    (rupture.OWNERLESS, "Without owner"),
    (rupture.OUT_OF_ORDER, "Out of order"),
    (rupture.MISSING_INPUT, "Input missing"),
    (rupture.BAD_SATISFACTION, "Dissatisfied"),
    (rupture.REPORTED, "Reported"),
]
STATES = [
    (rupture.OPEN, "Open"),
    (rupture.CLOSED, "Repaired"),
    (rupture.WAIVED, "Waived"),
]


class CrmRupture(models.Model):
    """A place where a relationship breaks: of one pass, at one moment, for one cause.

    Judged from facts and documents; people report what no document shows. The repairing fact
    closes it, a person may waive it with a reason, and what comes back opens it again.
    """

    _name = "crm.rupture"
    _description = "Rupture"
    _inherit = [
        "crm.rupture.raising",
        "crm.rupture.judge",
        "crm.rupture.words",
        "crm.rupture.notice",
        "crm.rupture.settling",
        "crm.kept.mixin",
        "crm.partner.keyed.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "state, amount desc, id desc"
    _mail_post_access = "read"
    _check_company_auto = True
    _partner_merge = "rekey"
    _privacy_purpose = "contract"
    _privacy_expiry = "clear"
    _privacy_date_field = "opened_at"
    _privacy_texts = ("words", "waive_reason", "repaired_by", "links", "figures")
    _privacy_personal = ("words", "waive_reason")
    # Given at creation, and then only by the engine or by buttons.
    _kept_fields = (
        "relationship_id",
        "moment_id",
        "company_id",
        "customer_id",
        "partner_id",
        "team_id",
        "currency_id",
        "cause",
        "state",
        "sign",
        "links",
        "figures",
        "due_on",
        "opened_at",
        "since",
        "closed_at",
        "hours",
        "repaired_by",
        "waive_reason",
        "reopen_count",
        "is_announced",
        "digested_on",
        "is_backlog",
    )
    # The pass and its moment are chosen by who reports a rupture, all else is the engine's.
    _made_fields = _kept_fields[2:]

    # where
    relationship_id = fields.Many2one(
        "crm.relationship",
        string="Pass",
        required=True,
        index=True,
        ondelete="cascade",
        help="The pass of the relationship that breaks.",
    )
    moment_id = fields.Many2one(
        "crm.moment",
        string="Moment",
        index=True,
        ondelete="cascade",
        domain="[('chain_id', '=', chain_id)]",
        help="The moment of truth at which it breaks; empty when it concerns the whole pass.",
    )
    chain_id = fields.Many2one(related="relationship_id.chain_id")
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_from_pass",
        store=True,
        index=True,
        ondelete="cascade",
        help="The company whose relationship it is.",
    )
    customer_id = fields.Many2one(
        "crm.customer",
        string="Customer",
        compute="_compute_from_pass",
        store=True,
        index=True,
        ondelete="set null",
        help="The customer whose relationship breaks.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Partner",
        compute="_compute_from_pass",
        store=True,
        index=True,
        ondelete="set null",
        help="The commercial partner of the documents.",
    )
    # what
    cause = fields.Selection(
        CAUSES,
        required=True,
        default=rupture.REPORTED,
        readonly=True,
        index=True,
        help="What kind of rupture it is.",
    )
    amount = fields.Monetary(
        string="At stake",
        help="What is at stake in the company's currency: the open part of the invoice, the value "
        "not delivered or not invoiced, else the value of the pass.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_from_pass",
        store=True,
        ondelete="set null",
        help="Currency of the company.",
    )
    words = fields.Text(
        string="What happened",
        help="What somebody saw that no document shows.",
    )
    sign = fields.Char(readonly=True, copy=False, help="What it was raised for.")
    links = fields.Json(readonly=True, copy=False, help="The documents behind it.")
    figures = fields.Json(readonly=True, copy=False, help="The figures behind it.")
    due_on = fields.Date(
        string="Was due", readonly=True, copy=False, help="When it should have been well."
    )
    # who
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        index=True,
        ondelete="set null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
        help="Who repairs it: at first the interlocutor of the customer.",
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Team",
        compute="_compute_from_pass",
        store=True,
        index=True,
        ondelete="set null",
        help="The team that owns the relationship.",
    )
    advocate_id = fields.Many2one(
        "res.users",
        string="Internal advocate",
        index="btree_not_null",
        ondelete="set null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
        help="Who speaks for the customer inside the company until it is repaired.",
    )
    # course
    state = fields.Selection(
        STATES,
        required=True,
        default=rupture.OPEN,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        help="Repaired by the fact that was missing, or waived by a person with a reason.",
    )
    opened_at = fields.Datetime(
        string="Opened",
        required=True,
        readonly=True,
        copy=False,
        default=fields.Datetime.now,
        help="When it was first seen.",
    )
    since = fields.Datetime(
        string="Open since",
        required=True,
        readonly=True,
        copy=False,
        default=fields.Datetime.now,
        help="When it was opened the last time.",
    )
    closed_at = fields.Datetime(
        string="Settled", readonly=True, copy=False, help="When it was repaired or waived."
    )
    hours = FigureField(
        string="Hours to close",
        readonly=True,
        copy=False,
        aggregator="avg",
        digits=(16, 1),
        help="Hours during which it stood open, until it was repaired or waived. A group shows the "
        "median of those that were repaired.",
    )
    repaired_by = fields.Char(
        readonly=True, copy=False, help="The fact or the person that repaired it."
    )
    waive_reason = fields.Text(
        string="Reason", readonly=True, copy=False, help="Why nobody repairs it."
    )
    reopen_count = fields.Integer(
        string="Times reopened",
        readonly=True,
        copy=False,
        help="How many times it came back after it was settled.",
    )
    is_backlog = fields.Boolean(
        string="Found in history",
        readonly=True,
        copy=False,
        help="Found while documents of the past were read; nobody was alarmed for it.",
    )
    is_announced = fields.Boolean(
        string="Told",
        readonly=True,
        copy=False,
        help="Ticked when the responsible person was told. The others come in one digest.",
    )

    digested_on = fields.Date(
        string="In the digest of",
        readonly=True,
        copy=False,
        help="The day on which it was in the one message with all that goes beyond the cap.",
    )
    is_judged = fields.Boolean(
        string="Seen by the suite",
        compute="_compute_is_judged",
        help="Facts and documents open and close it. Others are settled by people.",
    )

    _open_uniq = models.UniqueIndex(
        "(relationship_id, COALESCE(moment_id, 0), cause) WHERE state = 'open'",
        "This rupture is open already for the pass, the moment and the cause. "
        "Open it and go on there.",
    )

    def _read_group_select(self, aggregate_spec: str, query) -> SQL:
        """The median of the hours of what was repaired, never a mean; NULL without any."""
        if aggregate_spec != "hours:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "percentile_cont(0.5) WITHIN GROUP (ORDER BY CASE WHEN %s = 'closed' THEN %s END)",
            self._field_to_sql(self._table, "state", query),
            self._field_to_sql(self._table, "hours", query),
        )

    @api.depends("relationship_id")
    def _compute_from_pass(self) -> None:
        for item in self:
            relation = item.relationship_id
            item.company_id = relation.company_id
            item.customer_id = relation.customer_id
            item.partner_id = relation.partner_id
            item.team_id = relation.team_id
            item.currency_id = relation.company_id.currency_id

    @api.depends("cause", "moment_id", "relationship_id.name", "partner_id.name")
    def _compute_display_name(self) -> None:
        labels = dict(self._fields["cause"]._description_selection(self.env))
        for item in self:
            # Access: the names by which people recognise the rupture that they may see.
            known = item.sudo()
            words = [labels.get(item.cause), known.moment_id.code, known.relationship_id.name]
            item.display_name = " · ".join(filter(None, words))

    @api.depends("cause")
    def _compute_is_judged(self) -> None:
        for item in self:
            item.is_judged = item.cause in rupture.JUDGED

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmRupture:
        """Report ruptures; without a name they are for whoever answers for the pass."""
        items = super().create(vals_list)
        if not self.env.su:
            # The customer of the pass shows in the rupture.
            items.relationship_id.check_access("read")
        for item in items.filtered(lambda item: not item.user_id):
            # Access: who answers for a pass that the person may see.
            owner = item.sudo().relationship_id._rupture_owner()
            item.sudo().user_id = owner
        for item in items.filtered(lambda item: not item.amount):
            item.amount = item.relationship_id.amount
        return items

    def _kept_names(self) -> tuple[str, ...]:
        """What was found says itself what is at stake; what a person reported, the person."""
        if any(item.cause != rupture.REPORTED for item in self):
            return (*self._kept_fields, "amount", "words")
        return self._kept_fields

    def write(self, vals: dict) -> bool:
        """Write ruptures; a new responsible person is told, the old one's activity ends."""
        moved = self.browse()
        if vals.get("user_id"):
            moved = self.filtered(lambda item: item.user_id.id != vals["user_id"])
        result = super().write(vals)
        if moved:
            # Access: follows from the assignment that was just allowed.
            known = moved.sudo()
            known.activity_unlink(["crm_moments_of_truth.crm_rupture_activity_type"])
            known.write({"is_announced": False, "digested_on": False})
            known._announce()
        return result

    def _hours_since(self, now: datetime) -> float:
        self.ensure_one()
        return max((now - self.since).total_seconds(), 0) / 3600

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self) -> None:
        raise UserError(
            self.env._("Ruptures are not deleted, since figures count them. Waive them instead.")
        )
