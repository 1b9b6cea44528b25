from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_strategy.models.crm_as_of_report_mixin import AS_OF_CONTEXT

KINDS = ("income", "cogs", "expense")
ACCOUNT_TYPES = {
    "income": ("income", "income_other"),
    "cogs": ("expense_direct_cost",),
    "expense": ("expense", "expense_other", "expense_depreciation"),
}


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
        depends_context=AS_OF_CONTEXT,
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
              AND line.date <= %(as_of)s
              AND account.account_type IN %(types)s
            """,
            companies=self.env.companies.ids,
            as_of=self._as_of_day(),
            types=tuple(name for kind in KINDS for name in ACCOUNT_TYPES[kind]),
        )

    def action_open_entry(self) -> dict:
        """Open the journal entry behind the row."""
        self.ensure_one()
        return self._joint_open(self.move_id)
