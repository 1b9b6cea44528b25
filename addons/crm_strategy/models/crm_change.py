from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .crm_change_queue import MAX_TRIES
from .crm_compared_mixin import Comparison


class CrmChange(models.Model):
    """The work queue: customers whose derived figures a consumer has to renew.

    Append-only and without a unique key: two people who post documents of one customer neither
    wait for each other nor fail.
    """

    _name = "crm.change"
    _description = "Waiting Change"
    _inherit = ["crm.change.queue", "crm.partner.keyed.mixin"]
    _order = "id"
    _rec_name = "partner_id"
    _partner_merge = "rekey"
    _privacy_purpose = "contract"
    # A queue: rows go when their work is done.
    _privacy_expiry = "keep"
    _privacy_texts = ("reason",)
    _privacy_personal = ("reason",)

    # identity
    consumer = fields.Selection(
        selection="_selection_consumer",
        string="What to renew",
        required=True,
        readonly=True,
        help="The figures that wait to be renewed.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, ondelete="cascade"
    )
    fact_date = fields.Date(
        string="Since",
        required=True,
        readonly=True,
        help="Day of the earliest fact that changed; figures of earlier periods are right.",
    )
    # results
    tries = fields.Integer(
        readonly=True, help="How often it failed. After five tries it waits for a person."
    )
    next_try = fields.Datetime(readonly=True, help="Not tried again before this moment.")
    reason = fields.Text(readonly=True, help="Why the last try failed.")
    state = fields.Selection(
        [
            ("new", "In the queue"),
            ("retry", "Tried again by itself"),
            ("stuck", "Waits for a person"),
        ],
        compute="_compute_state",
        help="A change waits for a person once it has failed five times.",
    )
    remedy = fields.Text(
        string="What to do", compute="_compute_state", help="What helps this change on."
    )

    _consumer_idx = models.Index("(consumer, id)")
    _partner_idx = models.Index("(partner_id)")

    @api.model
    def _consumers(self) -> dict[str, str]:
        return {
            **super()._consumers(),
            "customers": "crm.customer",
            "segments": "crm.segment.membership",
            "classes": "crm.customer.class.change",
            "indicators": "crm.indicator",
        }

    @api.model
    def _company_consumers(self) -> frozenset[str]:
        return super()._company_consumers() | {"indicators"}

    @api.model
    def _comparisons(self) -> dict[str, Comparison]:
        return {
            **super()._comparisons(),
            "customers": Comparison(
                "crm.customer", "customers", self.env._("Customers of documents")
            ),
            "segments": Comparison(
                "crm.segment.membership", "segments", self.env._("History of segments")
            ),
            "classes": Comparison(
                "crm.customer.class.change", "classes", self.env._("Classes of customers")
            ),
            "indicators": Comparison(
                "crm.indicator", "indicators", self.env._("Values of indicators"), False
            ),
        }

    @api.model
    def _selection_consumer(self) -> list[tuple[str, str]]:
        labels = self._consumer_labels()
        return [(name, labels.get(name, name)) for name in self._consumers()]

    @api.model
    def _consumer_labels(self) -> dict[str, str]:
        """What people call the figures of each consumer; extend it with ``_consumers``."""
        return {
            "customers": self.env._("Customers of documents"),
            "segments": self.env._("History of segments"),
            "classes": self.env._("Classes of customers"),
            "indicators": self.env._("Values of indicators"),
        }

    @api.depends("tries")
    def _compute_state(self) -> None:
        remedies = {
            "new": self.env._("Nothing: a scheduled job renews the figures within minutes."),
            "retry": self.env._("Nothing yet: it is tried again by itself."),
            "stuck": self.env._(
                "Correct what the reason names, then choose “Try again”. “Give up” leaves the "
                "figures as they are until the next document of this customer."
            ),
        }
        for change in self:
            change.state = self._state_after(change.tries)
            change.remedy = remedies[change.state]

    @api.model
    def _state_after(self, tries: int) -> str:
        if tries >= MAX_TRIES:
            return "stuck"
        return "retry" if tries else "new"

    # people
    def action_retry(self) -> bool:
        """Try the chosen changes again at the next run."""
        self._check_manager()
        # Access: the strategy manager reads the queue; only this one change is allowed to him.
        self.sudo().write({"tries": 0, "next_try": False})
        self._trigger_lanes()
        return True

    def action_drop(self) -> bool:
        """Take the chosen changes off the queue; the figures stay as they are."""
        self._check_manager()
        for change in self.filtered(lambda change: change.consumer == "indicators"):
            # Access: stored figures that are left old must not be taken for current by anybody.
            marks = self.env["crm.indicator.period"].sudo()
            marks._give_up(change.company_id.id, change.fact_date)
        # Access: as above; the rows are the manager's own companies' (record rule).
        return self.sudo().unlink()

    def action_open_customer(self) -> dict:
        """Open the customer whose figures wait."""
        self.ensure_one()
        customer = self.env["crm.customer"].search(
            [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)]
        )
        return (customer or self.partner_id)._get_records_action()

    def _check_manager(self) -> None:
        self.check_access("read")
        if not self.env.user.has_group("crm_strategy.crm_strategy_group_manager"):
            raise AccessError(
                self.env._(
                    "Only a strategy manager decides about waiting changes. "
                    "Ask one to open CRM > Configuration > Waiting changes."
                )
            )
