from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, Query

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
        "crm.rupture.course",
        "crm.kept.mixin",
        "crm.partner.keyed.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    # What is worth nothing yet comes last.
    _order = "state, amount desc nulls last, id desc"
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
        "repaired_fact_id",
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
        "not delivered or not invoiced, else the value of the pass. A sum counts a pass once, "
        "whatever the number of its causes.",
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
    # how it stands
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

    _open_uniq = models.UniqueIndex(
        "(relationship_id, COALESCE(moment_id, 0), cause) WHERE state = 'open'",
        "This rupture is open already for the pass, the moment and the cause. "
        "Open it and go on there.",
    )

    def _read_group_select(self, aggregate_spec: str, query: Query) -> SQL:
        """Of hours the median of what was repaired, never a mean; of amounts each pass once."""
        column = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec == "hours:avg":
            return SQL(
                "percentile_cont(0.5) WITHIN GROUP "
                "(ORDER BY CASE WHEN %s = 'closed' AND %s IS NOT TRUE THEN %s END)",
                self._field_to_sql(self._table, "state", query),
                self._field_to_sql(self._table, "is_backlog", query),
                self._field_to_sql(self._table, "hours", query),
            )
        if aggregate_spec == "amount:sum":
            return self._sum_once(query, SQL("1"))
        if aggregate_spec == "amount:sum_currency":
            # The rates were joined for the column.
            rates = query.make_alias(self._table, "currency_id__rates")
            return self._sum_once(query, SQL("COALESCE(%s, 1)", SQL.identifier(rates, "rate")))
        return column

    @api.model
    def _sum_once(self, query: Query, rate: SQL) -> SQL:
        """Sum of what is at stake, as :func:`rupture.at_stake` has it."""
        relation = query.left_join(
            self._table, "relationship_id", "crm_relationship", "id", "relationship_id__value"
        )
        return SQL(
            """
            (SELECT SUM(GREATEST(once.largest,
                                LEAST(once.total, COALESCE(once.worth, once.largest))))
               FROM (SELECT MAX(part.amount) AS largest, SUM(part.amount) AS total,
                            MAX(part.worth) AS worth
                       FROM unnest(ARRAY_AGG(%(relation)s), ARRAY_AGG(%(amount)s / %(rate)s),
                                   ARRAY_AGG(%(worth)s / %(rate)s)) AS part(pass, amount, worth)
                   GROUP BY part.pass) AS once)
            """,
            relation=self._field_to_sql(self._table, "relationship_id", query),
            amount=self._field_to_sql(self._table, "amount", query),
            worth=self.env["crm.relationship"]._field_to_sql(relation, "amount", query),
            rate=rate,
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

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self) -> None:
        raise UserError(
            self.env._("Ruptures are not deleted, since figures count them. Waive them instead.")
        )
