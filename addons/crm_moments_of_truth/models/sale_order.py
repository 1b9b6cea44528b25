from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.facts import FactRow

ROLES = "crm_strategy.crm_strategy_group_user,crm_strategy.crm_strategy_group_finance"
# What a confirmed order's fact is made of, apart from its amount.
WATCHED = {"date_order", "partner_id", "currency_id"}


class SaleOrder(models.Model):
    """Orders prove moment 3 and are the root of their pass."""

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
    crm_relationship_ids = fields.One2many(
        "crm.relationship",
        "order_id",
        string="Pass",
        groups=ROLES,
        help="The pass of the chain of moments that began with this order.",
    )
    crm_moment_id = fields.Many2one(
        "crm.moment",
        string="Moment of truth",
        compute="_compute_crm_moment_id",
        groups=ROLES,
        help="The moment at which the pass of this order stands.",
    )

    @api.depends("crm_relationship_ids.current_moment_id")
    def _compute_crm_moment_id(self) -> None:
        for order in self:
            order.crm_moment_id = order.crm_relationship_ids[:1].current_moment_id

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
        result = super().write(vals)
        if "team_id" in vals and not vals.keys() & {"partner_id", "user_id", "crm_team_manual"}:
            # sudo: people outside the CRM roles choose teams as well but do not see the mark.
            self.sudo().crm_team_manual = bool(vals["team_id"])
        # Confirming, cancelling and resetting all write the state.
        if "state" in vals:
            self._moment_collect()
        elif vals.keys() & WATCHED:
            self.filtered(lambda order: order.state == "sale")._moment_collect()
        return result

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

    @api.model
    def _moment_fact_codes(self) -> tuple[str, ...]:
        return ("order_confirmed",)

    def _moment_facts(self) -> list[FactRow]:
        return [
            FactRow(
                fact="order_confirmed",
                res_id=order.id,
                occurrence=0,
                company_id=order.company_id.id,
                partner_id=order.partner_id.id,
                root_model=self._name,
                root_id=order.id,
                fact_at=order.date_order,
                amount=self._moment_amount(order.amount_total, order.currency_id),
                currency_id=order.currency_id.id,
                name=order.name,
            )
            for order in self
            if order.state == "sale"
        ]

    @api.model
    def _moment_plain_facts(self, ids: list[int]) -> SQL:
        return SQL(
            """
            SELECT 'order_confirmed' AS fact, document.id AS res_id, 0 AS occurrence,
                   document.company_id, partner.commercial_partner_id AS partner_id,
                   'sale.order' AS root_model, document.id AS root_id,
                   document.date_order AS fact_at,
                   ROUND(document.amount_total, currency.decimal_places) AS amount,
                   document.currency_id, document.name
              FROM sale_order AS document
              JOIN res_partner AS partner ON partner.id = document.partner_id
              JOIN res_currency AS currency ON currency.id = document.currency_id
             WHERE document.id = ANY(%s) AND document.state = 'sale'
            """,
            ids,
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
            """
            SELECT 'order_confirmed' AS fact, document.id AS res_id,
                   contact.commercial_partner_id AS partner_id, document.date_order AS fact_at,
                   ROUND(document.amount_total, currency.decimal_places) AS amount
              FROM sale_order AS document
              JOIN res_partner AS contact ON contact.id = document.partner_id
              JOIN res_currency AS currency ON currency.id = document.currency_id
             WHERE document.company_id = %s AND document.state = 'sale' AND %s
            """,
            company.id,
            self.env["crm.moment.event"]._in_range(SQL("contact.commercial_partner_id"), partners),
        )

    def _strip_domain(self) -> Domain:
        """The pass that began with the order, or with its opportunity."""
        own = Domain("order_id", "=", self._origin.id)
        if self.opportunity_id:
            own |= Domain("lead_id", "=", self.opportunity_id.id)
        return own

    # actions
    def action_open_crm_relationship(self) -> dict:
        """Open the pass that began with this order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_relationship_action"
        )
        relationship = self.crm_relationship_ids[:1]
        if relationship:
            return {**action, "views": [(False, "form")], "res_id": relationship.id}
        return {**action, "domain": [("order_id", "=", self.id)], "context": {}}
