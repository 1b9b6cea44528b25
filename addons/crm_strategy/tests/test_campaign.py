from decimal import Decimal
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmStrategyCase


@tagged("post_install", "-at_install")
class TestCampaign(CrmStrategyCase):
    """Campaigns of a segment: cost and result, by hand and as ratios of sums."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.spring, cls.autumn = cls.env["utm.campaign"].create(
            [{"title": "Spring of the tests"}, {"title": "Autumn of the tests"}]
        )
        cls.plan_spring, cls.plan_autumn = (
            cls.env["crm.campaign"]
            .with_user(cls.manager_a)
            .create(
                [
                    {
                        "campaign_id": campaign.id,
                        "segment_id": cls.segment_be.id,
                        "cost_amount": cost,
                    }
                    for campaign, cost in ((cls.spring, 600), (cls.autumn, 100))
                ]
            )
        )
        cls.plan_b = cls.env["crm.campaign"].create(
            {
                "campaign_id": cls.spring.id,
                "segment_id": cls.segment_b.id,
                "company_id": cls.company_b.id,
                "cost_amount": 50,
            }
        )
        won = cls.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        a, b = cls.company_a.id, cls.company_b.id
        rows = (
            # campaign, company, type, outcome
            (cls.spring, a, "lead", "open"),
            (cls.spring, a, "opportunity", "open"),
            (cls.spring, a, "opportunity", "won"),
            (cls.spring, a, "opportunity", "lost"),
            (cls.autumn, a, "opportunity", "won"),
            (cls.spring, b, "lead", "open"),
            (cls.spring, False, "lead", "open"),  # counts for the company of its salesperson
        )
        cls.leads = cls.env["crm.lead"].create(
            [
                {
                    "name": f"Answer {number}",
                    "type": kind,
                    "campaign_id": campaign.id,
                    "company_id": company,
                    "team_id": False,
                    "user_id": (cls.user_b if company == b else cls.user_a).id,
                    **({"stage_id": won.id, "probability": 100} if outcome == "won" else {}),
                    **({"active": False, "probability": 0} if outcome == "lost" else {}),
                }
                for number, (campaign, company, kind, outcome) in enumerate(rows)
            ]
        )
        cls.leads[-1].company_id = False
        cls.plans = (cls.plan_spring | cls.plan_autumn | cls.plan_b).with_env(cls.env)

    def test_results_are_counted_by_hand(self):
        self.assertRecordValues(
            self.plans,
            [
                {"lead_count": 5, "opportunity_count": 3, "won_count": 1},
                {"lead_count": 1, "opportunity_count": 1, "won_count": 1},
                {"lead_count": 1, "opportunity_count": 0, "won_count": 0},
            ],
        )
        self.assertIn("120", self.plan_spring.cost_per_lead_text)
        self.assertIn("(n = 5)", self.plan_spring.cost_per_lead_text)
        self.assertIn("600", self.plan_spring.cost_per_won_text)
        self.assertEqual(self.plan_b.cost_per_won_text, "no data")

    def test_opened_leads_are_those_counted(self):
        for plan in self.plans:
            action = plan.action_open_leads()
            found = self.env["crm.lead"].with_context(active_test=False).search(action["domain"])
            self.assertEqual(len(found), plan.lead_count, plan.display_name)

    def test_cost_per_lead_of_a_group_is_a_ratio_of_sums(self):
        plans = self.plan_spring | self.plan_autumn
        ((leads, won),) = self.env["crm.campaign.report"]._read_group(
            [("id", "in", plans.ids)], [], ["cost_per_lead:avg", "cost_per_won:avg"]
        )
        self.assertAlmostEqual(float(leads), 700 / 6)  # the mean of 120 and 100 would be 110
        self.assertAlmostEqual(float(won), 700 / 2)

    def test_campaign_without_cost_is_in_neither_sum(self):
        self.plan_autumn.cost_amount = 0
        plans = self.plan_spring | self.plan_autumn
        ((leads,),) = self.env["crm.campaign.report"]._read_group(
            [("id", "in", plans.ids)], [], ["cost_per_lead:avg"]
        )
        self.assertAlmostEqual(float(leads), 600 / 5)
        self.assertEqual(self.plan_autumn.cost_per_lead_text, "no data")
        ((leads,),) = self.env["crm.campaign.report"]._read_group(
            [("id", "=", self.plan_autumn.id)], [], ["cost_per_lead:avg"]
        )
        self.assertFalse(leads)

    def test_revenue_says_no_data_until_an_addon_knows_it(self):
        facts = type(self.env["crm.facts"])
        if self.env["crm.facts"]._revenue_by_campaign(self.company_a, []) != {}:
            self.assertIn("No data", self.plan_spring.revenue_text)
        asked = []

        def revenue(model, company, campaign_ids):
            asked.append((company, set(campaign_ids)))
            return {self.spring.id: Decimal("1234.5")}

        plans = self.plan_spring | self.plan_autumn
        plans.invalidate_recordset(["revenue_text"])
        with patch.object(facts, "_revenue_by_campaign", revenue):
            self.assertIn("1,234.50", self.plan_spring.revenue_text)
            self.assertIn("No data", self.plan_autumn.revenue_text)
        self.assertIn((self.company_a, set((self.spring | self.autumn).ids)), asked)

    def test_campaign_ends_after_it_begins(self):
        with self.assertRaisesRegex(ValidationError, "no first one"):
            self.plan_spring.date_to = "2026-05-01"

    @mute_logger("odoo.sql_db")
    def test_a_company_plans_a_campaign_once(self):
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self.plan_spring.copy({"segment_id": self.segment_de.id})

    def test_only_strategy_plans_and_no_company_sees_the_other(self):
        with self.assertRaises(AccessError):
            self.plan_spring.with_user(self.user_a).cost_amount = 1
        self.assertEqual(self.plan_spring.with_user(self.user_a).lead_count, 5)
        found = self.env["crm.campaign.report"].with_user(self.user_b).search([])
        self.assertEqual(found.mapped("campaign_plan_id"), self.plan_b)
        self.assertEqual(found.cost_amount, 50)
