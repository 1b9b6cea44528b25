from __future__ import annotations

from datetime import date

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.health import HealthCheck

from ..core.rates import stale_spans
from .account_move import SALE_TYPES

ADDON = "crm_scorecard"


class CrmHealth(models.AbstractModel):
    """What keeps the books from telling what a customer is worth."""

    _inherit = "crm.health"

    @api.model
    def _health_areas(self) -> dict[str, str]:
        areas = super()._health_areas()
        if self._health_is_crm_reader():
            areas[ADDON] = self.env._("Customer value and scorecards")
        return areas

    @api.model
    def _health_lane_addons(self) -> list[str]:
        return [*super()._health_lane_addons(), ADDON]

    @api.model
    def _health_checks(self) -> list[HealthCheck | None]:
        return [
            *super()._health_checks(),
            self._health_invoices(),
            self._health_rates(),
            self._health_cost(),
            self._health_margin_accounts(),
            self._health_margin_rates(),
            self._health_repeat_customers(),
        ]

    @api.model
    def _health_posted_domain(self) -> Domain:
        """Posted sales documents of the active companies."""
        return (
            self._health_company_domain()
            & Domain("state", "=", "posted")
            & Domain("move_type", "in", SALE_TYPES)
        )

    @api.model
    def _health_invoices(self) -> HealthCheck | None:
        return self._health_check(
            "invoice_without_segment",
            "account.move",
            Domain("crm_segment_then_id", "=", False),
            self._health_posted_domain(),
            (
                self.env._("Invoices outside every segment"),
                self.env._("posted invoices and credit notes"),
                self.env._("Their revenue stands in the line “no segment” of every report."),
            ),
            addon=ADDON,
        )

    # currency
    @api.model
    def _health_rates(self) -> HealthCheck | None:
        """Documents in a foreign currency without a rate of their time."""
        foreign = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("currency_id", "!=", company.currency_id.id)
            for company in self.env.companies
        )
        return self._health_check(
            "rate_too_old",
            "account.move",
            self._health_stale_domain(),
            self._health_posted_domain() & foreign,
            (
                self.env._("Documents whose exchange rate was old or missing"),
                self.env._("documents in foreign currency"),
                self.env._("Their amounts in our currency are not those of the day."),
            ),
            addon=ADDON,
        )

    @api.model
    def _health_stale_domain(self) -> Domain:
        """Documents dated where the newest rate was older than the company accepts."""
        self.env.flush_all()
        stale = []
        for company in self.env.companies:
            for currency_id, first, last, rate_days in self._health_foreign(company):
                spans = stale_spans(rate_days or [], company.crm_rate_days, first, last)
                stale += [
                    Domain("company_id", "=", company.id)
                    & Domain("currency_id", "=", currency_id)
                    & Domain("invoice_date", ">=", start)
                    & Domain("invoice_date", "<=", end)
                    for start, end in spans
                ]
        return Domain.OR(stale)

    @api.model
    def _health_foreign(self, company) -> list[tuple[int, date, date, list[date]]]:
        """(currency, first document, last document, days of its rates) of a company."""
        # Raw SQL: one pass over the documents of the company, and rates that few may read.
        return self.env.execute_query(
            SQL(
                """
                SELECT used.currency_id, used.first, used.last,
                       (SELECT array_agg(DISTINCT rate.name ORDER BY rate.name)
                          FROM res_currency_rate AS rate
                         WHERE rate.currency_id = used.currency_id
                           AND COALESCE(rate.company_id, %(root)s) = %(root)s)
                  FROM (SELECT currency_id, MIN(invoice_date) AS first, MAX(invoice_date) AS last
                          FROM account_move
                         WHERE company_id = %(company)s AND state = 'posted'
                           AND move_type = ANY(%(types)s) AND currency_id != %(currency)s
                           AND invoice_date IS NOT NULL
                      GROUP BY currency_id) AS used
                """,
                root=company.root_id.id,
                company=company.id,
                types=list(SALE_TYPES),
                currency=company.currency_id.id,
            )
        )

    # margin
    @api.model
    def _health_companies_by_margin(self, basis: str):
        return self.env.companies.filtered(lambda company: company.crm_margin_basis == basis)

    @api.model
    def _health_sold(self, company) -> list[int]:
        """Ids of the products on posted sales documents of the company."""
        self.env.flush_all()
        # Raw SQL: the products are looked up by index, the lines are not read one by one.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT product.id
                  FROM product_product AS product
                 WHERE EXISTS (
                       SELECT 1
                         FROM account_move_line AS line
                         JOIN account_move AS move ON move.id = line.move_id
                        WHERE line.product_id = product.id AND line.company_id = %s
                          AND line.parent_state = 'posted' AND move.move_type = ANY(%s))
                """,
                company.id,
                list(SALE_TYPES),
            )
        )
        return [product_id for (product_id,) in rows]

    @api.model
    def _health_sold_categories(self, company):
        """Categories of these products, by name."""
        Product = self.env["product.product"].with_context(active_test=False)
        return Product.browse(self._health_sold(company)).categ_id.sorted("complete_name")

    @api.model
    def _health_cost(self) -> HealthCheck | None:
        """Sold products without cost, where the margin rests on the cost of the product."""
        companies = self._health_companies_by_margin("cost")
        if not companies:
            return None
        sold, costless = set(), set()
        for company in companies:
            ids = self._health_sold(company)
            Product = self.env["product.product"].with_company(company)
            found = Product.with_context(active_test=False).search(
                [("id", "in", ids), ("standard_price", "=", 0)]
            )
            sold.update(ids)
            costless.update(found.ids)
        return self._health_check(
            "product_without_cost",
            "product.product",
            Domain("id", "in", sorted(costless)),
            Domain("id", "in", sorted(sold)),
            (
                self.env._("Products sold without a cost"),
                self.env._("products sold"),
                self.env._("All of their price counts as margin. Enter their cost."),
            ),
            addon=ADDON,
            context={"active_test": False},
        )

    @api.model
    def _health_margin_accounts(self) -> HealthCheck | None:
        companies = self._health_companies_by_margin("accounts")
        if not companies:
            return None
        # Access: whether accounts are named, also those that the reader may not read.
        bare = companies.filtered(lambda company: not company.sudo().crm_margin_account_ids)
        return self._health_check(
            "company_without_cost_accounts",
            "res.company",
            Domain("id", "in", bare.ids),
            Domain("id", "in", companies.ids),
            (
                self.env._("Companies whose cost accounts are not named"),
                self.env._("companies with the margin from the ledger"),
                self.env._("No margin can be told. The set-up or the settings name the accounts."),
            ),
            addon=ADDON,
        )

    @api.model
    def _health_margin_rates(self) -> HealthCheck | None:
        companies = self._health_companies_by_margin("percent")
        if not companies:
            return None
        used, bare = set(), set()
        for company in companies:
            categories = self._health_sold_categories(company)
            used.update(categories.ids)
            bare.update(
                category.id
                for category in categories.with_company(company)
                if not category.crm_margin_rate
            )
        return self._health_check(
            "category_without_margin",
            "product.category",
            Domain("id", "in", sorted(bare)),
            Domain("id", "in", sorted(used)),
            (
                self.env._("Product categories without an assumed margin"),
                self.env._("categories of products sold"),
                self.env._("The margin of their products is unknown. The set-up asks for it."),
            ),
            addon=ADDON,
        )

    # models
    @api.model
    def _health_repeat_customers(self) -> HealthCheck | None:
        """Customers who bought twice, where a company has too few of them for a model."""
        Profile = self.env["crm.customer.profile"]
        if not Profile.has_access("read"):
            return None
        repeat = Domain("invoice_count", ">=", 2)
        own = self._health_company_domain()
        counts = dict(Profile._read_group(own & repeat, ["company_id"], ["__count"]))
        needed = {company: company.crm_model_customers for company in self.env.companies}
        short = [company for company in needed if counts.get(company, 0) < needed[company]]
        looked_at = short or list(needed)
        count = sum(counts.get(company, 0) for company in looked_at)
        domain = Domain("company_id", "in", [company.id for company in looked_at]) & repeat
        return HealthCheck(
            code="repeat_customers",
            addon=ADDON,
            title=self.env._("Customers who bought more than once"),
            count=count,
            total=sum(needed[company] for company in short) if short else None,
            noun=self.env._("repeat customers"),
            consequence=self.env._(
                "Too few of them: figures such as the value of a customer to come rest on chance."
            ),
            model="crm.customer.profile",
            domain=list(domain),
            is_good=not short,
        )
