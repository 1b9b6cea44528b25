"""What the strategy asks of orders and invoices, against the lines of the books (item 12)."""

from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from odoo.addons.crm_strategy.core.loyalty import ValueFacts
from odoo.addons.crm_strategy.core.period import Period
from odoo.addons.crm_strategy.core.value import UNDEFINED

from .common import ORDER_DAY, MomentsCase

SALES = ("out_invoice", "out_refund", "out_receipt")
MARCH = Period.parse("2026-03")
ALL = Period.between(None, None)


@tagged("post_install", "-at_install")
class TestFactsOfBooks(MomentsCase):
    """Company A in March 2026, without tax::

    Alfa   order 1000 of lead "Pump", invoiced with Beta-free order 500 on one invoice: 1500
           credit note of the invoice 200; a hand-made charge of 30 on the order's invoice
    Beta   invoice of 400 dollars (rate 2: 200 euros) in March, one of 70 euros in April
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.facts = cls.env["crm.facts"]
        cls.dollar = cls.env.ref("base.USD")
        cls.dollar.active = True
        cls.env["res.currency.rate"].create(
            {
                "name": "2026-01-01",
                "rate": 2,
                "currency_id": cls.dollar.id,
                "company_id": cls.company_a.id,
            }
        )
        cls.medium = cls.env["utm.medium"].create({"name": "Fair"})
        cls.campaign = cls.env["utm.campaign"].create({"name": "Spring"})
        cls.channel = cls.env["crm.channel"].create(
            {"name": "Fair", "code": "fair", "medium_ids": [Command.set(cls.medium.ids)]}
        )
        cls.pump = cls.env["crm.lead"].create(
            {
                "name": "Pump",
                "type": "opportunity",
                "partner_id": cls.alfa.id,
                "company_id": cls.company_a.id,
                "medium_id": cls.medium.id,
            }
        )

        cls._sell()

    @classmethod
    def _sell(cls):
        first, second = cls._create_order(amount=1000), cls._create_order(amount=500)
        first.sudo().opportunity_id = cls.pump
        cls._confirm((first | second).sudo())
        cls.invoice = cls._create_invoice(first | second, date(2026, 3, 9))
        cls._post(cls.invoice)
        cls.charged = cls._create_invoice(
            cls._confirm(cls._with_lead(cls._create_order(cls.alfa_buyer, 100))),
            date(2026, 3, 31),
        )
        cls.charged.invoice_line_ids = [
            Command.create({"name": "Freight", "quantity": 1, "price_unit": 30, "tax_ids": []})
        ]
        cls._post(cls.charged)
        cls.credit = cls.invoice._reverse_moves(
            [{"invoice_date": date(2026, 3, 30), "journal_id": cls.sales.id}]
        )
        cls.credit.invoice_line_ids[1:].unlink()
        cls.credit.invoice_line_ids.price_unit = 200
        cls._post(cls.credit)
        cls.in_dollars = cls._bill(cls.beta, 400, date(2026, 3, 1), cls.dollar, cls.campaign)
        cls.april = cls._bill(cls.beta, 70, date(2026, 4, 1))

    @classmethod
    def _with_lead(cls, order):
        order.sudo().opportunity_id = cls.pump
        return order.sudo()

    @classmethod
    def _bill(cls, partner, amount, day, currency=None, campaign=None):
        """A posted invoice without an order."""
        bill = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "journal_id": cls.sales.id,
                "invoice_date": day,
                "currency_id": (currency or cls.euro).id,
                "campaign_id": campaign and campaign.id,
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": cls.advice.id, "price_unit": amount, "tax_ids": []}
                    )
                ],
            }
        )
        return cls._post(bill)

    def _customer(self, partner, company=None):
        company = company or self.company_a
        self.env["crm.customer"]._ensure([(partner.id, company.id)])
        return self.env["crm.customer"].search(
            [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
        )

    def _from_books(self, moves=None, **days):
        """Revenue by plain Python over the lines of the books, by commercial partner."""
        lines = self.env["account.move.line"].search(
            [
                ("parent_state", "=", "posted"),
                ("company_id", "=", self.company_a.id),
                ("move_id.move_type", "in", SALES),
                ("display_type", "=", "product"),
            ]
        )
        found = {}
        for line in lines:
            day = line.move_id.invoice_date
            if days["first"] <= day <= days["last"]:
                partner = line.move_id.commercial_partner_id
                found[partner] = found.get(partner, 0) - line.balance
        return {partner: round(amount, 2) for partner, amount in found.items()}

    # revenue
    def test_empty_books_are_no_data_and_not_zero(self):
        for found in (
            self.facts._revenue_by_customer(self.company_b, MARCH),
            self.facts._revenue_by_lead(self.company_b, MARCH),
            self.facts._revenue_by_campaign(self.company_b, self.campaign.ids),
            self.facts._sales_by_channel(self.company_b, MARCH),
            self.facts._realised_prices(self.company_b, MARCH),
            self.facts._value_facts(self.company_b, [1], date(2026, 4, 1)),
            self.facts._loyalty_facts(self.company_b, [1], date(2026, 4, 1)),
        ):
            self.assertIs(found, UNDEFINED)

    def test_revenue_of_customers_ties_to_the_lines_of_the_books(self):
        alfa, beta = self._customer(self.alfa), self._customer(self.beta)
        found = self.facts._revenue_by_customer(self.company_a, MARCH)
        expected = {alfa.id: Decimal(1430), beta.id: Decimal(200)}
        self.assertEqual(found, expected)
        books = self._from_books(first=date(2026, 3, 1), last=date(2026, 3, 31))
        self.assertEqual(books, {self.alfa: 1430.0, self.beta: 200.0})
        april = self.facts._revenue_by_customer(self.company_a, Period.parse("2026-04"))
        self.assertEqual(april, {beta.id: Decimal(70)})

    def test_drafts_and_cancelled_documents_are_no_revenue(self):
        self.april.button_draft()
        self.april.button_cancel()
        self._customer(self.beta)
        self.assertEqual(
            self.facts._revenue_by_customer(self.company_a, Period.parse("2026-04")), {}
        )

    def test_books_of_another_company_are_not_counted(self):
        self._customer(self.alfa, self.company_b)
        self.assertIs(self.facts._revenue_by_customer(self.company_b, ALL), UNDEFINED)

    def test_revenue_of_a_lead_is_that_of_its_orders_lines(self):
        """1000 - 200 of the first order, 100 + 30 of the second invoice; 500 is no lead's."""
        found = self.facts._revenue_by_lead(self.company_a, MARCH)
        self.assertEqual(found, {self.pump.id: Decimal(930)})

    def test_revenue_of_a_campaign_is_that_of_documents_that_carry_it(self):
        ids = self.campaign.ids
        found = self.facts._revenue_by_campaign(self.company_a, ids)
        self.assertEqual(found, {self.campaign.id: Decimal(200)})

    def test_sales_by_channel_add_up_to_all_revenue(self):
        found = self.facts._sales_by_channel(self.company_a, MARCH)
        self.assertEqual(found, {(0, self.channel.id): Decimal(930), (0, 0): Decimal(500 + 200)})
        books = self._from_books(first=date(2026, 3, 1), last=date(2026, 3, 31))
        self.assertEqual(float(sum(found.values())), sum(books.values()))

    # prices
    def test_prices_count_beside_the_policy_of_the_segment(self):
        customer = self._customer(self.beta)
        segment = self.env["crm.segment"].create({"name": "Key", "company_id": self.company_a.id})
        customer.segment_id = segment
        self.env.flush_all()
        plan = self.env["crm.segment.plan"].search([("segment_id", "=", segment.id)])
        plan = plan or self.env["crm.segment.plan"].create({"segment_id": segment.id})
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "List",
                "company_id": self.company_a.id,
                "currency_id": self.euro.id,
                "item_ids": [Command.create({"compute_price": "fixed", "fixed_price": 100})],
            }
        )
        self.env["crm.price.policy"].create(
            {"plan_id": plan.id, "pricelist_id": pricelist.id, "discount_rate": 0.05}
        )
        found = self.facts._realised_prices(self.company_a, Period.parse("2026"))[segment.id]
        # List price 100 each: 200 euros were posted for one, and 70 for the other.
        self.assertEqual(found, (2, 1, Decimal(200), Decimal(270)))

    # customers
    def test_margin_takes_off_cost_booked_with_the_invoice(self):
        customer = self._customer(self.beta)
        found = self.facts._value_facts(self.company_a, customer.ids, date(2026, 4, 1))
        self.assertEqual(found[customer.id], ValueFacts(Decimal(270), Decimal(1)))
        later = self.facts._value_facts(self.company_a, customer.ids, date(2027, 5, 1))
        self.assertEqual(later[customer.id].margin, 0)
        self.assertEqual(later[customer.id].tenure, 14)
        before = self.facts._value_facts(self.company_a, customer.ids, date(2026, 2, 1))
        self.assertEqual(before, {})

    def test_purchases_are_orders_from_their_first_invoice_on(self):
        """Alfa bought on 9 and 31 March: two orders of one day are one purchase."""
        alfa = self._customer(self.alfa)
        found = self.facts._loyalty_facts(self.company_a, alfa.ids, date(2026, 4, 22))[alfa.id]
        self.assertEqual((found.purchases, found.silence), (2, Decimal(1)))
        self.assertIs(found.trend, UNDEFINED)

    def test_what_was_credited_in_full_is_no_purchase(self):
        beta = self._customer(self.beta)
        self._post(
            self.april._reverse_moves(
                [{"invoice_date": date(2026, 4, 2), "journal_id": self.sales.id}]
            )
        )
        found = self.facts._loyalty_facts(self.company_a, beta.ids, date(2026, 5, 1))[beta.id]
        self.assertEqual(found.purchases, 1)

    # orders
    def test_fit_test_reads_confirmed_orders(self):
        found = self.facts._fit_facts(self.company_a, MARCH)
        self.assertEqual((found.order_value.value, found.order_value.n), (Decimal(500), 3))
        self.assertEqual((found.repeat_rate.value, found.repeat_rate.n), (Decimal(1), 1))
        self.pump.date_open = "2026-02-20 10:00:00"
        self.env.flush_all()
        found = self.facts._fit_facts(self.company_a, MARCH)
        self.assertEqual((found.cycle_days.value, found.cycle_days.n), (Decimal(10), 2))
        self.assertEqual(ORDER_DAY.day, 2)
        empty = self.facts._fit_facts(self.company_b, MARCH)
        self.assertIs(empty.order_value.value, UNDEFINED)
