"""Fifty merges through Odoo's own wizard: never blocked, totals kept, histories without overlap."""

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo.addons.crm_strategy.core.period import Period

from .common import ScorecardCase

MERGES = 50
PARTNERS = 56


class TestMergeProperty(ScorecardCase):
    """A world of customers with all that may hang on one, merged at random, seeded.

    Hub rows in two companies, segments with history, orders, invoices, payments, passes, facts,
    profiles, stored indicator values, waiting changes of all ages.
    """

    def setUp(self):
        super().setUp()
        self.dice = random.Random(20261122)
        self.partners = self._make_partners()
        self._make_documents()
        self._make_history()
        self._settle()
        self.env["crm.indicator"]._refresh(self._companies(), [Period.parse("2026")])

    # world
    def _make_partners(self):
        partners = self.env["res.partner"].create(
            [
                {"name": f"Customer {number}", "is_company": bool(number % 4)}
                for number in range(PARTNERS)
            ]
        )
        for company in self._companies():
            partners.with_company(company).property_account_receivable_id = self.books[company][
                "receivable"
            ]
        persons = partners.filtered(lambda partner: not partner.is_company)
        companies = partners - persons
        for person in persons[::2]:
            person.parent_id = self.dice.choice(companies)
        return partners

    def _make_documents(self):
        for partner in self.dice.sample(list(self.partners), 26):
            company = self.dice.choice(list(self._companies()))
            amount = self.dice.randrange(100, 100000) / 100
            kind = self.dice.choice(("out_invoice", "out_invoice", "out_refund"))
            invoice = self._create_invoice(partner, amount, self._day(), kind, company)
            if kind == "out_invoice" and self.dice.random() < 0.4:
                self._pay(invoice, round(amount / 2, 2), self._day())
        for partner in self.dice.sample(list(self.partners), 8):
            at = datetime(2026, 2, 1, 10) + timedelta(self.dice.randrange(200))
            self._create_order(partner, at)

    def _make_history(self):
        self.env["crm.customer"]._ensure(
            (partner.id, self.company_a.id) for partner in self.dice.sample(list(self.partners), 40)
        )
        customers = self.env["crm.customer"].search([("company_id", "=", self.company_a.id)])
        Membership = type(self.env["crm.segment.membership"])
        segments = [self.key, self.small, self.lost, self.env["crm.segment"]]
        for month in (1, 4, 7):
            day = date(2026, month, 1)
            with patch.object(Membership, "_today", lambda model, company, day=day: day):
                for customer in customers:
                    if self.dice.random() < 0.6:
                        customer.segment_id = self.dice.choice(segments)
        for customer in self.dice.sample(list(customers), 12):
            for consumer in self.dice.sample(sorted(self.env["crm.change"]._consumers()), 2):
                tries = self.dice.choice((0, 2, 5))
                values = (consumer, customer.company_id.id, customer.partner_id.id, self._day())
                reason = "The rate of EUR is missing. Enter it." if tries else None
                self.env["crm.change"]._insert_changes([(*values, tries, None, reason)])

    def _day(self):
        return date(2026, 1, 5) + timedelta(self.dice.randrange(300))

    def _settle(self):
        self.env.cr.flush()
        self.env["crm.change"]._run_all()
        self.env.invalidate_all()

    # the property
    def test_fifty_merges_keep_totals_and_are_never_blocked(self):
        totals, measured = self._totals(), self._measured()
        done = 0
        while done < MERGES:
            done += self._merge_some()
            if self.dice.random() < 0.2:
                self._settle()
            self.assertNoOverlap()
        # Figures whose facts do not all reach the queue are measured for each reader; what is
        # stored of them is renewed by the night. Those that are followed are compared below.
        self._settle()
        night = self.env["crm.comparison"]
        night._open(self._companies())
        while night._step():
            pass
        self._settle()
        self.assertEqual(self._totals(), totals)
        self.assertProfilesTie()
        self.assertNothingLeft()
        self.assertEqual(self._measured(), measured)
        for subject, item in self.env["crm.comparison"]._comparisons().items():
            found = self.env[item.model]._compare(self.company_a, range(2**31 - 1))
            self.assertEqual(found.differing, (), subject)

    def _merge_some(self):
        """Merge two or three contacts that Odoo allows to merge; returns how many went."""
        alive = self.partners.exists()
        count = 3 if self.dice.random() < 0.8 else 2
        chosen = alive.browse(self.dice.sample(alive.ids, count))
        families = [set(alive.search([("id", "child_of", one.id)]).ids) for one in chosen]
        if any(
            one.id in families[place] for place in range(count) for one in chosen - chosen[place]
        ):
            return 0
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(chosen.ids, chosen[0])
        self.env.invalidate_all()
        self.assertEqual(chosen.exists(), chosen[0])
        return count - 1

    def _totals(self):
        """What must not change: money, documents, facts and passes of each company."""
        self.env.flush_all()
        result = {}
        for company in self._companies():
            profiles = self.env["crm.customer.profile"].search([("company_id", "=", company.id)])
            passes = self.env["crm.relationship"].search([("company_id", "=", company.id)])
            events = self.env["crm.moment.event"].search(
                [("company_id", "=", company.id), ("voided_at", "=", False)]
            )
            result[company.name] = {
                "revenue": sum(Decimal(f"{line.posted_revenue:.2f}") for line in profiles),
                "open": sum(Decimal(f"{line.open_amount:.2f}") for line in profiles),
                "invoices": sum(profiles.mapped("invoice_count")),
                "refunds": sum(profiles.mapped("refund_count")),
                "passes": sorted((line.root_model, line.root_id) for line in passes),
                "value of passes": sum(Decimal(f"{line.amount:.2f}") for line in passes),
                # Of a customer who was two, the order of the one is a next step of the other.
                "facts": sorted(
                    (line.fact, line.res_id, line.occurrence)
                    for line in events
                    if line.fact != "next_step_planned"
                ),
            }
        return result

    def _measured(self):
        """Stored figures of documents, whole companies; segments may gain and lose by a merge.

        Figures that count customers have fewer of them to count afterwards.
        """
        values = self.env["crm.indicator.value"].search(
            [
                ("company_id", "in", self._companies().ids),
                ("scope", "=", "company"),
                ("indicator_id.code", "in", ("posted_revenue", "order_invoiced_rate")),
            ]
        )
        self.assertEqual(len(values.indicator_id), 2)
        return sorted(
            (
                line.indicator_id.code,
                line.company_id.id,
                line.period_key,
                round(line.numerator, 6),
                line.n,
            )
            for line in values
        )

    def assertNoOverlap(self):
        """No customer is in two segments on one day, and the open stay is today's segment."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT one.id
              FROM crm_segment_membership AS one
              JOIN crm_segment_membership AS other
                ON other.customer_id = one.customer_id AND other.id > one.id
               AND daterange(one.date_from, one.date_to) && daterange(other.date_from, other.date_to)
            """
        )
        self.assertEqual(self.env.cr.fetchall(), [])

    def assertNothingLeft(self):
        """Nothing of ours names a contact that is gone, or one that does not buy for itself."""
        for model in self.env["crm.customer"]._merge_models():
            if not model._partner_is_buyer or "partner_id" not in model._fields:
                continue  # keyed by a person, or by the customer alone
            rows = model.with_context(active_test=False).search([("partner_id", "!=", False)])
            buyers = rows.mapped("partner_id")
            self.assertEqual(buyers, buyers.exists().commercial_partner_id, model._name)
        self.env.cr.execute(
            "SELECT partner_id FROM crm_customer GROUP BY partner_id, company_id HAVING COUNT(*) > 1"
        )
        self.assertEqual(self.env.cr.fetchall(), [])
