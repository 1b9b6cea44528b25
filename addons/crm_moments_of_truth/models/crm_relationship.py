from __future__ import annotations

from collections.abc import Sequence

from odoo import api, fields, models
from odoo.tools import SQL


class CrmRelationship(models.Model):
    """One pass of the chain of moments with one customer, begun by one root document.

    Derived from the standing facts of its root, by the lane of the queue and by the rebuild alike.
    Nobody writes it by hand. A pass whose facts are all voided is archived, not deleted.
    """

    _name = "crm.relationship"
    _description = "Pass of a Relationship"
    _inherit = [
        "crm.partner.keyed.mixin",
        "crm.relationship.comparison",
        "crm.relationship.signs",
        "crm.relationship.strip",
        "crm.relationship.board",
    ]
    _order = "date_last desc, id desc"
    _check_company_auto = True
    _partner_merge = "rekey"
    _privacy_purpose = "contract"
    # A projection of documents that are kept by law; goes when they go.
    _privacy_expiry = "keep"
    _privacy_texts = ("name",)

    # identity
    name = fields.Char(
        string="Pass",
        required=True,
        help="Number of the document with which the pass began, kept also when it is deleted.",
    )
    root_model = fields.Char(required=True, help="Kind of the document with which the pass began.")
    root_id = fields.Many2oneReference(
        string="Root",
        model_field="root_model",
        required=True,
        aggregator=None,
        help="The document with which the pass began.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", help="Our company."
    )
    active = fields.Boolean(
        default=True,
        help="Unticked when no document proves anything in this pass any more, for example "
        "after its order was cancelled.",
    )
    # links
    customer_id = fields.Many2one(
        "crm.customer",
        index=True,
        ondelete="set null",
        help="The customer in this company, with segment and owner.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Partner",
        index=True,
        ondelete="set null",
        help="The commercial partner of the documents.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Contact person",
        index="btree_not_null",
        ondelete="set null",
        help="Our interlocutor at the customer: the person on the document with which the pass "
        "began. Empty where the document names the company alone.",
    )
    chain_id = fields.Many2one(
        "crm.moment.chain",
        string="Chain",
        required=True,
        index=True,
        # A used chain refuses to be deleted; only uninstalling takes it and its passes.
        ondelete="cascade",
        help="The version of the chain on which the pass began; it stays on it.",
    )
    order_id = fields.Many2one(
        "sale.order", index=True, ondelete="set null", help="The order with which the pass began."
    )
    invoice_id = fields.Many2one(
        "account.move",
        index="btree_not_null",
        ondelete="set null",
        help="The invoice with which the pass began, when there was no order.",
    )
    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        index="btree_not_null",
        ondelete="set null",
        help="The opportunity with which the pass began; the orders made for it belong to it.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        index=True,
        ondelete="set null",
        help="Who answers for the pass: the salesperson of the document with which it began, else "
        "the customer's owner.",
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Team",
        index=True,
        ondelete="set null",
        help="Sales team of the document with which the pass began, else the customer's team.",
    )
    segment_id = fields.Many2one(
        related="customer_id.segment_id",
        string="Segment today",
        help="The segment in which the customer is today.",
    )
    # results
    is_open = fields.Boolean(
        string="Under way",
        index=True,
        help="Ticked until the last moment is proven, or the opportunity is lost, or the order is "
        "cancelled.",
    )
    is_repeat = fields.Boolean(
        string="Repeat order",
        help="The customer had ordered before this pass began. It opens at the second moment: "
        "who was won before need not be won again.",
    )
    current_moment_id = fields.Many2one(
        "crm.moment",
        string="Stands at",
        index=True,
        ondelete="set null",
        group_expand="_group_expand_moments",
        help="The next moment under way after the furthest proven one, else the furthest proven "
        "one.",
    )
    date_first = fields.Date(
        string="First fact", help="Day of the earliest fact, in the company's time zone."
    )
    date_last = fields.Date(
        string="Last fact", index=True, help="Day of the latest fact, in the company's time zone."
    )
    proven_count = fields.Integer(
        string="Moments proven",
        aggregator="avg",
        help="How many moments of the chain are proven. Moments whose facts are not recorded "
        "in this database stay not proven.",
    )
    amount = fields.Monetary(
        string="Value",
        help="Value of the root document without tax, in the company's currency at the "
        "document's date.",
    )
    currency_id = fields.Many2one(
        "res.currency", ondelete="set null", help="Currency of the company."
    )
    iteration = fields.Integer(
        compute="_compute_iteration",
        help="The how-many-eth pass with this customer it is, by its first fact.",
    )
    churned_on = fields.Date(
        string="Ended by hand",
        readonly=True,
        copy=False,
        help="Day on which somebody said that the customer does not come back.",
    )
    line_ids = fields.One2many(
        "crm.relationship.moment",
        "relationship_id",
        string="Moments",
        help="Where each moment of the chain stands.",
    )
    event_ids = fields.One2many(
        "crm.moment.event", "relationship_id", string="Facts", help="The facts behind the moments."
    )
    event_count = fields.Integer(
        string="Facts that count",
        compute="_compute_event_count",
        help="How many standing facts the pass has.",
    )

    _root_uniq = models.UniqueIndex(
        "(root_id, root_model)", "This document has its pass already. Open the existing pass."
    )

    def _compute_iteration(self) -> None:
        # Raw SQL: the rank is a window over all passes of the customers, never stored.
        self.flush_model(["company_id", "partner_id", "date_first", "active"])
        ranks = dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT id, rank FROM (
                        SELECT id, RANK() OVER (
                                       PARTITION BY company_id, partner_id ORDER BY date_first, id
                                   ) AS rank
                          FROM crm_relationship
                         WHERE active AND partner_id = ANY(%s)
                    ) AS ranked WHERE id = ANY(%s)
                    """,
                    self.partner_id.ids,
                    self.ids,
                )
            )
        )
        for relationship in self:
            relationship.iteration = ranks.get(relationship.id, 0)

    def _compute_event_count(self) -> None:
        counts = dict(
            self.env["crm.moment.event"]._read_group(
                [("relationship_id", "in", self.ids), ("voided_at", "=", False)],
                ["relationship_id"],
                ["__count"],
            )
        )
        for relationship in self:
            relationship.event_count = counts.get(relationship, 0)

    @api.model
    def _group_expand_moments(self, moments: models.BaseModel, _domain: list) -> models.BaseModel:
        """All moments of the current chain as columns, also those where no pass stands."""
        chain = self.env["crm.moment.chain"]._for_company(self.env.company)
        return (moments | chain.moment_ids).sorted(lambda moment: (moment.sequence, moment.id))

    # actions
    def action_open_events(self) -> dict:
        """Open the facts of the pass."""
        self.ensure_one()
        return self._open_events([])

    def action_open_root(self) -> dict:
        """Open the document with which the pass began."""
        self.ensure_one()
        root = self.env[self.root_model].browse(self.root_id)
        return {
            "type": "ir.actions.act_window",
            "res_model": root._name,
            "res_id": root.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_open_order(self) -> dict:
        """Open the first order of the pass."""
        self.ensure_one()
        return self.order_id._get_records_action()

    def _open_events(self, fact_codes: Sequence[str]) -> dict:
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_moment_event_action"
        )
        domain = [("relationship_id", "=", self.id)]
        if fact_codes:
            domain.append(("fact", "in", list(fact_codes)))
        return {**action, "domain": domain, "context": {"search_default_standing": 1}}
