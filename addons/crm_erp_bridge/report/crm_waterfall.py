from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_strategy.models.crm_as_of_report_mixin import AS_OF_CONTEXT

SALE_TYPES = ("out_invoice", "out_refund", "out_receipt")
INCOME_TYPES = ("income", "income_other")
# Stages that stand for a moment in time, not for a period.
STOCK = ("open_invoices", "open_other")


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
        depends_context=AS_OF_CONTEXT,
        help="Whether nothing of an open receivable is left on the day of the report, which is "
        "today unless a day is chosen; unticked at other stages.",
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
        depends_context=AS_OF_CONTEXT,
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
        """The branches of the report, one per kind of document; extend per addon.

        What the ERP keeps no history of is told for today only.
        """
        return [
            *([] if self._as_of_is_past() else self._queries_of_today()),
            *self._queries_as_of(),
        ]

    @api.model
    def _queries_of_today(self) -> list[SQL]:
        return [
            self._query_pipeline(),
            self._query_orders(3, SQL("'delivered'"), SQL("lines.delivered")),
            self._query_orders(4, SQL("'to_invoice'"), SQL("lines.to_invoice")),
        ]

    @api.model
    def _queries_as_of(self) -> list[SQL]:
        """The branches that tell a past day exactly."""
        return [self._query_orders(2, SQL("'ordered'"), SQL("sale_order.amount_untaxed"))]

    # pipeline and orders
    @api.model
    def _query_pipeline(self) -> SQL:
        """Open opportunities without a confirmed order, at their expected revenue.

        A lead without company counts for its team's, then its salesperson's. Its segment is the
        one of today, since it has not happened yet.
        """
        return SQL(
            """
            SELECT %(row_id)s AS id,
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
            row_id=self._as_of_row_id(1, SQL("lead.id")),
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
            SELECT %(row_id)s AS id,
                   sale_order.company_id,
                   company.currency_id,
                   %(day)s AS date,
                   %(stage)s AS stage,
                   'erp' AS label,
                   FALSE AS is_settled,
                   partner.commercial_partner_id AS partner_id,
                   membership.segment_id,
                   segment_team.id AS team_id,
                   %(value)s AS amount,
                   NULL::int AS lead_id,
                   sale_order.id AS order_id,
                   NULL::int AS move_id
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
               AND %(day)s <= %(as_of)s
               AND %(value)s <> 0
            """,
            row_id=self._as_of_row_id(number, SQL("sale_order.id")),
            day=day,
            as_of=self._as_of_day(),
            stage=stage,
            value=value,
            membership=self.env["crm.segment.membership"]._join_at(
                SQL("partner.commercial_partner_id"), SQL("sale_order.company_id"), day
            ),
            team=self.env["crm.segment.membership"]._team_join(),
            companies=self.env.companies.ids,
        )

    def action_open_document(self) -> dict:
        """Open the opportunity, order or journal entry behind the row."""
        self.ensure_one()
        return self._joint_open(self.lead_id or self.order_id or self.move_id)
