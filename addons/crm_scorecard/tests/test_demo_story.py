from collections import defaultdict
from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.crm_moments_of_truth.demo import story_documents as documents
from odoo.addons.crm_strategy.core.period import Period
from odoo.addons.crm_strategy.demo import story_world as world
from odoo.addons.crm_strategy.tests.common_story import StoryCase


@tagged("post_install", "-at_install")
class TestDemoStory(StoryCase):
    """How well the story went: customer value, stored indicators, the scorecard."""

    def test_story_is_told_once(self):
        self.assertToldOnce()

    def test_value_of_each_customer(self):
        revenue, owed = defaultdict(Decimal), defaultdict(Decimal)
        for bill in documents.bills().values():
            customer = world.sales()[bill.key].customer
            revenue[customer] += bill.net - bill.credit_net
            owed[customer] += bill.open
        profiles = self.env["crm.customer.profile"].search([("company_id", "=", self.company.id)])
        self.assertEqual(len(profiles), len(revenue))
        for customer, amount in revenue.items():
            profile = profiles.filtered(
                lambda line, name=customer: line.partner_id == self._named(name)
            )
            with self.subTest(customer=customer):
                self.assertAlmostEqual(profile.posted_revenue, float(amount), 2)
                self.assertAlmostEqual(profile.open_amount, float(owed[customer]), 2)

    def test_stored_revenue_of_each_team_and_month(self):
        wanted = defaultdict(Decimal)
        for bill in documents.bills().values():
            customer = world.sales()[bill.key].customer
            for days, amount in ((bill.days, bill.net), (bill.credit_days, -bill.credit_net)):
                day = self.calendar.day(days)
                if amount:
                    segment = self._at(customer, day, self.calendar)
                    wanted[Period.month_of(day).key, segment] += amount
        values = self.env["crm.indicator.value"].search(
            [
                ("company_id", "=", self.company.id),
                ("indicator_id.code", "=", "posted_revenue"),
                ("scope", "=", "team"),
                ("period_key", "like", "____-__"),
                ("period_key", "not like", "Q"),
            ]
        )
        months = {Period.month_of(self.calendar.today)}
        while len(months) < 12:
            months.add(min(months, key=lambda month: month.key).previous())
        known = {month.key for month in months}
        teams = {self._named(f"team_{item.key}"): item.key for item in world.SEGMENTS}
        found = {
            (line.period_key, teams[line.team_id]): Decimal(str(round(line.value, 2)))
            for line in values
        }
        self.assertEqual(
            {key: value for key, value in found.items() if key[0] in known},
            {key: value for key, value in wanted.items() if key[0] in known},
        )

    def test_scorecard_of_the_story_opens_first_and_has_its_targets(self):
        cards = self._as("story.strategy", "crm.scorecard")
        options = {item["key"]: item["value"] for item in cards._matrix_options({})}
        self.assertEqual(options["scorecard"], self._named("scorecard").id)
        matrix = cards._build_matrix(options)
        self.assertEqual(len(matrix.rows), len(world.SEGMENTS) + 1)
