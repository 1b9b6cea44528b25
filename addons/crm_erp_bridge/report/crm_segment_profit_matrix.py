from __future__ import annotations

from dataclasses import dataclass, replace

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_strategy.core.matrix import Cell, Column, Drill, Matrix, Row
from odoo.addons.crm_strategy.core.period import Period
from odoo.addons.crm_strategy.core.value import UNDEFINED, is_number, ratio

from .crm_joint_report_mixin import JointView
from .crm_segment_profit import ACCOUNT_TYPES, KINDS

RESULT = "contribution"
BEFORE, CHANGE = "_before", "_change"


@dataclass(frozen=True)
class ProfitFigure:
    """One column of amounts: kinds of lines in a stretch of time.

    ``prefix`` names the sums of the stretch in a `JointGroup`.
    """

    key: str
    kinds: tuple[str, ...]
    period: Period
    prefix: str = ""


class CrmSegmentProfit(models.Model):
    """The profit and loss as a matrix: one column per kind, the result, and the books beside."""

    _inherit = "crm.segment.profit"

    @api.model
    def _joint_group_choices(self) -> list[tuple[str, str]]:
        return [*super()._joint_group_choices(), ("account", self.env._("Account"))]

    @api.model
    def _joint_group_fields(self) -> dict[str, str]:
        return {**super()._joint_group_fields(), "account": "account_id"}

    def _matrix_options(self, options: dict) -> list[dict]:
        filters = super()._matrix_options(options)
        return [*filters[:2], self._matrix_option_compared(options), *filters[2:]]

    def _joint_matrix(self, view: JointView) -> Matrix:
        kinds = KINDS if self._joint_sees_costs() else ("income",)
        figures = self._profit_figures(view, kinds)
        scopes = {figure.prefix: self._profit_scope(view, figure) for figure in figures}
        groups = self._joint_groups(scopes, view.group_by, "kind", view.company)
        rows = [self._profit_row(group, view, figures) for group in groups]
        rows.append(self._profit_total(rows, view, figures))
        if self._joint_sees_costs():
            rows += self._profit_ledger(rows[-1], view, figures)
        return Matrix(
            title=self.env._("Segment profit and loss"),
            columns=self._profit_columns(view, figures),
            rows=[self._profit_changes(row, figures) for row in rows],
            currency=self._matrix_currency(view.company.currency_id),
            parameters=self._joint_parameters(view),
            notes=self._profit_notes(view, kinds),
        )

    def _profit_figures(self, view: JointView, kinds: tuple[str, ...]) -> list[ProfitFigure]:
        """The columns of amounts: each kind and the result, and what they are compared with."""
        members = {kind: (kind,) for kind in kinds}
        if len(kinds) > 1:
            members[RESULT] = kinds
        figures = []
        for key, own in members.items():
            figures.append(ProfitFigure(key, own, view.facts))
            if view.compared:
                figures.append(
                    ProfitFigure(f"{key}{BEFORE}", own, view.compared.until(view.as_of), "before:")
                )
        return figures

    def _profit_scope(self, view: JointView, figure: ProfitFigure) -> Domain:
        return Domain("company_id", "=", view.company.id) & self._period_days(figure.period)

    def _profit_columns(self, view: JointView, figures: list[ProfitFigure]) -> list[Column]:
        helps = self._profit_helps()
        labels = dict(self._fields["kind"]._description_selection(self.env))
        labels[RESULT] = self.env._("Contribution")
        columns = []
        for figure in figures:
            key = figure.key.removesuffix(BEFORE)
            if key == figure.key:
                columns.append(Column(key, labels[key], "amount", "erp", helps[key], group=key))
                continue
            period = self._matrix_period_label(view.compared.key)
            columns += [
                Column(figure.key, f"{labels[key]}, {period}", "amount", "erp", group=key),
                Column(f"{key}{CHANGE}", self.env._("Change"), "rate", "erp", group=key),
            ]
        return columns

    def _profit_helps(self) -> dict[str, str]:
        return {
            "income": self.env._("Posted journal items on income and other income accounts."),
            "cogs": self.env._("Posted journal items on accounts of the type cost of revenue."),
            "expense": self.env._(
                "Posted journal items on all other expense accounts, with depreciation."
            ),
            RESULT: self.env._("Income less both kinds of costs, as posted."),
        }

    def _profit_row(self, group, view: JointView, figures: list[ProfitFigure]) -> Row:
        cells = {}
        for figure in figures:
            amount = group.total([figure.prefix + kind for kind in figure.kinds])
            if amount is None:
                cells[figure.key] = Cell(UNDEFINED, note=self.env._("No posted journal item."))
            else:
                cells[figure.key] = Cell(amount, drill=self._profit_drill(view, figure, group))
        return Row(group.key, group.title, cells, help=group.help)

    def _profit_total(self, rows: list[Row], view: JointView, figures) -> Row:
        note = self.env._("No posted journal item.")
        cells = {
            figure.key: self._joint_total(rows, figure.key, self._profit_drill(view, figure), note)
            for figure in figures
        }
        all_of_it = self._joint_sees_costs()
        title = self.env._("Total") if all_of_it else self.env._("Total of your teams")
        return Row("total", title, cells, style="total", sum_of=tuple(row.key for row in rows))

    def _profit_changes(self, row: Row, figures: list[ProfitFigure]) -> Row:
        """The row with the change of each figure, as a share of what it is compared with."""
        cells = dict(row.cells)
        for figure in figures:
            key = figure.key.removesuffix(BEFORE)
            if key == figure.key or row.style == "check" or key not in cells:
                continue
            now, before = cells[key].value, cells[figure.key].value
            change = UNDEFINED
            if is_number(now) and is_number(before):
                change = ratio(now - before, abs(before))
            note = None if is_number(change) else self.env._("There is nothing to compare with.")
            cells[f"{key}{CHANGE}"] = Cell(change, note=note)
        return replace(row, cells=cells)

    def _profit_ledger(self, total: Row, view: JointView, figures) -> list[Row]:
        """The books, asked by Odoo's own grouping of journal items, and the difference to them."""
        title = self.env._("Ledger: journal items")
        cells = {}
        for figure in figures:
            books = self._profit_scope(view, figure) & self._profit_ledger_domain(figure.kinds)
            amount = -self._joint_ledger_sum(books, view.company) + 0
            cells[figure.key] = Cell(amount, drill=self._joint_books_drill(books, title))
        return [
            Row("ledger", title, cells, style="total"),
            self._joint_difference(total, cells),
        ]

    def _profit_ledger_domain(self, kinds: tuple[str, ...]) -> Domain:
        types = [name for kind in kinds for name in ACCOUNT_TYPES[kind]]
        return Domain("parent_state", "=", "posted") & Domain(
            "account_id.account_type", "in", types
        )

    def _profit_drill(self, view: JointView, figure: ProfitFigure, group=None) -> Drill:
        """Journal items for those who read the books, else the report's own lines."""
        title = group.title if group else self.env._("Total")
        scope = self._profit_scope(view, figure)
        if self._joint_opens_books():
            placed = group.books if group else Domain.TRUE
            return self._joint_books_drill(
                scope & self._profit_ledger_domain(figure.kinds) & placed, title
            )
        placed = group.domain if group else Domain.TRUE
        domain = scope & Domain("kind", "in", figure.kinds) & placed
        return Drill(self._name, list(domain), title, self._as_of_context(view.as_of))

    def _profit_notes(self, view: JointView, kinds: tuple[str, ...]) -> tuple[str, ...]:
        notes = [
            self.env._(
                "ERP figures: posted journal items only, in company currency, by accounting date, "
                "up to the day named under “As of”, as the books stand now. Income is positive, "
                "costs are negative. Taxes are not part of them."
            ),
            self.env._(
                "The segment is the one of the customer on the accounting date; the team is the "
                "one that serves this segment today. Items of vendor documents, without customer "
                "or of customers without segment stand under “Unassigned”."
            ),
        ]
        if len(kinds) > 1:
            notes.append(
                self.env._(
                    "The ledger line is asked from the journal items without customers and "
                    "segments; the difference must be 0.00."
                )
            )
        else:
            notes.append(
                self.env._("You see the income of the teams you lead or belong to, and no costs.")
            )
        if view.compared:
            notes.append(
                self.env._(
                    "The change is a share of the figure compared with; for costs, which are "
                    "negative, a plus means less costs. A period that is not over is compared "
                    "with as many days of the other one."
                )
            )
        return tuple(notes)
