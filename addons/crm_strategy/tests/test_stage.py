from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import GROUP, CrmStrategyCase


@tagged("post_install", "-at_install")
class TestStage(CrmStrategyCase):
    """S002-2.2.2: leaving a stage without evidence is shown and never refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.stage.criterion"].search([]).active = False
        cls.first, cls.second, cls.third = cls.env["crm.stage"].create(
            [{"name": name, "sequence": place} for place, name in enumerate("ABC", 900)]
        )
        cls.visit_type = cls.env["mail.activity.type"].create({"name": "Go there"})
        field = cls.env["ir.model.fields"]._get("crm.lead", "expected_revenue")
        cls.said, cls.amount, cls.seen = cls.env["crm.stage.criterion"].create(
            [
                {"name": "Need is written", "stage_id": cls.first.id},
                {
                    "name": "Amount is known",
                    "stage_id": cls.first.id,
                    "kind": "field",
                    "field_id": field.id,
                },
                {
                    "name": "We were there",
                    "stage_id": cls.second.id,
                    "kind": "activity",
                    "activity_type_id": cls.visit_type.id,
                },
            ]
        )
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Oven",
                "type": "opportunity",
                "partner_id": cls.bakery.id,
                "company_id": cls.company_a.id,
                "user_id": cls.user_a.id,
                "stage_id": cls.first.id,
            }
        )

    def _exits(self, user=None):
        return (
            self.env["crm.stage.exit"]
            .with_user(user or self.user_a)
            .search([("lead_id", "=", self.lead.id)])
        )

    def test_an_opportunity_without_evidence_moves_on_and_leaves_a_sign(self):
        lead = self.lead.with_user(self.user_a)
        self.assertEqual(lead.crm_stage_todo, "Need is written, Amount is known")
        lead.stage_id = self.second
        self.assertEqual(lead.stage_id, self.second)
        self.assertEqual(self._exits().criterion_id, self.said | self.amount)
        self.assertEqual(self._exits()[:1].user_id, self.user_a)
        lead.invalidate_recordset()
        self.assertEqual(lead.crm_stage_missed, "Need is written, Amount is known")
        self.assertEqual(lead.crm_stage_todo, "We were there")

    def test_what_is_proven_leaves_no_sign(self):
        lead = self.lead.with_user(self.user_a)
        lead.expected_revenue = 100
        self.env["crm.stage.evidence"].with_user(self.user_a).create(
            {"lead_id": lead.id, "criterion_id": self.said.id, "note": "Mail of 3 March"}
        )
        lead.stage_id = self.second
        self.assertFalse(self._exits())
        activity = lead.activity_schedule(
            activity_type_id=self.visit_type.id, user_id=self.user_a.id
        )
        activity.action_feedback()
        lead.stage_id = self.third
        self.assertFalse(self._exits())
        self.assertFalse(lead.crm_stage_missed)

    def test_evidence_that_comes_later_makes_up_for_it(self):
        lead = self.lead.with_user(self.user_a)
        lead.stage_id = self.second
        lead.expected_revenue = 100
        lead.invalidate_recordset()
        self.assertEqual(lead.crm_stage_missed, "Need is written")
        made_up = {row.criterion_id.name: row.is_made_up for row in self._exits()}
        self.assertEqual(made_up, {"Need is written": False, "Amount is known": True})

    def test_going_back_and_leaving_again_counts_once(self):
        lead = self.lead.with_user(self.user_a)
        lead.stage_id = self.second
        lead.stage_id = self.first
        lead.stage_id = self.second
        self.assertEqual(len(self._exits()), 2)

    def test_signs_are_read_by_owner_team_and_manager(self):
        self.lead.stage_id = self.second
        stranger = self._create_user("stranger", self.company_a, GROUP + "user")
        self.lead.team_id.user_id = self.leader_a
        for user, count in (
            (self.user_a, 2),
            (stranger, 0),
            (self.manager_a, 2),
            (self.user_b, 0),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(len(self._exits(user)), count)
        with self.assertRaises(AccessError):
            self._exits(self.manager_a).unlink()

    def test_merged_leads_keep_one_evidence_per_criterion(self):
        other = self.lead.copy({"partner_id": self.bakery.id})
        Evidence = self.env["crm.stage.evidence"]
        Evidence.create(
            [{"lead_id": lead.id, "criterion_id": self.said.id} for lead in (self.lead, other)]
        )
        merged = (self.lead | other).merge_opportunity()
        self.assertEqual(len(Evidence.search([("lead_id", "=", merged.id)])), 1)
