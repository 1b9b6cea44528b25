from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_programme import ProgrammeCase

SIGNS = 8


@tagged("post_install", "-at_install")
class TestProgramme(ProgrammeCase):
    """Thirteen steps in order: each starts when the one before is done, and says why not."""

    # laying out

    def test_company_steps_come_once_and_segment_steps_per_segment(self):
        definitions = self.env["crm.process.step"].search([])
        company = definitions.filtered(lambda step: step.scope == "company")
        per_segment = definitions - company
        self.assertEqual(len(definitions), 13)
        # Company A has two segments, Belgium and Germany.
        self.assertEqual(len(self.strategy.step_ids), len(company) + 2 * len(per_segment))
        self.assertEqual(self.strategy.step_ids.segment_id, self.segment_be | self.segment_de)
        self.assertEqual(self.strategy.step_ids.company_id, self.company_a)

    def test_new_segment_gets_its_steps_and_an_archived_one_takes_them_along(self):
        before = len(self.strategy.step_ids)
        segment = (
            self.env["crm.segment"]
            .with_user(self.manager_a)
            .create({"name": "France", "company_id": self.company_a.id})
        )
        mine = self.strategy.step_ids.filtered(lambda step: step.segment_id == segment)
        self.assertEqual(len(mine), 10)
        mine[0].user_id = self.user_a
        segment.active = False
        self.strategy.invalidate_recordset()
        self.assertEqual(len(self.strategy.step_ids), before)
        # It comes back with what was noted.
        segment.active = True
        self.strategy.invalidate_recordset()
        self.assertEqual(len(self.strategy.step_ids), before + 10)
        self.assertEqual(mine[0].user_id, self.user_a)

    def test_segment_of_another_company_changes_nothing(self):
        before = self.strategy.step_ids
        self.env["crm.segment"].create({"name": "Elsewhere", "company_id": self.company_b.id})
        self.strategy.invalidate_recordset()
        self.assertEqual(self.strategy.step_ids, before)

    def test_step_changed_to_the_company_is_done_once(self):
        definition = self.env.ref("crm_strategy.crm_process_step_05")
        definition.with_user(self.manager_a).scope = "company"
        self.strategy.invalidate_recordset()
        steps = self.strategy.step_ids.filtered(lambda step: step.step_id == definition)
        self.assertEqual(len(steps), 1)
        self.assertFalse(steps.segment_id)

    def test_laying_out_again_changes_nothing(self):
        before = {
            name: self.strategy[name]
            for name in ("step_ids", "phase_ids", "risk_ids", "market_ids")
        }
        self.env["crm.strategy"]._refresh_programmes()
        self.strategy.invalidate_recordset()
        for name, rows in before.items():
            self.assertEqual(self.strategy[name], rows, name)

    # the gate

    def test_step_waits_for_the_one_before_in_words(self):
        first, second = self._step("positioning"), self._step("offer")
        self.assertFalse(first.gate_reason)
        self.assertIn("1. Position the company” is not done and nobody has it", second.gate_reason)
        first.write({"user_id": self.user_a.id, "date_due": date(2026, 3, 1)})
        second.invalidate_recordset()
        self.assertRegex(second.gate_reason, "not done; .* has it, due .*2026")
        with self.assertRaisesRegex(UserError, "has to wait"):
            second.with_user(self.manager_a).action_start()
        self._finish(first)
        second.invalidate_recordset()
        self.assertFalse(second.gate_reason)
        second.with_user(self.manager_a).action_start()
        self.assertEqual(second.state, "doing")

    def test_segment_step_waits_for_its_own_segment_only(self):
        self._finish(*(self._step(code) for code in ("positioning", "offer", "segmentation")))
        self._finish(self._step("business_model", self.segment_be))
        belgian = self._step("characteristics", self.segment_be)
        german = self._step("characteristics", self.segment_de)
        self.assertFalse(belgian.gate_reason)
        self.assertIn("Germany", german.gate_reason)
        self.assertNotIn("Belgium", german.gate_reason)

    def test_campaign_waits_for_the_approved_strategy(self):
        campaign = self._step("campaign", self.segment_be)
        self.assertIn("The strategy is not approved.", campaign.gate_reason)
        self.strategy.action_approve()
        campaign.invalidate_recordset()
        self.assertNotIn("The strategy is not approved.", campaign.gate_reason)

    def test_step_without_owner_and_evidence_is_not_finished(self):
        step = self._step("positioning").with_user(self.manager_a)
        step.action_start()
        self.assertEqual(len(step.gate_reason.splitlines()), 2)
        with self.assertRaisesRegex(UserError, "Nobody owns(.|\n)*Nothing proves"):
            step.action_done()
        step.write({"user_id": self.user_a.id, "evidence_url": "https://example.com/1"})
        step.action_done()
        self.assertRecordValues(step, [{"state": "done", "done_on": fields.Date.today()}])
        step.action_reopen()
        self.assertRecordValues(step, [{"state": "doing", "done_on": False}])

    def test_document_record_and_link_are_evidence(self):
        step = self._step("positioning")
        step.message_post(body="Signed", attachments=[("position.txt", b"We are near.")])
        step.invalidate_recordset()
        self.assertEqual(step.evidence, "1 document")
        step.write(
            {
                "evidence_ref": f"crm.segment,{self.segment_be.id}",
                "evidence_url": "https://example.com/1",
            }
        )
        self.assertEqual(step.evidence, "1 document, Belgium, https://example.com/1")
        action = step.action_open_evidence()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("crm.segment", self.segment_be.id)
        )

    def test_evidence_does_not_name_what_the_reader_may_not_know_of(self):
        hidden = self.env["crm.segment"].create(
            {"name": "Harbours of B", "company_id": self.company_b.id}
        )
        step = self._step("segmentation")
        step.evidence_ref = hidden
        seen = step.with_user(self.manager_a).with_context(lang="en_US").evidence
        self.assertTrue(seen)
        self.assertNotIn("Harbours", seen)

    def test_segmentation_is_not_finished_while_customers_are_unassigned(self):
        self.env["crm.segment"]._assign(self.company_a)
        step = self._step("segmentation")
        step.sudo().write({"state": "doing", "user_id": self.user_a.id, "evidence_url": "x"})
        unassigned = self.env["crm.customer"].search(
            [("company_id", "=", self.company_a.id), ("segment_id", "=", False)]
        )
        self.assertTrue(unassigned)
        self.assertIn(f"without a segment: {len(unassigned)}.", step.gate_reason)
        unassigned.segment_id = self.segment_be
        step.invalidate_recordset()
        self.assertFalse(step.gate_reason)

    # people

    def test_owner_moves_the_own_step_and_edits_nothing(self):
        step = self._step("positioning")
        step.user_id = self.user_a
        mine = step.with_user(self.user_a)
        mine.action_start()
        self.assertEqual(step.state, "doing")
        with self.assertRaises(AccessError):
            mine.date_due = date(2026, 5, 1)
        with self.assertRaises(AccessError):
            step.with_user(self.leader_a).action_done()
        with self.assertRaises(AccessError):
            step.with_user(self.manager_a).state = "done"

    def test_owner_proves_the_step_with_a_file_in_the_chatter(self):
        step = self._step("positioning")
        step.user_id = self.user_a
        mine = step.with_user(self.user_a)
        mine.action_start()
        mine.message_post(body="Done", attachments=[("a.txt", b"a")])
        mine.invalidate_recordset()
        mine.action_done()
        self.assertEqual(step.state, "done")

    def test_review_date_plans_one_activity_of_the_owner(self):
        step = self._step("positioning").with_user(self.manager_a)
        step.write({"user_id": self.user_a.id, "review_date": date(2026, 9, 1)})
        self.assertRecordValues(
            step.activity_ids, [{"user_id": self.user_a.id, "date_deadline": date(2026, 9, 1)}]
        )
        step.write({"user_id": self.leader_a.id, "review_date": date(2026, 10, 1)})
        self.assertRecordValues(
            step.activity_ids, [{"user_id": self.leader_a.id, "date_deadline": date(2026, 10, 1)}]
        )
        step.review_date = False
        self.assertFalse(step.activity_ids)

    def test_overdue_steps_are_found(self):
        step, other = self._step("positioning"), self._step("offer")
        yesterday = fields.Date.context_today(step) - timedelta(days=1)
        step.date_due = other.date_due = yesterday
        self._finish(other)
        self.assertTrue(step.is_overdue)
        self.assertFalse(other.is_overdue)
        overdue = self.env["crm.strategy.step"].search(
            [("strategy_id", "=", self.strategy.id), ("is_overdue", "=", True)]
        )
        self.assertEqual(overdue, step)
        self.assertEqual(self.strategy.step_overdue_count, 1)
        self.assertEqual(self.strategy.step_done_count, 1)
        self.assertEqual(self.strategy.step_progress, f"1 of {len(self.strategy.step_ids)}")

    def test_health_page_names_overdue_steps_and_companies_without_strategy(self):
        step = self._step("positioning")
        step.date_due = fields.Date.context_today(step) - timedelta(days=1)
        health = self.env["crm.health"].with_user(self.manager_a).with_company(self.company_a)
        found = {check.code: check for check in health._health_programme()}
        self.assertEqual(found["step_overdue"].count, 1)
        self.assertEqual(found["company_without_strategy"].count, 1)
        today = fields.Date.context_today(step)
        self.strategy.write(
            {"date_from": today - timedelta(days=9), "date_to": today + timedelta(days=9)}
        )
        self.strategy.action_approve()
        found = {check.code: check for check in health._health_programme()}
        self.assertEqual(found["company_without_strategy"].count, 0)


