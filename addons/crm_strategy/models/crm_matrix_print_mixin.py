"""Hands out a matrix as a file: a spreadsheet, or paper."""

import json
import re
from dataclasses import replace

from odoo import api, fields, models
from odoo.tools import format_date

from ..core import pdf, xlsx
from ..core.matrix import Matrix, fingerprint
from ..core.numbers import NumberStyle
from ..core.words import Words

_NOT_IN_FILE_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_MAX_FILE_NAME = 150


class CrmMatrixPrintMixin(models.AbstractModel):
    """The part of ``crm.matrix.mixin`` that makes files; both files equal the screen."""

    _name = "crm.matrix.print.mixin"
    _description = "Report printed as a matrix"

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
    # Inner works
    # ------------------------------------------------------------------

    def _matrix_printed(self, options: dict | None) -> tuple[Matrix, dict]:
        """The matrix for a file, and the value of each filter."""
        self.check_access("read")
        with self._matrix_time_guard():
            filters = self._matrix_options(dict(options or {}))
            matrix = self._matrix_for(filters)
        values = {item["key"]: item["value"] for item in filters}
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
            (self.env._("Fingerprint (SHA-256)"), fingerprint([matrix])),
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
