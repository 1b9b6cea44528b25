from __future__ import annotations

from collections.abc import Iterable

from odoo import api, fields, models
from odoo.tools import SQL

BUFFER = "crm_moments_of_truth.delivered"


class SaleOrder(models.Model):
    """When the delivered quantities came to cover the ordered ones: order lines keep no day."""

    _inherit = "sale.order"

    crm_delivered_at = fields.Datetime(
        string="Delivered in full",
        readonly=True,
        copy=False,
        groups="crm_strategy.crm_strategy_group_user,crm_strategy.crm_strategy_group_finance",
        help="When the delivered quantities of the order lines came to cover the ordered ones.",
    )

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> SaleOrder:
        """Create orders; nobody types the day of delivery."""
        return super().create([self._crm_without_delivery(vals) for vals in vals_list])

    def write(self, vals: dict) -> bool:
        """Write orders; nobody types the day of delivery."""
        return super().write(self._crm_without_delivery(vals))

    @api.model
    def _crm_without_delivery(self, vals: dict) -> dict:
        """Values without the engine's note, from which a fact is made."""
        return {name: value for name, value in vals.items() if name != "crm_delivered_at"}

    @api.model
    def _crm_deliverable_lines(self) -> SQL:
        """Order lines that are delivered by quantity: goods, and services invoiced as delivered.

        A service that is invoiced as ordered is handed over with its invoice.
        """
        return SQL(
            """
            SELECT line.id, line.order_id, line.qty_delivered, line.product_uom_qty,
                   line.write_date
              FROM sale_order_line AS line
              JOIN product_product AS variant ON variant.id = line.product_id
              JOIN product_template AS product ON product.id = variant.product_tmpl_id
             WHERE line.display_type IS NULL AND line.product_uom_qty > 0
               AND NOT COALESCE(line.is_downpayment, FALSE)
               AND (product.type = 'consu'
                    OR (product.type = 'service' AND product.invoice_policy = 'delivery'))
            """
        )

    @api.model
    def _crm_note_delivery(self, order_ids: Iterable[int]) -> None:
        """Have the day of delivery of orders looked at before the next flush ends."""
        data = self.env.cr.precommit.data
        if BUFFER not in data:
            data[BUFFER] = set()
            self.env.cr.precommit.add(self.env(context={}, su=True)[self._name]._crm_set_delivery)
        data[BUFFER].update(order_ids)

    @api.model
    def _crm_set_delivery(self) -> None:
        ids = self.env.cr.precommit.data.pop(BUFFER, set())
        changed = self.browse(self._crm_write_delivery(SQL("document.id = ANY(%s)", list(ids))))
        if changed:
            changed.invalidate_recordset(["crm_delivered_at"], flush=False)
            changed.filtered(lambda order: order.state == "sale")._moment_collect()

    @api.model
    def _crm_write_delivery(self, which: SQL, at: SQL | None = None) -> list[int]:
        """Set or clear the day of delivery of orders; returns those that changed.

        ``at`` says when, by default now; it may name the latest change of the lines, ``last_at``.
        """
        # Raw SQL: the day is the engine's note; writing it must not touch the order's own dates.
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE sale_order AS document
                   SET crm_delivered_at = CASE WHEN found.is_covered THEN %(at)s END
                  FROM (
                    SELECT document.id,
                           BOOL_AND(line.qty_delivered >= line.product_uom_qty)
                               AS is_covered, MAX(line.write_date) AS last_at
                      FROM sale_order AS document
                 LEFT JOIN (%(lines)s) AS line ON line.order_id = document.id
                     WHERE %(which)s
                  GROUP BY document.id
                  ) AS found
                 WHERE found.id = document.id
                   AND COALESCE(found.is_covered, FALSE)
                       IS DISTINCT FROM (document.crm_delivered_at IS NOT NULL)
             RETURNING document.id
                """,
                at=at or SQL("%s::timestamp", fields.Datetime.now()),
                lines=self._crm_deliverable_lines(),
                which=which,
            )
        )
        return [order_id for (order_id,) in rows]

    @api.model
    def _crm_write_past_deliveries(self) -> None:
        """Orders of before the installation: delivered when their lines last changed."""
        self.env.flush_all()
        self._crm_write_delivery(
            SQL("document.state = 'sale' AND document.crm_delivered_at IS NULL"),
            SQL("DATE_TRUNC('second', found.last_at)"),
        )
        self.invalidate_model(["crm_delivered_at"], flush=False)
