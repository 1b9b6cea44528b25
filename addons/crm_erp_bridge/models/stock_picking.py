from __future__ import annotations

from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain

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
