from datetime import date, datetime, timedelta
from decimal import Decimal

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..core.fit import FitFacts, FitFigure
from .test_assessment import AssessmentCase

READY = "readiness"


class ReadinessCase(AssessmentCase):
    """Company A asks for 60 points and 80 % of the questions; its strategy lacks nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a.write({"crm_readiness_threshold": 60, "crm_readiness_coverage": 0.8})
        cls.asked = cls.env["crm.assessment.set"]._for_company(cls.company_a, READY)
        text = "Written down"
        cls.strategy = cls.env["crm.strategy"].create(
            {
                "name": "Harbour first",
                "company_id": cls.company_a.id,
                "user_id": cls.manager_a.id,
                "date_from": date(2026, 1, 1),
                "date_to": date(2026, 12, 31),
                "vision": text,
                "customer_value": text,
                "company_value": text,
                "positioning": text,
                "coordinate_character": text,
                "coordinate_technology": text,
                "coordinate_purpose": text,
            }
        )
        cls.env["crm.strategy.objective"].create(
            {"strategy_id": cls.strategy.id, "name": "Keep customers"}
        )

    @classmethod
    def _ready(cls, score, day=date(2026, 3, 2), count=None):
        """A confirmed readiness assessment with one score for all (or the first) questions."""
        found = cls._assess(day, questionnaire=cls.asked)
        found.answer_ids[:count].score = str(score)
        found.action_confirm()
        return found

    def _page(self, user=None):
        return self._as(user or self.manager_a, self.env["crm.readiness"]).get_page()


@tagged("post_install", "-at_install")
class TestReadinessGate(ReadinessCase):
    def _others(self):
        """Obstacles that other parts of the strategy raise are not of interest here."""
        obstacles = self.strategy._approval_obstacles()
        return [text for text in obstacles if text != self.strategy._gate_obstacle()]

    def setUp(self):
        super().setUp()
        self.assertEqual(self._others(), [], "the world lacks nothing but readiness")

    def test_an_open_gate_needs_no_reason(self):
        self._ready(3)  # 60 points, all questions
        self._as(self.manager_a, self.strategy).action_approve()
        self.assertEqual(self.strategy.state, "approved")
        self.assertFalse(self.strategy.readiness_reason)

    def test_without_an_assessment_approving_asks_for_a_reason(self):
        action = self._as(self.manager_a, self.strategy).action_approve()
        self.assertEqual(action["res_model"], "crm.strategy.approve")
        self.assertEqual(self.strategy.state, "draft")
        self.assertIn("not assessed", self.strategy.approval_obstacles)

    def test_a_draft_assessment_does_not_open_the_gate(self):
        self._ready(5).action_reopen()
        self.assertTrue(self.strategy._gate_obstacle())

    def test_below_the_threshold_a_reason_approves_and_leaves_a_trace(self):
        found = self._ready(2)  # 40 points
        mine = self._as(self.manager_a, self.strategy)
        context = mine.action_approve()["context"]
        wizard = self._as(self.manager_a, self.env["crm.strategy.approve"]).with_context(**context)
        form = wizard.create({"reason": "The season begins in April"})
        self.assertIn("40", form.obstacle)
        form.action_approve()
        self.assertRecordValues(
            self.strategy,
            [
                {
                    "state": "approved",
                    "readiness_id": found.id,
                    "readiness_reason": "The season begins in April",
                    "readiness_user_id": self.manager_a.id,
                }
            ],
        )
        self.assertIn("40", self.strategy.readiness_points)
        self.assertTrue(self.strategy.readiness_at)
        entry = self.env["crm.audit.log"].search(
            [
                ("model", "=", "crm.strategy"),
                ("res_id", "=", self.strategy.id),
                ("field_name", "=", "readiness_reason"),
            ]
        )
        self.assertEqual((len(entry), entry.user_id), (1, self.manager_a))
        self.assertIn("The season begins in April", entry.after)
        self.assertIn("April", self.strategy.message_ids[:1].body)

    def test_an_empty_reason_is_none(self):
        with self.assertRaisesRegex(UserError, "Say why"):
            self._as(self.manager_a, self.strategy)._approve_below_gate("  ")

    def test_only_a_manager_approves_below_the_gate(self):
        with self.assertRaises(AccessError):
            self._as(self.leader_a, self.strategy)._approve_below_gate("I want it")
        with self.assertRaises(AccessError):
            self._as(self.leader_a, self.env["crm.strategy.approve"]).create(
                {"strategy_id": self.strategy.id, "reason": "I want it"}
            )

    def test_the_trace_is_not_typed(self):
        with self.assertRaises(AccessError):
            self._as(self.manager_a, self.strategy).readiness_reason = "Typed"

    def test_one_good_answer_does_not_open_the_gate(self):
        self._ready(5, count=1)
        self.assertIn("hardly known", self.strategy._gate_obstacle())

    def test_the_last_confirmed_assessment_holds(self):
        self._ready(5, date(2025, 3, 2))
        self._ready(1, date(2026, 3, 2))
        self.assertIn("20", self.strategy._gate_obstacle())

    def test_another_companys_assessment_does_not_count(self):
        found = self.env["crm.assessment"].create(
            {"set_id": self.asked.id, "company_id": self.company_b.id, "date": date(2026, 3, 2)}
        )
        found.answer_ids.score = "5"
        found.action_confirm()
        self.assertTrue(self.strategy._gate_obstacle())

    def test_other_obstacles_come_first(self):
        self.strategy.vision = False
        with self.assertRaisesRegex(UserError, "cannot be approved"):
            self._as(self.manager_a, self.strategy).action_approve()

    def test_a_threshold_of_zero_switches_the_gate_off(self):
        self.company_a.crm_readiness_threshold = 0
        self._as(self.manager_a, self.strategy).action_approve()
        self.assertEqual(self.strategy.state, "approved")


@tagged("post_install", "-at_install")
class TestReadinessPage(ReadinessCase):
    def test_the_page_says_no_data_before_the_first_assessment(self):
        page = self._page()
        self.assertEqual((page["gate"]["state"], page["gate"]["points"]), ("missing", None))
        self.assertEqual((page["radar"], page["levers"]), (False, []))

    def test_gate_groups_and_levers(self):
        """All 3 but one: of 25 weights in all, leadership (weight 2) at 0 could bring 8 points."""
        found = self._ready(3)
        found.action_reopen()
        leadership = self._answer(found, "leadership")
        leadership.score = "0"
        found.action_confirm()
        weights = sum(found.answer_ids.mapped("weight"))
        page = self._page(self.user_a)
        self.assertEqual(page["gate"]["state"], "below")
        expected = 100 * 3 * (weights - 2) / (5 * weights)
        self.assertAlmostEqual(page["gate"]["points"], round(expected, 1))
        self.assertEqual(len(page["radar"]["axes"]), 5)
        lever = page["levers"][0]
        self.assertEqual((lever["question"], lever["score"]), (leadership.question_id.name, "0"))
        self.assertAlmostEqual(lever["gain"], round(100 * 2 / weights, 1))

    def test_the_five_misreadings_are_warned_of_where_records_say_so(self):
        page = self._page()
        warnings = {line["title"]: line for line in page["warnings"]}
        self.assertEqual(len(warnings), 5)
        # No strategy is approved: nothing but addresses.
        self.assertTrue(warnings["CRM is a list of addresses"]["warns"])
        self.env["crm.assessment.set"]._for_company(self.company_a, "misreadings")
        self._ready(3)
        self._as(self.manager_a, self.strategy).action_approve()
        page = self._as(self.manager_a, self.env["crm.readiness"]).get_page()
        warnings = {line["title"]: line for line in page["warnings"]}
        approved_today = self.strategy.date_from <= date.today() <= self.strategy.date_to
        self.assertEqual(warnings["CRM is a list of addresses"]["warns"], not approved_today)

    def test_a_low_score_of_the_self_test_warns(self):
        asked = self.env["crm.assessment.set"]._for_company(self.company_a, "misreadings")
        self._assess(questionnaire=asked, confirm=True, loyalty=1)
        line = self._page()["warnings"][3]
        self.assertEqual((line["title"], line["score"]), ("CRM is a loyalty scheme", 1))
        self.assertTrue(line["warns"])

    def test_each_role_opens_the_page_and_nobody_else(self):
        self._ready(3)
        for user in (self.user_a, self.leader_a, self.manager_a, self.finance_a):
            self.assertEqual(self._page(user)["gate"]["state"], "open")
        with self.assertRaises(AccessError):
            self._page(self.salesman_a)


@tagged("post_install", "-at_install")
class TestFit(ReadinessCase):
    """Four deals of company A won in the last year: 10, 20, 50 and 60 days; the median is 35."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        won = cls.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        deals = [(cls.company_a, days, date(2026, 2, 1)) for days in (10, 20, 50, 60)] + [
            (cls.company_a, 300, date(2024, 2, 1)),  # too long ago
            (cls.company_b, 300, date(2026, 2, 1)),  # another company's
        ]
        for company, days, closed in deals:
            end = datetime.combine(closed, datetime.min.time())
            lead = cls.env["crm.lead"].create(
                {
                    "name": f"{days} days",
                    "type": "opportunity",
                    "company_id": company.id,
                    "team_id": False,
                    "user_id": False,
                    "stage_id": won.id,
                }
            )
            lead.flush_recordset()
            cls.env.cr.execute(
                "UPDATE crm_lead SET date_closed = %s, create_date = %s, date_open = NULL "
                "WHERE id = %s",
                (end, end - timedelta(days=days), lead.id),
            )
        cls.env.invalidate_all()

    def _fit(self):
        return self.env["crm.fit"]._fit(self.company_a, date(2026, 3, 2))

    def test_the_cycle_is_the_median_of_won_opportunities_of_a_year(self):
        found = self._fit().answers[0]
        self.assertEqual((found.figure.value, found.figure.n), (Decimal(35), 4))
        self.assertIs(found.speaks_for, True)

    def test_an_imported_deal_begins_with_its_assignment(self):
        """Created on the day of the import, after it was closed: 100 days from its assignment."""
        lead = self.env["crm.lead"].search([("name", "=", "10 days")], limit=1)
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s, date_open = %s WHERE id = %s",
            (lead.date_closed + timedelta(days=9), lead.date_closed - timedelta(days=100), lead.id),
        )
        self.env.invalidate_all()
        self.assertEqual(self._fit().answers[0].figure.value, Decimal(55))  # 20, 50, 60, 100

    def test_what_only_orders_tell_is_no_data_with_the_reason(self):
        page = self.env["crm.fit"]._page(self.company_a)
        self.assertEqual([line["value"] for line in page["answers"][1:]], [False, False])
        self.assertTrue(all("No data" in line["why"] for line in page["answers"][1:]))
        self.assertEqual(page["advice"], "unknown")

    def test_the_bounds_are_settings_of_the_company(self):
        self.company_a.crm_fit_cycle_days = 36
        self.assertIs(self._fit().answers[0].speaks_for, False)

    def test_an_addon_that_knows_orders_fills_the_rest(self):
        Facts = type(self.env["crm.facts"])
        facts = FitFacts(
            order_value=FitFigure(Decimal(500), 9), repeat_rate=FitFigure(Decimal("0.5"), 9)
        )
        self.patch(Facts, "_fit_facts", lambda model, company, period: facts)
        self.assertEqual(self._fit().advice, "worth")  # two of three speak for it
        self.assertEqual([a.speaks_for for a in self._fit().answers], [True, False, True])

    def test_bounds_out_of_range_are_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.company_a.crm_readiness_threshold = 101
            self.company_a.flush_recordset()
