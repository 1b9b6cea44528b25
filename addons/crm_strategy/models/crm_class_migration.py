from __future__ import annotations

from collections import Counter
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..core.matrix import Cell, Column, Drill, Matrix, Row
from ..core.value import UNDEFINED, ratio

NO_DATA = "no_data"
TOTAL = "total"
MIGRATION, MIX = "migration", "mix"


class CrmClassMigration(models.AbstractModel):
    """From which class to which customers went between two days, and the mix of a day."""

    _name = "crm.class.migration"
    _description = "Migration between Classes"
    _inherit = ["crm.matrix.mixin"]

    # ------------------------------------------------------------------
    # Filters
    # ------------------------------------------------------------------

    def _matrix_options(self, options: dict) -> list[dict]:
        Change = self.env["crm.customer.class.change"]
        today = self.env["crm.segment.membership"]._today(self.env.company)
        kinds = dict(Change._fields["kind"]._description_selection(self.env))
        order = ("loyalty", "type", "phase", "decision")
        segments = self.env["crm.segment"].search([("company_id", "=", self.env.company.id)])
        return [
            self._matrix_option_selection(
                options,
                "view",
                self.env._("Show"),
                [
                    (MIGRATION, self.env._("Migration between two days")),
                    (MIX, self.env._("Mix by segment")),
                ],
            ),
            self._matrix_option_selection(
                options, "kind", self.env._("Classes"), [(kind, kinds[kind]) for kind in order]
            ),
            self._matrix_option_date(
                options, "day_from", self.env._("From"), today - relativedelta(years=1)
            ),
            self._matrix_option_date(options, "day_to", self.env._("To"), today),
            self._matrix_option_selection(
                options,
                "segment",
                self.env._("Segment today"),
                [(0, self.env._("All")), *((segment.id, segment.name) for segment in segments)],
            ),
        ]

    def _build_matrix(self, options: dict) -> Matrix:
        company = self.env.company
        today = self.env["crm.segment.membership"]._today(company)
        day_to = date.fromisoformat(options["day_to"]) if options["day_to"] else today
        day_from = (
            date.fromisoformat(options["day_from"])
            if options["day_from"]
            else day_to - relativedelta(years=1)
        )
        if options["view"] == MIX:
            return self._mix_matrix(options["kind"], day_to, options["segment"])
        if day_from > day_to:
            raise UserError(
                self.env._(
                    "“From” (%(start)s) lies after “To” (%(end)s). Exchange the two days.",
                    start=self._day_words(day_from),
                    end=self._day_words(day_to),
                )
            )
        return self._migration_matrix(options["kind"], day_from, day_to, options["segment"])

    # ------------------------------------------------------------------
    # Migration
    # ------------------------------------------------------------------

    @api.model
    def _migration_matrix(self, kind: str, day_from: date, day_to: date, segment_id) -> Matrix:
        pairs = self._pairs(kind, day_from, day_to, segment_id)
        classes = self._class_titles(kind)
        columns = [Column(code, title, "integer", "crm") for code, title in classes.items()]
        columns.append(Column(TOTAL, self.env._("Total"), "integer", "crm"))
        rows = []
        for before, title in classes.items():
            found = {after: ids for (start, after), ids in pairs.items() if start == before}
            rows.append(Row(before, title, self._cells(found, classes, title)))
        whole: dict[str, list[int]] = {}
        for (_before, after), ids in pairs.items():
            whole.setdefault(after, []).extend(ids)
        title = self.env._("Total")
        rows.append(
            Row(
                TOTAL,
                title,
                self._cells(whole, classes, title),
                style="total",
                sum_of=tuple(classes),
            )
        )
        stayed = sum(
            len(ids)
            for (before, after), ids in pairs.items()
            if before == after and before != NO_DATA
        )
        return Matrix(
            title=self.env._("Migration between classes"),
            columns=columns,
            rows=rows if pairs else [],
            parameters=(
                *self._parameters(kind, segment_id),
                (self.env._("From"), self._day_words(day_from)),
                (self.env._("To"), self._day_words(day_to)),
            ),
            notes=(
                self.env._(
                    "Rows: the class on the first day. Columns: the class on the second. Who "
                    "stayed stands on the diagonal: %(stayed)s customers.",
                    stayed=stayed,
                ),
                self.env._(
                    "No data: not a customer yet, or without the facts that decide the class. "
                    "The history of classes begins with the first sorting."
                ),
            ),
            empty=self.env._("The company has no customer yet."),
        )

    @api.model
    def _cells(self, found: dict[str, list[int]], classes: dict, title: str) -> dict[str, Cell]:
        cells = {
            code: self._cell(found.get(code, []), f"{title} → {name}")
            for code, name in classes.items()
        }
        everybody = [customer_id for ids in found.values() for customer_id in ids]
        return {**cells, TOTAL: self._cell(everybody, title)}

    @api.model
    def _cell(self, ids: list[int], title: str) -> Cell:
        if not ids:
            return Cell(UNDEFINED, note=self.env._("Nobody."))
        return Cell(len(ids), drill=Drill("crm.customer", [["id", "in", sorted(ids)]], title))

    @api.model
    def _pairs(
        self, kind: str, day_from: date, day_to: date, segment_id: int
    ) -> dict[tuple[str, str], list[int]]:
        """(class on the first day, class on the second) -> customers of the company."""
        self.env.flush_all()
        Change = self.env["crm.customer.class.change"]
        company = self.env.company
        rows = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(before.code, %(none)s), COALESCE(after.code, %(none)s),
                       ARRAY_AGG(customer.id)
                  FROM crm_customer AS customer
             LEFT JOIN (%(before)s) AS before ON before.customer_id = customer.id
             LEFT JOIN (%(after)s) AS after ON after.customer_id = customer.id
                 WHERE customer.company_id = %(company)s AND %(segment)s
              GROUP BY 1, 2
                """,
                none=NO_DATA,
                before=Change._at_sql(company, kind, day_from),
                after=Change._at_sql(company, kind, day_to),
                company=company.id,
                segment=self._segment_sql(segment_id),
            )
        )
        return {(before, after): ids for before, after, ids in rows}

    @api.model
    def _segment_sql(self, segment_id: int) -> SQL:
        return SQL("customer.segment_id = %s", segment_id) if segment_id else SQL("TRUE")

    # ------------------------------------------------------------------
    # Mix
    # ------------------------------------------------------------------

    @api.model
    def _mix_matrix(self, kind: str, day: date, segment_id: int) -> Matrix:
        mix = self.env["crm.customer.class.change"]._mix(self.env.company, kind, day)
        classes = self._class_titles(kind)
        names = {
            segment.id: segment.name
            for segment in self.env["crm.segment"]
            .with_context(active_test=False)
            .search([("company_id", "=", self.env.company.id)])
        }
        names[0] = self.env._("Unassigned")
        rows = []
        totals: Counter = Counter()
        for key, name in names.items():
            own = {
                code or NO_DATA: count for (segment, code), count in mix.items() if segment == key
            }
            if own and (not segment_id or key == segment_id):
                rows.append(Row(f"segment_{key}", name, self._mix_cells(own, classes)))
                totals.update(own)
        if rows:
            keys = tuple(row.key for row in rows)
            cells = self._mix_cells(totals, classes)
            rows.append(Row(TOTAL, self.env._("Total"), cells, style="total", sum_of=keys))
        columns = [Column(code, title, "integer", "crm") for code, title in classes.items()]
        columns.append(Column(TOTAL, self.env._("Total"), "integer", "crm"))
        columns.append(
            Column(
                "known",
                self.env._("Known"),
                "rate",
                "crm",
                help=self.env._("Customers with a class / customers."),
            )
        )
        return Matrix(
            title=self.env._("Mix of classes by segment"),
            columns=columns,
            rows=rows,
            parameters=(
                *self._parameters(kind, segment_id),
                (self.env._("As of"), self._day_words(day)),
            ),
            notes=(
                self.env._("Segments as they were on that day (“segment then”)."),
                self.env._("Customers without a class stand under “no data” and are not spread."),
            ),
            empty=self.env._("The company had no customer on that day."),
        )

    @api.model
    def _mix_cells(self, counts: dict[str, int], classes: dict[str, str]) -> dict[str, Cell]:
        nobody = self.env._("Nobody.")
        cells = {
            code: Cell(counts[code]) if counts.get(code) else Cell(UNDEFINED, note=nobody)
            for code in classes
        }
        whole = sum(counts.values())
        known = whole - counts.get(NO_DATA, 0)
        return {**cells, TOTAL: Cell(whole), "known": Cell(ratio(known, whole))}

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    @api.model
    def _class_titles(self, kind: str) -> dict[str, str]:
        classes = dict(self.env["crm.customer.class.change"]._classes(kind))
        return {**classes, NO_DATA: self.env._("No data")}

    @api.model
    def _day_words(self, day: date) -> str:
        return format_date(self.env, day)

    @api.model
    def _parameters(self, kind: str, segment_id: int) -> tuple[tuple[str, str], ...]:
        kinds = dict(
            self.env["crm.customer.class.change"]._fields["kind"]._description_selection(self.env)
        )
        segment = self.env["crm.segment"].browse(segment_id or 0)
        return (
            (self.env._("Company"), self.env.company.name),
            (self.env._("Classes"), kinds[kind]),
            (self.env._("Segment today"), segment.name if segment_id else self.env._("All")),
        )
