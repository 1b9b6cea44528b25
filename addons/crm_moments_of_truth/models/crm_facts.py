from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.period import Period
from odoo.addons.crm_strategy.core.value import UNDEFINED, Undefined, as_decimal

from .account_move import SALE_TYPES

# Lines that carry the price of what was sold; taxes, terms and booked costs are others.
GOODS = ("product", "rounding")


class CrmFacts(models.AbstractModel):
    """Posted revenue for the strategy: by customer, by opportunity, by campaign.

    Revenue is what posted invoices, receipts and credit notes say without tax, in the currency of
    the company, by the date of the invoice; credit notes are negative. It is summed from the lines
    of the books (``account.move.line``), to the cent. A company without any posted document of a
    sale has no data; in the others, whoever has no document is absent.
    """

    _inherit = "crm.facts"

    @api.model
    def _why_no_data(self) -> str:
        """What is missing now that orders and invoices are known."""
        return self.env._("No data: no invoice to a customer is posted yet.")

    # what the books say
    @api.model
    def _posted_lines(
        self, company: models.BaseModel, period: Period, customer_ids: Sequence[int] | None = None
    ) -> SQL:
        """SELECT of the posted lines of sales of a company in a period, of all or some customers.

        Columns: id, move_id, product_id, product_uom_id, quantity, day, partner_id (the commercial
        partner of today), revenue and is_credit.
        """
        return SQL(
            """
            SELECT line.id, line.move_id, line.product_id, line.product_uom_id, line.quantity,
                   %(day)s AS day, contact.commercial_partner_id AS partner_id,
                   -line.balance AS revenue,
                   move.move_type = 'out_refund' AS is_credit
              FROM account_move AS move
              JOIN account_move_line AS line
                ON line.move_id = move.id AND %(goods)s
         LEFT JOIN res_partner AS contact ON contact.id = move.partner_id
             WHERE %(posted)s AND %(wanted)s
            """,
            day=self._posted_day(),
            goods=self._goods_condition(),
            posted=self._posted_condition(company, period),
            wanted=self._customers_condition(customer_ids),
        )

    @api.model
    def _customers_condition(self, customer_ids: Sequence[int] | None) -> SQL:
        """Documents of some customers only, found by the index on their contacts."""
        if customer_ids is None:
            return SQL("TRUE")
        return SQL(
            """
            move.partner_id IN (
                SELECT person.id
                  FROM res_partner AS person
                  JOIN crm_customer AS asked ON asked.partner_id = person.commercial_partner_id
                 WHERE asked.id = ANY(%s))
            """,
            list(customer_ids),
        )

    @api.model
    def _posted_day(self) -> SQL:
        return SQL("COALESCE(move.invoice_date, move.date)")

    @api.model
    def _goods_condition(self) -> SQL:
        """Lines without tax: what is sold, and the rounding that is no tax."""
        return SQL(
            "line.display_type = ANY(%s) AND line.tax_repartition_line_id IS NULL", list(GOODS)
        )

    @api.model
    def _posted_condition(self, company: models.BaseModel, period: Period) -> SQL:
        conditions = [
            SQL(
                "move.state = 'posted' AND move.move_type = ANY(%s) AND move.company_id = %s",
                list(SALE_TYPES),
                company.id,
            )
        ]
        if period.date_from:
            conditions.append(SQL("%s >= %s", self._posted_day(), period.date_from))
        if period.date_to:
            conditions.append(SQL("%s < %s", self._posted_day(), period.date_to))
        return SQL(" AND ").join(conditions)

    @api.model
    def _has_books(self, company: models.BaseModel) -> bool:
        """Whether the company has posted any document of a sale."""
        self.env.flush_all()
        condition = self._posted_condition(company, Period.between(None, None))
        return bool(
            self.env.execute_query(
                SQL("SELECT 1 FROM account_move AS move WHERE %s LIMIT 1", condition)
            )
        )

    @api.model
    def _zone(self, company: models.BaseModel) -> str:
        """Zone by which the days of a company are cut."""
        # sudo: the zone of the calendar decides about days; nothing else of it is read.
        return company.sudo().resource_calendar_id.tz or "UTC"

    @api.model
    def _active_customers(self, company: models.BaseModel, period: Period) -> list[int]:
        """Ids of the customers with a posted invoice or receipt in the period."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT customer.id
                  FROM account_move AS move
                  JOIN res_partner AS contact ON contact.id = move.partner_id
                  JOIN crm_customer AS customer
                    ON customer.partner_id = contact.commercial_partner_id
                   AND customer.company_id = move.company_id
                 WHERE %s AND move.move_type <> 'out_refund'
                """,
                self._posted_condition(company, period),
            )
        )
        return [customer_id for (customer_id,) in rows]

    @api.model
    def _sums(self, company: models.BaseModel, query: SQL) -> dict | Undefined:
        """{key: sum} of a query of two columns; no data where the books are empty."""
        if not self._has_books(company):
            return UNDEFINED
        # Sums are exact in the database; the driver hands them over as floats.
        return {key: as_decimal(amount) for key, amount in self.env.execute_query(query)}

    # revenue
    @api.model
    def _revenue_by_customer(
        self, company: models.BaseModel, period: Period
    ) -> dict[int, Decimal] | Undefined:
        return self._sums(
            company,
            SQL(
                """
                SELECT customer.id, SUM(posted.revenue)
                  FROM (%(lines)s) AS posted
                  JOIN crm_customer AS customer
                    ON customer.partner_id = posted.partner_id
                   AND customer.company_id = %(company)s
              GROUP BY customer.id
                """,
                lines=self._posted_lines(company, period),
                company=company.id,
            ),
        )

    @api.model
    def _revenue_by_campaign(
        self, company: models.BaseModel, campaign_ids: list[int]
    ) -> dict[int, Decimal] | Undefined:
        return self._sums(
            company,
            SQL(
                """
                SELECT move.campaign_id, SUM(posted.revenue)
                  FROM (%(lines)s) AS posted
                  JOIN account_move AS move ON move.id = posted.move_id
                 WHERE move.campaign_id = ANY(%(campaigns)s)
              GROUP BY move.campaign_id
                """,
                lines=self._posted_lines(company, Period.between(None, None)),
                campaigns=list(campaign_ids),
            ),
        )

    @api.model
    def _revenue_by_lead(
        self, company: models.BaseModel, period: Period
    ) -> dict[int, Decimal] | Undefined:
        return self._sums(
            company,
            SQL(
                """
                SELECT sale.opportunity_id, SUM(sold.revenue)
                  FROM (%(sold)s) AS sold
                  JOIN sale_order AS sale ON sale.id = sold.order_id
                 WHERE sale.opportunity_id IS NOT NULL
              GROUP BY sale.opportunity_id
                """,
                sold=self._sold_lines(company, period),
            ),
        )

    @api.model
    def _sold_lines(
        self, company: models.BaseModel, period: Period, customer_ids: Sequence[int] | None = None
    ) -> SQL:
        """SELECT of the posted lines with ``order_id``, the order that each one belongs to.

        A line without an order line (a charge added by hand) belongs to the order of the document
        when there is only one; a credit note without any follows the invoice that it corrects.
        """
        return SQL(
            """
            SELECT posted.*, COALESCE(own.order_id, whole.order_id, source.order_id) AS order_id
              FROM (%(lines)s) AS posted
              JOIN account_move AS move ON move.id = posted.move_id
         LEFT JOIN LATERAL (
                SELECT MIN(item.order_id) AS order_id
                  FROM sale_order_line_invoice_rel AS rel
                  JOIN sale_order_line AS item ON item.id = rel.order_line_id
                 WHERE rel.invoice_line_id = posted.id
              ) AS own ON TRUE
         LEFT JOIN LATERAL (%(whole)s) AS whole ON own.order_id IS NULL
         LEFT JOIN LATERAL (%(source)s) AS source
                ON own.order_id IS NULL AND whole.orders = 0
            """,
            lines=self._posted_lines(company, period, customer_ids),
            whole=self._order_of_move(SQL("posted.move_id")),
            source=self._order_of_move(SQL("move.reversed_entry_id")),
        )

    @api.model
    def _order_of_move(self, move: SQL) -> SQL:
        """SELECT of the one order behind a document and of the number of orders behind it."""
        return SQL(
            """
            SELECT CASE WHEN MIN(item.order_id) = MAX(item.order_id)
                        THEN MIN(item.order_id) END AS order_id,
                   COUNT(item.order_id) AS orders
              FROM account_move_line AS other
              JOIN sale_order_line_invoice_rel AS rel ON rel.invoice_line_id = other.id
              JOIN sale_order_line AS item ON item.id = rel.order_line_id
             WHERE other.move_id = %s
            """,
            move,
        )
