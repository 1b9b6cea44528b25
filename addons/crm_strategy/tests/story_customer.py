from collections import Counter

from odoo.addons.crm_strategy.core.measure import MeasureScope
from odoo.addons.crm_strategy.core.period import Period
from odoo.addons.crm_strategy.demo import story_care as care
from odoo.addons.crm_strategy.demo import story_world as world


class CustomerChapter:
    """The story's decisions and account plans are those of its tables."""

    def test_decisions_are_signed_by_the_people_of_the_story(self):
        customers = self._as("story.sales", "crm.customer").search([("decision", "!=", False)])
        self.assertEqual(
            Counter(customers.mapped("decision")),
            Counter(decided.decision for decided in care.DECIDED),
        )
        for decided in care.DECIDED:
            customer = self.story._customer(decided.customer)
            self.assertEqual(customer.decision_user_id, self._named(decided.person))
            self.assertEqual(customer.decision_date, self.calendar.day(decided.days))

    def test_share_of_decided_customers_is_that_of_the_tables(self):
        indicator = self.env.ref("crm_strategy.crm_indicator_strategy_assigned_rate")
        question = MeasureScope(self.company.id, "company", None, (Period.parse("all"),))
        (row,) = indicator._measure(question)
        self.assertEqual((row.numerator, row.n), (len(care.DECIDED), len(world.customers())))

    def test_actions_of_the_plans_are_counted_as_in_the_tables(self):
        """Done by their day: two of three that were due, and one of three."""
        for told in care.PLANS:
            plan = self._named(f"account_{told.customer}")
            due = [step for step in told.steps if step.done is not None or step.due > 0]
            kept = [step for step in due if step.done is not None and step.done >= step.due]
            self.assertEqual(plan.state, "active")
            self.assertEqual(plan.due_count, len(due))
            self.assertAlmostEqual(plan.kept_rate, len(kept) / len(due))

    def test_phases_are_told_without_orders_and_classes_say_no_data(self):
        customer = self.story._customer("k01")
        self.assertIn(customer.phase_id.code, ("care", "exceed"))
        self.assertEqual(self.story._customer("s05").phase_id.code, "identify")
