from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

from odoo.addons.crm_strategy.wizard.crm_setup import SetupPage

from ..models.account_move import SALE_TYPES
from ..models.res_company import MARGIN_BASES

TOP_CUSTOMERS = 20


class CrmSetup(models.TransientModel):
    """Customers ranked by their invoices, and where the costs of a margin come from."""

    _inherit = "crm.setup"

    # customers
    customer_line_ids = fields.One2many(
        "crm.setup.customer", "setup_id", string="Biggest customers", readonly=True
    )
    # margin
    margin_basis = fields.Selection(
        MARGIN_BASES, help="Where the costs of what was sold come from."
    )
    margin_account_ids = fields.Many2many(
        "account.account",
        "crm_setup_margin_account_rel",
        string="Cost accounts",
        domain="[('account_type', 'in', ('expense', 'expense_direct_cost')),"
        " ('company_ids', 'in', company_id)]",
        help="The accounts on which the costs of what was sold are posted.",
    )
    margin_line_ids = fields.One2many(
        "crm.setup.margin", "setup_id", string="Margin by product category"
    )
    margin_effect = fields.Text(string="What the margin rests on", compute="_compute_margin_effect")

    @api.model
    def _setup_pages(self) -> list[SetupPage]:
        return [
            *super()._setup_pages(),
            SetupPage(
                "margin",
                50,
                self.env._("Margin"),
                self.env._("Where do the costs of what was sold come from?"),
            ),
        ]

    # ------------------------------------------------------------------
    # Customers
    # ------------------------------------------------------------------

    def _prepare_customers(self) -> None:
        known = (
            self.env["crm.customer"].search([("company_id", "=", self.company_id.id)]).partner_id
        )
        self.customer_line_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "partner_id": partner_id,
                        "is_known": partner_id in known._ids,
                        "invoice_count": count,
                        "posted_revenue": revenue,
                        "last_invoice_date": last,
                    }
                )
                for partner_id, count, revenue, last in self._biggest_customers()
            ),
        ]

    def _biggest_customers(self) -> list[tuple]:
        """(commercial partner, invoices, posted revenue, last invoice), biggest first."""
        self.env.flush_all()
        # Raw SQL: one pass over the posted documents, also of partners without a customer row.
        return self.env.execute_query(
            SQL(
                """
                SELECT partner.commercial_partner_id,
                       COUNT(*) FILTER (WHERE move.move_type != 'out_refund'),
                       SUM(move.amount_untaxed_signed),
                       MAX(COALESCE(move.invoice_date, move.date))
                  FROM account_move AS move
                  JOIN res_partner AS partner ON partner.id = move.partner_id
                 WHERE move.company_id = %s AND move.state = 'posted'
                   AND move.move_type = ANY(%s)
              GROUP BY 1
              ORDER BY 3 DESC, 1
                 LIMIT %s
                """,
                self.company_id.id,
                list(SALE_TYPES),
                TOP_CUSTOMERS,
            )
        )

    def _apply_customers(self) -> list[str]:
        sentences = super()._apply_customers()
        # Access: the profiles follow from the books alone, whoever asks for them.
        changed = self.env["crm.customer.profile"].sudo()._refresh(self.company_id)
        if changed:
            sentences.append(self.env._("%(count)s customers were valued.", count=changed))
        return sentences

    # ------------------------------------------------------------------
    # Margin
    # ------------------------------------------------------------------

    def _prepare_margin(self) -> None:
        company = self.company_id
        self.margin_basis = self.margin_basis or company.crm_margin_basis
        if not self.margin_account_ids:
            # Access: accounts that the company named; only those the reader may see are shown.
            named = company.sudo().crm_margin_account_ids.sudo(False)
            self.margin_account_ids = named or self._cost_accounts()
        before = {line.category_id.id: line.margin_rate for line in self.margin_line_ids}
        self.margin_line_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "category_id": category.id,
                        "margin_rate": before.get(category.id, category.crm_margin_rate),
                    }
                )
                for category in self.env["crm.health"]
                ._health_sold_categories(company)
                .with_company(company)
            ),
        ]

    def _cost_accounts(self) -> models.BaseModel:
        """What the chart of accounts itself calls cost of revenue."""
        Account = self.env["account.account"].with_company(self.company_id)
        if not Account.has_access("read"):
            return Account
        return Account.search(
            [
                ("account_type", "=", "expense_direct_cost"),
                ("company_ids", "in", self.company_id.ids),
            ]
        )

    @api.depends("margin_basis", "margin_account_ids", "margin_line_ids.margin_rate", "page")
    def _compute_margin_effect(self) -> None:
        for setup in self:
            effect = self.env._("Choose where the costs come from.")
            if setup.page == "margin" and setup.margin_basis:
                effect = getattr(setup, f"_margin_effect_{setup.margin_basis}")()
            setup.margin_effect = effect

    def _margin_effect_cost(self) -> str:
        sold = self.env["crm.health"]._health_sold(self.company_id)
        if not sold:
            return self._margin_effect_nothing()
        Product = self.env["product.product"].with_company(self.company_id)
        costless = Product.with_context(active_test=False).search_count(
            [("id", "in", sold), ("standard_price", "=", 0)]
        )
        return self.env._(
            "%(costless)s of %(sold)s products sold have no cost; all of their price would count "
            "as margin.",
            costless=costless,
            sold=len(sold),
        )

    def _margin_effect_accounts(self) -> str:
        return self.env._(
            "The margin is income less what is posted on %(count)s accounts.",
            count=len(self.margin_account_ids),
        )

    def _margin_effect_nothing(self) -> str:
        return self.env._("No product was invoiced yet: you can come back when some were.")

    def _margin_effect_percent(self) -> str:
        if not self.margin_line_ids:
            return self._margin_effect_nothing()
        open_lines = self.margin_line_ids.filtered(lambda line: not line.margin_rate)
        return self.env._(
            "%(open)s of %(count)s categories sold have no percentage yet; the margin of their "
            "products stays unknown.",
            open=len(open_lines),
            count=len(self.margin_line_ids),
        )

    def _apply_margin(self) -> list[str]:
        if not self.margin_basis:
            return []
        # Access: the strategy manager, who alone may use the set-up, says what a margin rests on;
        # of company and category nothing else is written.
        company = self.company_id.sudo()
        sentences = []
        if company.crm_margin_basis != self.margin_basis:
            company.crm_margin_basis = self.margin_basis
            names = dict(self._fields["margin_basis"]._description_selection(self.env))
            sentences.append(self.env._("Margin basis: %(basis)s.", basis=names[self.margin_basis]))
        if self.margin_basis == "accounts":
            accounts = self.margin_account_ids._filtered_access("read")
            if accounts != company.crm_margin_account_ids.sudo(False):
                company.crm_margin_account_ids = accounts
                sentences.append(self.env._("%(count)s cost accounts.", count=len(accounts)))
        if self.margin_basis == "percent":
            changed = self.margin_line_ids._write_rates(company)
            if changed:
                sentences.append(
                    self.env._("%(count)s categories got their percentage.", count=changed)
                )
        return sentences
