from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from odoo import api, models

from ..core.measure import SCOPES, MeasureRow, MeasureScope, open_periods
from ..core.period import Period
from .crm_compared_mixin import Compared

DIGITS = 6


class CrmIndicatorRenewal(models.AbstractModel):
    """Keeps the stored values of open periods in line with what would be measured now.

    A company that stores no value yet is left alone: which periods it wants is seen from those
    that it has.
    """

    _name = "crm.indicator.renewal"
    _description = "Renewal of Indicator Values"
    _inherit = ["crm.compared.mixin"]

    @api.model
    @api.private
    def _compare(self, company: models.BaseModel, partners: range) -> Compared:
        """Stored values of the open periods equal what the indicators measure now."""
        periods = open_periods(self._stored_keys(company), self._today_of(company))
        if not periods:
            return Compared()
        checked, differing, sample = 0, [], ""
        for indicator in self._for_company(company):
            for scope in SCOPES:
                question = MeasureScope(company.id, scope, None, periods)
                measured = _figures(indicator._measure(question))
                stored = self._stored_figures(indicator, question)
                keys = measured.keys() | stored.keys()
                checked += len(keys)
                wrong = sorted(key for key in keys if measured.get(key) != stored.get(key))
                differing += wrong
                if wrong and not sample:
                    sample = self.env._(
                        "“%(name)s” of %(period)s was stored with other figures.",
                        name=indicator.name,
                        period=wrong[0][0],
                    )
        # Values hang on no customer: the company's own contact stands for it in the queue.
        starts = [Period.parse(key).date_from for key, _scope_id in differing]
        found = [(company.partner_id.id, start) for start in starts]
        return self._compared(checked, found, sample)

    @api.model
    @api.private
    def _process_changes(self, rows: list[tuple[int, int, date]]) -> None:
        """Measure again the periods that were open since a day; a consumer of ``crm.change``."""
        since: dict[int, date] = {}
        for company_id, _partner_id, day in rows:
            since[company_id] = min(day, since.get(company_id, day))
        for company in self.env["res.company"].browse(since):
            keys = self._stored_keys(company)
            periods = {
                period.key: period
                for period in [
                    *(Period.parse(key) for key in keys),
                    *open_periods(keys, self._today_of(company)),
                ]
                if period.date_to is None or period.date_to > since[company.id]
            }
            if periods:
                self.browse()._refresh(company, periods.values())

    @api.model
    def _today_of(self, company: models.BaseModel) -> date:
        return self.env["crm.segment.membership"]._today(company)

    @api.model
    def _stored_keys(self, company: models.BaseModel) -> list[str]:
        """Months, quarters, years and “all” for which the company stores values."""
        groups = self.env["crm.indicator.value"]._read_group(
            [("company_id", "=", company.id)], ["period_key"]
        )
        return [key for (key,) in groups if ".." not in key]

    @api.model
    def _stored_figures(self, indicator: models.BaseModel, question: MeasureScope) -> dict:
        values = self.env["crm.indicator.value"].search_fetch(
            [
                ("indicator_id", "=", indicator.id),
                ("version", "=", indicator.version),
                ("company_id", "=", question.company_id),
                ("scope", "=", question.scope),
                ("period_key", "in", [period.key for period in question.periods]),
            ],
            ["period_key", "scope_id", "numerator", "denominator", "is_ratio", "n"],
        )
        return _figures(
            MeasureRow(
                value.period_key,
                value.scope_id,
                value.numerator,
                value.denominator if value.is_ratio else None,
                value.n,
            )
            for value in values
        )


def _figures(rows: Iterable[MeasureRow]) -> dict[tuple[str, int], tuple]:
    """Figures by period and scope id, rounded as they are stored."""
    return {
        (row.period_key, row.scope_id): (
            round(float(row.numerator or 0), DIGITS),
            None if row.denominator is None else round(float(row.denominator), DIGITS),
            row.n,
        )
        for row in rows
    }
