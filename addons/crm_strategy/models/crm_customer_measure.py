from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.matrix import Cell, Column, Drill, Matrix, Row
from ..core.measure import COMPANY, ROLLING_MONTHS, MeasureScope, current_period
from ..core.period import Period
from ..core.value import UNDEFINED

# Customers offered when none was asked for.
CHOICES = 80
KINDS = {"amount": "amount", "rate": "rate", "count": "integer", "days": "days"}


class CrmCustomerMeasure(models.AbstractModel):
    """The indicators of one customer, measured when somebody asks; they are stored nowhere."""

    _name = "crm.customer.measure"
    _description = "Figures of a Customer"
    _inherit = ["crm.matrix.mixin"]

    def _matrix_options(self, options: dict) -> list[dict]:
        asked = options.get("customer")
        customers = self._customers(asked if type(asked) is int else None)
        choices = [(customer.id, customer.display_name) for customer in customers]
        label = self.env._("Customer")
        return [self._matrix_option_selection(options, "customer", label, choices)]

    @api.model
    def _customers(self, asked: int | None) -> models.BaseModel:
        """The customer asked for, or some: own ones, those of the teams, or all, as is due."""
        domain = self._reach_domain()
        if asked is not None:
            domain &= Domain("id", "=", asked)
        return self.env["crm.customer"].search(domain, limit=CHOICES)

    @api.model
    def _reach_domain(self) -> Domain:
        user = self.env.user
        own = Domain("company_id", "in", self.env.companies.ids)
        if user.has_groups(
            "sales_team.group_sale_salesman_all_leads,crm_strategy.crm_strategy_group_finance"
        ):
            return own
        reach = Domain("user_id", "=", user.id)
        if user.has_group("crm_strategy.crm_strategy_group_leader"):
            reach |= Domain("segment_id.team_id.user_id", "=", user.id)
            reach |= Domain("segment_id.team_id.member_ids", "in", user.ids)
        return own & reach

    def _build_matrix(self, options: dict) -> Matrix:
        customer = self.env["crm.customer"].browse(options.get("customer") or ())
        empty = self.env._(
            "No indicator can be told of one customer, or no customer is yours. Indicators are "
            "defined under CRM > Configuration > Indicators."
        )
        title = self.env._("Figures of a customer")
        if not customer:
            return Matrix(title=title, columns=(), rows=(), empty=empty)
        company = customer.company_id
        periods = self._periods(company)
        columns = tuple(
            Column(period.key, self._matrix_period_label(period.key), "amount")
            for period in periods
        )
        indicators = [
            item
            for item in self.env["crm.indicator"]._for_company(company)
            if item._carries_customer()
        ]
        rows = [self._row(indicator, customer, periods) for indicator in indicators]
        return Matrix(
            title=customer.display_name,
            columns=columns,
            rows=rows,
            currency=self._matrix_currency(company.currency_id),
            parameters=((self.env._("Company"), company.name),),
            notes=(
                self.env._(
                    "Measured now, from the documents of the customer and all of its contacts, "
                    "whatever segment it was in."
                ),
            ),
            empty=empty,
        )

    @api.model
    def _periods(self, company: models.BaseModel) -> list[Period]:
        today = self.env["crm.segment.membership"]._today(company)
        year = current_period("year", today)
        rolling = current_period(f"r{ROLLING_MONTHS}", today)
        quarter = current_period("quarter", today)
        return [quarter, year, year.previous(), rolling, Period.parse("all")]

    def _row(self, indicator, customer, periods: list[Period]) -> Row:
        kind = KINDS[indicator.unit]
        cells = {}
        for period in periods:
            row = indicator._measure_customers(customer, period).get(customer.id)
            if not row:
                note = self.env._("No document of this customer counts in this period.")
                cells[period.key] = Cell(UNDEFINED, kind=kind, note=note)
                continue
            value = row.value
            if kind == "integer" and value is not UNDEFINED:
                value = int(value)
            cells[period.key] = Cell(
                value, kind=kind, drill=self._drill(indicator, customer, period)
            )
        return Row(indicator.code, indicator.name, cells, label=indicator.label)

    def _drill(self, indicator, customer, period: Period) -> Drill | None:
        facts = None if indicator.formula_text else indicator._method("_facts_")
        if facts is None:
            return None
        found = facts(MeasureScope(customer.company_id.id, COMPANY, None, (period,)))
        select = SQL(
            "SELECT * FROM (%s) AS own WHERE own.partner_id = %s",
            found.select,
            customer.partner_id.id,
        )
        scope = MeasureScope(customer.company_id.id, COMPANY, (0,), (period,))
        ids = indicator._scope_values(scope, select, "res_id")
        title = f"{indicator.name}, {customer.display_name}, {period.key}"
        return Drill(found.model, [("id", "in", ids)], title, {"active_test": False})
