from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.loyalty import LoyaltyFacts, ValueFacts
from odoo.addons.crm_strategy.core.period import Period
from odoo.addons.crm_strategy.core.value import UNDEFINED, Undefined, as_decimal

from ..core.purchases import habit, whole_months


class CrmFacts(models.AbstractModel):
    """What decides types, classes and phases: margin, purchases and care of each customer."""

    _inherit = "crm.facts"

    @api.model
    def _value_facts(
        self, company: models.BaseModel, customer_ids: Sequence[int], day: date
    ) -> dict[int, ValueFacts] | Undefined:
        """Margin = income less cost on the posted documents; tenure since the first invoice.

        Cost is what was booked with the invoice on an account of expenses. Whoever bought before
        but not in the twelve months has a margin of 0.
        """
        if not self._has_books(company):
            return UNDEFINED
        rows = self.env.execute_query(
            SQL(
                """
                SELECT customer.id,
                       MIN(%(day)s) FILTER (WHERE move.move_type <> 'out_refund') AS first,
                       SUM(part.margin) FILTER (WHERE %(day)s > %(from)s) AS margin
                  FROM crm_customer AS customer
                  JOIN res_partner AS contact ON contact.commercial_partner_id = customer.partner_id
                  JOIN account_move AS move ON move.partner_id = contact.id
     LEFT JOIN LATERAL (
                    SELECT -SUM(line.balance) AS margin
                      FROM account_move_line AS line
                      JOIN account_account AS account ON account.id = line.account_id
                     WHERE line.move_id = move.id AND %(day)s > %(from)s
                       AND (%(goods)s
                            OR (line.display_type = 'cogs'
                                AND account.account_type LIKE 'expense%%'))
                  ) AS part ON TRUE
                 WHERE customer.company_id = %(company)s AND customer.id = ANY(%(customers)s)
                   AND %(posted)s
              GROUP BY customer.id
                """,
                day=self._posted_day(),
                **{"from": day - relativedelta(years=1)},
                goods=self._goods_condition(),
                company=company.id,
                customers=list(customer_ids),
                posted=self._posted_condition(company, self._until(day)),
            )
        )
        return {
            customer_id: ValueFacts(as_decimal(margin or 0), Decimal(whole_months(first, day)))
            for customer_id, first, margin in rows
            if first
        }

    @api.model
    def _until(self, day: date) -> Period:
        return Period.between(None, day + relativedelta(days=1))

    @api.model
    def _loyalty_facts(
        self, company: models.BaseModel, customer_ids: Sequence[int], day: date
    ) -> dict[int, LoyaltyFacts] | Undefined:
        """A purchase is an order, or an invoice without one, from its first invoice on.

        What was credited in full is no purchase; purchases of one day are one.
        """
        if not self._has_books(company):
            return UNDEFINED
        rows = self.env.execute_query(
            SQL(
                """
                SELECT customer_id, array_agg(day)
                  FROM (
                    SELECT customer.id AS customer_id, sold.order_id,
                           CASE WHEN sold.order_id IS NULL
                                THEN COALESCE(move.reversed_entry_id, move.id) END AS root_id,
                           MIN(sold.day) FILTER (WHERE NOT sold.is_credit) AS day
                      FROM (%(sold)s) AS sold
                      JOIN account_move AS move ON move.id = sold.move_id
                      JOIN crm_customer AS customer
                        ON customer.partner_id = sold.partner_id
                       AND customer.company_id = move.company_id
                     WHERE customer.id = ANY(%(customers)s)
                  GROUP BY 1, 2, 3
                    HAVING SUM(sold.revenue) > 0
                  ) AS purchase
                 WHERE day IS NOT NULL
              GROUP BY customer_id
                """,
                sold=self._sold_lines(company, self._until(day), customer_ids),
                customers=list(customer_ids),
            )
        )
        return {customer_id: habit(days, day) for customer_id, days in rows}
