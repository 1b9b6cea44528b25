"""Gives a report one matrix, on the screen and as a file."""

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..core import matrix as matrices
from ..core import pdf, xlsx
from ..core.matrix import Matrix
from ..core.numbers import NumberStyle
from ..core.period import ALL, Period
from ..core.words import Words

_NOT_IN_FILE_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_MAX_FILE_NAME = 150


class CrmMatrixMixin(models.AbstractModel):
    """A model inherits this, fills two hooks and has a screen, filters, drill-down, XLSX and PDF.

    * ``_matrix_options(options)`` names the filters and their present values;
    * ``_build_matrix(options)`` computes the matrix for these values.

    The screen is the client action ``crm_matrix``, with
    ``params: {"model": "crm.my.report", "res_id": 5}`` (``res_id`` only for a stored record).
    """

    _name = "crm.matrix.mixin"
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
        filters = self._matrix_options(dict(options or {}))
        matrix = self._matrix_for(filters)
        shown = matrix.as_dict()
        self._matrix_prepare_drills(shown)
        return {"matrix": shown, "options": filters}

    @api.private
    def get_matrix_xlsx(self, options: dict | None = None) -> tuple[bytes, str]:
        """The same matrix as a file: (bytes of the .xlsx, readable file name).

        :param options: values of the filters by key, as ``get_matrix`` takes them.
        :raise AccessError: when the user may not read the report.
        """
        matrix, _values = self._matrix_printed(options)
        printed = replace(
            matrix, parameters=(*matrix.parameters, *self._matrix_print_parameters(matrix))
        )
        return (
            xlsx.render([printed], self._matrix_words()),
            self._matrix_file_name(matrix, "xlsx"),
        )

    @api.private
    def get_matrix_pdf(self, options: dict | None = None) -> tuple[bytes, str]:
        """The same matrix on paper: (bytes of the .pdf, readable file name).

        :param options: values of the filters by key, as ``get_matrix`` takes them.
        :raise AccessError: when the user may not read the report.
        """
        matrix, values = self._matrix_printed(options)
        header = pdf.Header(
            company=self._matrix_company(values).name,
            printed_by=self.env.user.name,
            printed_at=self._matrix_print_time(),
        )
        content = pdf.render([matrix], header, self._matrix_words(), self._matrix_numbers())
        return content, self._matrix_file_name(matrix, "pdf")

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
        """A filter for a period: all time, a year, a quarter or a month (see ``Period``)."""
        value = str(options.get(key) or default)
        try:
            Period.parse(value)
        except ValueError:
            raise UserError(
                self.env._(
                    "“%(value)s” is not a period for “%(label)s”. "
                    "Choose a year, a quarter, a month or all time.",
                    value=value,
                    label=label,
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
        except (TypeError, ValueError):
            raise UserError(
                self.env._(
                    "“%(value)s” is not a date for “%(label)s”. Choose a day in the calendar.",
                    value=value,
                    label=label,
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
        """A period as people write it: All time, 2026, Q1 2026, 03/2026."""
        if key == ALL:
            return self.env._("All time")
        if "-Q" in key:
            return self.env._("Q%(quarter)s %(year)s", quarter=key[6:], year=key[:4])
        if "-" in key:
            return f"{key[5:]}/{key[:4]}"
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

    def _matrix_for(self, filters: list[dict]) -> Matrix:
        return self._build_matrix({item["key"]: item["value"] for item in filters})

    def _matrix_prepare_drills(self, shown: dict) -> None:
        """A figure whose records the reader may not open is shown without a button."""
        drills = [cell for row in shown["rows"] for cell in row["cells"].values() if cell["drill"]]
        models_ = {cell["drill"]["model"] for cell in drills}
        readable = {name for name in models_ if self.env[name].has_access("read")}
        lists = self._matrix_list_views()
        view_ids = {
            name: self.env.ref(lists[name], raise_if_not_found=False)
            for name in readable & lists.keys()
        }
        for cell in drills:
            name = cell["drill"]["model"]
            if name not in readable:
                cell["drill"] = None
            else:
                view = view_ids.get(name)
                cell["drill"]["view_id"] = view.id if view else False

    def _matrix_printed(self, options: dict | None) -> tuple[Matrix, dict]:
        """The matrix for a file, and the value of each filter."""
        self.check_access("read")
        values = {item["key"]: item["value"] for item in self._matrix_options(dict(options or {}))}
        matrix = self._build_matrix(values)
        empty = matrix.empty or self.env._("There is nothing to show for this choice.")
        return replace(matrix, empty=empty), values

    def _matrix_company(self, values: dict) -> models.BaseModel:
        """The company whose report it is: the one chosen, the record's own, or the active one."""
        company = self.env["res.company"].browse(values.get("company") or ())
        if not company and "company_id" in self._fields and len(self) == 1:
            company = self.company_id
        return company or self.env.company

    def _matrix_print_parameters(self, matrix: Matrix) -> tuple[tuple[str, str], ...]:
        return (
            (self.env._("Printed on"), self._matrix_print_time()),
            (self.env._("Printed by"), self.env.user.name),
            (self.env._("Fingerprint (SHA-256)"), matrices.fingerprint([matrix])),
        )

    def _matrix_print_time(self) -> str:
        """Now, as the reader's language writes it, with the reader's time zone."""
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        return f"{format_date(self.env, now.date())} {now:%H:%M} ({self.env.tz})"

    def _matrix_numbers(self) -> NumberStyle:
        """How the reader's language writes numbers, as the screen does."""
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        if not lang:
            return NumberStyle()
        grouping = tuple(json.loads(lang.grouping or "[]"))
        return NumberStyle(lang.decimal_point, lang.thousands_sep or "", grouping)

    def _matrix_words(self) -> Words:
        return Words(
            parameters=self.env._("Parameters"),
            report=self.env._("Report"),
            notes=self.env._("Notes"),
            currency=self.env._("Currency"),
            no_data=self.env._("No data"),
            crm=self.env._("CRM · ante"),
            erp=self.env._("ERP · post"),
            mixed=self.env._("CRM + ERP"),
            amounts_in=self.env._("Amounts in %(currency)s"),
            printed=self.env._("Printed by %(user)s on %(time)s"),
            columns=self.env._("Columns %(first)s–%(last)s of %(count)s"),
            definitions=self.env._("What the figures mean"),
            reasons=self.env._("Remarks on single figures"),
            more_reasons=self.env._(
                "%(count)s more figures have a remark, which the screen shows."
            ),
            fingerprint=self.env._("Fingerprint (SHA-256)"),
            fingerprint_of=self.env._(
                "Of title, parameters, figures and notes, not of who printed and when: the same "
                "fingerprint means the same report."
            ),
        )

    def _matrix_file_name(self, matrix: Matrix, extension: str) -> str:
        """Title and parameters, so that two files in one folder can be told apart."""
        parts = [matrix.title, *(str(value) for _label, value in matrix.parameters)]
        name = " - ".join(_NOT_IN_FILE_NAME.sub("-", part).strip(" .-") for part in parts if part)
        return f"{name[:_MAX_FILE_NAME].strip()}.{extension}"
