from __future__ import annotations

from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.period import FIRST_YEAR, LAST_YEAR, check_year

AS_OF = "crm_as_of"
# Measures of a report name this as their `depends_context`: a figure as of one day, once read,
# must not be shown for another.
AS_OF_CONTEXT = (AS_OF,)
# Row ids are stable: the branch of the query times this, plus the id of the record behind.
BRANCH = 10**12


class CrmAsOfReportMixin(models.AbstractModel):
    """A report that tells how things stood on a day, without storing anything.

    The day comes from the context (`crm_as_of`, "2026-03-31"); without one it is today. The query
    of the report asks `_as_of_day()` and leaves out what is dated later. What the ERP keeps no
    history of, it may only tell while `_as_of_is_past()` is false.
    """

    _name = "crm.as_of.report.mixin"
    _inherit = ["crm.matrix.mixin"]
    _description = "Report as of a day"

    @api.model
    def _as_of_today(self, company: models.BaseModel) -> date:
        """Today in the zone of the company's calendar."""
        return self.env["crm.segment.membership"]._today(company)

    @api.model
    def _as_of_day(self) -> date:
        """The day of the context; today, in the zone that is furthest on, when it names none.

        :raise UserError: for what is no day, or lies in a year that no book is kept in.
        """
        value = self.env.context.get(AS_OF)
        if value:
            return self._as_of_check(value)
        return max(self._as_of_today(company) for company in self.env.companies)

    @api.model
    def _as_of_is_past(self) -> bool:
        """Whether the day is over for all active companies."""
        today = min(self._as_of_today(company) for company in self.env.companies)
        return self._as_of_day() < today

    @api.model
    def _as_of_context(self, day: date) -> dict[str, str]:
        """What the context says for a day; drill-downs carry it along."""
        return {AS_OF: fields.Date.to_string(day)}

    @api.model
    def _as_of_check(self, value) -> date:
        """A day of a report from text or date.

        :raise UserError: as `_as_of_day`.
        """
        try:
            return check_year(fields.Date.to_date(value))
        except (AttributeError, TypeError, ValueError):
            raise UserError(
                self.env._(
                    "A report cannot be made as of “%(value)s”. Choose a day between %(first)s and "
                    "%(last)s, or none for today.",
                    value=value,
                    first=FIRST_YEAR,
                    last=LAST_YEAR,
                )
            ) from None

    @api.model
    def _matrix_option_as_of(self, options: dict) -> dict:
        """A filter for the day; empty stands for today."""
        filter_ = self._matrix_option_date(options, "as_of", self.env._("As of"))
        if filter_["value"]:
            self._as_of_check(filter_["value"])
        return {**filter_, "placeholder": self.env._("Today")}

    @api.model
    def _as_of_chosen(self, options: dict, company: models.BaseModel) -> date:
        """The day chosen on the screen, else today of the company."""
        value = options.get("as_of")
        return self._as_of_check(value) if value else self._as_of_today(company)

    @api.model
    def _as_of_row_id(self, branch: int, source: SQL) -> SQL:
        """Id of a row that is the same on every day: branch times 10^12 plus id of the source."""
        return SQL("%s * %s + %s", branch, BRANCH, source)
