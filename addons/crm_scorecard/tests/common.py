from datetime import date, datetime
from decimal import Decimal

from odoo import Command
from odoo.tests import TransactionCase, new_test_user

U = "crm_strategy.crm_strategy_group_user"
L = "crm_strategy.crm_strategy_group_leader"
S = "crm_strategy.crm_strategy_group_manager"
F = "crm_strategy.crm_strategy_group_finance"
SALE_TYPES = ("out_invoice", "out_refund", "out_receipt")


class ScorecardCase(TransactionCase):
    """Two sellers with their own books; revenue of 2026 unless a test says otherwise.

    ::

        Company A (EUR, Bucharest)                       Company B (EUR)
          Sim  strategy manager                            Bor  strategy manager
          Lia  leader of team North
          Ana  user, owner of Alfa
          Ole  user, owner of nobody
          Fin  finance
          Boo  bookkeeper (no CRM role)

        Segments of A: Key -> team North, Small -> team South, Lost (no team)
        Customers of A: Alfa (contact: Alfa Buyer) in Key, Beta in Small, Gamma unassigned
        USD: 2 USD = 1 EUR
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.euro, cls.dollar = cls.env.ref("base.EUR"), cls.env.ref("base.USD")
        (cls.euro | cls.dollar).active = True
        cls.company_a = cls._create_company("Company A")
        cls.company_b = cls._create_company("Company B")
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company_a.ids})
        cls.books = {company: cls._create_books(company) for company in cls._companies()}
        cls._create_users()
        cls._create_business()

    @classmethod
    def _companies(cls):
        return cls.company_a | cls.company_b

    @classmethod
    def _create_company(cls, name):
        company = cls.env["res.company"].create({"name": name, "currency_id": cls.euro.id})
        company.resource_calendar_id.tz = "Europe/Bucharest"
        cls.env["res.currency.rate"].create(
            [
                {"name": "2020-01-01", "currency_id": cls.dollar.id, "company_id": company.id}
                | {"company_rate": 2.0}
            ]
        )
        return company

    @classmethod
    def _create_books(cls, company):
        """The few accounts and journals that an invoice and a payment need."""
        kinds = {
            "receivable": ("asset_receivable", "131000"),
            "income": ("income", "400000"),
            "bank": ("asset_cash", "101000"),
        }
        books = {
            name: cls.env["account.account"]
            .with_company(company)
            .create(
                {
                    "name": name.title(),
                    "code": code,
                    "account_type": account_type,
                    "reconcile": name == "receivable",
                    "company_ids": [Command.set(company.ids)],
                }
            )
            for name, (account_type, code) in kinds.items()
        }
        Journal = cls.env["account.journal"].with_company(company)
        books["sales"] = Journal.create(
            {
                "name": "Sales",
                "code": "SAL",
                "type": "sale",
                "company_id": company.id,
                "default_account_id": books["income"].id,
            }
        )
        books["general"] = Journal.create(
            {"name": "General", "code": "GEN", "type": "general", "company_id": company.id}
        )
        return books

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
        cls.bor = cls._create_user("bor", S, cls.company_b)

    @classmethod
    def _create_business(cls):
        Segment, Team = cls.env["crm.segment"], cls.env["crm.team"]
        cls.key, cls.small, cls.lost = Segment.create(
            [{"name": name, "company_id": cls.company_a.id} for name in ("Key", "Small", "Lost")]
        )
        cls.north, cls.south = Team.create(
            [
                {"name": name, "company_id": cls.company_a.id, "crm_segment_id": segment.id}
                for name, segment in (("North", cls.key), ("South", cls.small))
            ]
        )
        cls.north.user_id = cls.lia
        Partner = cls.env["res.partner"]
        cls.alfa, cls.beta, cls.gamma = Partner.create(
            [{"name": name, "is_company": True} for name in ("Alfa", "Beta", "Gamma")]
        )
        cls.alfa_buyer = Partner.create({"name": "Alfa Buyer", "parent_id": cls.alfa.id})
        for company in cls._companies():
            (cls.alfa | cls.beta | cls.gamma).with_company(
                company
            ).property_account_receivable_id = cls.books[company]["receivable"]
        cls.customers = {
            partner: cls._create_customer(partner, segment, owner)
            for partner, segment, owner in (
                (cls.alfa, cls.key, cls.ana),
                (cls.beta, cls.small, None),
                (cls.gamma, None, None),
            )
        }
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
    def _create_customer(cls, partner, segment, owner):
        return cls.env["crm.customer"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.company_a.id,
                "segment_id": segment.id if segment else False,
                "user_id": owner.id if owner else False,
            }
        )

    # documents
    @classmethod
    def _create_invoice(
        cls,
        partner,
        amount,
        day=date(2026, 3, 9),
        move_type="out_invoice",
        company=None,
        currency=None,
        post=True,
    ):
        """A document of one line without taxes, posted by the bookkeeper unless told otherwise."""
        company = company or cls.company_a
        invoice = (
            cls.env["account.move"]
            .with_context(allowed_company_ids=company.ids)
            .create(
                {
                    "move_type": move_type,
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "journal_id": cls.books[company]["sales"].id,
                    "currency_id": (currency or cls.euro).id,
                    "invoice_date": day,
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "Advice", "price_unit": amount, "tax_ids": [Command.clear()]}
                        )
                    ],
                }
            )
        )
        if post:
            poster = cls.boo if company == cls.company_a else cls.env.user
            invoice.with_user(poster).action_post()
        return invoice

    @classmethod
    def _pay(cls, invoice, amount, day=date(2026, 3, 20)):
        """Money on the bank, matched with the invoice."""
        books = cls.books[invoice.company_id]
        entry = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": books["general"].id,
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": books[name].id,
                            "partner_id": invoice.commercial_partner_id.id,
                            "balance": balance,
                        }
                    )
                    for name, balance in (("bank", amount), ("receivable", -amount))
                ],
            }
        )
        entry.action_post()
        lines = (entry | invoice).line_ids.filtered(
            lambda line: line.account_id == books["receivable"]
        )
        lines.reconcile()

    @classmethod
    def _create_order(cls, partner, at=datetime(2026, 3, 2, 10), invoiced=False, company=None):
        """A confirmed order of 100; invoiced in full if asked for."""
        company = company or cls.company_a
        order = (
            cls.env["sale.order"]
            .with_context(allowed_company_ids=company.ids)
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": cls.advice.id,
                                "product_uom_qty": 1,
                                "price_unit": 100,
                            }
                        )
                    ],
                }
            )
        )
        order.action_confirm()
        order.date_order = at
        if invoiced:
            invoice = order._create_invoices()
            invoice.invoice_date = at.date()
            invoice.action_post()
        return order

    # what came out
    @classmethod
    def _derive(cls):
        """Let the queue do what the lanes do seconds later."""
        cls.env.cr.flush()
        cls.env["crm.change"]._run_all("profile")
        cls.env.invalidate_all()

    def _profile(self, partner, company=None):
        return self.env["crm.customer.profile"].search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", (company or self.company_a).id),
            ]
        )

    def _books_say(self):
        """Figures per (partner, company) by a loop over the documents, cent by cent."""
        figures = {}
        self.env.flush_all()
        moves = self.env["account.move"].search(
            [("move_type", "in", SALE_TYPES), ("company_id", "in", self._companies().ids)]
        )
        for move in moves.filtered(lambda move: move.state == "posted"):
            key = (move.partner_id.commercial_partner_id.id, move.company_id.id)
            known = figures.setdefault(key, [Decimal(), 0, 0, None, None, Decimal()])
            known[0] += Decimal(f"{move.amount_untaxed_signed:.2f}")
            known[5] += Decimal(f"{move.amount_residual_signed:.2f}")
            if move.move_type == "out_refund":
                known[2] += 1
                continue
            known[1] += 1
            known[3] = min(known[3] or move.invoice_date, move.invoice_date)
            known[4] = max(known[4] or move.invoice_date, move.invoice_date)
        return {key: tuple(value) for key, value in figures.items()}

    def _profiles_say(self):
        """The same, as the profiles have it."""
        self.env.invalidate_all()
        profiles = self.env["crm.customer.profile"].search(
            [("company_id", "in", self._companies().ids)]
        )
        return {
            (profile.partner_id.id, profile.company_id.id): (
                Decimal(f"{profile.posted_revenue:.2f}"),
                profile.invoice_count,
                profile.refund_count,
                profile.first_invoice_date or None,
                profile.last_invoice_date or None,
                Decimal(f"{profile.open_amount:.2f}"),
            )
            for profile in profiles
        }

    def assertProfilesTie(self):
        self.assertEqual(self._profiles_say(), self._books_say())
