from datetime import date, datetime

from odoo import Command
from odoo.tests import TransactionCase, new_test_user

U = "crm_strategy.crm_strategy_group_user"
L = "crm_strategy.crm_strategy_group_leader"
S = "crm_strategy.crm_strategy_group_manager"
F = "crm_strategy.crm_strategy_group_finance"
ORDER_DAY = datetime(2026, 3, 2, 10)


class MomentsCase(TransactionCase):
    """One seller, two companies.

    ::

        Company A (EUR, Bucharest)                    Company B (EUR)
          Sim   strategy manager                        Bor  strategy manager
          Lia   leader of team North
            └── Ana  user, member of team North
          Ole   user, member of no team
          Fin   finance
          Boo   bookkeeper (no CRM role)
          Sal   salesperson without a CRM role

        Customers: Alfa (contact: Alfa Buyer), Beta      Product: Advice, no taxes
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        cls.company_a = cls._create_company("Company A")
        cls.company_b = cls._create_company("Company B")
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company_a.ids})
        cls._create_users()
        cls._create_business()
        cls._create_books()

    @classmethod
    def _create_company(cls, name):
        company = cls.env["res.company"].create({"name": name, "currency_id": cls.euro.id})
        company.resource_calendar_id.tz = "Europe/Bucharest"
        # Silence proves moment 8 as the days pass; only tests about silence let them pass.
        company.crm_quiet_days = 36500
        return company

    @classmethod
    def _create_user(cls, login, groups, company=None):
        company = company or cls.company_a
        return new_test_user(
            cls.env,
            login=login,
            groups=f"base.group_user,{groups}",
            context={"no_reset_password": True},
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    @classmethod
    def _create_users(cls):
        cls.sim = cls._create_user("sim", S)
        cls.lia = cls._create_user("lia", L)
        cls.ana = cls._create_user("ana", U)
        cls.ole = cls._create_user("ole", U)
        cls.fin = cls._create_user("fin", F)
        cls.boo = cls._create_user("boo", "account.group_account_invoice")
        cls.sal = cls._create_user("sal", "sales_team.group_sale_salesman")
        cls.bor = cls._create_user("bor", S, cls.company_b)
        cls.north = cls.env["crm.team"].create(
            {
                "name": "North",
                "company_id": cls.company_a.id,
                "user_id": cls.lia.id,
                "member_ids": [Command.set(cls.ana.ids)],
            }
        )

    @classmethod
    def _create_business(cls):
        Partner = cls.env["res.partner"]
        cls.alfa, cls.beta = Partner.create(
            [
                {"name": name, "is_company": True, "email": f"{name.lower()}@example.com"}
                for name in ("Alfa", "Beta")
            ]
        )
        cls.alfa_buyer = Partner.create({"name": "Alfa Buyer", "parent_id": cls.alfa.id})
        cls.advice = cls.env["product.product"].create(
            {
                "name": "Advice",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 100,
                "taxes_id": [Command.clear()],
            }
        )

    @classmethod
    def _create_books(cls):
        """The few accounts and journals that an invoice and a payment need."""
        Account = cls.env["account.account"]
        kinds = {
            "receivable": ("asset_receivable", "131000"),
            "payable": ("liability_payable", "211000"),
            "income": ("income", "400000"),
            "bank": ("asset_cash", "101000"),
        }
        cls.accounts = {
            name: Account.create(
                {
                    "name": name.title(),
                    "code": code,
                    "account_type": account_type,
                    "reconcile": name in ("receivable", "payable"),
                    "company_ids": [Command.set(cls.company_a.ids)],
                }
            )
            for name, (account_type, code) in kinds.items()
        }
        Journal = cls.env["account.journal"]
        cls.sales = Journal.create(
            {
                "name": "Sales",
                "code": "SAL",
                "type": "sale",
                "company_id": cls.company_a.id,
                "default_account_id": cls.accounts["income"].id,
            }
        )
        cls.general = Journal.create(
            {"name": "General", "code": "GEN", "type": "general", "company_id": cls.company_a.id}
        )
        (cls.alfa | cls.beta).property_account_receivable_id = cls.accounts["receivable"]

    # documents
    @classmethod
    def _create_order(cls, partner=None, amount=100, user=None, company=None):
        """A quotation of one line, made by its salesperson."""
        company = company or cls.company_a
        Order = cls.env["sale.order"].with_company(company)
        return (
            Order.with_user(user or cls.ana)
            .with_context(allowed_company_ids=company.ids)
            .create(
                {
                    "partner_id": (partner or cls.alfa).id,
                    "company_id": company.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": cls.advice.id,
                                "product_uom_qty": 1,
                                "price_unit": amount,
                            }
                        )
                    ],
                }
            )
        )

    @classmethod
    def _confirm(cls, orders, at=ORDER_DAY):
        """Confirm orders and give them back their documents' date, as an importer does."""
        orders.action_confirm()
        orders.write({"date_order": at})
        return orders

    @classmethod
    def _create_invoice(cls, orders, day=date(2026, 3, 9)):
        """The draft invoice of one or several orders of one customer."""
        invoices = orders.sudo()._create_invoices(grouped=len(orders) == 1)
        invoices.journal_id = cls.sales
        invoices.invoice_date = day
        return invoices

    @classmethod
    def _post(cls, invoices):
        invoices.with_user(cls.boo).action_post()
        return invoices

    @classmethod
    def _pay(cls, invoice, amount, day=date(2026, 3, 20), partner=None):
        """Match money that arrived on the bank with an invoice; returns the match."""
        partner = partner or invoice.partner_id
        known = invoice.line_ids.matched_credit_ids | invoice.line_ids.matched_debit_ids
        entry = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": cls.general.id,
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": cls.accounts[name].id,
                            "partner_id": partner.id,
                            "balance": balance,
                        }
                    )
                    for name, balance in (("bank", amount), ("receivable", -amount))
                ],
            }
        )
        entry.action_post()
        lines = (entry | invoice).line_ids.filtered(
            lambda line: line.account_id == cls.accounts["receivable"]
        )
        lines.reconcile()
        return (invoice.line_ids.matched_credit_ids | invoice.line_ids.matched_debit_ids) - known

    # what came out
    def _seen_by(self, user, model):
        """All records of a model that a person sees in his companies."""
        records = self.env[model].with_user(user)
        return records.with_context(allowed_company_ids=user.company_ids.ids).search([])

    def _derive(self):
        """Let the queue do what the lanes do seconds later."""
        self.env.cr.flush()
        self.env["crm.change"]._run_all("moments")
        self.env.invalidate_all()

    def _facts(self, *records, fact=None):
        """Standing facts of documents."""
        domain = [("voided_at", "=", False)]
        if fact:
            domain.append(("fact", "=", fact))
        self.env.cr.flush()
        events = self.env["crm.moment.event"].search(domain, order="res_id, occurrence")
        keys = {(record._name, record.id) for group in records for record in group}
        return events.filtered(lambda event: (event.res_model, event.res_id) in keys)

    def _standing(self):
        """All standing facts with what they say, as plain values."""
        self.env.cr.flush()
        self.env.cr.execute(
            """
            SELECT fact, res_id, occurrence, company_id, partner_id, root_model, root_id, fact_at,
                   amount, currency_id, name
              FROM crm_moment_event
             WHERE voided_at IS NULL
          ORDER BY 1, 2, 3
            """
        )
        return self.env.cr.fetchall()

    def _plain_ids(self, records):
        """Ids of the documents that the replay of history covers by its SELECT."""
        self.env.flush_all()
        rows = self.env.execute_query(records.sudo()._moment_plain_facts(records.ids))
        return {row[1] for row in rows}

    def _pass(self, root):
        """The pass of an order or invoice, also an archived one."""
        self._derive()
        return (
            self.env["crm.relationship"]
            .with_context(active_test=False)
            .search([("root_model", "=", root._name), ("root_id", "=", root.id)])
        )

    def _line(self, root, code):
        return self._pass(root).line_ids.filtered(lambda line: line.code == code)

    def assertMoments(self, root, **expected):
        """Compare contract, transfer and payment where not simply "not proven": M3=("proven", day).

        What the same documents say of the other moments is in test_default_chain.
        """
        lines = self._pass(root).line_ids
        found = {
            line.code: (line.state, line.proven_on or line.started_on)
            for line in lines
            if line.state != "open" and line.code in ("M3", "M7", "M8")
        }
        self.assertEqual(found, expected)
