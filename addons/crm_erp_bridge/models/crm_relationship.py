from __future__ import annotations

from odoo import api, models

from odoo.addons.crm_moments_of_truth.core.derive import Fact, arrival

from .stock_picking import DONE, PLANNED

INVOICED, DELIVERED = "invoice_posted", "goods_delivered"


class CrmRelationship(models.Model):
    """Passes wait for goods only where goods are to be delivered."""

    _inherit = "crm.relationship"

    @api.model
    def _facts_by_root(self, roots: list) -> dict:
        """Facts of the roots; where no delivery is planned, the invoice stands for it.

        An order for services, or an invoice without an order, has nothing to deliver and must not
        wait for a delivery for ever. No fact is recorded for that: the screen shows the invoice
        alone. An order with goods has its delivery planned from its confirmation on, and its
        deliveries say when it arrived: they know the day that an order line does not keep.
        """
        facts = super()._facts_by_root(roots)
        for found in facts.values():
            invoiced = [fact.day for fact in found if fact.code == INVOICED]
            if invoiced and not any(fact.code == PLANNED for fact in found):
                found += [Fact(PLANNED, min(invoiced)), Fact(DONE, min(invoiced))]
            elif any(fact.code == PLANNED for fact in found):
                found[:] = [fact for fact in found if fact.code != DELIVERED]
                day = arrival(DONE, found, {DONE: frozenset({PLANNED})})
                found += [Fact(DELIVERED, day)] if day else []
        return facts
