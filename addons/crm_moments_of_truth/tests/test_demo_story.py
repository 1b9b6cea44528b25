from collections import Counter, defaultdict
from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.crm_moments_of_truth.demo import story_documents as documents
from odoo.addons.crm_moments_of_truth.demo import story_opinions as opinions
from odoo.addons.crm_moments_of_truth.demo.crm_demo_case import CASES
from odoo.addons.crm_strategy.demo import story_world as world
from odoo.addons.crm_strategy.tests.common_story import StoryCase


@tagged("post_install", "-at_install")
class TestDemoStory(StoryCase):
    """The sell side of the story: documents, their dates, and the passes derived from them."""

    def _moves(self):
        return self.env["account.move"].search(
            [
                ("company_id", "=", self.company.id),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("state", "=", "posted"),
            ]
        )

    def test_story_is_told_once(self):
        self.assertToldOnce()

    def test_orders_have_the_amounts_and_days_of_the_tables(self):
        for sale in world.sales().values():
            order = self._named(f"order_{sale.key}")
            with self.subTest(order=sale.key):
                self.assertEqual(order.state, "sale")
                self.assertAlmostEqual(order.amount_untaxed, float(sale.total), 2)
                self.assertEqual(order.date_order.date(), self.calendar.day(sale.days))
                self.assertEqual(order.company_id, self.company)

    def test_cases_stand_where_the_story_left_them(self):
        wanted = {
            key: "solved"
            if told.solved
            else "waiting"
            if told.waits
            else "progress"
            if told.replied
            else "new"
            for key, told in CASES.items()
        }
        found = {key: self._named(f"case_{key}") for key in CASES}
        self.assertEqual({key: case.state for key, case in found.items()}, wanted)
        for key, told in CASES.items():
            with self.subTest(case=key):
                self.assertEqual(found[key].opened_at.date(), self.calendar.day(told.days))
                self.assertTrue(found[key].user_id and found[key].reply_due_at)
        below = {key for key, case in found.items() if case.is_below_floor}
        self.assertIn("boosters", below)
        self.assertNotIn("seal", below)

    def test_revenue_of_each_segment(self):
        wanted = defaultdict(Decimal)
        for bill in documents.bills().values():
            customer = world.sales()[bill.key].customer
            for days, amount in ((bill.days, bill.net), (bill.credit_days, -bill.credit_net)):
                if amount:
                    wanted[self._at(customer, self.calendar.day(days), self.calendar)] += amount
        found = defaultdict(Decimal)
        stays = self.env["crm.segment.membership"].search([("company_id", "=", self.company.id)])
        names = {self._named(f"segment_{item.key}"): item.key for item in world.SEGMENTS}
        for move in self._moves():
            (stay,) = stays.filtered(
                lambda line, move=move: (
                    line.partner_id == move.commercial_partner_id
                    and (not line.date_from or line.date_from <= move.invoice_date)
                    and (not line.date_to or move.invoice_date < line.date_to)
                )
            )
            found[names[stay.segment_id]] += Decimal(str(round(move.amount_untaxed_signed, 2)))
        self.assertEqual(found, wanted)
        self.assertEqual(len(found), 3)

    def test_open_receivables(self):
        wanted = {key: bill.open for key, bill in documents.bills().items() if bill.open}
        for key, bill in documents.bills().items():
            invoice = self._named(f"invoice_{key}")
            self.assertAlmostEqual(invoice.amount_residual, float(bill.open), 2, key)
            self.assertEqual(invoice.invoice_date, self.calendar.day(bill.days))
        self.assertAlmostEqual(
            sum(self._moves().mapped("amount_residual_signed")), float(sum(wanted.values())), 2
        )
        for key in documents.UNPAID:
            self.assertEqual(wanted[key], documents.bills()[key].gross)

    def test_passes_stand_where_the_documents_say(self):
        # What was sold is concluded, and quotations of open deals have gone out. Moment 7 needs
        # the goods as well where they are moved: the addon above looks at it.
        wanted = Counter(
            {
                "proven": len(world.sales()),
                "started": sum(deal.probability >= 60 for deal in world.OPEN_DEALS),
            }
        )
        lines = self.env["crm.relationship.moment"].search(
            [
                ("company_id", "=", self.company.id),
                ("state", "!=", "open"),
                ("moment_id.code", "=", "M3"),
            ]
        )
        self.assertEqual(Counter(lines.mapped("state")), wanted)
        # Whatever was paid has been accepted.
        paid = {bill.key for bill in documents.bills().values() if bill.payments and not bill.open}
        accepted = self.env["crm.relationship.moment"].search_count(
            [
                ("company_id", "=", self.company.id),
                ("state", "=", "proven"),
                ("moment_id.code", "=", "M8"),
            ]
        )
        self.assertGreaterEqual(accepted, len(paid))

    def test_odd_cases_are_there(self):
        together = self._named(f"invoice_{documents.TOGETHER[0][0]}")
        self.assertEqual(len(together.invoice_line_ids.sale_line_ids.order_id), 2)
        for key in documents.PART_PAID:
            self.assertEqual(self._named(f"invoice_{key}").payment_state, "partial")
        for key in documents.CREDITS:
            credit = self._named(f"credit_{key}")
            self.assertEqual(credit.reversed_entry_id, self._named(f"invoice_{key}"))
        for key, days in documents.BILLED_AFTER.items():
            order, invoice = self._named(f"order_{key}"), self._named(f"invoice_{key}")
            self.assertLess(days, 0)
            self.assertLess(invoice.invoice_date, order.date_order.date())
        for key in documents.UNBILLED + documents.WAITING:
            self.assertFalse(self._named(f"order_{key}").invoice_ids, key)

    def test_customer_lost_and_customer_won_back(self):
        days = {
            key: [sale.days for sale in world.sales().values() if sale.customer == key]
            for key in ("k05", "d04")
        }
        self.assertGreater(min(days["k05"]), 120)
        gaps = [before - after for before, after in zip(days["d04"], days["d04"][1:], strict=False)]
        self.assertGreater(max(gaps), 200)
        self.assertLess(min(days["d04"]), 30)

    def test_opinions_are_those_of_the_table(self):
        answers = self.env["crm.satisfaction.answer"].search([("company_id", "=", self.company.id)])
        self.assertEqual(
            sorted(answers.mapped("recommendation")),
            sorted(opinion.recommendation for opinion in opinions.OPINIONS),
        )
        gaps = [
            (sum(opinion.perceived) - sum(opinion.expected)) / len(opinions.CLASSES)
            for opinion in opinions.OPINIONS
        ]
        for found, wanted in zip(sorted(answers.mapped("gap")), sorted(gaps), strict=True):
            self.assertAlmostEqual(found, wanted, 1)
        self.assertEqual(Counter(answers.mapped("trend")), {"first": 8, "better": 1, "worse": 1})
        ruptures = self.env["crm.rupture"].search(
            [("company_id", "=", self.company.id), ("cause", "=", "bad_satisfaction")]
        )
        # Gaps of three and more, and one who would hardly recommend us; k02 is content again.
        self.assertEqual(Counter(ruptures.mapped("state")), {"open": 2, "closed": 1})
        reactions = self.env["crm.event.reaction"].search([("company_id", "=", self.company.id)])
        self.assertEqual(set(reactions.mapped("state")), {"done"})
        self.assertEqual(len(reactions.order_id), len(opinions.CONTRACTS))
