from __future__ import annotations

from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..core.derive import Fact

DELIVERED, INVOICED, ORDERED = "goods_delivered", "invoice_posted", "order_confirmed"


class CrmRelationship(models.Model):
    """Passes wait for a delivery only where something is to be delivered."""

    _inherit = "crm.relationship"

    @api.model
    def _facts_by_root(self, roots: list) -> dict:
        """Facts of the roots; where nothing has to be delivered, the invoice stands for it.

        No fact is recorded for that: the screen shows the invoice alone.
        """
        facts = super()._facts_by_root(roots)
        waiting = self._roots_with_goods(roots)
        for root, found in facts.items():
            invoiced = [fact.day for fact in found if fact.code == INVOICED]
            known = any(fact.code == DELIVERED for fact in found)
            if invoiced and not known and root not in waiting:
                found.append(Fact(DELIVERED, min(invoiced)))
        return facts

    @api.model
    def _roots_with_goods(self, roots: list) -> set:
        """Roots with a confirmed order of which something is delivered: goods, or what is
        invoiced by delivered quantity."""
        by_model = defaultdict(list)
        for root_model, root_id in roots:
            by_model[root_model].append(root_id)
        if not by_model:
            return set()
        return set(
            self.env.execute_query(
                SQL(
                    """
                    SELECT DISTINCT event.root_model, event.root_id
                      FROM crm_moment_event AS event
                      JOIN sale_order_line AS line ON line.order_id = event.res_id
                      JOIN product_product AS product ON product.id = line.product_id
                      JOIN product_template AS template ON template.id = product.product_tmpl_id
                     WHERE event.fact = %s AND event.voided_at IS NULL AND (%s)
                       AND line.display_type IS NULL AND line.product_uom_qty > 0
                       AND NOT COALESCE(line.is_downpayment, FALSE)
                       AND (template.type != 'service' OR template.invoice_policy = 'delivery')
                    """,
                    ORDERED,
                    SQL(" OR ").join(
                        SQL("event.root_model = %s AND event.root_id = ANY(%s)", name, ids)
                        for name, ids in by_model.items()
                    ),
                )
            )
        )
