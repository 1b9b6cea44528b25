from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.period import Period
from odoo.addons.crm_strategy.core.plan import RealisedPrices
from odoo.addons.crm_strategy.core.value import UNDEFINED, Undefined, as_decimal

from ..core.prices import PricedLine, realised


class CrmFacts(models.AbstractModel):
    """By which channel was sold, and at which prices beside the policy; by segment of the day."""

    _inherit = "crm.facts"

    # channels
    @api.model
    def _sales_by_channel(
        self, company: models.BaseModel, period: Period
    ) -> dict[tuple[int, int], Decimal] | Undefined:
        """The channel of the medium on the document, else on its order, else on its lead."""
        if not self._has_books(company):
            return UNDEFINED
        rows = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(membership.segment_id, 0), COALESCE(channel.id, 0),
                       SUM(sold.revenue)
                  FROM (%(sold)s) AS sold
                  JOIN account_move AS move ON move.id = sold.move_id
             LEFT JOIN sale_order AS sale ON sale.id = sold.order_id
             LEFT JOIN crm_lead AS lead ON lead.id = sale.opportunity_id
                       %(membership)s
             LEFT JOIN LATERAL (
                    SELECT channel.id
                      FROM crm_channel_medium_rel AS way
                      JOIN crm_channel AS channel ON channel.id = way.channel_id AND channel.active
                     WHERE way.medium_id
                           = COALESCE(move.medium_id, sale.medium_id, lead.medium_id)
                  ORDER BY channel.id
                     LIMIT 1
                  ) AS channel ON TRUE
              GROUP BY 1, 2
                """,
                sold=self._sold_lines(company, period),
                membership=self.env["crm.segment.membership"]._join_at(
                    SQL("sold.partner_id"), SQL("move.company_id"), SQL("sold.day")
                ),
            )
        )
        return {
            (segment_id, channel_id): as_decimal(amount) for segment_id, channel_id, amount in rows
        }

    # prices
    @api.model
    def _realised_prices(
        self, company: models.BaseModel, period: Period
    ) -> dict[int, RealisedPrices] | Undefined:
        """Posted lines of products beside the price list that the plan of their segment names.

        The list price is that of the document's day, for the quantity of the line, without tax and
        in the currency of the company. Lines of credit notes take amounts off and are not counted.
        """
        if not self._has_books(company):
            return UNDEFINED
        policies = self._price_policies(company)
        if not policies:
            return {}
        found: dict[int, list[PricedLine]] = defaultdict(list)
        rows = self._policy_rows(company, period, policies)
        prices = self._list_prices(company, rows)
        for row in rows:
            quantity = as_decimal(row["quantity"]) * (-1 if row["is_credit"] else 1)
            found[row["segment_id"]].append(
                PricedLine(
                    policy_amount=as_decimal(
                        company.currency_id.round(float(prices[_price_key(row)] * quantity))
                    ),
                    realised_amount=as_decimal(row["revenue"]),
                    discount=as_decimal(row["discount_rate"]),
                    is_credit=row["is_credit"],
                )
            )
        return {segment_id: RealisedPrices(*realised(lines)) for segment_id, lines in found.items()}

    @api.model
    def _price_policies(self, company: models.BaseModel) -> models.BaseModel:
        # Access: totals of the company, whoever reads the plan; the lines stay where they are.
        return self.env["crm.price.policy"].sudo().search([("company_id", "=", company.id)])

    @api.model
    def _policy_rows(self, company, period: Period, policies) -> list[dict]:
        """Posted lines of products with the policy that covers them: that of the nearest category
        above the product, else that of all products."""
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT posted.id, posted.product_id, posted.product_uom_id, posted.quantity,
                       posted.day, posted.revenue, posted.is_credit, membership.segment_id,
                       policy.pricelist_id, policy.discount_rate
                  FROM (%(lines)s) AS posted
                  JOIN product_product AS product ON product.id = posted.product_id
                  JOIN product_template AS template ON template.id = product.product_tmpl_id
             LEFT JOIN product_category AS category ON category.id = template.categ_id
                       %(membership)s
            CROSS JOIN LATERAL (
                    SELECT policy.pricelist_id, policy.discount_rate
                      FROM crm_price_policy AS policy
                      JOIN crm_segment_plan AS plan
                        ON plan.id = policy.plan_id AND plan.segment_id = membership.segment_id
                 LEFT JOIN product_category AS above ON above.id = policy.category_id
                     WHERE policy.id = ANY(%(policies)s)
                       AND (policy.category_id IS NULL
                            OR category.parent_path LIKE above.parent_path || '%%')
                  ORDER BY length(COALESCE(above.parent_path, '')) DESC, policy.id
                     LIMIT 1
                  ) AS policy
              ORDER BY posted.id
                """,
                lines=self._posted_lines(company, period),
                membership=self.env["crm.segment.membership"]._join_at(
                    SQL("posted.partner_id"), SQL("%s", company.id), SQL("posted.day")
                ),
                policies=policies.ids,
            )
        )

    @api.model
    def _list_prices(self, company: models.BaseModel, rows: list[dict]) -> dict[tuple, Decimal]:
        """Price of one unit without tax by price list, quantity, unit, day and product."""
        # Access: list prices enter totals of the company, whoever reads the plan.
        env = self.with_company(company).sudo().env
        groups: dict[tuple, set[int]] = defaultdict(set)
        for row in rows:
            *where, product_id = _price_key(row)
            groups[tuple(where)].add(product_id)
        found = {}
        for (list_id, quantity, uom_id, day), product_ids in groups.items():
            products = env["product.product"].browse(product_ids)
            prices = (
                env["product.pricelist"]
                .browse(list_id)
                ._get_products_price(
                    products,
                    quantity,
                    currency=company.currency_id,
                    uom=env["uom.uom"].browse(uom_id),
                    date=day,
                )
            )
            for product in products:
                price = self._price_without_tax(product, prices[product.id], company)
                found[list_id, quantity, uom_id, day, product.id] = price
        return found

    @api.model
    def _price_without_tax(self, product, price: float, company: models.BaseModel) -> Decimal:
        """A price list of taxes included says more than was posted without them."""
        taxes = product.taxes_id._filter_taxes_by_company(company).filtered("price_include")
        if not taxes:
            return as_decimal(price)
        digits = 1e-6
        parts = taxes.with_context(round=False, round_base=False).compute_all(
            price, company.currency_id, 1.0, product
        )
        return as_decimal(round(parts["total_excluded"] / digits) * digits)


def _price_key(row: dict) -> tuple:
    """(price list, quantity, unit, day, product) of a posted line."""
    return (
        row["pricelist_id"],
        float(row["quantity"]),
        row["product_uom_id"],
        row["day"],
        row["product_id"],
    )
