from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.facts import FactRow

ROLES = "crm_strategy.crm_strategy_group_user,crm_strategy.crm_strategy_group_finance"
# What a confirmed order's fact is made of, apart from its amount.
WATCHED = {"date_order", "partner_id", "currency_id", "commitment_date", "crm_delivered_at"}
# What the pass takes from the order besides facts.
OWNING = {"user_id", "team_id", "opportunity_id", "partner_id"}
CODES = ("order_confirmed", "date_promised", "goods_delivered")
# Codes of what happens to an order and stands in no field of it later, by the new state.
WITNESSED = {"sent": "quotation_sent", "cancel": "order_cancelled"}


class SaleOrder(models.Model):
    """Orders prove moment 3 and are the root of their pass, unless an opportunity is.

    Sending and cancelling are witnessed: a later state does not tell that they happened.
    """

    _name = "sale.order"
    _inherit = [
        "sale.order",
        "crm.moment.source.mixin",
        "crm.measured.mixin",
        "crm.moment.strip.mixin",
    ]
    # Amounts are not among them: no figure of orders counts them before they are invoiced.
    _measured_fields = frozenset(
        {"state", "date_order", "partner_id", "company_id", "invoice_status"}
    )

    crm_team_manual = fields.Boolean(
        string="Team chosen by hand",
        copy=False,
        groups=ROLES,
        help="Ticked when a person chose the sales team of this order. Untick to let the team of "
        "the customer's segment take over at the next change of customer or salesperson.",
    )
    crm_relationship_ids = fields.Many2many(
        "crm.relationship",
        string="Pass",
        compute="_compute_crm_relationship_ids",
        groups=ROLES,
        help="The pass of the chain of moments to which this order belongs: that of its "
        "opportunity, else its own.",
    )
    crm_moment_id = fields.Many2one(
        "crm.moment",
        string="Moment of truth",
        compute="_compute_crm_relationship_ids",
        groups=ROLES,
        help="The moment at which the pass of this order stands.",
    )

    @api.depends("opportunity_id")
    def _compute_crm_relationship_ids(self) -> None:
        passes = self.env["crm.relationship"].search(
            Domain("order_id", "in", self.ids) | Domain("lead_id", "in", self.opportunity_id.ids)
        )
        by_order = passes.grouped("order_id")
        by_lead = passes.filtered("lead_id").grouped("lead_id")
        for order in self:
            own = by_lead.get(order.opportunity_id) or by_order.get(order, passes.browse())
            order.crm_relationship_ids = own
            order.crm_moment_id = own[:1].current_moment_id

    # team
    @api.depends("partner_id", "company_id")
    def _compute_team_id(self):
        """The team a person chose, else the team of the customer's segment, else Odoo's choice."""
        # sudo: the mark is for CRM roles to see, but every order has to respect it.
        manual = self.filtered(lambda order: order.sudo().crm_team_manual and order.team_id)
        for order in manual:
            order.team_id = order.team_id
        routed = self - manual
        result = super(SaleOrder, routed)._compute_team_id()
        teams = routed._crm_segment_teams()
        for order in routed:
            key = (order.partner_id.commercial_partner_id.id, order.company_id.id)
            order.team_id = teams.get(key) or order.team_id
        return result

    def _crm_segment_teams(self) -> dict[tuple[int, int], models.BaseModel]:
        """Team of the segment by (commercial partner id, company id) of these orders."""
        # sudo: a salesperson outside CRM strategy gets the segment's team as well; only the team
        # leaves this method.
        customers = (
            self.env["crm.customer"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", self.partner_id.commercial_partner_id.ids),
                    ("company_id", "in", self.company_id.ids),
                    ("segment_id", "!=", False),
                ]
            )
        )
        return {
            (customer.partner_id.id, customer.company_id.id): customer.team_id.sudo(False)
            for customer in customers
            if customer.team_id
        }

    # figures
    def _measured_days(self) -> Iterable[tuple[int, date]]:
        """Confirmed orders count; their day in the company's zone may be one day earlier."""
        return [
            (order.company_id.id, order.date_order.date() - timedelta(days=1))
            for order in self
            if order.state == "sale" and order.date_order
        ]

    # capture
    def write(self, vals: dict) -> bool:
        """Write orders; a team written alone is a person's choice, facts follow the order."""
        code = WITNESSED.get(vals.get("state"))
        before = {order.id: order.state for order in self} if code else {}
        result = super().write(vals)
        if "team_id" in vals and not vals.keys() & {"partner_id", "user_id", "crm_team_manual"}:
            # sudo: people outside the CRM roles choose teams as well but do not see the mark.
            self.sudo().crm_team_manual = bool(vals["team_id"])
        # Confirming, cancelling and resetting all write the state.
        if "state" in vals:
            self._moment_collect()
        elif vals.keys() & WATCHED:
            self.filtered(lambda order: order.state == "sale")._moment_collect()
        if code:
            self._moment_witness_state(code, before)
        if vals.keys() & OWNING:
            self.env["crm.moment.event"]._touch(("sale.order", order_id) for order_id in self.ids)
        self.env["crm.relationship.input"]._notice_fields(self, vals)
        return result

    def _moment_witness_state(self, code: str, before: dict[int, str]) -> None:
        """Note that orders were sent or cancelled; a draft that is thrown away tells nothing."""
        now = fields.Datetime.now()
        told = ("sent", "sale") if code == "order_cancelled" else ("draft",)
        self.env["crm.moment.event"]._witness(
            FactRow(
                fact=code,
                res_id=order.id,
                # An order may be sent again after it was reset: each minute is one occurrence.
                occurrence=int(now.timestamp()) // 60,
                company_id=order.company_id.id,
                partner_id=order.partner_id.id,
                root_model=self._name,
                root_id=order.id,
                fact_at=now,
                amount=self._moment_amount(order.amount_total, order.currency_id),
                currency_id=order.currency_id.id,
                name=order.name,
            )
            for order in self
            if before[order.id] in told
        )

    def _compute_amounts(self):
        result = super()._compute_amounts()
        self.filtered(lambda order: order.id and order.state == "sale")._moment_collect()
        return result

    def unlink(self) -> bool:
        """Delete orders; what they proved no longer counts, their invoices stand alone."""
        # sudo: the invoices' facts change whoever deletes the order; nothing of them is shown.
        self.sudo().invoice_ids._moment_collect()
        self._moment_collect_gone()
        return super().unlink()

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        self.env["crm.moment.message"]._witness_message(
            message, self.company_id, self.partner_id, (self._name, self.id)
        )
        return result

    @api.model
    def _moment_fact_codes(self) -> tuple[str, ...]:
        return CODES

    def _moment_facts(self) -> list[FactRow]:
        return [
            order._moment_fact_row(code, at)
            for order in self
            if order.state == "sale"
            for code, at in order._moment_days().items()
            if at
        ]

    def _moment_days(self) -> dict[str, object]:
        """When each fact of the order became true; None for what it does not prove."""
        # sudo: the day of delivery is the engine's note on the order.
        delivered = self.sudo().crm_delivered_at
        return {
            "order_confirmed": self.date_order,
            "date_promised": self.commitment_date and self.date_order,
            "goods_delivered": delivered and max(delivered, self.date_order),
        }

    def _moment_fact_row(self, code: str, at: object) -> FactRow:
        return FactRow(
            fact=code,
            res_id=self.id,
            occurrence=0,
            company_id=self.company_id.id,
            partner_id=self.partner_id.id,
            root_model=self._name,
            root_id=self.id,
            fact_at=at,
            amount=self._moment_amount(self.amount_total, self.currency_id),
            currency_id=self.currency_id.id,
            name=self.name,
        )

    @api.model
    def _moment_plain_facts(self, ids: list[int]) -> SQL:
        return self._moment_orders_sql(SQL("document.id = ANY(%s)", ids))

    @api.model
    def _moment_orders_sql(self, which: SQL) -> SQL:
        return SQL(
            """
            SELECT code.fact, document.id AS res_id, 0 AS occurrence, document.company_id,
                   partner.commercial_partner_id AS partner_id, 'sale.order' AS root_model,
                   document.id AS root_id,
                   CASE code.fact
                       WHEN 'goods_delivered'
                       THEN GREATEST(document.crm_delivered_at, document.date_order)
                       ELSE document.date_order END AS fact_at,
                   ROUND(document.amount_total, currency.decimal_places) AS amount,
                   document.currency_id, document.name
              FROM sale_order AS document
              JOIN res_partner AS partner ON partner.id = document.partner_id
              JOIN res_currency AS currency ON currency.id = document.currency_id
              JOIN unnest(%s::varchar[]) AS code(fact)
                ON code.fact = 'order_confirmed'
                OR (code.fact = 'date_promised' AND document.commitment_date IS NOT NULL)
                OR (code.fact = 'goods_delivered' AND document.crm_delivered_at IS NOT NULL)
             WHERE document.state = 'sale' AND %s
            """,
            list(CODES),
            which,
        )

    @api.model
    def _moment_history_domain(
        self, companies: models.BaseModel, partner_ids: list[int] | None = None
    ) -> Domain:
        domain = Domain("company_id", "in", companies.ids) & Domain("state", "=", "sale")
        if partner_ids is not None:
            domain &= Domain("partner_id.commercial_partner_id", "in", partner_ids)
        return domain

    @api.model
    def _moment_check_sql(self, company: models.BaseModel, partners: range) -> SQL:
        return SQL(
            "SELECT fact, res_id, partner_id, fact_at, amount FROM (%s) AS found",
            self._moment_orders_sql(
                SQL(
                    "document.company_id = %s AND %s",
                    company.id,
                    self.env["crm.moment.event"]._in_range(
                        SQL("partner.commercial_partner_id"), partners
                    ),
                )
            ),
        )

    def _strip_domain(self) -> Domain:
        """The pass that began with the order, or with its opportunity."""
        own = Domain("order_id", "=", self._origin.id)
        if self.opportunity_id:
            own |= Domain("lead_id", "=", self.opportunity_id.id)
        return own

    # actions
    def action_open_crm_relationship(self) -> dict:
        """Open the pass to which this order belongs."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_relationship_action"
        )
        relationship = self.crm_relationship_ids[:1]
        if relationship:
            return {**action, "views": [(False, "form")], "res_id": relationship.id}
        return {**action, "domain": [("order_id", "=", self.id)], "context": {}}
