from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain

OPEN, DONE, DROPPED = "open", "done", "dropped"
STATES = [(OPEN, "Owed"), (DONE, "Done"), (DROPPED, "No longer owed")]
KINDS = [
    ("delivery", "Delivery"),
    ("installation", "Installation"),
    ("training", "Training"),
    ("manual", "Manual"),
    ("repair", "Repair"),
    ("other", "Something else"),
]
WORK = "mail.mail_activity_data_todo"


class CrmObligation(models.Model):
    """What we still owe the customer after the transfer (S003-K9, moment 8).

    Products need long service: delivery, installation, training, manuals, repair. The list stands
    on the pass, so that whoever looks at moment 8 sees what is open.
    """

    _name = "crm.obligation"
    _description = "Obligation after the Transfer"
    _inherit = ["crm.pass.note.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "state desc, due_on, id"
    _kept_fields = ("company_id", "state", "done_on", "done_by_id")
    _made_fields = ("state", "done_on", "done_by_id")
    _privacy_expiry = "clear"
    _privacy_texts = ("name", "note")
    _privacy_personal = ("note",)

    name = fields.Char(
        string="Obligation",
        required=True,
        tracking=True,
        help="What we owe, in one line: which device is installed, who is trained.",
    )
    kind = fields.Selection(
        KINDS, required=True, default="installation", index=True, help="What kind of service it is."
    )
    order_id = fields.Many2one(
        "sale.order",
        string="Order",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The order from which it follows.",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Product",
        index="btree_not_null",
        ondelete="set null",
        help="The product that it is about.",
    )
    due_on = fields.Date(
        string="Due", index=True, tracking=True, help="The day by which it should be done."
    )
    note = fields.Text(help="What was agreed, and whom to ask at the customer.")
    # results
    state = fields.Selection(
        STATES, required=True, default=OPEN, index=True, tracking=True, help="Where it stands."
    )
    done_on = fields.Date(string="Done on", help="The day on which it was done or dropped.")
    done_by_id = fields.Many2one(
        "res.users", string="Done by", ondelete="set null", help="Who said so."
    )
    is_late = fields.Boolean(
        string="Late",
        compute="_compute_is_late",
        search="_search_is_late",
        help="Still owed after its day.",
    )

    @api.depends("state", "due_on")
    def _compute_is_late(self) -> None:
        today = fields.Date.context_today(self)
        for item in self:
            item.is_late = bool(item.state == OPEN and item.due_on and item.due_on < today)

    @api.model
    def _search_is_late(self, operator: str, value: object) -> Domain:
        if operator != "in":
            return NotImplemented
        return Domain("state", "=", OPEN) & Domain("due_on", "<", fields.Date.context_today(self))

    @api.onchange("order_id")
    def _onchange_order_id(self) -> None:
        if self.order_id and not self.relationship_id:
            self.relationship_id = self.order_id.crm_relationship_ids[:1]

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmObligation:
        """Create obligations; whoever answers for one gets an activity on its day."""
        items = super().create(vals_list)
        items._plan()
        return items

    def write(self, vals: dict) -> bool:
        """Write obligations; another day or person moves the activity."""
        result = super().write(vals)
        if vals.keys() & {"due_on", "user_id"}:
            self.filtered(lambda item: item.state == OPEN)._plan()
        return result

    def _plan(self) -> None:
        """One open activity for the person and the day; none without them."""
        self.activity_unlink([WORK])
        for item in self.filtered(lambda item: item.user_id and item.due_on):
            item.activity_schedule(WORK, item.due_on, summary=item.name, user_id=item.user_id.id)

    # actions
    def action_done(self) -> bool:
        """What was owed is done."""
        return self._settle(DONE)

    def action_drop(self) -> bool:
        """The customer no longer needs it, or it was agreed otherwise."""
        return self._settle(DROPPED)

    def action_reopen(self) -> bool:
        """It is owed again."""
        self.check_access("write")
        # Access: checked above; states change by these buttons alone.
        self.sudo().write({"state": OPEN, "done_on": False, "done_by_id": False})
        self._plan()
        return True

    def _settle(self, state: str) -> bool:
        self.check_access("write")
        owed = self.filtered(lambda item: item.state == OPEN)
        # Access: checked above; states change by these buttons alone.
        owed.sudo().write(
            {
                "state": state,
                "done_on": fields.Date.context_today(self),
                "done_by_id": self.env.uid,
            }
        )
        owed.activity_feedback([WORK])
        return True
