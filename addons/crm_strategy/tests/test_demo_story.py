from collections import Counter

from odoo.tests import tagged

from odoo.addons.crm_strategy.demo import story_world as world

from .common_story import StoryCase
from .story_customer import CustomerChapter
from .story_need import NeedChapter
from .story_plan import PlanChapter
from .story_segment import SegmentChapter
from .story_strategy import StrategyChapter


@tagged("post_install", "-at_install")
class TestDemoStory(
    CustomerChapter, NeedChapter, PlanChapter, SegmentChapter, StrategyChapter, StoryCase
):
    """The story, told once for all its chapters; first people, customers and opportunities."""

    allow_inherited_tests_method = True

    def test_story_is_told_once(self):
        self.assertToldOnce()

    def test_story_has_the_numbers_that_make_it_believable(self):
        outcomes = Counter(deal.outcome for deal in world.deals())
        self.assertGreaterEqual(outcomes["won"] + outcomes["lost"], 30)
        orders = Counter(sale.customer for sale in world.sales().values())
        self.assertGreaterEqual(sum(count > 1 for count in orders.values()), 25)
        leads = self.env["crm.lead"].with_context(active_test=False)
        found = dict(
            leads._read_group([("company_id", "=", self.company.id)], ["won_status"], ["__count"])
        )
        self.assertEqual(
            found,
            {"won": outcomes["won"], "lost": outcomes["lost"], "pending": outcomes["open"]},
        )

    def test_every_lead_has_the_company_its_people_and_its_segments_team(self):
        for deal in world.deals():
            lead = self._named(f"deal_{deal.key}")
            with self.subTest(deal=deal.name):
                self.assertEqual(lead.company_id, self.company)
                self.assertEqual(lead.user_id.company_id, self.company)
                if world.customers()[deal.customer].segment:
                    segment = world.segment_at(deal.customer, 0)
                    self.assertEqual(lead.team_id, self._named(f"team_{segment}"))

    def test_people_belong_to_the_story_alone_and_have_one_role(self):
        for person in world.PEOPLE:
            user = self._named(person.login)
            with self.subTest(login=person.login):
                self.assertEqual(user.company_ids, self.company)
                self.assertTrue(user.has_group(person.group))
                self.env.cr.execute("SELECT password FROM res_users WHERE id = %s", [user.id])
                self.assertEqual(self.env.cr.fetchone(), (None,), "nobody could know it")

    def test_customers_are_in_the_segments_of_the_tables(self):
        wanted = Counter(
            world.segment_at(key, 0) for key, item in world.customers().items() if item.segment
        )
        for segment in world.SEGMENTS:
            found = self._named(f"segment_{segment.key}")
            self.assertEqual(found.customer_count, wanted[segment.key], segment.name)
            self.assertEqual(found.team_id, self._named(f"team_{segment.key}"))

    def test_customer_who_grew_has_two_segments_one_after_the_other(self):
        ((key, (before, days)),) = world.MOVED.items()
        history = self.story._customer(key).membership_ids.sorted("id")
        day = self.calendar.day(days)
        self.assertEqual(
            {(line.segment_id, line.date_from, line.date_to) for line in history},
            {
                (self._named(f"segment_{before}"), False, day),
                (self._named(f"segment_{world.customers()[key].segment}"), day, False),
            },
        )
        # An assignment finds nothing to do.
        self.assertFalse(self.env["crm.segment"]._assign(self.company)["changed"])

    def test_salesperson_works_with_the_own_customers(self):
        leads = self._as("story.sales", "crm.lead").search([])
        self.assertTrue(leads)
        self.assertEqual(leads.user_id, self._named("story.sales"))
        self.assertEqual(leads.company_id, self.company)
