from datetime import date, timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.crm_strategy.core.measure import MeasureScope
from odoo.addons.crm_strategy.core.period import Period

from .common_classes import ClassesCase


@tagged("post_install", "-at_install")
class TestAccountPlan(ClassesCase):
    """Plans for key accounts: one that runs, kept actions counted, own customers only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls._complete(cls, cls.bakery)
        cls._customer(cls.bakery).user_id = cls.user_a
        cls.today = fields.Date.today()
        cls.plan = (
            cls.env["crm.account.plan"]
            .with_user(cls.user_a)
            .create(
                {
                    "name": "Key account",
                    "customer_id": cls._customer(cls.bakery).id,
                    "goals": "Two more ovens.",
                    "review_date": cls.today + timedelta(days=30),
                    "contact_ids": [(6, 0, cls.ann.ids)],
                    "action_ids": [
                        (0, 0, {"name": "Visit", "date_due": cls.today - timedelta(days=10)}),
                        (0, 0, {"name": "Offer", "date_due": cls.today - timedelta(days=5)}),
                        (0, 0, {"name": "Call", "date_due": cls.today + timedelta(days=5)}),
                    ],
                }
            )
        )
        cls.visit, cls.offer, cls.call = cls.plan.action_ids.sorted("date_due")

    def test_plan_runs_only_with_goals_actions_and_review(self):
        self.plan.write({"goals": False, "review_date": False})
        with self.assertRaisesRegex(UserError, "Fill in: goals, the next review"):
            self.plan.action_start()
        self.plan.write({"goals": "More", "review_date": self.today})
        self.plan.action_start()
        self.assertEqual(self._customer(self.bakery).plan_id, self.plan)

    def test_customer_has_one_running_plan(self):
        self.plan.action_start()
        other = self.plan.copy()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            with self.env.cr.savepoint():
                other.action_start()
                self.env.flush_all()

    def test_actions_are_counted_as_kept_late_and_open(self):
        """Visit done in time, offer late and open, call not due: 1 of 2 kept."""
        self.visit.date_done = self.visit.date_due
        self.assertEqual(
            (self.plan.open_count, self.plan.late_count, self.plan.due_count), (2, 1, 2)
        )
        self.assertEqual(self.plan.kept_rate, 0.5)
        self.call.action_done()  # before its day: kept as well
        self.assertAlmostEqual(self.plan.kept_rate, 2 / 3)
        late = self.env["crm.account.plan"].search([("late_count", ">", 0)])
        self.assertIn(self.plan, late)

    def test_indicator_counts_the_same_and_opens_the_actions(self):
        self.plan.action_start()
        self.visit.date_done = self.visit.date_due
        indicator = self.env.ref("crm_strategy.crm_indicator_account_action_kept_rate")
        question = MeasureScope(self.company_a.id, "company", None, (Period.parse("all"),))
        (row,) = indicator._measure(question)
        self.assertEqual((row.numerator, row.denominator, row.n), (1, 2, 2))
        model, domain = indicator._records(question)
        self.assertEqual(self.env[model].search(domain), self.visit + self.offer)
        stranger = MeasureScope(self.company_b.id, "company", None, (Period.parse("all"),))
        self.assertEqual(indicator._measure(stranger), [])

    def test_people_of_others_are_refused_by_name(self):
        stranger = self.env["res.partner"].create({"name": "Zoe", "parent_id": self.mill.id})
        with self.assertRaisesRegex(UserError, "“Mill, Zoe” does not belong to “Bakery”"):
            self.plan.contact_ids = stranger

    def test_salesperson_plans_own_customers_only(self):
        other = self.env["crm.account.plan"].create(
            {"name": "Not mine", "customer_id": self._customer(self.brewery).id, "user_id": False}
        )
        self.assertFalse(
            self.env["crm.account.plan"].with_user(self.user_a).search([("id", "=", other.id)])
        )
        with self.assertRaises(AccessError):
            self.env["crm.account.plan"].with_user(self.user_a).create(
                {
                    "name": "Foreign",
                    "customer_id": self._customer(self.brewery).id,
                    "user_id": False,
                }
            )
        for role in (self.manager_a, self.finance_a):
            found = self.env["crm.account.plan"].with_user(role).search([])
            self.assertIn(other, found)

    def test_leader_sees_the_plans_of_the_team(self):
        self.assertNotIn(
            self.plan, self.env["crm.account.plan"].with_user(self.leader_a).search([])
        )
        self.team_be.user_id = self.leader_a
        self.assertIn(self.plan, self.env["crm.account.plan"].with_user(self.leader_a).search([]))

    def test_neighbour_company_sees_nothing(self):
        self.assertFalse(
            self.env["crm.account.plan"].with_user(self.user_b).search([("id", "=", self.plan.id)])
        )

    def test_form_of_the_customer_shows_what_is_next(self):
        customer = self._customer(self.bakery).with_user(self.user_a)
        self.ann.with_user(self.user_a).activity_schedule(
            "mail.mail_activity_data_call", self.today + timedelta(days=2), "Ask about ovens"
        )
        lead = (
            self.env["crm.lead"]
            .with_user(self.user_a)
            .create({"name": "Ovens", "partner_id": self.bakery.id, "type": "opportunity"})
        )
        lead.activity_schedule("mail.mail_activity_data_call", self.today, "Send the offer")
        self.assertEqual(
            customer.activity_ids.mapped("summary"), ["Send the offer", "Ask about ovens"]
        )
        self.assertEqual(customer.next_activity_date, self.today)

    def test_lists_of_customers_need_the_same_queries_for_few_and_many(self):
        names = [
            "plan_id",
            "completeness_rate",
            "intimacy_rate",
            "duplicate_count",
            "privacy_state",
            "activity_ids",
        ]

        def queries(count):
            self.env.flush_all()
            self.env.invalidate_all()
            Customer = self.env["crm.customer"].with_user(self.manager_a)
            before = self.env.cr.sql_log_count
            customers = Customer.search([("company_id", "=", self.company_a.id)], limit=count)
            for name in names:
                customers.mapped(name)
            return self.env.cr.sql_log_count - before

        partners = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(40)])
        self.env["crm.customer"]._ensure([(partner.id, self.company_a.id) for partner in partners])
        queries(3)
        self.assertEqual(queries(40), queries(3))

    def test_merged_customers_keep_one_running_plan(self):
        self.plan.action_start()
        other = self.env["crm.account.plan"].create(
            {
                "name": "Second",
                "customer_id": self._customer(self.brewery).id,
                "goals": "x",
                "review_date": self.today,
                "action_ids": [(0, 0, {"name": "y", "date_due": self.today})],
            }
        )
        other.action_start()
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.bakery + self.brewery).ids, self.bakery
        )
        self.assertEqual(other.customer_id, self._customer(self.bakery))
        self.assertEqual((self.plan.state, other.state), ("active", "closed"))
        self.assertEqual(other.action_ids.customer_id, self._customer(self.bakery))

    def test_plan_is_made_by_its_form(self):
        with Form(self.env["crm.account.plan"].with_user(self.user_a)) as form:
            form.name = "By form"
            form.customer_id = self._customer(self.bakery)
            form.goals = "More"
            with form.action_ids.new() as action:
                action.name = "Visit"
                action.date_due = date(2027, 1, 1)
        self.assertEqual(form.record.company_id, self.company_a)

    # closeness

    def test_closeness_is_the_mean_of_its_parts(self):
        """A role of one of one person, no channel, criterion or contact: (1 + 0 + 0 + 0) / 4."""
        self.ann.crm_decision_role = self.ann._fields["crm_decision_role"].get_values(self.env)[0]
        customer = self._customer(self.bakery).with_user(self.user_a)
        self.assertEqual(customer.intimacy_rate, 0.25)
        self.assertIn("role in the purchase: 100 %", customer.intimacy_reason)
        self.assertEqual(self._customer(self.diver).intimacy_rate, 0)

    def test_same_vat_number_is_a_possible_duplicate_within_a_company(self):
        self.brewery.vat = "BE 0477.472.701"
        self.mill.vat = "BE0477472701"
        customers = self.env["crm.customer"].with_company(self.company_a)
        customers = customers.with_context(allowed_company_ids=self.company_a.ids)
        found = customers.search([("duplicate_count", ">", 0)])
        self.assertEqual(found, self._customer(self.bakery) + self._customer(self.brewery))

    def test_consent_is_told_per_customer(self):
        self.assertEqual(self._customer(self.diver).privacy_state, "nobody")
        self.assertEqual(self._customer(self.bakery).privacy_state, "open")
        found = self.env["crm.customer"].search([("privacy_state", "=", "open")])
        self.assertIn(self._customer(self.bakery), found)
        self.assertNotIn(self._customer(self.diver), found)
