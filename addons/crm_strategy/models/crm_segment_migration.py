from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..core.matrix import Cell, Column, Drill, Matrix, Row
from ..core.value import UNDEFINED

UNASSIGNED, NEW = 0, -1
CUSTOMERS, REVENUE = "customers", "revenue"


class Move(NamedTuple):
    """Customers who were ``before`` (segment id, UNASSIGNED or NEW) and are ``after`` now."""

    before: int
    after: int
    value: Decimal | int


class CrmSegmentMigration(models.AbstractModel):
    """Where the customers of one day were on another: the segments move (S001-1-MOV)."""

    _name = "crm.segment.migration"
    _description = "Migration between Segments"
    _inherit = ["crm.matrix.mixin", "crm.segment.past"]

    def _matrix_options(self, options: dict) -> list[dict]:
        company = self._past_option_company(options)
        today = self.env["crm.segment.membership"]._today(
            self.env["res.company"].browse(company["value"])
        )
        shows = [(CUSTOMERS, self.env._("Number of customers"))]
        if self.env["crm.facts"]._may_see_revenue():
            shows.append((REVENUE, self.env._("Revenue of twelve months")))
        return [
            company,
            self._matrix_option_date(
                options, "first", self.env._("From"), today - relativedelta(years=1)
            ),
            self._matrix_option_date(options, "second", self.env._("To"), today),
            self._matrix_option_selection(options, "show", self.env._("Show"), shows),
        ]

    def _build_matrix(self, options: dict) -> Matrix:
        company = self.env["res.company"].browse(options["company"])
        first, second = self._days(options)
        moves = self._moves(company, first, second)
        revenue = None
        if options["show"] == REVENUE:
            revenue = self._revenue_moves(company, first, second)
        return Matrix(
            title=self.env._("Migration between segments"),
            columns=self._columns(moves, options["show"]),
            rows=self._rows(company, first, second, moves, revenue) if moves else [],
            currency=self._matrix_currency(company.currency_id) if revenue is not None else None,
            parameters=self._parameters(company, first, second, moves, options["show"]),
            notes=self._notes(revenue),
            empty=self.env._("The company has no customers yet."),
        )

    def _days(self, options: dict) -> tuple[date, date]:
        first, second = (fields.Date.to_date(options[key]) for key in ("first", "second"))
        if not first or not second or first >= second:
            raise UserError(
                self.env._(
                    "The migration is told from an earlier day to a later one. "
                    "Choose two days, the first before the second."
                )
            )
        return first, second

    # what moved
    @api.model
    def _moves(self, company: models.BaseModel, first: date, second: date) -> list[Move]:
        """Numbers of customers by segment before and after."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT before, after, COUNT(*) FROM (%s) AS told GROUP BY 1, 2",
                self._told_sql(company, first, second),
            )
        )
        return [Move(*row) for row in rows]

    @api.model
    def _told_sql(self, company: models.BaseModel, first: date, second: date) -> SQL:
        """SELECT of (id, before, after) of the customers of the second day."""
        return SQL(
            """
            SELECT later.id,
                   CASE WHEN earlier.id IS NULL THEN %(new)s
                        ELSE COALESCE(earlier.segment_id, %(unassigned)s) END AS before,
                   COALESCE(later.segment_id, %(unassigned)s) AS after
              FROM (%(later)s) AS later
         LEFT JOIN (%(earlier)s) AS earlier ON earlier.id = later.id
            """,
            new=NEW,
            unassigned=UNASSIGNED,
            later=self._past_sql(company, second),
            earlier=self._past_sql(company, first),
        )

    @api.model
    def _revenue_moves(self, company: models.BaseModel, first: date, second: date):
        """Revenue of the twelve months up to the second day by move; UNDEFINED when unknown."""
        revenue = self.env["crm.facts"]._revenue_by_customer(company, self._past_year(second))
        if revenue is UNDEFINED:
            return UNDEFINED
        found: dict[tuple[int, int], Decimal] = {}
        for id_, before, after in self.env.execute_query(self._told_sql(company, first, second)):
            if id_ in revenue:
                key = (before, after)
                found[key] = found.get(key, Decimal(0)) + revenue[id_]
        return [Move(*key, value) for key, value in found.items()]

    # table
    def _columns(self, moves: list[Move], show: str) -> list[Column]:
        kind = "integer" if show == CUSTOMERS else "amount"
        label = "crm" if show == CUSTOMERS else "erp"
        names = self._names(move.after for move in moves)
        columns = [Column(f"to_{key}", name, kind, label) for key, name in names.items()]
        return [*columns, Column("total", self.env._("Total"), kind, label)]

    def _rows(self, company, first: date, second: date, moves, revenue) -> list[Row]:
        names = self._names(move.before for move in moves)
        keys = [move.after for move in moves]
        told = _Told(self, company, first, second, moves, revenue, list(self._names(keys)))
        old = [key for key in names if key != NEW]
        rows = [told.row(f"from_{key}", names[key], [key]) for key in old]
        rows.append(
            told.row(
                "first",
                self.env._("Customers on %(day)s", day=format_date(self.env, first)),
                old,
                style="total",
                sum_of=tuple(f"from_{key}" for key in old),
            )
        )
        if NEW in names:
            rows.append(told.row("new", names[NEW], [NEW]))
            rows.append(
                told.row(
                    "second",
                    self.env._("Customers on %(day)s", day=format_date(self.env, second)),
                    [*old, NEW],
                    style="total",
                    sum_of=(*(f"from_{key}" for key in old), "new"),
                )
            )
        return rows

    @api.model
    def _names(self, keys: Iterable[int]) -> dict[int, str]:
        """Titles by key in the order of the segments; unassigned and new customers last."""
        keys = set(keys)
        segments = self.env["crm.segment"].with_context(active_test=False)
        found = segments.search([("id", "in", [key for key in keys if key > 0])])
        names = {segment.id: segment.name for segment in found}
        if UNASSIGNED in keys:
            names[UNASSIGNED] = self.env._("Unassigned")
        if NEW in keys:
            names[NEW] = self.env._("Not a customer yet")
        return names

    def _parameters(self, company, first, second, moves, show) -> tuple[tuple[str, str], ...]:
        days = [format_date(self.env, day) for day in (first, second)]
        shown = self.env._("Number of customers")
        if show == REVENUE:
            shown = self.env._("Revenue of twelve months")
        stayed = sum(move.value for move in moves if move.before == move.after)
        known = sum(move.value for move in moves if move.before != NEW)
        return (
            (self.env._("Company"), company.name),
            (self.env._("From"), days[0]),
            (self.env._("To"), days[1]),
            (self.env._("Show"), shown),
            (self.env._("Stayed where they were"), f"{stayed} / {known}"),
        )

    def _notes(self, revenue) -> tuple[str, ...]:
        notes = (
            self.env._("Rows: where customers were on the first day. Columns: on the second day."),
            self.env._(
                "The first stay of a customer in a segment is open to the past, so that documents "
                "older than the installation have a segment; such a customer counts on every "
                "earlier day too."
            ),
        )
        if revenue is UNDEFINED:
            return (*notes, self.env["crm.facts"]._why_no_data())
        if revenue is not None:
            return (
                *notes,
                self.env._("Revenue: posted, without tax, twelve months up to the second day."),
            )
        return notes


class _Told:
    """Makes the rows of the migration: numbers or revenue, each with its customers."""

    def __init__(self, report, company, first, second, moves, revenue, afters) -> None:
        self.report, self.company = report, company
        self.first, self.second = first, second
        self.counts = {(move.before, move.after): move.value for move in moves}
        self.revenue = revenue
        self.values = self.counts
        if revenue not in (None, UNDEFINED):
            self.values = {(move.before, move.after): move.value for move in revenue}
        self.afters = afters

    def row(self, key: str, title: str, befores: list[int], **more) -> Row:
        cells = {f"to_{after}": self.cell(title, befores, [after]) for after in self.afters}
        return Row(key, title, {**cells, "total": self.cell(title, befores, self.afters)}, **more)

    def cell(self, title: str, befores: list[int], afters: list[int]) -> Cell:
        keys = [(before, after) for before in befores for after in afters]
        count = sum(self.counts.get(key, 0) for key in keys)
        drill = self.drill(title, befores, afters) if count else None
        if self.revenue is None:
            return Cell(count, drill=drill)
        found = [self.values[key] for key in keys if key in self.values]
        if self.revenue is UNDEFINED or not found:
            note = self.report.env._("None of these customers has posted revenue.")
            if self.revenue is UNDEFINED:
                note = self.report.env["crm.facts"]._why_no_data()
            return Cell(UNDEFINED, drill=drill, note=note)
        return Cell(sum(found, Decimal(0)), drill=drill)

    def drill(self, title: str, befores: list[int], afters: list[int]) -> Drill:
        """The customers of the cell: both conditions, or one where a whole side is meant."""
        domain = self.report._past_customers(self.company, self.second)
        if len(befores) == 1:
            domain &= self._before(befores[0])
        elif NEW not in befores:
            domain &= self.report._past_customers(self.company, self.first)
        if len(afters) == 1:
            domain &= self.report._past_in(self.company, self.second, afters[0])
        context = {"active_test": False}
        return Drill("crm.customer", list(domain), title, context)

    def _before(self, before: int) -> Domain:
        if before == NEW:
            return self.report._past_new(self.company, self.first)
        return self.report._past_in(self.company, self.first, before)
