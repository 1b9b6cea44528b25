from __future__ import annotations

from datetime import date

from odoo import api, models
from odoo.fields import Domain

from ..core.period import Period

PREVIOUS, YEAR_BEFORE, NOTHING = "previous", "year_before", "none"


class CrmPeriodReportMixin(models.AbstractModel):
    """A report about a stretch of days: what is in it, and which other stretch stands beside it.

    Days are days of the company: documents carry them as dates, and times are cut in the zone of
    the company's calendar, so that people in several zones read equal totals.
    """

    _name = "crm.period.report.mixin"
    _inherit = ["crm.matrix.mixin"]
    _description = "Report about a period"

    @api.model
    def _period_days(self, period: Period, name: str = "date") -> Domain:
        """Condition that a field of type date lies in the period."""
        domain = Domain.TRUE
        if period.date_from:
            domain &= Domain(name, ">=", period.date_from)
        if period.date_to:
            domain &= Domain(name, "<", period.date_to)
        return domain

    @api.model
    def _matrix_option_compared(self, options: dict) -> dict:
        """A filter for what the period is compared with."""
        choices = [
            (NOTHING, self.env._("Nothing")),
            (PREVIOUS, self.env._("Previous period")),
            (YEAR_BEFORE, self.env._("Same period last year")),
        ]
        return self._matrix_option_selection(
            options, "compared", self.env._("Compare with"), choices
        )

    @api.model
    def _period_compared(self, period: Period, last_day: date, choice: str) -> Period | None:
        """The period to compare with; None when there is none, as for all time.

        A period that is not over on the last day told is compared with as many days of the other
        one, so that a running year stands beside the same months of the year before.
        """
        if period.date_from is None or choice not in (PREVIOUS, YEAR_BEFORE):
            return None
        told = period.until(last_day)
        if told.date_to <= told.date_from:
            return None
        try:
            if told.date_to == period.date_to:
                return period.previous() if choice == PREVIOUS else period.year_before()
            told = Period.between(told.date_from, told.date_to)
            if choice == YEAR_BEFORE:
                return told.year_before()
            first = period.previous().date_from
            return Period.between(first, first + (told.date_to - told.date_from))
        except ValueError:
            # Before the first year that a report knows there is nothing to compare with.
            return None
