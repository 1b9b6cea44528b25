from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.crm_strategy.core.value import UNDEFINED

from .common_programme import TEXTS, ProgrammeCase


@tagged("post_install", "-at_install")
class TestStrategy(ProgrammeCase):
    """A strategy is approved once it is complete, and then nobody edits it."""

    def _as(self, user, records=None):
        return (records or self.strategy).with_user(user)

    # approving

    def test_incomplete_strategy_says_what_is_missing(self):
        draft = self._create_strategy(
            self.company_a, date_from=date(2027, 1, 1), date_to=date(2027, 12, 31)
        )
        draft.write({**dict.fromkeys(TEXTS, False), "user_id": False, "objective_ids": [(5,)]})
        # Seven texts, the owner, and the objectives.
        self.assertEqual(len(draft._approval_obstacles()), 9)
        with self.assertRaisesRegex(UserError, "Vision.*empty(.|\n)*no objective"):
            self._as(self.manager_a, draft).action_approve()
        self.assertEqual(draft.state, "draft")

    def test_manager_approves_and_leaves_name_and_time(self):
        self.assertFalse(self.strategy.approval_obstacles)
        self._as(self.manager_a).action_approve()
        self.assertRecordValues(
            self.strategy, [{"state": "approved", "approver_id": self.manager_a.id, "version": 1}]
        )
        self.assertTrue(self.strategy.approved_at)

    def test_nobody_else_approves(self):
        for user in (self.user_a, self.leader_a, self.finance_a):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._as(user).action_approve()
        with self.assertRaises(AccessError):
            self._as(self.manager_a).state = "approved"

    def test_nobody_creates_an_approved_strategy(self):
        made = self._as(self.manager_a).copy(
            {
                "date_from": date(2031, 1, 1),
                "date_to": date(2031, 12, 31),
                "state": "approved",
                "approver_id": self.user_a.id,
            }
        )
        self.assertEqual((made.state, made.approver_id.id), ("draft", False))

    def test_approved_strategy_is_edited_by_nobody(self):
        self.strategy.action_approve()
        objective = self.strategy.objective_ids
        market = self.strategy.market_ids[0]
        deeds = {
            "its vision": lambda: self.strategy.write({"vision": "Another one"}),
            "an objective": lambda: objective.write({"name": "Another one"}),
            "an objective less": objective.unlink,
            "an objective more": lambda: self.strategy.write(
                {"objective_ids": [(0, 0, {"name": "One more"})]}
            ),
            "a plan": lambda: objective.plan_ids.write({"revenue_target_amount": 1}),
            "a market": lambda: market.write({"planned_count": 1}),
            "all of it": self.strategy.unlink,
        }
        for name, deed in deeds.items():
            # As superuser: nobody at all.
            with self.subTest(deed=name), self.assertRaises(UserError):
                deed()

    def test_work_on_an_approved_strategy_goes_on(self):
        self.strategy.action_approve()
        self.strategy.with_user(self.manager_a).user_id = self.leader_a
        self.strategy.market_ids[2].with_user(self.manager_a).typed_count = 4
        self.strategy.phase_ids[0].with_user(self.manager_a).result = "The business is described"

    # periods

    def test_two_approved_strategies_share_no_day(self):
        self.strategy.action_approve()
        other = self._create_strategy(
            self.company_a, name="Another", date_from=date(2026, 12, 31), date_to=date(2027, 6, 30)
        )
        with self.assertRaisesRegex(UserError, "Partner of the harbours"):
            other.action_approve()
        # The day after is free.
        other.date_from = date(2027, 1, 1)
        other.action_approve()
        self.assertEqual(other.state, "approved")

    def test_database_refuses_what_a_race_would_approve(self):
        other = self._create_strategy(self.company_a, name="Another")
        self.strategy.action_approve()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            other._transition("approved")
            other.flush_recordset()

    def test_companies_do_not_meet(self):
        other = self._create_strategy(self.company_b, name="Of the valley")
        (self.strategy | other)[0].action_approve()
        other.action_approve()
        self.assertEqual(other.state, "approved")
        self.assertNotIn(self.strategy, self.env["crm.strategy"].with_user(self.user_b).search([]))
        self.assertIn(other, self.env["crm.strategy"].with_user(self.user_b).search([]))

    # versions

    def test_new_version_is_a_draft_with_the_same_plan(self):
        second = self.strategy.objective_ids.create(
            {
                "strategy_id": self.strategy.id,
                "name": "Call each bakery monthly",
                "level": "operational",
                "parent_id": self.strategy.objective_ids.id,
            }
        )
        self.strategy.market_ids[0].planned_count = 12
        self.strategy.action_approve()
        action = self._as(self.manager_a).action_new_version()
        version = self.strategy.browse(action["res_id"])
        self.assertRecordValues(
            version,
            [
                {
                    "state": "draft",
                    "version": 2,
                    "previous_id": self.strategy.id,
                    "vision": self.strategy.vision,
                }
            ],
        )
        self.assertEqual(
            version.objective_ids.mapped("name"), self.strategy.objective_ids.mapped("name")
        )
        copy = version.objective_ids.filtered("parent_id")
        self.assertEqual(copy.name, second.name)
        self.assertEqual(copy.parent_id.strategy_id, version)
        self.assertEqual(version.objective_ids.plan_ids.mapped("name"), ["Visit all bakeries"])
        self.assertEqual(version.market_ids[0].planned_count, 12)
        # A second click opens the same draft.
        self.assertEqual(self._as(self.manager_a).action_new_version()["res_id"], version.id)

    def test_approving_a_version_closes_the_one_before_and_takes_its_work_over(self):
        self.strategy.action_approve()
        step = self._step("positioning")
        step.user_id = self.user_a
        version = self.strategy.browse(self.strategy.action_new_version()["res_id"])
        self.assertFalse(version.step_ids)
        self.assertEqual(version.step_count, self.strategy.step_count)
        count = self.strategy.step_count
        version.action_approve()
        self.assertRecordValues(
            self.strategy | version, [{"state": "closed"}, {"state": "approved"}]
        )
        self.assertEqual(step.strategy_id, version)
        self.assertEqual(len(version.step_ids), count)
        self.assertEqual((len(version.risk_ids), len(version.phase_ids)), (8, 5))

    # alignment and levels

    def test_objective_without_business_goal_is_a_rupture(self):
        objective = self.strategy.objective_ids
        self.assertFalse(objective.is_rupture)
        objective.business_goal = "  "
        self.assertTrue(objective.is_rupture)
        self.assertEqual(self.strategy.rupture_count, 1)
        action = self.strategy.action_open_ruptures()
        self.assertEqual(self.env["crm.strategy.objective"].search(action["domain"]), objective)
        objective.business_url = "https://example.com/7"
        self.assertFalse(objective.is_rupture)

    def test_gaps_name_missing_levels_loose_objectives_and_missing_plans(self):
        self.assertEqual(
            self.strategy.level_gap.splitlines(),
            ["No objective on the operational level.", "No objective on the analytic level."],
        )
        self.strategy.objective_ids.create(
            [
                {
                    "strategy_id": self.strategy.id,
                    "name": "Call monthly",
                    "level": "operational",
                    "parent_id": self.strategy.objective_ids.id,
                    "plan_ids": [(0, 0, {"name": "Calls"})],
                },
                {"strategy_id": self.strategy.id, "name": "Know churn", "level": "analytic"},
            ]
        )
        self.assertEqual(
            self.strategy.level_gap.splitlines(),
            ["“Know churn” (analytic) serves no strategic objective.", "“Know churn” has no plan."],
        )

    def test_plan_without_facts_has_no_revenue_and_says_why(self):
        plan = self.strategy.objective_ids.plan_ids
        plan.revenue_target_amount = 1000
        facts = type(self.env["crm.facts"])
        self.patch(facts, "_revenue_by_customer", lambda facts, company, period: UNDEFINED)
        plan.invalidate_recordset()
        self.assertFalse(plan.has_revenue)
        self.assertIn("No data", plan.revenue_note)

    def test_plan_compares_posted_revenue_of_its_segment_and_days(self):
        customers = self.env["crm.customer"].search([("company_id", "=", self.company_a.id)])
        self.assertGreaterEqual(len(customers), 3)
        inside = customers[0]
        customers[1:].segment_id = self.segment_de
        inside.segment_id = self.segment_be
        asked = []

        def revenue(facts, company, period):
            asked.append((company, period.date_from, period.date_to))
            return {customer.id: 100 for customer in customers} | {inside.id: 250}

        self.patch(type(self.env["crm.facts"]), "_revenue_by_customer", revenue)
        plan = self.strategy.objective_ids.plan_ids
        plan.write({"segment_id": self.segment_be.id, "revenue_target_amount": 1000})
        self.assertEqual(plan.revenue_posted_amount, 250)
        self.assertEqual(plan.revenue_note, "25 % of the target")
        self.assertEqual(asked[0], (self.company_a, date(2026, 1, 1), date(2027, 1, 1)))
        plan.segment_id = False
        self.assertEqual(plan.revenue_posted_amount, 250 + 100 * (len(customers) - 1))

    def test_posted_revenue_is_for_leaders_managers_and_finance(self):
        plan = self.strategy.objective_ids.plan_ids
        names = ["revenue_posted_amount", "has_revenue", "revenue_note"]
        for user in (self.leader_a, self.manager_a, self.finance_a):
            with self.subTest(user=user.login):
                self.assertEqual(set(plan.with_user(user).read(names)[0]), {"id", *names})
        for name in names:
            with self.subTest(field=name), self.assertRaises(AccessError):
                plan.with_user(self.user_a).read([name])
        market = self.strategy.market_ids[:1].with_user(self.user_a)
        with self.assertRaises(AccessError):
            market.read(["revenue_amount"])

    # printing

    def test_strategy_prints_title_revision_and_dates_in_each_language(self):
        self.strategy.action_approve()
        for code, day in (
            ("en_US", "12/31/2026"),
            ("ro_RO", "31.12.2026"),
            ("pl_PL", "31.12.2026"),
        ):
            self.env["res.lang"]._activate_lang(code)
            self.manager_a.lang = code
            html, _kind = (
                self.env["ir.actions.report"]
                .with_user(self.manager_a)
                .with_context(lang=code)
                ._render_qweb_html("crm_strategy.crm_strategy_report", self.strategy.ids)
            )
            text = html.decode()
            with self.subTest(lang=code):
                self.assertIn(self.strategy.name, text)
                self.assertIn("Every bakery has a contract", text)
                self.assertIn(day, text)

    # rights

    def test_only_managers_write_and_all_roles_read(self):
        for user in (self.user_a, self.leader_a, self.finance_a):
            with self.subTest(user=user.login):
                self.assertEqual(self._as(user).read(["name"])[0]["name"], self.strategy.name)
                with self.assertRaises(AccessError):
                    self._as(user).write({"vision": "Mine"})
        with self.assertRaises(AccessError):
            self._as(self.salesman_a).read(["name"])
