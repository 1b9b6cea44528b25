from collections import Counter
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import CrmStrategyCase


@tagged("post_install", "-at_install")
class TestCompetitor(CrmStrategyCase):
    """Who else the customers could buy from: noted by salespeople, judged by outcomes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead"].search([]).crm_competitor_id = False
        cls.price = cls.env.ref("crm_strategy.crm_competition_area_price")
        cls.delivery = cls.env.ref("crm_strategy.crm_competition_area_delivery")
        cls.rival, cls.upstart = (
            cls.env["crm.competitor"]
            .with_user(cls.user_a)
            .create(
                [
                    {"name": "Rival", "segment_ids": [(6, 0, cls.segment_be.ids)]},
                    {"name": "Upstart"},
                ]
            )
        )
        cls.rival_b = cls.env["crm.competitor"].create(
            {"name": "Rival", "company_id": cls.company_b.id}
        )
        won = cls.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        outcomes = (
            # competitor, outcome, amount
            (cls.rival, "won", 100),
            (cls.rival, "lost", 70),
            (cls.rival, "lost", 30),
            (cls.rival, "open", 500),
            (cls.upstart, "lost", 20),
            (cls.upstart, "open", 900),
            (cls.env["crm.competitor"], "lost", 999),
        )
        cls.leads = cls.env["crm.lead"].create(
            [
                {
                    "name": f"Deal {number}",
                    "type": "opportunity",
                    "company_id": cls.company_a.id,
                    "partner_id": (cls.bakery, cls.clinic)[number % 2].id,
                    "user_id": (cls.user_a, cls.leader_a)[number % 3 == 0].id,
                    "expected_revenue": amount,
                    "crm_competitor_id": competitor.id,
                    **({"stage_id": won.id, "probability": 100} if outcome == "won" else {}),
                    **({"active": False, "probability": 0} if outcome == "lost" else {}),
                }
                for number, (competitor, outcome, amount) in enumerate(outcomes)
            ]
        )
        cls.lead_b = cls.env["crm.lead"].create(
            {
                "name": "Deal of the valley",
                "type": "opportunity",
                "company_id": cls.company_b.id,
                "user_id": cls.user_b.id,
                "crm_competitor_id": cls.rival_b.id,
                "active": False,
                "probability": 0,
                "expected_revenue": 10,
            }
        )

    # won and lost

    def test_report_equals_a_loop_over_the_leads(self):
        won, lost, amount = Counter(), Counter(), Counter()
        for lead in self.leads | self.lead_b:
            if lead.crm_competitor_id:
                won[lead.crm_competitor_id] += lead.won_status == "won"
                lost[lead.crm_competitor_id] += lead.won_status == "lost"
                amount[lead.crm_competitor_id] += (
                    lead.expected_revenue if lead.won_status == "lost" else 0
                )
        groups = self.env["crm.competitor.report"]._read_group(
            [("competitor_id", "in", (self.rival | self.upstart | self.rival_b).ids)],
            ["competitor_id"],
            ["won_count:sum", "lost_count:sum", "lost_amount:sum", "win_rate:avg"],
        )
        self.assertEqual(
            {line[0]: line[1:4] for line in groups},
            {key: (won[key], lost[key], amount[key]) for key in won},
        )
        self.assertEqual((won[self.rival], lost[self.rival]), (1, 2))
        self.assertAlmostEqual({line[0]: line[4] for line in groups}[self.rival], 1 / 3)

    def test_win_rate_of_a_group_is_a_ratio_of_sums(self):
        both = [("competitor_id", "in", (self.rival | self.upstart).ids)]
        report = self.env["crm.competitor.report"]
        ((rate,),) = report._read_group(both, [], ["win_rate:avg"])
        self.assertAlmostEqual(rate, 1 / 4)  # the mean of 1/3 and 0 would be 1/6
        undecided = [*both, ("outcome", "=", "pending")]
        ((rate,),) = report._read_group(undecided, [], ["win_rate:avg"])
        self.assertFalse(rate, "nothing is decided: no figure")

    def test_competitor_counts_what_the_report_counts(self):
        manager = self.rival.with_user(self.manager_a)
        self.assertEqual((manager.won_count, manager.lost_count), (1, 2))
        self.assertEqual(manager.win_rate_text, "33 % of 3")
        fresh = self.env["crm.competitor"].with_user(self.user_a).create({"name": "Fresh"})
        self.assertEqual(fresh.win_rate_text, "no data")

    def test_segment_of_the_report_is_the_customers_segment_today(self):
        self._assign()
        rows = self.env["crm.competitor.report"].search([("company_id", "=", self.company_a.id)])
        self.assertEqual(
            {row.lead_id: row.segment_id for row in rows},
            {
                lead: self._customer(lead.partner_id).segment_id
                for lead in self.leads
                if lead.crm_competitor_id
            },
        )

    def test_each_role_sees_the_opportunities_it_may_see(self):
        named = self.leads.filtered("crm_competitor_id")
        own = named.filtered(lambda lead: lead.user_id == self.user_a)
        self.assertTrue(own and own != named)
        report = self.env["crm.competitor.report"]
        self.assertEqual(report.with_user(self.user_a).search([]).lead_id, own)
        for user in (self.manager_a, self.finance_a):
            found = report.with_user(user).with_context(active_test=False).search([])
            self.assertEqual(set(found.mapped("lead_id.id")), set(named.ids), user.login)
        self.assertEqual(len(report.with_user(self.user_b).search([])), 1)

    # losing

    def test_lost_wizard_names_the_competitor(self):
        lead = self.leads[3].with_user(self.user_a)
        lead.sudo().user_id = self.user_a
        wizard = Form(
            self.env["crm.lead.lost"].with_user(self.user_a).with_context(default_lead_ids=lead.ids)
        )
        wizard.crm_competitor_id = self.upstart.with_user(self.user_a)
        wizard.save().action_lost_reason_apply()
        self.assertEqual(lead.crm_competitor_id, self.upstart)
        self.assertEqual(lead.won_status, "lost")

    def test_lost_wizard_left_empty_keeps_the_competitor_noted_before(self):
        lead = self.leads[3]
        self.env["crm.lead.lost"].create({"lead_ids": lead.ids}).action_lost_reason_apply()
        self.assertEqual(lead.crm_competitor_id, self.rival)

    def test_salesman_without_a_role_loses_a_deal_as_before(self):
        lead = self.env["crm.lead"].create(
            {"name": "Plain", "type": "opportunity", "user_id": self.salesman_a.id}
        )
        wizard = self.env["crm.lead.lost"].with_user(self.salesman_a)
        self.assertNotIn("crm_competitor_id", wizard.fields_get())
        wizard.create({"lead_ids": lead.ids}).action_lost_reason_apply()
        self.assertEqual(lead.won_status, "lost")

    def test_competitor_of_another_company_is_refused_on_a_lead(self):
        with self.assertRaisesRegex(ValidationError, "competitor of another"):
            self.leads[0].crm_competitor_id = self.rival_b

    def test_merged_leads_keep_a_competitor(self):
        plain = self.env["crm.lead"].create(
            {
                "name": "Twin",
                "type": "opportunity",
                "company_id": self.company_a.id,
                "partner_id": self.bakery.id,
                "probability": 90,
            }
        )
        merged = (plain | self.leads[3]).merge_opportunity()
        self.assertEqual(merged.crm_competitor_id, self.rival)

    # pressure

    def test_responses_are_counted_open_closed_and_overdue(self):
        today = fields.Date.today()
        responses = (
            self.env["crm.competitor.response"]
            .with_user(self.user_a)
            .create(
                [
                    {
                        "name": name,
                        "competitor_id": self.rival.id,
                        "date_deadline": today + timedelta(days=days),
                    }
                    for name, days in (("late", -1), ("today", 0), ("ahead", 9), ("past", -9))
                ]
            )
        )
        responses[3].action_done()
        self.assertRecordValues(
            self.rival,
            [
                {
                    "response_open_count": 3,
                    "response_closed_count": 1,
                    "response_overdue_count": 1,
                }
            ],
        )
        self.assertEqual(responses.mapped("is_overdue"), [True, False, False, False])
        overdue = responses.search([("is_overdue", "=", True), ("id", "in", responses.ids)])
        self.assertEqual(overdue, responses[0])
        rest = responses.search([("is_overdue", "=", False), ("id", "in", responses.ids)])
        self.assertEqual(rest, responses - overdue)
        self.assertEqual(responses[3].done_on, today)
        responses[3].action_reopen()
        self.assertFalse(responses[3].done_on)
        with self.assertRaises(AccessError):
            responses[3].done_on = today

    # who

    def test_salesperson_notes_and_does_not_delete_and_finance_reads(self):
        line = {
            "competitor_id": self.rival.id,
            "name": "Cheaper by a tenth",
            "area_id": self.price.id,
            "source": "Their price list",
        }
        advantage = self.env["crm.competitor.advantage"].with_user(self.user_a).create(line)
        advantage.is_valid = False
        with self.assertRaises(AccessError):
            advantage.unlink()
        reader = advantage.with_user(self.finance_a)
        self.assertEqual(reader.name, "Cheaper by a tenth")
        with self.assertRaises(AccessError):
            reader.name = "Dearer"
        advantage.with_user(self.manager_a).unlink()

    def test_competitors_of_another_company_do_not_exist(self):
        theirs = self.env["crm.competitor"].with_user(self.user_b)
        self.assertEqual(theirs.search([]), self.rival_b)
        with self.assertRaises(AccessError):
            self.rival.with_user(self.user_b).name  # noqa: B018

    @mute_logger("odoo.sql_db")
    def test_name_is_used_once_per_company(self):
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self.env["crm.competitor"].with_user(self.user_a).create({"name": "RIVAL"})
        self.rival.active = False
        self.rival.flush_recordset()
        self.env["crm.competitor"].with_user(self.user_a).create({"name": "RIVAL"})

    def test_competitor_named_on_a_lead_is_archived_not_deleted(self):
        with self.assertRaisesRegex(UserError, "Archive the competitor"):
            self.rival.with_user(self.manager_a).unlink()

    def test_merged_contact_takes_the_competitor_along(self):
        twin = self.env["res.partner"].create({"name": "Rival Ltd", "is_company": True})
        self.rival.partner_id = twin
        kept = self.env["res.partner"].create({"name": "Rival Limited", "is_company": True})
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((twin | kept).ids, kept)
        self.assertEqual(self.rival.partner_id, kept)
