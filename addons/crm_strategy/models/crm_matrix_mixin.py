"""Gives a report one matrix, on the screen and as a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from psycopg2.errors import QueryCanceled

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..core import matrix as matrices
from ..core.matrix import Matrix
from ..core.period import (
    ALL,
    FIRST_YEAR,
    LAST_YEAR,
    MAX_RANGE_YEARS,
    Period,
    PeriodTooLong,
    check_year,
)


class CrmMatrixMixin(models.AbstractModel):
    """A model inherits this, fills two hooks and has a screen, filters, drill-down, XLSX and PDF.

    * ``_matrix_options(options)`` names the filters and their present values;
    * ``_build_matrix(options)`` computes the matrix for these values.

    The screen is the client action ``crm_matrix``, with
    ``params: {"model": "crm.my.report", "res_id": 5}`` (``res_id`` only for a stored record).
    """

    _name = "crm.matrix.mixin"
    _inherit = "crm.matrix.print.mixin"
    _description = "Report shown as a matrix"

    # ------------------------------------------------------------------
    # What the screen calls
    # ------------------------------------------------------------------

    @api.readonly
    def get_matrix(self, options: dict | None = None) -> dict[str, Any]:
        """The matrix and its filters, as the screen reads them.

        :param options: values of the filters by key; a missing one takes its default.
        :return: ``{"matrix": Matrix.as_dict(), "options": filters with their present values}``.
        :raise AccessError: when the user may not read the report.
        """
        self.check_access("read")
        with self._matrix_time_guard():
            filters = self._matrix_options(dict(options or {}))
            matrix = self._matrix_for(filters)
        shown = matrix.as_dict()
        self._matrix_prepare_drills(shown)
        return {"matrix": shown, "options": filters}

    # ------------------------------------------------------------------
    # Hooks
    # ------------------------------------------------------------------

    def _matrix_options(self, options: dict) -> list[dict]:
        """The filters of the report, each made by one of the ``_matrix_option_*`` methods.

        :param options: the values asked for; unknown keys are ignored.
        """
        return []

    def _build_matrix(self, options: dict) -> Matrix:
        """The matrix for the values of all filters.

        :param options: one checked value per filter of ``_matrix_options``.
        """
        raise NotImplementedError(f"{self._name} does not build a matrix yet.")

    @api.model
    def _matrix_list_views(self) -> dict[str, str]:
        """Model -> XML id of the list that shows its records best; extend it per addon.

        Models that are not named open with their default list.
        """
        return {}

    # ------------------------------------------------------------------
    # Filters
    # ------------------------------------------------------------------

    @api.model
    def _matrix_option_selection(
        self, options: dict, key: str, label: str, choices: list, default: Any = None
    ) -> dict:
        """A filter with fixed choices, pairs (value, label); the first is the default."""
        values = [value for value, _label in choices]
        fallback = default if default in values else (values[0] if values else False)
        value = options.get(key, fallback)
        return {
            "key": key,
            "label": label,
            "type": "selection",
            "choices": [list(choice) for choice in choices],
            # A choice that no longer exists (an archived team in an old link) is no error.
            "value": value if value in values else fallback,
        }

    @api.model
    def _matrix_option_period(
        self, options: dict, key: str, label: str, default: str = ALL
    ) -> dict:
        """A filter for a period: all time, year, quarter, month or days (see ``Period``)."""
        value = str(options.get(key) or default)
        try:
            Period.parse(value)
        except PeriodTooLong:
            raise UserError(
                self.env._(
                    "“%(label)s” may be %(count)s years long at most. Choose days that lie closer "
                    "together, or all time.",
                    label=label,
                    count=MAX_RANGE_YEARS,
                )
            ) from None
        except ValueError:
            raise UserError(
                self.env._(
                    "“%(value)s” is not a period for “%(label)s”. Choose a year between %(first)s "
                    "and %(last)s, a quarter, a month, first and last day, or all time.",
                    value=value,
                    label=label,
                    first=FIRST_YEAR,
                    last=LAST_YEAR,
                )
            ) from None
        return {"key": key, "label": label, "type": "period", "choices": [], "value": value}

    @api.model
    def _matrix_option_date(
        self, options: dict, key: str, label: str, default: date | None = None
    ) -> dict:
        """A filter for one day as "2026-03-31"; False when left empty."""
        value = options.get(key, default)
        try:
            day = fields.Date.to_date(value or False)
            day = day and check_year(day)
        except (AttributeError, TypeError, ValueError, KeyError):
            raise UserError(
                self.env._(
                    "“%(value)s” is not a day for “%(label)s”. Choose one in the calendar, "
                    "between %(first)s and %(last)s.",
                    value=value,
                    label=label,
                    first=FIRST_YEAR,
                    last=LAST_YEAR,
                )
            ) from None
        return {
            "key": key,
            "label": label,
            "type": "date",
            "choices": [],
            "value": fields.Date.to_string(day) if day else False,
        }

    @api.model
    def _matrix_period_label(self, key: str) -> str:
        """A period as people write it: All time, 2026, Q1 2026, 03/2026, first – last day."""
        period = Period.parse(key)
        if period.granularity == ALL:
            return self.env._("All time")
        if period.granularity == "quarter":
            return self.env._("Q%(quarter)s %(year)s", quarter=key[6:], year=key[:4])
        if period.granularity == "month":
            return f"{key[5:]}/{key[:4]}"
        if period.granularity == "rolling":
            return self.env._(
                "%(count)s months to %(month)s",
                count=period.kind[1:],
                month=f"{key[-2:]}/{key[-7:-3]}",
            )
        if period.granularity == "range":
            days = (period.date_from, period.last_day)
            return " – ".join(format_date(self.env, day) for day in days)
        return key

    @api.model
    def _matrix_currency(self, currency=None) -> matrices.Currency:
        """A currency record as the matrix writes amounts; the active company's by default."""
        currency = currency or self.env.company.currency_id
        return matrices.Currency(
            currency.name, currency.symbol or "", currency.position, currency.decimal_places
        )

    # ------------------------------------------------------------------
    # Inner works
    # ------------------------------------------------------------------

    @api.model
    def _matrix_time_limit(self) -> int:
        """Seconds after which one question to the database is given up."""
        return 30

    @contextmanager
    def _matrix_time_guard(self) -> Iterator[None]:
        """Stop a report that keeps the database busy, and say what to do.

        Nothing is written: a limit and a savepoint are allowed on a read-only replica too.

        :raise UserError: when the time is over.
        """
        cr = self.env.cr
        seconds = self._matrix_time_limit()
        # Two round trips instead of five: each report pays for them.
        cr.execute(
            "SAVEPOINT crm_matrix;"
            " SELECT current_setting('statement_timeout'),"
            " set_config('statement_timeout', %s, TRUE)",
            [f"{seconds * 1000:.0f}ms"],
        )
        before, _now = cr.fetchone()
        try:
            yield
            cr.execute("SET LOCAL statement_timeout TO %s; RELEASE SAVEPOINT crm_matrix", [before])
        except Exception as error:
            if not cr.closed:
                cr.execute("ROLLBACK TO SAVEPOINT crm_matrix; RELEASE SAVEPOINT crm_matrix")
            if not isinstance(error, QueryCanceled):
                raise
            raise UserError(
                self.env._(
                    "“%(report)s” takes longer than %(seconds)s seconds and was stopped. Choose a "
                    "shorter period or fewer rows, or try again when the system is less busy.",
                    report=self.env["ir.model"]._get(self._name).display_name,
                    seconds=seconds,
                )
            ) from None

    def _matrix_for(self, filters: list[dict]) -> Matrix:
        return self._build_matrix({item["key"]: item["value"] for item in filters})

    def _matrix_prepare_drills(self, shown: dict) -> None:
        """A figure whose records the reader may not open is shown without a button."""
        drills = [cell for row in shown["rows"] for cell in row["cells"].values() if cell["drill"]]
        models_ = {cell["drill"]["model"] for cell in drills}
        readable = {name for name in models_ if self.env[name].has_access("read")}
        lists = self._matrix_list_views()
        # Cached, where a reference would ask the database whether the view is still there.
        find = self.env["ir.model.data"]._xmlid_to_res_id
        view_ids = {
            name: find(lists[name], raise_if_not_found=False) for name in readable & lists.keys()
        }
        for cell in drills:
            name = cell["drill"]["model"]
            if name not in readable:
                cell["drill"] = None
            else:
                cell["drill"]["view_id"] = view_ids.get(name) or False
