from __future__ import annotations

from odoo import fields, models

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


class CrmPromise(models.Model):
    """What we promised a customer: made to them, enabled in the house, kept (S003-T1..T3)."""

    _name = "crm.promise"
    _description = "Promise"
    _inherit = ["crm.pass.note.mixin", "mail.thread", "mail.activity.mixin"]
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

    _order_uniq = models.UniqueIndex(
        "(order_id) WHERE source = 'order' AND state IN ('made', 'enabled')",
        "The delivery date of this order is a promise already. Change the date on the order.",
    )
    _dates_check = models.Constraint(
        "CHECK (due_on >= made_on OR source = 'order')",
        "A promise is due on the day it is made, or later. Correct one of the two days.",
    )
