"""A report that exists in tests only: one matrix over the user's own companies."""

from decimal import Decimal

from odoo import fields, models

from ..core.matrix import Cell, Column, Drill, Matrix, Row
from ..core.value import UNDEFINED


class CrmMatrixFake(models.Model):
    _name = "crm.matrix.fake"
    _description = "Report of a test"
    _inherit = "crm.matrix.mixin"
    _module = None

    name = fields.Char()
    company_id = fields.Many2one("res.company")

    def _matrix_options(self, options):
        choices = [("net", "Net"), ("gross", "Gross")]
        return [
            self._matrix_option_period(options, "period", "Period", "2026"),
            self._matrix_option_selection(options, "basis", "Basis", choices),
            self._matrix_option_date(options, "as_of", "As of"),
        ]

    def _build_matrix(self, options):
        own = Drill("res.company", [("id", "in", self.env.companies.ids)], "Companies")
        closed = Drill("ir.model.access", [], "Rights")
        cells = {
            "amount": Cell(Decimal("1234.50"), drill=own),
            "rate": Cell(UNDEFINED, note="No order was confirmed.", drill=closed),
        }
        columns = [Column("amount", "Amount", "amount", "erp"), Column("rate", "Rate", "rate")]
        return Matrix(
            title=f"Fake: {self.name or options['basis']}/{options['as_of']}",
            columns=columns,
            rows=[Row("all", "Company", cells, style="total")],
            currency=self._matrix_currency(),
            parameters=(("Period", self._matrix_period_label(options["period"])),),
        )
