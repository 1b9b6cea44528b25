from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.matrix import Cell, Column, Drill, Matrix, Row
from odoo.addons.crm_strategy.core.period import Period
from odoo.addons.crm_strategy.core.value import UNDEFINED

SALE_TYPES = ("out_invoice", "out_refund", "out_receipt")
INCOME_TYPES = ("income", "income_other")
# Row ids are stable: the branch of the query times this, plus the id of the record behind.
BRANCH = 10**12
# Stages that stand for a moment in time, not for a period; their sum is the column "open".
OPEN = "open"
STOCK = ("open_invoices", "open_other")
# Columns shown only when something stands in them.
RARE = ("other", "exchange")
# Columns made of journal items one to one.
BOOKED = ("invoiced", "other", "invoiced_tax")


class CrmWaterfall(models.Model):
    """From the pipeline to the paid invoice: one row per document and stage.

    Nothing is stored. Receivables are rows of movement: an item adds its balance on its own date
    and each matching takes off its amount on the date it took effect. The sum of the rows before
    a day is therefore what was open on that day, exactly.
    """

    _name = "crm.waterfall"
    _description = "Waterfall from pipeline to payment"
    _inherit = ["crm.joint.report.mixin"]
    _auto = False
    _rec_name = "stage"
    _order = "date desc, id desc"
    _depends = {
        "account.account": ["account_type"],
        "account.move": ["move_type", "partner_id"],
        "account.move.line": [
            "account_id",
            "amount_residual",
            "balance",
            "company_currency_id",
            "company_id",
            "date",
            "display_type",
            "move_id",
            "parent_state",
            "partner_id",
        ],
        "account.partial.reconcile": [
            "amount",
            "credit_move_id",
            "debit_move_id",
            "exchange_move_id",
            "max_date",
        ],
        "crm.customer": ["company_id", "partner_id", "segment_id"],
        "crm.lead": [
            "active",
            "company_id",
            "date_deadline",
            "expected_revenue",
            "partner_id",
            "team_id",
            "type",
            "user_id",
            "won_status",
        ],
        "crm.segment.membership": [
            "company_id",
            "date_from",
            "date_to",
            "partner_id",
            "segment_id",
        ],
        "crm.team": ["active", "company_id", "crm_segment_id"],
        "res.company": ["currency_id", "resource_calendar_id"],
        "res.partner": ["commercial_partner_id"],
        "resource.calendar": ["tz"],
        "sale.order": [
            "amount_untaxed",
            "company_id",
            "currency_rate",
            "date_order",
            "opportunity_id",
            "partner_id",
            "state",
        ],
        "sale.order.line": [
            "discount",
            "display_type",
            "order_id",
            "price_subtotal",
            "price_unit",
            "product_uom_qty",
            "qty_delivered",
            "untaxed_amount_invoiced",
        ],
    }

    # stage
    company_id = fields.Many2one("res.company", string="Company", readonly=True)
    currency_id = fields.Many2one("res.currency", string="Currency", readonly=True)
    date = fields.Date(
        string="Date",
        readonly=True,
        help="Pipeline: expected closing. Orders: order date in the company's time zone. "
        "Invoices: accounting date. Payments: the day on which the matching took effect.",
    )
    stage = fields.Selection(
        [
            ("pipeline", "Pipeline"),
            ("ordered", "Ordered"),
            ("delivered", "Of which delivered"),
            ("to_invoice", "Ordered, not yet invoiced"),
            ("invoiced", "Invoiced"),
            ("other", "Invoiced on other accounts"),
            ("invoiced_tax", "Invoiced incl. tax"),
            ("paid", "Paid"),
            ("exchange", "Exchange difference"),
            ("open_invoices", "Open on invoices"),
            ("open_other", "Open without invoice"),
        ],
        string="Stage",
        readonly=True,
    )
    label = fields.Selection(
        [("crm", "CRM (ante)"), ("erp", "ERP (post)")],
        string="Source",
        readonly=True,
        help="CRM: an expectation before the fact. ERP: a fact of orders and books. "
        "The two are never added.",
    )
    is_settled = fields.Boolean(
        string="Settled",
        readonly=True,
        help="Whether nothing of an open receivable is left today; unticked at other stages.",
    )
    # placement
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        help="The company behind the partner of the document.",
    )
    segment_id = fields.Many2one(
        "crm.segment",
        string="Segment then",
        readonly=True,
        help="The customer's segment on the date of the document; for the pipeline that of today.",
    )
    team_id = fields.Many2one(
        "crm.team", string="Team", readonly=True, help="The team that serves the segment then."
    )
    # result
    amount = fields.Monetary(
        string="Amount",
        readonly=True,
        currency_field="currency_id",
        help="Company currency; what flows back is negative.",
    )
    # documents
    lead_id = fields.Many2one("crm.lead", string="Opportunity", readonly=True)
    order_id = fields.Many2one("sale.order", string="Order", readonly=True)
    move_id = fields.Many2one("account.move", string="Journal entry", readonly=True)

    @property
    def _table_query(self) -> SQL:
        return SQL(" UNION ALL ").join(self._queries())

    @api.model
    def _queries(self) -> list[SQL]:
        """The branches of the report, one per kind of document; extend per addon."""
        return [
            self._query_pipeline(),
            self._query_orders(2, SQL("'ordered'"), SQL("sale_order.amount_untaxed")),
            self._query_orders(3, SQL("'delivered'"), SQL("lines.delivered")),
            self._query_orders(4, SQL("'to_invoice'"), SQL("lines.to_invoice")),
            self._query_invoice_lines(),
            self._query_invoice_totals(),
            self._query_payments(7, "debit", 1),
            self._query_payments(8, "credit", -1),
            self._query_receivables(),
            self._query_matchings(10, "debit", -1),
            self._query_matchings(11, "credit", 1),
        ]

    # pipeline and orders
    @api.model
    def _query_pipeline(self) -> SQL:
        """Open opportunities without a confirmed order, at their expected revenue.

        A lead without company counts for its team's, then its salesperson's. Its segment is the
        one of today, since it has not happened yet.
        """
        return SQL(
            """
            SELECT 1 * %(branch)s + lead.id AS id,
                   company.id AS company_id,
                   company.currency_id,
                   lead.date_deadline AS date,
                   'pipeline' AS stage,
                   'crm' AS label,
                   FALSE AS is_settled,
                   partner.commercial_partner_id AS partner_id,
                   membership.segment_id,
                   segment_team.id AS team_id,
                   lead.expected_revenue AS amount,
                   lead.id AS lead_id,
                   NULL::int AS order_id,
                   NULL::int AS move_id
              FROM crm_lead AS lead
         LEFT JOIN crm_team AS team ON team.id = lead.team_id
         LEFT JOIN res_users AS users ON users.id = lead.user_id
              JOIN res_company AS company
                ON company.id = COALESCE(lead.company_id, team.company_id, users.company_id)
         LEFT JOIN res_partner AS partner ON partner.id = lead.partner_id
         LEFT JOIN crm_customer AS membership
                ON membership.partner_id = partner.commercial_partner_id
               AND membership.company_id = company.id
                   %(team)s
             WHERE lead.type = 'opportunity'
               AND lead.active
               AND lead.won_status = 'pending'
               AND COALESCE(lead.expected_revenue, 0) <> 0
               AND company.id = ANY(%(companies)s)
               AND NOT EXISTS (
                   SELECT 1 FROM sale_order
                    WHERE sale_order.opportunity_id = lead.id AND sale_order.state = 'sale'
               )
            """,
            branch=BRANCH,
            team=self.env["crm.segment.membership"]._team_join(),
            companies=self.env.companies.ids,
        )

    @api.model
    def _query_orders(self, number: int, stage: SQL, amount: SQL) -> SQL:
        """Confirmed orders, untaxed, at the rate of the order's own date.

        What is delivered is valued at the price of the order line; what is to invoice is the
        order less its posted invoices, whatever the invoicing policy says. Both have no history:
        they are those of today for the orders of the period.
        """
        day = SQL(
            "(sale_order.date_order AT TIME ZONE 'UTC' "
            "AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date"
        )
        value = SQL(
            "ROUND((%s / COALESCE(NULLIF(sale_order.currency_rate, 0), 1))::numeric, "
            "currency.decimal_places)",
            amount,
        )
        return SQL(
            """
            SELECT %(number)s * %(branch)s + sale_order.id,
                   sale_order.company_id,
                   company.currency_id,
                   %(day)s,
                   %(stage)s,
                   'erp',
                   FALSE,
                   partner.commercial_partner_id,
                   membership.segment_id,
                   segment_team.id,
                   %(value)s,
                   NULL::int,
                   sale_order.id,
                   NULL::int
              FROM sale_order
              JOIN (
                   SELECT order_id,
                          SUM(CASE WHEN product_uom_qty <> 0
                                   THEN price_subtotal * qty_delivered / product_uom_qty
                                   ELSE price_unit * (1 - COALESCE(discount, 0) / 100)
                                        * COALESCE(qty_delivered, 0) END) AS delivered,
                          SUM(price_subtotal - COALESCE(untaxed_amount_invoiced, 0))
                              AS to_invoice
                     FROM sale_order_line
                    WHERE display_type IS NULL
                 GROUP BY order_id
                   ) AS lines ON lines.order_id = sale_order.id
              JOIN res_company AS company ON company.id = sale_order.company_id
              JOIN res_currency AS currency ON currency.id = company.currency_id
         LEFT JOIN resource_calendar AS calendar ON calendar.id = company.resource_calendar_id
         LEFT JOIN res_partner AS partner ON partner.id = sale_order.partner_id
                   %(membership)s
                   %(team)s
             WHERE sale_order.state = 'sale'
               AND sale_order.company_id = ANY(%(companies)s)
               AND %(value)s <> 0
            """,
            number=number,
            branch=BRANCH,
            day=day,
            stage=stage,
            value=value,
            membership=self.env["crm.segment.membership"]._join_at(
                SQL("partner.commercial_partner_id"), SQL("sale_order.company_id"), day
            ),
            team=self.env["crm.segment.membership"]._team_join(),
            companies=self.env.companies.ids,
        )

    # books
    @api.model
    def _query_invoice_lines(self) -> SQL:
        """Posted customer documents, untaxed: income accounts apart from all other accounts.

        Other accounts hold deposits and discounts; together the two are the untaxed totals of the
        documents.
        """
        return self._query_books(
            5,
            stage=SQL(
                "CASE WHEN account.account_type IN %s THEN 'invoiced' ELSE 'other' END",
                INCOME_TYPES,
            ),
            amount=SQL("-line.balance"),
            where=SQL(
                "move.move_type IN %s AND (account.account_type IN %s "
                "OR line.display_type IN ('product', 'rounding', 'discount'))",
                SALE_TYPES,
                INCOME_TYPES,
            ),
        )

    @api.model
    def _query_invoice_totals(self) -> SQL:
        """Receivable items of posted customer documents: what the customers were asked to pay."""
        return self._query_books(
            6,
            stage=SQL("'invoiced_tax'"),
            amount=SQL("line.balance"),
            where=SQL(
                "move.move_type IN %s AND account.account_type = 'asset_receivable'", SALE_TYPES
            ),
        )

    @api.model
    def _query_payments(self, number: int, side: str, sign: int) -> SQL:
        """What was matched with the receivables of customer documents, as of its own date.

        Matching an invoice with a credit note gives plus and minus, so nothing. What an exchange
        entry took is apart from what was paid.
        """
        exchange = SQL(
            """
            EXISTS (
                SELECT 1
                  FROM account_partial_reconcile AS cause
                 WHERE cause.exchange_move_id = counterpart.move_id
            )
            """
        )
        return self._query_books(
            number,
            row=SQL("partial.id"),
            day=SQL("partial.max_date"),
            stage=SQL("CASE WHEN %s THEN 'exchange' ELSE 'paid' END", exchange),
            amount=SQL("%s * partial.amount", sign),
            join=self._join_partial(side),
            where=SQL(
                "move.move_type IN %s AND account.account_type = 'asset_receivable'", SALE_TYPES
            ),
        )

    @api.model
    def _query_receivables(self) -> SQL:
        """All posted receivable items, of invoices, payments and entries by hand alike."""
        return self._query_books(
            9,
            stage=self._open_stage(),
            is_settled=self._is_settled(),
            amount=SQL("line.balance"),
            where=SQL("account.account_type = 'asset_receivable'"),
        )

    @api.model
    def _query_matchings(self, number: int, side: str, sign: int) -> SQL:
        """What a matching takes off the receivable item on one of its two sides."""
        return self._query_books(
            number,
            row=SQL("partial.id"),
            day=SQL("partial.max_date"),
            stage=self._open_stage(),
            is_settled=self._is_settled(),
            amount=SQL("%s * partial.amount", sign),
            join=self._join_partial(side),
            where=SQL("account.account_type = 'asset_receivable'"),
        )

    @api.model
    def _open_stage(self) -> SQL:
        """Invoices and credit notes apart from payments not matched yet and entries by hand."""
        return SQL(
            "CASE WHEN move.move_type IN %s THEN 'open_invoices' ELSE 'open_other' END", SALE_TYPES
        )

    @api.model
    def _join_partial(self, side: str) -> SQL:
        """Matchings of ``line`` on one side whose other side, ``counterpart``, is posted too.

        Odoo keeps a matching when one of the two entries is reset to draft; the books do not
        know it then.
        """
        other = "credit" if side == "debit" else "debit"
        return SQL(
            """
            JOIN account_partial_reconcile AS partial ON %s = line.id
            JOIN account_move_line AS counterpart
              ON counterpart.id = %s AND counterpart.parent_state = 'posted'
            """,
            SQL.identifier("partial", f"{side}_move_id"),
            SQL.identifier("partial", f"{other}_move_id"),
        )

    @api.model
    def _is_settled(self) -> SQL:
        """Whether nothing of ``line`` is open, by matchings with posted entries alone.

        The few matchings with drafts are looked up once per query, not once per row.
        """
        return SQL(
            """
            line.amount_residual = 0
            AND line.id <> ALL (ARRAY(
                SELECT partial.debit_move_id
                  FROM account_partial_reconcile AS partial
                  JOIN account_move_line AS draft ON draft.id = partial.credit_move_id
                 WHERE draft.parent_state <> 'posted'
             UNION ALL
                SELECT partial.credit_move_id
                  FROM account_partial_reconcile AS partial
                  JOIN account_move_line AS draft ON draft.id = partial.debit_move_id
                 WHERE draft.parent_state <> 'posted'
            ))
            """
        )

    @api.model
    def _query_books(
        self,
        number: int,
        *,
        stage: SQL,
        amount: SQL,
        where: SQL,
        row: SQL | None = None,
        day: SQL | None = None,
        join: SQL | None = None,
        is_settled: SQL | None = None,
    ) -> SQL:
        """One branch over posted journal items; the segment is that of the item's own date."""
        return SQL(
            """
            SELECT %(number)s * %(branch)s + %(row)s,
                   line.company_id,
                   line.company_currency_id,
                   %(day)s,
                   %(stage)s,
                   'erp',
                   %(is_settled)s,
                   partner.commercial_partner_id,
                   membership.segment_id,
                   segment_team.id,
                   %(amount)s,
                   NULL::int,
                   NULL::int,
                   line.move_id
                   %(lines)s
                   %(team)s
              JOIN account_account AS account ON account.id = line.account_id
                   %(join)s
             WHERE line.parent_state = 'posted'
               AND line.company_id = ANY(%(companies)s)
               AND %(where)s
            """,
            number=number,
            branch=BRANCH,
            row=row or SQL("line.id"),
            day=day or SQL("line.date"),
            stage=stage,
            amount=amount,
            is_settled=is_settled or SQL("FALSE"),
            lines=self.env["account.move.line"]._crm_from(),
            team=self.env["crm.segment.membership"]._team_join(),
            join=join or SQL(),
            companies=self.env.companies.ids,
            where=where,
        )

    def action_open_document(self) -> dict:
        """Open the opportunity, order or journal entry behind the row."""
        self.ensure_one()
        return self._joint_open(self.lead_id or self.order_id or self.move_id)

    # matrix
    def _build_matrix(self, options: dict) -> Matrix:
        company = self._joint_company(options)
        period = Period.parse(options["period"])
        scope = Domain("company_id", "=", company.id) & self._waterfall_days(period)
        groups = self._joint_groups(scope, options["group_by"], "stage", company)
        columns = self._waterfall_columns(groups)
        rows = [self._waterfall_row(group, columns, company, period) for group in groups]
        rows.append(self._waterfall_total(rows, columns, company, period))
        if self._joint_sees_costs():
            rows += self._waterfall_ledger(rows[-1], company, period)
        return Matrix(
            title=self.env._("Waterfall"),
            columns=columns,
            rows=rows,
            currency=self._matrix_currency(company.currency_id),
            parameters=self._joint_parameters(options, company),
            notes=self._waterfall_notes(options),
        )

    def _waterfall_days(self, period: Period) -> Domain:
        """Flows of the period, and stocks at its end."""
        if not period.date_from and not period.date_to:
            return Domain.TRUE
        flows = ~Domain("stage", "in", STOCK) & self._joint_period_domain(period)
        until = self._joint_period_domain(Period.between(None, period.date_to))
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
                "Balance of the receivable accounts at the end of the period: open invoices less "
                "payments that are not matched yet."
            ),
            "open_invoices": self.env._(
                "The part of it that stands on invoices and credit notes: all that was "
                "invoiced with tax until then, less what was paid."
            ),
        }

    def _waterfall_row(self, group, columns, company, period: Period) -> Row:
        cells = {}
        for column in columns:
            amount = group.total(self._waterfall_stages(column.key))
            if amount is None:
                cells[column.key] = Cell(UNDEFINED, note=self.env._("No document at this stage."))
            else:
                drill = self._waterfall_drill(column, company, period, group)
                cells[column.key] = Cell(amount, drill=drill)
        return Row(group.key, group.title, cells, help=group.help)

    def _waterfall_total(self, rows: list[Row], columns, company, period: Period) -> Row:
        cells = {}
        for column in columns:
            drill = self._waterfall_drill(column, company, period)
            note = self.env._("No document at this stage.")
            cells[column.key] = self._joint_total(rows, column.key, drill, note)
        title = (
            self.env._("Total") if self._joint_sees_costs() else self.env._("Total of your teams")
        )
        return Row("total", title, cells, style="total", sum_of=tuple(row.key for row in rows))

    def _waterfall_drill(self, column: Column, company, period: Period, group=None) -> Drill:
        """The rows behind a figure; journal items where the figure is made of whole ones."""
        title = f"{column.title}: {group.title if group else self.env._('Total')}"
        stage = column.key
        if stage in BOOKED and self._joint_opens_books():
            placed = group.books if group else Domain.TRUE
            days = self._joint_period_domain(period)
            domain = self._waterfall_books_domain(stage, company) & days & placed
            return self._joint_books_drill(domain, title)
        stages = self._waterfall_stages(stage)
        domain = Domain("company_id", "=", company.id) & Domain("stage", "in", stages)
        domain &= group.domain if group else Domain.TRUE
        if stages[0] not in STOCK:
            domain &= self._joint_period_domain(period)
        elif period.date_to:
            domain &= Domain("date", "<", period.date_to)
        elif not (group and group.is_stretch):
            # What is settled adds up to nothing and would only hide what is open.
            domain &= Domain("is_settled", "=", False)
        return Drill(self._name, list(domain), title)

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

    def _waterfall_ledger(self, total: Row, company, period: Period) -> list[Row]:
        """The books, asked by Odoo's own grouping of journal items, and the difference to them."""
        title = self.env._("Ledger: journal items")
        cells = {}
        for stage, sign in (("invoiced", -1), ("invoiced_tax", 1), (OPEN, 1)):
            days = Period.between(None, period.date_to) if stage == OPEN else period
            domain = self._waterfall_books_domain(stage, company) & self._joint_period_domain(days)
            amount = sign * self._joint_ledger_sum(domain, company)
            cells[stage] = Cell(amount + 0, drill=self._joint_books_drill(domain, title))
        return [
            Row("ledger", title, cells, style="total"),
            self._joint_difference(total, cells),
        ]

    def _waterfall_notes(self, options: dict) -> tuple[str, ...]:
        notes = [
            self.env._(
                "Pipeline is a CRM figure (an expectation before the fact). All other columns are "
                "ERP figures (facts of orders and books). The two are never added."
            ),
            self.env._(
                "All amounts are in company currency. The period limits each column by the date of "
                "its own documents; invoices count on their accounting date. Open is the balance "
                "at the end of the period, exact for past days too. What is delivered and what is "
                "still to invoice have no history: they are those of today for the orders of the "
                "period."
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
        if options["group_by"] == "month":
            notes.append(self.env._("By month, Open shows by how much the receivables changed."))
        return tuple(notes)
