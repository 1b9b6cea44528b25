from __future__ import annotations

from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_moments_of_truth.core.facts import FactRow

PLANNED, DONE = "delivery_planned", "delivery_done"


class StockPicking(models.Model):
    """Deliveries to the customer of an order prove moment 7 beside the invoice.

    A delivery that stands is planned since its order; once done it is done on its own day. The
    goods of an order have arrived when what is done covers what is planned, so a backorder keeps
    the moment open. Returns and deliveries without an order prove nothing here.
    """

    _name = "stock.picking"
    _inherit = ["stock.picking", "crm.moment.source.mixin"]

    # capture
    def write(self, vals: dict) -> bool:
        """Write transfers; facts follow their date and their order."""
        result = super().write(vals)
        if vals.keys() & {"date_done", "sale_id"}:
            self.filtered("sale_id")._moment_collect()
        return result

    def unlink(self) -> bool:
        """Delete transfers; what they proved no longer counts."""
        self._moment_collect_gone()
        return super().unlink()

    @api.model
    def _moment_fact_codes(self) -> tuple[str, ...]:
        return (PLANNED, DONE)

    def _moment_facts(self) -> list[FactRow]:
        return [
            picking._moment_fact_row(code)
            for picking in self
            if picking._moment_counts()
            for code in (PLANNED, DONE)
            if code == PLANNED or picking.state == "done"
        ]

    @api.model
    def _moment_plain_facts(self, ids: list[int]) -> SQL:
        """Deliveries of exactly what was ordered; a part of it is valued one by one."""
        return SQL(
            """
            SELECT code.fact, picking.id AS res_id, 0 AS occurrence, document.company_id,
                   partner.commercial_partner_id AS partner_id, 'sale.order' AS root_model,
                   document.id AS root_id,
                   CASE code.fact WHEN %(done)s THEN picking.date_done
                                  ELSE document.date_order END AS fact_at,
                   ROUND(goods.value, currency.decimal_places) AS amount, document.currency_id,
                   picking.name
              FROM stock_picking AS picking
              JOIN sale_order AS document ON document.id = picking.sale_id
              JOIN res_partner AS partner ON partner.id = document.partner_id
              JOIN res_currency AS currency ON currency.id = document.currency_id
              JOIN stock_location AS origin ON origin.id = picking.location_id
              JOIN stock_location AS target ON target.id = picking.location_dest_id
        CROSS JOIN LATERAL (
                SELECT SUM(line.price_total) AS value,
                       BOOL_AND(move.product_uom = line.product_uom_id
                                AND line.product_uom_qty != 0
                                AND line.product_uom_qty = CASE move.state
                                    WHEN 'done' THEN move.quantity ELSE move.product_uom_qty END)
                           AS is_whole
                  FROM stock_move AS move
                  JOIN sale_order_line AS line ON line.id = move.sale_line_id
                 WHERE move.picking_id = picking.id AND move.state != 'cancel'
                   AND line.order_id = document.id
              ) AS goods
              JOIN unnest(%(codes)s) AS code (fact)
                ON code.fact = %(planned)s OR picking.state = 'done'
             WHERE picking.id = ANY(%(ids)s) AND goods.is_whole AND document.state = 'sale'
               AND picking.state NOT IN ('draft', 'cancel')
               AND target.usage = 'customer' AND origin.usage != 'customer'
               AND (picking.state != 'done' OR picking.date_done IS NOT NULL)
            """,
            ids=ids,
            planned=PLANNED,
            done=DONE,
            codes=[PLANNED, DONE],
        )

    @api.model
    def _moment_history_domain(
        self, companies: models.BaseModel, partner_ids: list[int] | None = None
    ) -> Domain:
        domain = (
            Domain("sale_id.company_id", "in", companies.ids)
            & Domain("state", "not in", ("draft", "cancel"))
            & Domain("location_dest_id.usage", "=", "customer")
        )
        if partner_ids is not None:
            domain &= Domain("sale_id.partner_id.commercial_partner_id", "in", partner_ids)
        return domain

    @api.model
    def _moment_check_sql(self, company: models.BaseModel, partners: range) -> SQL:
        """Days and customers of the deliveries; what they are worth follows from the orders."""
        return SQL(
            """
            SELECT code AS fact, document.id AS res_id,
                   contact.commercial_partner_id AS partner_id,
                   CASE code WHEN %(done)s THEN document.date_done ELSE sale.date_order END
                       AS fact_at,
                   NULL::numeric AS amount
              FROM stock_picking AS document
              JOIN sale_order AS sale ON sale.id = document.sale_id
              JOIN res_partner AS contact ON contact.id = sale.partner_id
              JOIN stock_location AS origin ON origin.id = document.location_id
              JOIN stock_location AS destination ON destination.id = document.location_dest_id
        CROSS JOIN unnest(%(codes)s) AS code
             WHERE sale.company_id = %(company)s AND sale.state = 'sale'
               AND document.state NOT IN ('draft', 'cancel')
               AND destination.usage = 'customer' AND origin.usage != 'customer'
               AND (document.state != 'done' OR document.date_done IS NOT NULL)
               AND (code = %(planned)s OR document.state = 'done') AND %(scope)s
            """,
            done=DONE,
            planned=PLANNED,
            codes=[PLANNED, DONE],
            company=company.id,
            scope=self.env["crm.moment.event"]._in_range(
                SQL("contact.commercial_partner_id"), partners
            ),
        )

    # facts
    def _moment_counts(self) -> bool:
        """Whether goods go to the customer of a confirmed order, from stock or drop-shipped."""
        return bool(
            self.sale_id.state == "sale"
            and self.state not in ("draft", "cancel")
            and self.location_dest_id.usage == "customer"
            and self.location_id.usage != "customer"
            and (self.state != "done" or self.date_done)
        )

    def _moment_fact_row(self, code: str) -> FactRow:
        order = self.sale_id
        return FactRow(
            fact=code,
            res_id=self.id,
            occurrence=0,
            company_id=order.company_id.id,
            partner_id=order.partner_id.commercial_partner_id.id,
            root_model=order._name,
            root_id=order.id,
            fact_at=self.date_done if code == DONE else order.date_order,
            amount=self._moment_value(order),
            currency_id=order.currency_id.id,
            name=self.name,
        )

    def _moment_value(self, order: models.BaseModel) -> Decimal:
        """Value of the goods at the prices of the order, with tax; moves outside it are free."""
        value = sum(
            move._moment_share() * move.sale_line_id.price_total
            for move in self.move_ids
            if move.sale_line_id.order_id == order and move.state != "cancel"
        )
        return self._moment_amount(value, order.currency_id)
