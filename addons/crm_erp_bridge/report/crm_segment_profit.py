from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.matrix import Cell, Column, Drill, Matrix, Row
from odoo.addons.crm_strategy.core.period import Period
from odoo.addons.crm_strategy.core.value import UNDEFINED

KINDS = ("income", "cogs", "expense")
ACCOUNT_TYPES = {
    "income": ("income", "income_other"),
    "cogs": ("expense_direct_cost",),
    "expense": ("expense", "expense_other", "expense_depreciation"),
}
RESULT = "contribution"


class CrmSegmentProfit(models.Model):
    """Each posted line of income and cost, with the customer's segment then (S000-9.10-C02).

    One row is one journal item and carries its id. Nothing is stored: the report reads the books.
    """

    _name = "crm.segment.profit"
    _description = "Segment Profit and Loss"
    _inherit = ["crm.joint.report.mixin"]
    _auto = False
    _rec_name = "kind"
    _order = "date desc, id desc"
    _depends = {
        "account.move": ["state", "move_type", "partner_id"],
        "account.move.line": [
            "account_id",
            "balance",
            "company_id",
            "company_currency_id",
            "date",
            "move_id",
            "name",
            "parent_state",
            "partner_id",
        ],
        "account.account": ["account_type"],
        "crm.segment.membership": [
            "company_id",
            "date_from",
            "date_to",
            "partner_id",
            "segment_id",
        ],
        "crm.team": ["active", "company_id", "crm_segment_id"],
        "res.partner": ["commercial_partner_id"],
    }

    # document
    company_id = fields.Many2one("res.company", string="Company", readonly=True)
    currency_id = fields.Many2one("res.currency", string="Currency", readonly=True)
    date = fields.Date(
        string="Accounting date",
        readonly=True,
        help="The day on which the journal item counts in the books. The segment and the month "
        "follow this day.",
    )
    move_id = fields.Many2one("account.move", string="Journal entry", readonly=True)
    name = fields.Char(string="Text", readonly=True)
    account_id = fields.Many2one("account.account", string="Account", readonly=True)
    # placement
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        help="The company behind the partner of the journal item. Items of vendor documents and "
        "items without a partner have none.",
    )
    segment_id = fields.Many2one(
        "crm.segment",
        string="Segment then",
        readonly=True,
        help="The customer's segment on the accounting date. Empty means unassigned.",
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Team",
        readonly=True,
        help="The team that serves the segment then.",
    )
    # result
    kind = fields.Selection(
        [("income", "Income"), ("cogs", "Cost of revenue"), ("expense", "Other expense")],
        string="Kind",
        readonly=True,
        help="By the type of the account: income and other income; cost of revenue; all other "
        "expenses with depreciation.",
    )
    amount = fields.Monetary(
        string="Amount",
        readonly=True,
        currency_field="currency_id",
        help="Company currency. Income is positive, costs are negative; the sum is the result.",
    )

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    @api.model
    def _select(self) -> SQL:
        return SQL(
            """
            SELECT line.id,
                   line.company_id,
                   line.company_currency_id AS currency_id,
                   line.date,
                   line.move_id,
                   line.name,
                   line.account_id,
                   partner.commercial_partner_id AS partner_id,
                   membership.segment_id,
                   segment_team.id AS team_id,
                   CASE WHEN account.account_type IN %(income)s THEN 'income'
                        WHEN account.account_type IN %(cogs)s THEN 'cogs'
                        ELSE 'expense' END AS kind,
                   -line.balance AS amount
            """,
            income=ACCOUNT_TYPES["income"],
            cogs=ACCOUNT_TYPES["cogs"],
        )

    @api.model
    def _from(self) -> SQL:
        return SQL(
            "%s %s JOIN account_account AS account ON account.id = line.account_id",
            self.env["account.move.line"]._crm_from(),
            self.env["crm.segment.membership"]._team_join(),
        )

    @api.model
    def _where(self) -> SQL:
        return SQL(
            """
            WHERE line.parent_state = 'posted'
              AND line.company_id = ANY(%(companies)s)
              AND account.account_type IN %(types)s
            """,
            companies=self.env.companies.ids,
            types=tuple(name for kind in KINDS for name in ACCOUNT_TYPES[kind]),
        )

    def action_open_entry(self) -> dict:
        """Open the journal entry behind the row."""
        self.ensure_one()
        return self._joint_open(self.move_id)

    # matrix
    @api.model
    def _joint_group_choices(self) -> list[tuple[str, str]]:
        return [*super()._joint_group_choices(), ("account", self.env._("Account"))]

    @api.model
    def _joint_group_fields(self) -> dict[str, str]:
        return {**super()._joint_group_fields(), "account": "account_id"}

    def _build_matrix(self, options: dict) -> Matrix:
        company = self._joint_company(options)
        period = Period.parse(options["period"])
        scope = Domain("company_id", "=", company.id) & self._joint_period_domain(period)
        kinds = KINDS if self._joint_sees_costs() else ("income",)
        groups = self._joint_groups(scope, options["group_by"], "kind", company)
        rows = [self._profit_row(group, scope, kinds, company) for group in groups]
        rows.append(self._profit_total(rows, scope, kinds, company))
        if self._joint_sees_costs():
            rows += self._profit_ledger(rows[-1], period, kinds, company)
        return Matrix(
            title=self.env._("Segment profit and loss"),
            columns=self._profit_columns(kinds),
            rows=rows,
            currency=self._matrix_currency(company.currency_id),
            parameters=self._joint_parameters(options, company),
            notes=self._profit_notes(kinds),
        )

    def _profit_columns(self, kinds: tuple[str, ...]) -> list[Column]:
        helps = {
            "income": self.env._("Posted journal items on income and other income accounts."),
            "cogs": self.env._("Posted journal items on accounts of the type cost of revenue."),
            "expense": self.env._(
                "Posted journal items on all other expense accounts, with depreciation."
            ),
        }
        labels = dict(self._fields["kind"]._description_selection(self.env))
        columns = [Column(kind, labels[kind], "amount", "erp", helps[kind]) for kind in kinds]
        if len(kinds) > 1:
            text = self.env._("Income less both kinds of costs, as posted.")
            columns.append(Column(RESULT, self.env._("Contribution"), "amount", "erp", text))
        return columns

    def _profit_row(self, group, scope: Domain, kinds: tuple[str, ...], company) -> Row:
        cells = {
            kind: self._profit_cell(group, group.amount(kind), scope, (kind,)) for kind in kinds
        }
        if len(kinds) > 1:
            cells[RESULT] = self._profit_cell(group, group.total(kinds), scope, kinds)
        return Row(group.key, group.title, cells, help=group.help)

    def _profit_cell(self, group, amount, scope: Domain, kinds: tuple[str, ...]) -> Cell:
        if amount is None:
            return Cell(UNDEFINED, note=self.env._("No posted journal item."))
        return Cell(amount, drill=self._profit_drill(scope, kinds, group))

    def _profit_total(self, rows: list[Row], scope, kinds, company) -> Row:
        columns = [*kinds, RESULT] if len(kinds) > 1 else list(kinds)
        cells = {}
        for key in columns:
            members = kinds if key == RESULT else (key,)
            drill = self._profit_drill(scope, members)
            note = self.env._("No posted journal item.")
            cells[key] = self._joint_total(rows, key, drill, note)
        title = self.env._("Total") if len(kinds) > 1 else self.env._("Total of your teams")
        return Row("total", title, cells, style="total", sum_of=tuple(row.key for row in rows))

    def _profit_ledger(self, total: Row, period: Period, kinds, company) -> list[Row]:
        """The books, asked by Odoo's own grouping of journal items, and the difference to them."""
        books = {}
        for kind in kinds:
            domain = self._profit_ledger_domain((kind,)) & Domain("company_id", "=", company.id)
            books[kind] = domain & self._joint_period_domain(period)
        ledger = {kind: -self._joint_ledger_sum(domain, company) for kind, domain in books.items()}
        ledger[RESULT] = sum(ledger.values(), self._joint_money(0, company))
        books[RESULT] = Domain.OR(books.values())
        title = self.env._("Ledger: journal items")
        cells = {
            key: Cell(ledger[key], drill=self._joint_books_drill(books[key], title))
            for key in ledger
        }
        return [
            Row("ledger", title, cells, style="total"),
            self._joint_difference(total, cells),
        ]

    def _profit_ledger_domain(self, kinds: tuple[str, ...]) -> Domain:
        types = [name for kind in kinds for name in ACCOUNT_TYPES[kind]]
        return Domain("parent_state", "=", "posted") & Domain(
            "account_id.account_type", "in", types
        )

    def _profit_drill(self, scope: Domain, kinds: tuple[str, ...], group=None) -> Drill:
        """Journal items for those who read the books, else the report's own lines."""
        title = group.title if group else self.env._("Total")
        if self._joint_opens_books():
            placed = group.books if group else Domain.TRUE
            return self._joint_books_drill(
                scope & self._profit_ledger_domain(kinds) & placed, title
            )
        placed = group.domain if group else Domain.TRUE
        return Drill(self._name, list(scope & Domain("kind", "in", kinds) & placed), title)

    def _profit_notes(self, kinds: tuple[str, ...]) -> tuple[str, ...]:
        notes = [
            self.env._(
                "ERP figures: posted journal items only, in company currency, by accounting date. "
                "Income is positive, costs are negative. Taxes are not part of them."
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
        return tuple(notes)
