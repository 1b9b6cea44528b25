from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from odoo import api, models
from odoo.tools import SQL


class CrmCustomerMerge(models.AbstractModel):
    """What happens to customers, and to all that hangs on them, when partners become one."""

    _name = "crm.customer.merge"
    _description = "Merge of Customers"
    _inherit = ["crm.partner.keyed.mixin"]

    @api.model
    @api.private
    def _merge_hub(self, source_ids: list[int], destination_id: int) -> None:
        """Merge the customers of the source partners into those of the destination.

        Customers, and what is kept per customer, go to the destination's commercial partner;
        what is kept per contact goes to the destination itself. Every keyed model follows; then
        the customers that are left over go, and every consumer renews the figures of the
        remaining ones.
        """
        source_ids = [partner_id for partner_id in source_ids if partner_id != destination_id]
        if not source_ids:
            return
        buyer_id = self._merge_buyer(source_ids, destination_id)
        customers, companies = self._merge_plan(source_ids, buyer_id)
        keyed = [model for model in self._merge_models() if model._name != self._name]
        for model in [*keyed, self]:
            target_id = buyer_id if model._partner_is_buyer else destination_id
            model._merge_partners(source_ids, target_id, customers)
        self._merge_follow(list(set(customers.values())))
        for model in keyed:
            if model._partner_merge == "recompute":
                model._merge_recomputed(buyer_id)
        self._collect_everything(companies, [buyer_id])

    @api.model
    def _merge_buyer(self, source_ids: list[int], destination_id: int) -> int:
        """Commercial partner of the destination once the merge is done."""
        destination = self.env["res.partner"].browse(destination_id)
        merged = destination | destination.browse(source_ids)
        # One that is a company makes the destination a company, which buys for itself.
        if any(merged.mapped("is_company")) or destination.commercial_partner_id in merged:
            return destination_id
        return destination.commercial_partner_id.id

    @api.model
    def _collect_everything(self, company_ids: Iterable[int], partner_ids: Iterable[int]) -> None:
        """Ask every consumer to renew all figures of the partners in the companies."""
        Change = self.env["crm.change"]
        pairs = [(company, partner) for company in company_ids for partner in partner_ids]
        for consumer in Change._consumers():
            Change._collect(consumer, [(*pair, date.min) for pair in pairs])

    @api.model
    def _merge_plan(self, source_ids: list[int], destination_id: int):
        """Customer ids that disappear -> the one that remains; and the companies concerned.

        In each company the destination's own customer remains, else the oldest source's.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, company_id
                  FROM crm_customer
                 WHERE partner_id = ANY(%s)
              ORDER BY partner_id != %s, id
                """,
                [*source_ids, destination_id],
                destination_id,
            )
        )
        kept: dict[int, int] = {}
        gone: dict[int, int] = {}
        for customer_id, company_id in rows:
            if company_id in kept:
                gone[customer_id] = kept[company_id]
            else:
                kept[company_id] = customer_id
        return gone, list(kept)

    @api.model
    def _merge_collisions(
        self, source_ids: list[int], destination_id: int, customers: dict[int, int]
    ) -> None:
        """Give the remaining customers what only the others had, then remove the others."""
        if not customers:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_customer AS kept
                   SET segment_id = COALESCE(kept.segment_id, today.segment_id),
                       is_segment_manual = CASE WHEN kept.segment_id IS NULL
                           THEN today.is_segment_manual ELSE kept.is_segment_manual END,
                       user_id = COALESCE(kept.user_id, today.user_id)
                  FROM (
                    SELECT DISTINCT ON (pair.kept) pair.kept, gone.user_id,
                           gone.is_segment_manual, gone.segment_id
                      FROM %s
                      JOIN crm_customer AS gone ON gone.id = pair.gone
                  ORDER BY pair.kept, gone.segment_id IS NULL, gone.id
                  ) AS today
                 WHERE kept.id = today.kept
                """,
                self._merge_pairs_sql(customers),
            )
        )
        self.env.cr.execute(SQL("DELETE FROM crm_customer WHERE id = ANY(%s)", list(customers)))

    @api.model
    def _merge_follow(self, customer_ids: list[int]) -> None:
        """Let the history follow the segments that the remaining customers took over."""
        rows = self.env.execute_query(
            SQL(
                "SELECT company_id, array_agg(id) FROM crm_customer "
                "WHERE id = ANY(%s) GROUP BY company_id",
                customer_ids,
            )
        )
        for company_id, ids in rows:
            self.env["crm.segment.membership"]._follow(
                self.env["res.company"].browse(company_id),
                SQL(
                    "SELECT id AS customer_id, partner_id, segment_id "
                    "FROM crm_customer WHERE id = ANY(%s)",
                    ids,
                ),
            )
