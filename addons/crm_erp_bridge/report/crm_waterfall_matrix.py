from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.crm_strategy.core.matrix import Cell, Column, Drill, Matrix, Row
from odoo.addons.crm_strategy.core.period import Period
from odoo.addons.crm_strategy.core.value import UNDEFINED

from .crm_joint_report_mixin import JointView
from .crm_waterfall import INCOME_TYPES, SALE_TYPES, STOCK

# The column that adds up the stages of a moment in time.
OPEN = "open"
# Columns shown only when something stands in them.
RARE = ("other", "exchange")
# Columns made of journal items one to one.
BOOKED = ("invoiced", "other", "invoiced_tax")
# Columns that the ERP keeps no history of.
NO_HISTORY = ("pipeline", "delivered", "to_invoice")


class CrmWaterfall(models.Model):
    """The waterfall as a matrix: one column per stage, a total, and the books beside it."""

    _inherit = "crm.waterfall"

    def _joint_matrix(self, view: JointView) -> Matrix:
        scope = Domain("company_id", "=", view.company.id) & self._waterfall_days(view.period)
        groups = self._joint_groups({"": scope}, view.group_by, "stage", view.company)
        columns = self._waterfall_columns(groups)
        rows = [self._waterfall_row(group, columns, view) for group in groups]
        rows.append(self._waterfall_total(rows, columns, view))
        if self._joint_sees_costs():
            rows += self._waterfall_ledger(rows[-1], view)
        return Matrix(
            title=self.env._("Waterfall"),
            columns=columns,
            rows=rows,
            currency=self._matrix_currency(view.company.currency_id),
            parameters=self._joint_parameters(view),
            notes=self._waterfall_notes(view),
        )

    def _waterfall_days(self, period: Period) -> Domain:
        """Flows of the period, and stocks at its end; the query itself ends with the day."""
        if not period.date_from and not period.date_to:
            return Domain.TRUE
        flows = ~Domain("stage", "in", STOCK) & self._period_days(period)
        until = self._period_days(Period.between(None, period.date_to))
        return flows | (Domain("stage", "in", STOCK) & until)

    @api.model
    def _waterfall_stages(self, column: str) -> tuple[str, ...]:
        """The stages that a column adds up: its own, or all that are open."""
        return STOCK if column == OPEN else (column,)

    def _waterfall_columns(self, groups: list) -> list[Column]:
        titles = dict(self._fields["stage"]._description_selection(self.env))
        titles = {stage: title for stage, title in titles.items() if stage not in STOCK}
        titles[OPEN] = self.env._("Open")
        titles["open_invoices"] = self.env._("Of which on invoices")
        helps = self._waterfall_helps()
        return [
            Column(key, title, "amount", "crm" if key == "pipeline" else "erp", helps[key])
            for key, title in titles.items()
            if key not in RARE or any(group.amount(key) for group in groups)
        ]

    def _waterfall_helps(self) -> dict[str, str]:
        return {
            "pipeline": self.env._(
                "Expected revenue of open opportunities without a confirmed order, by expected "
                "closing. An expectation: it is never added to the other columns."
            ),
            "ordered": self.env._("Confirmed orders without tax, at the rate of the order date."),
            "delivered": self.env._("The part of these orders that is delivered as of today."),
            "to_invoice": self.env._(
                "The part of these orders that no posted invoice covers as of today, whatever "
                "the invoicing policy says."
            ),
            "invoiced": self.env._(
                "Posted invoices less credit notes on income accounts, without tax. "
                "Drafts do not count."
            ),
            "other": self.env._(
                "Posted invoices less credit notes on other accounts, such as deposits, "
                "without tax."
            ),
            "invoiced_tax": self.env._(
                "Posted invoices less credit notes as asked from the customers."
            ),
            "paid": self.env._(
                "What payments, and entries that write off, have settled of invoices less credit "
                "notes, on the day it took effect."
            ),
            "exchange": self.env._(
                "What entries for exchange differences have settled of invoices."
            ),
            OPEN: self.env._(
                "Balance of the receivable accounts on the day: open invoices less "
                "payments that are not matched yet."
            ),
            "open_invoices": self.env._(
                "The part of it that stands on invoices and credit notes: all that was "
                "invoiced with tax until then, less what was paid."
            ),
        }

    def _waterfall_row(self, group, columns, view: JointView) -> Row:
        cells = {}
        for column in columns:
            amount = group.total(self._waterfall_stages(column.key))
            if amount is None:
                cells[column.key] = Cell(UNDEFINED, note=self._waterfall_missing(column.key, view))
            else:
                drill = self._waterfall_drill(column, view, group)
                cells[column.key] = Cell(amount, drill=drill)
        return Row(group.key, group.title, cells, help=group.help)

    def _waterfall_missing(self, key: str, view: JointView) -> str:
        """Why a figure is not there: nothing happened, or nobody kept it."""
        if key not in NO_HISTORY or not view.is_past:
            return self.env._("No document at this stage.")
        day = format_date(self.env, view.as_of)
        reasons = {
            "pipeline": self.env._(
                "What was expected on %(day)s is not kept: opportunities show what is expected "
                "now. Leave “As of” empty to see it.",
                day=day,
            ),
            "delivered": self.env._(
                "How much was delivered on %(day)s is not kept: orders show what is delivered "
                "now. Leave “As of” empty to see it.",
                day=day,
            ),
            "to_invoice": self.env._(
                "How much was still to invoice on %(day)s is not kept: orders show what is to "
                "invoice now. Leave “As of” empty to see it.",
                day=day,
            ),
        }
        return reasons[key]

    def _waterfall_total(self, rows: list[Row], columns, view: JointView) -> Row:
        cells = {}
        for column in columns:
            drill = self._waterfall_drill(column, view)
            note = self._waterfall_missing(column.key, view)
            cells[column.key] = self._joint_total(rows, column.key, drill, note)
        title = (
            self.env._("Total") if self._joint_sees_costs() else self.env._("Total of your teams")
        )
        return Row("total", title, cells, style="total", sum_of=tuple(row.key for row in rows))

    def _waterfall_drill(self, column: Column, view: JointView, group=None) -> Drill:
        """The rows behind a figure; journal items where the figure is made of whole ones."""
        title = f"{column.title}: {group.title if group else self.env._('Total')}"
        stage = column.key
        if stage in BOOKED and self._joint_opens_books():
            placed = group.books if group else Domain.TRUE
            days = self._period_days(view.facts)
            domain = self._waterfall_books_domain(stage, view.company) & days & placed
            return self._joint_books_drill(domain, title)
        stages = self._waterfall_stages(stage)
        domain = Domain("company_id", "=", view.company.id) & Domain("stage", "in", stages)
        domain &= group.domain if group else Domain.TRUE
        day = view.as_of
        if stages[0] not in STOCK:
            domain &= self._period_days(view.period)
        else:
            # The day that the stock is of: rows know whether they were settled then.
            day = view.facts.last_day
            if not (group and group.is_stretch):
                # What is settled adds up to nothing and would only hide what is open.
                domain &= Domain("is_settled", "=", False)
        return Drill(self._name, list(domain), title, self._as_of_context(day))

    # ledger
    @api.model
    def _waterfall_books_domain(self, stage: str, company) -> Domain:
        """The journal items of a stage, found without the report."""
        posted = Domain("parent_state", "=", "posted") & Domain("company_id", "=", company.id)
        if stage == OPEN:
            return posted & Domain("account_id.account_type", "=", "asset_receivable")
        documents = posted & Domain("move_id.move_type", "in", SALE_TYPES)
        if stage == "invoiced_tax":
            return documents & Domain("account_id.account_type", "=", "asset_receivable")
        if stage == "invoiced":
            return documents & Domain("account_id.account_type", "in", INCOME_TYPES)
        return (
            documents
            & Domain("display_type", "in", ("product", "rounding", "discount"))
            & Domain("account_id.account_type", "not in", INCOME_TYPES)
        )

    def _waterfall_ledger(self, total: Row, view: JointView) -> list[Row]:
        """The books, asked by Odoo's own grouping of journal items, and the difference to them."""
        title = self.env._("Ledger: journal items")
        cells = {}
        for stage, sign in (("invoiced", -1), ("invoiced_tax", 1), (OPEN, 1)):
            days = view.facts
            if stage == OPEN:
                days = Period.between(None, days.date_to)
            domain = self._waterfall_books_domain(stage, view.company) & self._period_days(days)
            amount = sign * self._joint_ledger_sum(domain, view.company)
            cells[stage] = Cell(amount + 0, drill=self._joint_books_drill(domain, title))
        return [
            Row("ledger", title, cells, style="total"),
            self._joint_difference(total, cells),
        ]

    def _waterfall_notes(self, view: JointView) -> tuple[str, ...]:
        notes = [
            self.env._(
                "Pipeline is a CRM figure (an expectation before the fact). All other columns are "
                "ERP figures (facts of orders and books). The two are never added."
            ),
            self.env._(
                "All amounts are in company currency. The period limits each column by the date of "
                "its own documents; invoices count on their accounting date. Nothing dated after "
                "the day named under “As of” is counted. Open is the balance on that day or at "
                "the end of the period, whichever comes first, exact for past days too. Pipeline, "
                "what is delivered and what is still to invoice have no history: they are told "
                "for today only."
            ),
            self.env._(
                "The segment is the one of the customer on the date of the document; for the "
                "pipeline it is the one of today. Documents of customers without segment stand "
                "under “Unassigned”."
            ),
        ]
        if self._joint_sees_costs():
            notes.append(
                self.env._(
                    "Ledger: Invoiced is asked from the income accounts of posted customer "
                    "documents, Invoiced incl. tax and Open from the receivable accounts. "
                    "The difference must be 0.00."
                )
            )
        if view.group_by == "month":
            notes.append(self.env._("By month, Open shows by how much the receivables changed."))
        return tuple(notes)