@tagged("post_install", "-at_install")
class TestStrategyRisk(ProgrammeCase):
    """Each failure cause has a sign read from records, with the figures in words."""

    def _risk(self, cause):
        risk = self.strategy.risk_ids.filtered(lambda risk: risk.cause == cause)
        risk.invalidate_recordset()
        return risk.with_user(self.manager_a)

    def assertSign(self, cause, state, text, records=None):
        risk = self._risk(cause)
        self.assertEqual((risk.sign_state, risk.sign_text), (state, text))
        if records is None:
            return
        action = risk.action_open_sign()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), records)

    def test_register_has_the_eight_causes(self):
        self.assertEqual(len(self.strategy.risk_ids), SIGNS)
        for risk in self.strategy.risk_ids:
            with self.subTest(cause=risk.cause):
                self.assertTrue(risk.sign_text)

    def test_technology_before_strategy(self):
        self.assertSign("technology", "alarm", "The strategy is not approved.", self.strategy)
        self.strategy.action_approve()
        self.assertEqual(self._risk("technology").sign_state, "quiet")

    def test_phase_over_six_months_without_a_result(self):
        self.assertEqual(self._risk("promises").sign_state, "no_data")
        today = fields.Date.context_today(self.strategy)
        long, short, done = self.strategy.phase_ids[:3]
        long.date_from = today - timedelta(days=190)
        short.date_from = today - timedelta(days=90)
        done.write({"date_from": today - timedelta(days=400), "result": "All teams are named"})
        self.assertSign(
            "promises", "alarm", "Phases over six months without a result: 1 of 3 with dates.", long
        )
        # A promise of a year is one from its first day.
        short.date_to = today + timedelta(days=200)
        self.assertIn("2 of 3", self._risk("promises").sign_text)
        (long | short).write({"result": "Done"})
        self.assertEqual(self._risk("promises").sign_state, "quiet")

    def test_falling_use_by_the_people_of_the_teams(self):
        team = self.segment_be.team_id
        team.write({"user_id": self.leader_a.id, "member_ids": [(6, 0, self.user_a.ids)]})
        (self.env["crm.team"].search([("company_id", "=", self.company_a.id)]) - team).write(
            {"user_id": False, "member_ids": [(5,)]}
        )
        self.assertEqual(self._risk("barriers").sign_state, "no_data")
        now = fields.Datetime.now()
        for user, days in ((self.user_a, 40), (self.leader_a, 45), (self.leader_a, 3)):
            self.env["mail.message"].create(
                {
                    "author_id": user.partner_id.id,
                    "date": now - timedelta(days=days),
                    "model": "res.partner",
                    "res_id": self.company_a.partner_id.id,
                    "body": "A trace",
                }
            )
        self.assertSign(
            "barriers",
            "alarm",
            "People of the teams who left a trace: 1 of 2 in the last 30 days, "
            "2 in the 30 days before.",
            self.user_a,
        )

    def test_open_training_check(self):
        self.assertEqual(self._risk("understanding").sign_state, "no_data")
        check, held = self.env["crm.strategy.review"].create(
            [
                {
                    "strategy_id": self.strategy.id,
                    "kind": "training",
                    "date_planned": date(2026, 2, day),
                }
                for day in (1, 2)
            ]
        )
        held.date_held = date(2026, 2, 2)
        self.assertSign("understanding", "alarm", "Training checks still open: 1 of 2.", check)
        check.with_user(self.manager_a).action_held()
        self.assertEqual(self._risk("understanding").sign_state, "quiet")

    def test_incomplete_steps(self):
        total = len(self.strategy.step_ids)
        self._finish(self._step("positioning"))
        self.assertSign(
            "planning",
            "alarm",
            f"Steps not done: {total - 1} of {total}; overdue: 0.",
            self.strategy.step_ids - self._step("positioning"),
        )
        self._finish(*self.strategy.step_ids)
        self.assertEqual(self._risk("planning").sign_state, "quiet")

    def test_role_without_a_trained_person(self):
        self.assertEqual(self._risk("skills").sign_state, "no_data")
        role = self.env["crm.team.role"].create(
            {"name": "Fitter", "code": "fitter_test", "needs_training": True}
        )
        seat = self.env["crm.team.seat"].create(
            {"team_id": self.segment_be.team_id.id, "role_id": role.id}
        )
        self.assertSign("skills", "alarm", "Roles without a trained person: Fitter.", seat)
        seat.write({"user_id": self.user_a.id, "trained_on": date(2026, 1, 5)})
        self.assertEqual(self._risk("skills").sign_state, "quiet")

    def test_specifications_of_the_crm_project_that_are_not_met(self):
        analysis = self.env["crm.need.analysis"].create(
            {"name": "Our own CRM", "company_id": self.company_a.id, "is_crm_project": True}
        )
        self.assertEqual(self._risk("software").sign_state, "no_data")
        unmet, met, _unchecked = self.env["crm.specification"].create(
            [
                {
                    "analysis_id": analysis.id,
                    "kind": "technical",
                    "characteristic": f"Answer time {number}",
                    "value": "2",
                    "verdict": verdict,
                }
                for number, verdict in enumerate(("unmet", "met", "open"))
            ]
        )
        self.assertSign(
            "software",
            "alarm",
            "Technical specifications of the CRM project not met: 1; checked: 2 of 3.",
            unmet,
        )
        unmet.verdict = "met"
        self.assertEqual(self._risk("software").sign_state, "quiet")
        self.assertTrue(met)

    def test_sponsor_reviews_held_of_those_planned_until_today(self):
        today = fields.Date.context_today(self.strategy)
        self.assertEqual(self._risk("commitment").sign_state, "no_data")
        Review = self.env["crm.strategy.review"]
        missed, held, _ahead = Review.create(
            [
                {"strategy_id": self.strategy.id, "date_planned": today + timedelta(days=days)}
                for days in (-30, -60, 30)
            ]
        )
        held.date_held = today - timedelta(days=59)
        self.assertSign(
            "commitment", "alarm", "Sponsor reviews held: 1 of 2 planned until today.", missed
        )
        missed.date_held = today
        self.assertEqual(self._risk("commitment").sign_state, "quiet")

    def test_causes_with_a_sign_are_filtered(self):
        found = self.env["crm.strategy.risk"].search(
            [("strategy_id", "=", self.strategy.id), ("sign_state", "=", "alarm")]
        )
        self.assertEqual(
            set(found.mapped("cause")), {"technology", "planning"} | self._further(found)
        )
        self.assertEqual(self.strategy.alarm_count, len(found))

    def _further(self, found):
        """Other parts may find signs in this world; they are not judged here."""
        return set(found.mapped("cause")) & {"software"}
