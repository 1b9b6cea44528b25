from __future__ import annotations

from odoo import api, fields, models


class CrmInsight(models.Model):
    """What we learned from a contact, a pass or a contract, for all who serve the segment.

    S000-9.3-06 (learn from each contact), S000-9.3-07 (share it), S000-9.7-7 (use it again).
    """

    _name = "crm.insight"
    _description = "Insight"
    _inherit = ["crm.knowledge.mixin", "mail.thread"]
    _order = "date desc, id desc"
    _use_field = "insight_id"
    _seen_fields = ("relationship_id", "message_id")
    _privacy_expiry = "keep"
    _privacy_texts = ("name", "description")
    _privacy_only_sure = True

    name = fields.Char(
        string="What we learned",
        required=True,
        tracking=True,
        help="In one sentence that another colleague can use.",
    )
    description = fields.Text(help="How we know, and what to do differently.")
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="The day on which we learned it.",
    )
    segment_id = fields.Many2one(
        "crm.segment",
        string="Segment",
        compute="_compute_segment_id",
        store=True,
        readonly=False,
        index=True,
        ondelete="set null",
        check_company=True,
        help="Whose team reads it: the customer's segment, unless another one is chosen.",
    )
    is_shared = fields.Boolean(
        string="For everybody",
        help="Ticked: everybody with a role in the company reads it, not the segment's team alone.",
    )
    order_id = fields.Many2one(
        "sale.order",
        string="Contract",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The order that taught it. A contract with a lesson keeps rule 10 of the charter.",
    )
    moment_id = fields.Many2one(
        "crm.moment",
        string="Moment",
        index="btree_not_null",
        ondelete="set null",
        help="The moment of truth in which it was learned.",
    )
    message_id = fields.Many2one(
        "mail.message",
        string="Contact",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
        help="The message or meeting that taught it.",
    )
    active = fields.Boolean(default=True, help="Untick when it is no longer true.")
    # results
    use_ids = fields.One2many(
        "crm.knowledge.use", "insight_id", string="Uses", help="Where it was used again."
    )
    read_count = fields.Integer(
        string="Times read",
        compute="_compute_read_count",
        help="How often colleagues read it; each one counts once a day, the author not.",
    )
    reader_count = fields.Integer(
        string="Readers",
        compute="_compute_read_count",
        help="How many colleagues have read it.",
    )

    @api.depends("customer_id")
    def _compute_segment_id(self) -> None:
        for insight in self:
            # The segment of the day it was learned; later moves of the customer change nothing.
            insight.segment_id = insight.customer_id.segment_id or insight.segment_id

    def _compute_read_count(self) -> None:
        # sudo: who read it is for managers to see; how many did is for everybody who reads it.
        rows = (
            self.env["crm.insight.reading"]
            .sudo()
            ._read_group(
                [("insight_id", "in", self.ids)],
                ["insight_id"],
                ["__count", "user_id:count_distinct"],
            )
        )
        found = {insight.id: counts for insight, *counts in rows}
        for insight in self:
            insight.read_count, insight.reader_count = found.get(insight.id, (0, 0))

    def web_read(self, specification: dict) -> list[dict]:
        """Read for the form; one record that is opened counts as read."""
        values = super().web_read(specification)
        if len(self.ids) == 1 and values and "description" in specification:
            self.env["crm.insight.reading"]._note(self)
        return values

    @api.model
    def action_from_message(self, message_id: int) -> dict:
        """A form in which to write down what a message or meeting taught (S000-9.3-06).

        For the button beside a message; whoever may read the message may use it.
        """
        message = self.env["mail.message"].browse(int(message_id))
        message.ensure_one()
        message.check_access("read")
        document = self.env[message.model or "res.partner"].browse(message.res_id)
        customer = self.env["crm.customer"]
        if "partner_id" in document._fields or document._name == "res.partner":
            person = document if document._name == "res.partner" else document.partner_id
            company = (
                document._crm_known_company() if "crm_insight_count" in document._fields else None
            )
            customer = customer.search(
                [
                    ("partner_id", "=", person.commercial_partner_id.id),
                    ("company_id", "=", (company or self.env.company).id),
                ]
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What did it teach us?"),
            "res_model": self._name,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_message_id": message.id,
                "default_customer_id": customer.id,
                "default_company_id": (customer.company_id or self.env.company).id,
                "default_date": fields.Date.to_string(message.date),
                "default_order_id": document.id if document._name == "sale.order" else False,
            },
        }

    def action_open_readings(self) -> dict:
        """Open who read it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_insight_reading_action"
        )
        return {**action, "domain": [("insight_id", "=", self.id)], "context": {}}
