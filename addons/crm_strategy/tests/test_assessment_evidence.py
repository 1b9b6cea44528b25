from datetime import date, timedelta
from decimal import Decimal

from odoo import fields
from odoo.tests import tagged

from ..core.value import UNDEFINED
from .test_assessment import AssessmentCase


@tagged("post_install", "-at_install")
class TestEvidence(AssessmentCase):
    """Each figure beside a score, counted by hand in the small world of company A.

    Company B has a row of each kind, which must count nowhere.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.day = fields.Date.context_today(cls.env["crm.assessment"])
        cls.assessment = cls._assess(cls.day)
        cls._assign()

    def _evidence(self, code, assessment=None):
        self.env.flush_all()
        Evidence = self.env["crm.assessment.evidence"].with_user(self.user_a)
        return Evidence._evidence(code, assessment or self.assessment)

    # segments and customers

    def test_segments_with_a_team(self):
        self.team_de.active = False
        found = self._evidence("segments_with_team")
        self.assertEqual(found.value, Decimal("0.5"))
        self.assertIn("1 of 2 segments", found.text)

    def test_customers_in_a_segment(self):
        """Bakery, brewery and clinic are; the diver is not."""
        self.assertEqual(self._evidence("customers_segmented").value, Decimal("0.75"))

    def test_customers_decided(self):
        """One of four has a decision."""
        self._customer(self.bakery).write({"decision": "keep", "decision_reason": "Pays well"})
        found = self._evidence("customers_decided")
        self.assertEqual((found.value, found.warns), (Decimal("0.25"), True))

    def test_key_data_of_a_segment_and_customers_found_twice(self):
        """The mean of the customers' own shares; bakery and brewery share an e-mail."""
        (self.bakery + self.brewery).email = "office@example.com"
        customers = self._customer(self.bakery) + self._customer(self.brewery)
        found = self._evidence("identify", self._of(self.segment_be))
        mean = sum(customers.mapped("completeness_rate")) / 2
        self.assertAlmostEqual(float(found.value), mean, places=3)
        self.assertIn("2 customers", found.text)
        self.assertIn("2 may be there twice", found.text)

    def _of(self, segment):
        return self.env["crm.assessment"].create(
            {
                "set_id": self.of_segment.id,
                "company_id": self.company_a.id,
                "segment_id": segment.id,
                "date": self.day,
            }
        )

    def test_contacts_kept_as_planned(self):
        """Of three that were due: one done in time, one done late, one never; one lies ahead."""
        lead = self.env["crm.lead"].create(
            {
                "name": "Ovens",
                "type": "opportunity",
                "partner_id": self.brewery.id,
                "company_id": self.company_a.id,
            }
        )
        plan = (
            (self.bakery, -5, -6),
            (lead, -5, -2),
            (self.brewery, -5, None),
            (self.bakery, 5, None),
            (self.clinic, -5, -6),  # of another segment
        )
        for record, due, done in plan:
            activity = self.env["mail.activity"].create(
                {
                    "res_model_id": self.env["ir.model"]._get_id(record._name),
                    "res_id": record.id,
                    "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                    "user_id": self.env.uid,
                    "date_deadline": self.day + timedelta(days=due),
                }
            )
            if done is not None:
                activity.active = False
                activity.flush_recordset()
                self.env.cr.execute(
                    "UPDATE mail_activity SET date_done = %s WHERE id = %s",
                    (self.day + timedelta(days=done), activity.id),
                )
        self.env.invalidate_all()
        found = self._evidence("interact", self._of(self.segment_be))
        self.assertEqual(found.value, Decimal(1) / 3)
        self.assertIn("1 of 3", found.text)

    def test_without_a_planned_contact_there_is_no_data(self):
        found = self._evidence("interact", self._of(self.segment_be))
        self.assertIs(found.value, UNDEFINED)
        self.assertIn("No data", found.text)

    # people and tools

    def test_roles_filled_by_trained_people(self):
        """Three roles: one filled by somebody trained, one untrained, one open."""
        role = self.env["crm.team.role"].create(
            {"name": "Advisor", "code": "advisor_of_ours", "needs_training": True}
        )
        seat = {"team_id": self.team_be.id, "role_id": role.id}
        self.env["crm.team.seat"].create(
            [
                {**seat, "user_id": self.user_a.id, "trained_on": date(2026, 1, 5)},
                {**seat, "user_id": self.leader_a.id},
                seat,
                {"team_id": self.team_b.id, "role_id": role.id},
            ]
        )
        found = self._evidence("people_trained")
        self.assertEqual(found.value, Decimal(1) / 3)
        self.assertIn("Of 3 roles in teams 2 are filled, 1 by somebody trained", found.text)
        others = self._evidence("whole_business")
        self.assertIn("2 people", others.text)

    def test_active_users_and_overdue_activities(self):
        """One of two members logged in; two of three open activities are overdue."""
        self.team_be.member_ids = self.user_a
        self.env.cr.execute(
            "INSERT INTO res_users_log (create_uid, create_date) VALUES (%s, %s), (%s, %s)",
            (
                self.user_a.id,
                fields.Datetime.now(),
                self.leader_a.id,
                fields.Datetime.now() - timedelta(days=40),
            ),
        )
        for days in (-2, -1, 3):
            self.bakery.activity_schedule(
                "mail.mail_activity_data_call",
                self.day + timedelta(days=days),
                user_id=self.user_a.id,
            )
        found = self._evidence("tools_mastered")
        self.assertEqual((found.value, found.warns), (Decimal("0.5"), True))
        self.assertIn("1 of 2 team members", found.text)
        self.assertIn("2 of 3 open activities", found.text)

    # competitors

    def test_competitors_with_an_advantage_and_won_and_lost(self):
        """Rival: one won, two lost; Upstart without an advantage; one deal long ago."""
        rival, _upstart, rival_b = self.env["crm.competitor"].create(
            [
                {"name": "Rival", "company_id": self.company_a.id},
                {"name": "Upstart", "company_id": self.company_a.id},
                {"name": "Rival", "company_id": self.company_b.id},
            ]
        )
        area = self.env["crm.competition.area"].search([], limit=1)
        for competitor in (rival, rival_b):
            self.env["crm.competitor.advantage"].create(
                {
                    "competitor_id": competitor.id,
                    "name": "Delivers in a day",
                    "area_id": area.id,
                    "source": "A price list",
                }
            )
        won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        deals = [(True, 10), (False, 10), (False, 20), (False, 800)]
        for is_won, ago in deals:
            lead = self.env["crm.lead"].create(
                {
                    "name": "Deal",
                    "type": "opportunity",
                    "company_id": self.company_a.id,
                    "crm_competitor_id": rival.id,
                    **({"stage_id": won.id} if is_won else {"active": False, "probability": 0}),
                }
            )
            lead.flush_recordset()
            self.env.cr.execute(
                "UPDATE crm_lead SET date_closed = %s WHERE id = %s",
                (fields.Datetime.now() - timedelta(days=ago), lead.id),
            )
        self.env.invalidate_all()
        found = self._evidence("align_competitors")
        self.assertEqual(found.value, Decimal("0.5"))
        self.assertIn("Rival 1 won, 2 lost", found.text)
        self.assertEqual(
            self.env[found.model].search(list(found.domain)).mapped("name"), ["Rival", "Upstart"]
        )

    def test_responses_done_and_open(self):
        rival, rival_b = self.env["crm.competitor"].create(
            [
                {"name": "Rival", "company_id": company.id}
                for company in (self.company_a, self.company_b)
            ]
        )
        for competitor, state, due in (
            (rival, "done", -9),
            (rival, "open", -1),
            (rival, "open", 9),
            (rival, "open", 9),
            (rival_b, "done", 9),
        ):
            self.env["crm.competitor.response"].create(
                {
                    "name": "Answer",
                    "competitor_id": competitor.id,
                    "state": state,
                    "user_id": False,
                    "date_deadline": self.day + timedelta(days=due),
                }
            )
        found = self._evidence("align_pressure")
        self.assertEqual((found.value, found.warns), (Decimal("0.25"), True))
        self.assertIn("1 responses to competitors are done, 3 are open, 1 of them", found.text)

    def test_buying_criteria_and_decision_roles(self):
        """One of two segments has criteria; one of two named contacts has a role."""
        plan = self.env["crm.segment.plan"].search([("segment_id", "=", self.segment_be.id)])
        plan = plan or self.env["crm.segment.plan"].create({"segment_id": self.segment_be.id})
        self.env["crm.buying.criterion"].create({"plan_id": plan.id, "name": "Price"})
        roles = self.env["res.partner"]._fields["crm_decision_role"].get_values(self.env)
        self.env["res.partner"].create(
            [
                {"name": "Anna", "parent_id": self.bakery.id, "crm_decision_role": roles[0]},
                {"name": "Bert", "parent_id": self.clinic.id},
                {"name": "Carl", "parent_id": self.mill.id, "crm_decision_role": roles[0]},
            ]
        )
        found = self._evidence("align_buying")
        self.assertEqual(found.value, Decimal("0.5"))
        self.assertIn("1 of 2 segments", found.text)
        self.assertIn("1 of 2 named", found.text)

    # hooks

    def test_offers_are_no_data_until_an_addon_knows_them(self):
        found = self._evidence("align_offer")
        self.assertEqual(found.text, self.env["crm.facts"]._why_no_data())

    def test_offers_that_trace_to_a_need(self):
        """Two of three of one customer and one of five of another: three of eight."""
        Facts = type(self.env["crm.facts"])
        answer = {self._customer(self.bakery).id: (2, 3), self._customer(self.clinic).id: (1, 5)}
        self.patch(Facts, "_offers_traced", lambda model, company, period: answer)
        self.assertEqual(self._evidence("align_offer").value, Decimal("0.375"))

    # principles

    def test_findings_answered_of_all_confirmed_assessments(self):
        """Three findings in two confirmed assessments, one done; drafts do not count."""
        first = self._assess(date(2025, 3, 2), team=1, training=2, clean=5, confirm=True)
        self._assess(date(2026, 3, 2), team=1, clean=5, confirm=True)
        self._assess(date(2026, 3, 3), team=1)
        self._answer(first, "team").write({"action": "Hire somebody", "is_done": True})
        found = self._evidence("findings_answered")
        self.assertEqual(found.value, Decimal(1) / 3)
        self.assertEqual(len(self.env[found.model].search(list(found.domain))), 3)

    def test_data_health_is_the_share_of_checks_in_order(self):
        checks = [
            check
            for check in self.env["crm.health"]
            .with_context(allowed_company_ids=self.company_a.ids)
            ._health_checks()
            if check and check.state != "nothing"
        ]
        good = sum(check.state == "good" for check in checks)
        self.assertEqual(self._evidence("data_health").value, Decimal(good) / len(checks))

    # keeping

    def test_evidence_is_kept_as_of_the_confirmation(self):
        asked = self.env["crm.assessment.set"]._for_company(self.company_a, "stages")
        found = self._assess(self.day, questionnaire=asked, understand=3)
        answer = self._answer(found, "understand")
        self.assertIn("3 of 4 customers", answer.fact)
        found.action_confirm()
        self.assertEqual((answer.kept_fact, answer.has_evidence), (answer.fact, True))
        self._customer(self.diver).segment_id = self.segment_be
        self.env.invalidate_all()
        self.assertIn("3 of 4 customers", answer.fact)
        found.action_reopen()
        answer.invalidate_recordset(["fact"])
        self.assertIn("4 of 4 customers", answer.fact)

    def test_the_records_behind_a_figure_open(self):
        asked = self.env["crm.assessment.set"]._for_company(self.company_a, "stages")
        found = self._assess(self.day, questionnaire=asked)
        action = self._as(self.user_a, self._answer(found, "understand")).action_open_evidence()
        self.assertEqual(action["res_model"], "crm.customer")
        self.assertEqual(len(self.env["crm.customer"].search(action["domain"])), 4)

    def test_every_question_has_an_answer_or_the_reason_why_not(self):
        """No evidence fails on a company that has nothing yet."""
        empty = self.env["res.company"].create({"name": "Empty"})
        probe = self.env["crm.assessment"].new({"company_id": empty.id})
        codes = set(self.env["crm.assessment.question"].search([]).mapped("evidence_code")) - {
            False
        }
        for code in sorted(codes):
            with self.subTest(code):
                self.assertTrue(self.env["crm.assessment.evidence"]._evidence(code, probe).text)
