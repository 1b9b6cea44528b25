from __future__ import annotations

from odoo import api, fields, models

NEW, PROGRESS, WAITING, SOLVED, DROPPED = "new", "progress", "waiting", "solved", "dropped"
OPEN_STATES = (NEW, PROGRESS, WAITING)
STATES = [
    (NEW, "New"),
    (PROGRESS, "In progress"),
    (WAITING, "Waits for the customer"),
    (SOLVED, "Solved"),
    (DROPPED, "Not followed up"),
]
KINDS = [("anomaly", "Anomaly"), ("request", "Request")]
INTAKES = [
    ("hand", "Written down by a colleague"),
    ("mail", "By e-mail"),
    ("portal", "In the portal"),
    ("adapter", "From another application"),
]


class CrmCase(models.Model):
    """An anomaly that a customer found, or a request, until it is solved (S002-2.2-V1)."""

    _name = "crm.case"
    _description = "Case"
    _inherit = [
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "crm.kept.mixin",
        "crm.partner.keyed.mixin",
        "crm.batch.mixin",
    ]
    _order = "is_open desc, priority desc, opened_at, id"
    _check_company_auto = True
    _primary_email = "email_from"
    _mail_post_access = "read"
    _partner_merge = "rekey"
    _partner_is_buyer = False
    _kept_fields = (
        "reference",
        "company_id",
        "state",
        "intake",
        "opened_at",
        "first_reply_at",
        "solved_at",
        "waiting_since",
        "waited_hours",
        "floor_waited_hours",
        "level_id",
        "floor_level_id",
        "reply_limit",
        "solve_limit",
        "floor_reply_limit",
        "floor_solve_limit",
        "reply_due_at",
        "solve_due_at",
        "floor_reply_due_at",
        "floor_solve_due_at",
        "reply_hours",
        "solve_hours",
        "assigned_at",
        "routing_note",
        "is_standard_answer",
        "source_model",
        "source_id",
        "access_token",
        "watched_at",
        "is_late_told",
        "is_floor_told",
    )
    _made_fields = tuple(name for name in _kept_fields if name != "company_id")
    _privacy_purpose = "contract"
    _privacy_expiry = "clear"
    _privacy_date_field = "opened_at"
    _privacy_texts = ("name", "description", "solution", "drop_reason", "email_from")
    _privacy_personal = ("name", "description", "solution", "drop_reason", "email_from")

    # what
    reference = fields.Char(
        readonly=True, copy=False, index=True, help="The number that the customer is told."
    )
    name = fields.Char(
        string="Subject", required=True, tracking=True, help="The case in one sentence."
    )
    kind = fields.Selection(
        KINDS,
        required=True,
        default="anomaly",
        index=True,
        tracking=True,
        help="Anomaly: something is not as agreed. Request: the customer asks for something.",
    )
    cause_id = fields.Many2one(
        "crm.case.cause",
        string="Cause",
        index=True,
        ondelete="restrict",
        tracking=True,
        domain="[('kind', '=', kind)]",
        help="What it is about. The cause brings the skills that are needed and the standard "
        "answer.",
    )
    description = fields.Text(help="What happened, in the words of the customer.")
    priority = fields.Selection(
        [("0", "Normal"), ("1", "Urgent")],
        default="0",
        help="Urgent cases come first in the lists.",
    )
    amount = fields.Monetary(
        string="Amount at stake",
        help="What the case is worth: the goods that are wrong, the credit that is asked for.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        ondelete="set null",
        default=lambda self: self.env.company.currency_id,
        help="Currency of the amount.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="The company that the customer turned to.",
    )
    # who
    contact_id = fields.Many2one(
        "res.partner",
        string="Contact",
        index=True,
        ondelete="set null",
        tracking=True,
        help="The person who reported it, who gets our answers.",
    )
    email_from = fields.Char(
        string="E-mail",
        help="The address that wrote, also when we do not know the person yet.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer's company",
        compute="_compute_partner_id",
        store=True,
        index=True,
        ondelete="set null",
        help="The company of the contact.",
    )
    customer_id = fields.Many2one(
        "crm.customer",
        string="Customer",
        compute="_compute_customer_id",
        store=True,
        index=True,
        ondelete="set null",
        help="The customer in this company, with class and owner; empty for somebody who has "
        "bought nothing yet.",
    )
    # about
    order_id = fields.Many2one(
        "sale.order",
        string="Order",
        index=True,
        ondelete="set null",
        check_company=True,
        help="The order that it is about.",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Product",
        index=True,
        ondelete="set null",
        check_company=True,
        help="The product or service that it is about.",
    )
    relationship_id = fields.Many2one(
        "crm.relationship",
        string="Pass",
        index=True,
        ondelete="set null",
        check_company=True,
        domain="[('partner_id', '=', partner_id), ('company_id', '=', company_id)]",
        help="The pass of the chain of moments to which the case belongs; found by the order, "
        "else the latest one of the customer.",
    )
    # ours
    queue_id = fields.Many2one(
        "crm.case.queue",
        string="Queue",
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Where the case waits. The queue gives it to one of its people.",
    )
    team_id = fields.Many2one(
        related="queue_id.team_id", help="The team that answers for the queue."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        index=True,
        ondelete="set null",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', '=', company_id)]",
        help="Who answers the customer.",
    )
    assigned_at = fields.Datetime(
        string="Given on", readonly=True, copy=False, help="When the responsible was given it."
    )
    routing_note = fields.Char(
        string="Why this person",
        readonly=True,
        copy=False,
        help="How the responsible was found: by skill and load, as the fallback, or by hand.",
    )
    channel_id = fields.Many2one(
        "crm.channel",
        string="Channel",
        index=True,
        ondelete="set null",
        tracking=True,
        help="How the customer reached us.",
    )
    intake = fields.Selection(
        INTAKES,
        string="Came in",
        required=True,
        default="hand",
        readonly=True,
        copy=False,
        help="How the case got here.",
    )
    # course
    state = fields.Selection(
        STATES,
        required=True,
        default=NEW,
        index=True,
        readonly=True,
        copy=False,
        tracking=True,
        group_expand=True,
        help="While it waits for the customer, the clock of the solution stands still.",
    )
    is_open = fields.Boolean(
        string="Open",
        compute="_compute_is_open",
        store=True,
        help="Ticked until the case is solved or not followed up.",
    )
    solution = fields.Text(
        string="Our answer", help="What the customer was told, and what was done."
    )
    is_standard_answer = fields.Boolean(
        string="With the standard answer",
        readonly=True,
        copy=False,
        help="Ticked when the solution contains the standard answer of the cause: every customer "
        "hears the same on every channel.",
    )
    drop_reason = fields.Text(
        string="Why not followed up", copy=False, help="Why the case ends without a solution."
    )
    # another application
    source_model = fields.Char(
        readonly=True, copy=False, help="Kind of the record of another application."
    )
    source_id = fields.Many2oneReference(
        string="Record",
        model_field="source_model",
        readonly=True,
        copy=False,
        aggregator=None,
        help="The task or ticket of another application that the case follows.",
    )

    _reference_uniq = models.UniqueIndex(
        "(company_id, reference)", "Another case has this number already. Save again."
    )
    _source_uniq = models.UniqueIndex(
        "(source_model, source_id) WHERE source_id IS NOT NULL",
        "This record has its case already. Open that one.",
    )

    # computes
    @api.depends("reference", "name")
    def _compute_display_name(self) -> None:
        for case in self:
            case.display_name = " ".join(filter(None, (case.reference, case.name)))

    @api.depends("contact_id.commercial_partner_id", "order_id.partner_id.commercial_partner_id")
    def _compute_partner_id(self) -> None:
        for case in self:
            contact = case.contact_id or case.order_id.partner_id
            case.partner_id = contact.commercial_partner_id

    @api.depends("partner_id.crm_customer_ids.company_id", "company_id")
    def _compute_customer_id(self) -> None:
        for case in self:
            case.customer_id = case.partner_id.crm_customer_ids.filtered(
                lambda customer, case=case: customer.company_id == case.company_id
            )[:1]

    @api.depends("state")
    def _compute_is_open(self) -> None:
        for case in self:
            case.is_open = case.state in OPEN_STATES

    def _compute_access_url(self) -> None:
        for case in self:
            case.access_url = f"/my/cases/{case.id}"

    @api.onchange("order_id")
    def _onchange_order_id(self) -> None:
        if self.order_id and not self.contact_id:
            self.contact_id = self.order_id.partner_id

    @api.onchange("kind")
    def _onchange_kind(self) -> None:
        if self.cause_id and self.cause_id.kind != self.kind:
            self.cause_id = False

    # records
    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmCase:
        """Create cases; each gets its number."""
        cases = super().create(vals_list)
        # Access: the number is drawn for whoever writes a case down; the fields are kept ones.
        for case in cases.sudo():
            if not case.reference:
                case.reference = self.env["ir.sequence"].sudo().next_by_code("crm.case")
        return cases

    # counting
    @api.model
    @api.private
    def _open_counts(
        self, companies: models.BaseModel, users: models.BaseModel
    ) -> dict[tuple[int, int], int]:
        """(company id, user id) -> open cases of the person, whatever the reader may see."""
        # Access: how much somebody has to do, as a number; no case is shown.
        groups = self.sudo()._read_group(
            [
                ("is_open", "=", True),
                ("company_id", "in", companies.ids),
                ("user_id", "in", users.ids),
            ],
            ["company_id", "user_id"],
            ["__count"],
        )
        return {(company.id, user.id): count for company, user, count in groups}
