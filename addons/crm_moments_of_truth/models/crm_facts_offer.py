from __future__ import annotations

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.fit import FitFacts, FitFigure
from odoo.addons.crm_strategy.core.period import Period
from odoo.addons.crm_strategy.core.value import Undefined, as_decimal, ratio


class CrmFacts(models.AbstractModel):
    """What orders and quotations say: the profile of the sales, and offers that trace to a need."""

    _inherit = "crm.facts"

    @api.model
    def _orders_sql(self, company: models.BaseModel, period: Period, confirmed: bool) -> SQL:
        """SELECT of the quotations and orders of a period: id, partner_id, opportunity_id, day,
        at and value (without tax, in the currency of the company)."""
        zone = self._zone(company)
        day = SQL("(document.date_order AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", zone)
        conditions = [SQL("document.company_id = %s", company.id)]
        if confirmed:
            conditions.append(SQL("document.state = 'sale'"))
        else:
            conditions.append(SQL("document.state <> 'cancel'"))
        if period.date_from:
            conditions.append(SQL("%s >= %s", day, period.date_from))
        if period.date_to:
            conditions.append(SQL("%s < %s", day, period.date_to))
        return SQL(
            """
            SELECT document.id, contact.commercial_partner_id AS partner_id,
                   document.opportunity_id, %(day)s AS day, document.date_order AS at,
                   document.amount_untaxed
                       / COALESCE(NULLIF(document.currency_rate, 0), 1) AS value
              FROM sale_order AS document
              JOIN res_partner AS contact ON contact.id = document.partner_id
             WHERE %(conditions)s
            """,
            day=day,
            conditions=SQL(" AND ").join(conditions),
        )

    # fit test
    @api.model
    def _fit_facts(self, company: models.BaseModel, period: Period) -> FitFacts:
        """Confirmed orders of the period: length of the sale, median value, repetition.

        The length counts for orders of an opportunity, from its creation or first assignment,
        whichever was earlier, to the day of the order.
        """
        self.env.flush_all()
        ((orders, value, sales, cycle),) = self.env.execute_query(
            SQL(
                """
                WITH sale AS (
                    SELECT sold.value, sold.day - begun.day AS days
                      FROM (%(orders)s) AS sold
                 LEFT JOIN crm_lead AS lead ON lead.id = sold.opportunity_id
                 LEFT JOIN LATERAL (
                        SELECT (LEAST(lead.create_date, lead.date_open) AT TIME ZONE 'UTC'
                                AT TIME ZONE %(zone)s)::date AS day
                      ) AS begun ON lead.id IS NOT NULL
                )
                SELECT COUNT(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY value),
                       COUNT(*) FILTER (WHERE days >= 0),
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY days) FILTER (WHERE days >= 0)
                  FROM sale
                """,
                orders=self._orders_sql(company, period, confirmed=True),
                zone=self._zone(company),
            )
        )
        ((buyers, repeated),) = self.env.execute_query(
            SQL(
                "SELECT COUNT(*), COUNT(*) FILTER (WHERE orders > 1) FROM ("
                "SELECT COUNT(*) AS orders FROM (%s) AS sold GROUP BY partner_id) AS buyer",
                self._orders_sql(company, period, confirmed=True),
            )
        )
        digits = company.currency_id.decimal_places
        return FitFacts(
            cycle_days=self._fit_figure(cycle, sales, 1),
            order_value=self._fit_figure(value, orders, digits),
            repeat_rate=FitFigure(ratio(repeated, buyers), buyers),
        )

    @api.model
    def _fit_figure(self, value: float | None, count: int, digits: int) -> FitFigure:
        if not count or value is None:
            return FitFigure()
        return FitFigure(round(as_decimal(value), digits), count)

    # offers that trace to a need
    @api.model
    def _offers_traced(
        self, company: models.BaseModel, period: Period
    ) -> dict[int, tuple[int, int]] | Undefined:
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH rooted AS (%(rooted)s)
                SELECT customer.id,
                       COUNT(*) FILTER (WHERE EXISTS (
                           SELECT FROM sale_order_line AS line
                            WHERE line.order_id = offer.id AND line.display_type IS NULL
                              AND %(traces)s)),
                       COUNT(*)
                  FROM (%(offers)s) AS offer
                  JOIN crm_customer AS customer
                    ON customer.partner_id = offer.partner_id
                   AND customer.company_id = %(company)s
              GROUP BY customer.id
                """,
                rooted=self._rooted_sql(),
                traces=self._line_traces(),
                offers=self._orders_sql(company, period, confirmed=False),
                company=company.id,
            )
        )
        return {customer_id: (traced, offers) for customer_id, traced, offers in rows}

    @api.model
    def _rooted_sql(self) -> SQL:
        """SELECT of (specification_id, commitment_id, analysis_id) that hang on a need."""
        return SQL(
            """
            WITH functional AS (
                SELECT DISTINCT link.functional_id AS id
                  FROM crm_trace_link AS link
                  JOIN crm_need AS need ON need.id = link.need_id AND need.active
            ), technical AS (
                SELECT DISTINCT link.technical_id AS id
                  FROM crm_trace_link AS link
                  JOIN functional ON functional.id = link.functional_id
                 WHERE link.technical_id IS NOT NULL
            )
            SELECT spec.id AS specification_id, NULL::int AS commitment_id, spec.analysis_id,
                   spec.product_tmpl_id
              FROM crm_specification AS spec
             WHERE spec.active AND (spec.id IN (SELECT id FROM functional)
                                    OR spec.id IN (SELECT id FROM technical))
         UNION ALL
            SELECT NULL, promise.id, promise.analysis_id, promise.product_tmpl_id
              FROM crm_commitment AS promise
             WHERE promise.active AND EXISTS (
                SELECT FROM crm_trace_link AS link
                  JOIN technical ON technical.id = link.technical_id
                 WHERE link.commitment_id = promise.id)
            """
        )

    @api.model
    def _line_traces(self) -> SQL:
        """Whether an order line names what hangs on a need, or its product does."""
        return SQL(
            """
            (EXISTS (
                SELECT FROM crm_order_line_specification_rel AS rel
                  JOIN rooted ON rooted.specification_id = rel.specification_id
                 WHERE rel.order_line_id = line.id)
             OR EXISTS (
                SELECT FROM crm_order_line_commitment_rel AS rel
                  JOIN rooted ON rooted.commitment_id = rel.commitment_id
                 WHERE rel.order_line_id = line.id)
             OR EXISTS (
                SELECT FROM product_product AS product
                  JOIN rooted ON rooted.product_tmpl_id = product.product_tmpl_id
                   AND rooted.specification_id IS NOT NULL
                  JOIN crm_need_analysis AS analysis ON analysis.id = rooted.analysis_id
                 WHERE product.id = line.product_id AND analysis.customer_id = customer.id))
            """
        )
