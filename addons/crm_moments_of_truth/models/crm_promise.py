from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

MADE, ENABLED, KEPT, BROKEN, WITHDRAWN = "made", "enabled", "kept", "broken", "withdrawn"
STATES = [
    (MADE, "Made"),
    (ENABLED, "Enabled"),
    (KEPT, "Kept"),
    (BROKEN, "Broken"),
    (WITHDRAWN, "Withdrawn"),
]
KINDS = [
    ("date", "A date"),
    ("quantity", "A quantity"),
    ("service", "A level of service"),
    ("other", "Something else"),
]
STANDING = (MADE, ENABLED)
# What an order says is changed on the order.
OF_ORDER = {"name", "kind", "order_id", "customer_id", "relationship_id", "made_on", "due_on"}


class CrmPromise(models.Model):
    """What we promised a customer: made to them, enabled in the house, kept (S003-T1..T3)."""

    _name = "crm.promise"
    _description = "Promise"
    _inherit = [
        "crm.promise.order",
        "crm.pass.note.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "due_on, id"
    _kept_fields = (
        "company_id",
        "source",
        "state",
        "first_due_on",
        "moved_count",
        "enabled_on",
        "enabled_by_id",
        "kept_on",
    )
    _made_fields = _kept_fields[1:]
    _privacy_expiry = "clear"
    _privacy_date_field = "made_on"
    _privacy_texts = ("name", "note")
    _privacy_personal = ("note",)

    # what
    name = fields.Char(
        string="Promise", required=True, tracking=True, help="What was promised, in one line."
    )
    kind = fields.Selection(
        KINDS, required=True, default="date", help="What the customer can hold us to."
    )
    note = fields.Text(help="To whom it was said, and what it takes to keep it.")
    order_id = fields.Many2one(
        "sale.order",
        string="Order",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The order in which it was promised.",
    )
    source = fields.Selection(
        [("manual", "Written by hand"), ("order", "Delivery date of an order")],
        required=True,
        default="manual",
        readonly=True,
        help="A delivery date on a confirmed order is a promise; all others are written by hand.",
    )
    # days
    made_on = fields.Date(
        string="Made on",
        required=True,
        default=fields.Date.context_today,
        help="The day on which the customer heard it.",
    )
    due_on = fields.Date(
        string="Due on", required=True, index=True, tracking=True, help="Kept by this day, or not."
    )
    first_due_on = fields.Date(
        string="First due on",
        readonly=True,
        copy=False,
        help="The day that was promised at first, before it was moved.",
    )
    moved_count = fields.Integer(
        string="Times moved",
        readonly=True,
        copy=False,
        aggregator="sum",
        help="How often we asked the customer for another day.",
    )
    # course
    state = fields.Selection(
        STATES,
        required=True,
        default=MADE,
        index=True,
        readonly=True,
        copy=False,
        tracking=True,
        group_expand=True,
        help="Made: the customer heard it. Enabled: who has to keep it said that it can be done. "
        "Kept or broken: how it ended.",
    )
    enabled_on = fields.Date(
        string="Enabled on", readonly=True, copy=False, help="When it was said that it can be done."
    )
    enabled_by_id = fields.Many2one(
        "res.users",
        string="Enabled by",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Who said that it can be done.",
    )
    kept_on = fields.Date(
        string="Kept on",
        readonly=True,
        copy=False,
        help="When the customer had it. A later day than the one due does not keep the promise.",
    )
    is_late = fields.Boolean(
        string="Late",
        compute="_compute_is_late",
        search="_search_is_late",
        help="The day is over, and nobody said that it was kept.",
    )

    _order_uniq = models.UniqueIndex(
        "(order_id) WHERE source = 'order' AND state IN ('made', 'enabled')",
        "The delivery date of this order is a promise already. Change the date on the order.",
    )
    _dates_check = models.Constraint(
        "CHECK (due_on >= made_on OR source = 'order')",
        "A promise is due on the day it is made, or later. Correct one of the two days.",
    )

    # computes
    @api.depends("name", "source")
    @api.depends_context("lang")
    def _compute_display_name(self) -> None:
        for promise in self:
            promise.display_name = promise.name or ""
            if promise.source == "order":
                promise.display_name = self.env._("Delivery of %(order)s", order=promise.name)

    @api.depends("state", "due_on", "company_id")
    def _compute_is_late(self) -> None:
        for promise in self:
            is_standing = promise.state in STANDING and promise.due_on
            promise.is_late = bool(is_standing) and promise.due_on < promise._today()

    def _search_is_late(self, operator: str, value: object) -> Domain:
        if operator != "in":
            return NotImplemented
        late = Domain("state", "in", STANDING) & self._day_is_over("due_on")
        return late if True in value else ~late

    # writing
    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmPromise:
        """Create promises; the day promised at first is kept."""
        promises = super().create(vals_list)
        for promise in promises.filtered(lambda promise: not promise.first_due_on):
            # Access: whoever makes a promise says its first day with it.
            promise.sudo().first_due_on = promise.due_on
        return promises

    def write(self, vals: dict) -> bool:
        """Write promises; a day that is moved is counted, one that is over stays."""
        if self.env.su:
            return super().write(vals)
        if OF_ORDER & vals.keys():
            self._check_by_hand()
        moved = self.browse()
        if vals.get("due_on"):
            day = fields.Date.to_date(vals["due_on"])
            moved = self.filtered(lambda promise: promise.due_on != day)
            moved._check_movable()
        result = super().write(vals)
        for promise in moved:
            # Access: the day was just written by the person; the count follows from it.
            promise.sudo().moved_count += 1
        return result

    def _check_by_hand(self) -> None:
        for promise in self.filtered(lambda promise: promise.source == "order"):
            raise AccessError(
                self.env._(
                    "“%(name)s” is the delivery date of an order. Change the date on the order.",
                    name=promise.name,
                )
            )

    def _check_movable(self) -> None:
        for promise in self:
            if promise.state not in STANDING or promise.due_on < promise._today():
                raise UserError(
                    self.env._(
                        "The day of “%(name)s” is over or settled; moving it would hide that. Say "
                        "whether it was kept, and make a new promise.",
                        name=promise.name,
                    )
                )

    # course
    def action_enable(self) -> None:
        """Say that it can be done: whoever has to keep it was asked and agreed (S003-T2)."""
        for promise in self:
            promise._settle(
                (MADE,),
                {
                    "state": ENABLED,
                    "enabled_on": promise._today(),
                    "enabled_by_id": self.env.uid,
                },
            )

    def action_keep(self) -> None:
        """Say that the customer has it; after the day due the promise is broken all the same."""
        self._check_by_hand()
        for promise in self:
            today = promise._today()
            state = KEPT if today <= promise.due_on else BROKEN
            promise._settle((MADE, ENABLED, BROKEN), {"state": state, "kept_on": today})

    def action_break(self) -> None:
        """Say that it was not kept."""
        self._check_by_hand()
        self._settle(STANDING, {"state": BROKEN})

    def action_withdraw(self) -> None:
        """Take it back with the customer's consent: neither kept nor broken."""
        self._check_by_hand()
        self._settle(STANDING, {"state": WITHDRAWN})

    def action_reopen(self) -> None:
        """Open a promise again that was settled by mistake."""
        self._check_by_hand()
        for promise in self:
            state = ENABLED if promise.enabled_on else MADE
            promise._settle((KEPT, BROKEN, WITHDRAWN), {"state": state, "kept_on": False})

    def _settle(self, states: tuple[str, ...], vals: dict) -> None:
        self.check_access("write")
        self.lock_for_update()
        for promise in self:
            if promise.state not in states:
                raise UserError(
                    self.env._(
                        "“%(name)s” was settled meanwhile. Load the page again.",
                        name=promise.name,
                    )
                )
        # Access: the right to write was checked; states are written by the buttons alone.
        self.sudo().write(vals)
