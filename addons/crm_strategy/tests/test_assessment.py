from datetime import date

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmStrategyCase


class AssessmentCase(CrmStrategyCase):
    """A questionnaire of two groups: people (weights 2 and 1) and data (1 and 1).

    ::

        team      people, weight 2           clean     data, weight 1
        training  people, weight 1           shared    data, weight 1, stands on clean
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.questionnaire = cls.env["crm.assessment.set"].create(
            {
                "name": "Own questions",
                "code": "own_questions",
                "group_ids": [
                    Command.create(
                        {
                            "name": name,
                            "sequence": number,
                            "question_ids": [
                                Command.create({"name": code.title(), "code": code, "weight": w})
                                for code, w in questions
                            ],
                        }
                    )
                    for number, (name, questions) in enumerate(
                        (
                            ("People", (("team", 2), ("training", 1))),
                            ("Data", (("clean", 1), ("shared", 1))),
                        )
                    )
                ],
            }
        )
        by_code = cls._questions(cls.questionnaire)
        by_code["shared"].gate_ids = by_code["clean"]
        cls.of_segment = cls.env["crm.assessment.set"].create(
            {
                "name": "Of a segment",
                "code": "of_a_segment",
                "subject": "segment",
                "group_ids": [
                    Command.create(
                        {
                            "name": "All",
                            "question_ids": [Command.create({"name": "One", "code": "one"})],
                        }
                    )
                ],
            }
        )
        cls.team_be.user_id = cls.leader_a

    @classmethod
    def _questions(cls, questionnaire):
        return {question.code: question for question in questionnaire.question_ids}

    @classmethod
    def _assess(cls, day=date(2026, 3, 2), confirm=False, questionnaire=None, **scores):
        """An assessment of company A with these scores."""
        assessment = cls.env["crm.assessment"].create(
            {
                "set_id": (questionnaire or cls.questionnaire).id,
                "company_id": cls.company_a.id,
                "date": day,
                "user_id": cls.manager_a.id,
            }
        )
        for code, score in scores.items():
            cls._answer(assessment, code).score = str(score)
        if confirm:
            assessment.action_confirm()
        return assessment

    @classmethod
    def _answer(cls, assessment, code):
        return assessment.answer_ids.filtered(lambda answer: answer.question_id.code == code)

    def _as(self, user, records):
        return records.with_user(user).with_context(allowed_company_ids=user.company_id.ids)


@tagged("post_install", "-at_install")
class TestAssessment(AssessmentCase):
    # adding up

    def test_points_are_the_weighted_mean_of_what_is_answered(self):
        """(2·4 + 1·1) / 3 = 3 of 5 is 60 points; two of four questions are answered."""
        found = self._assess(team=4, training=1)
        self.assertRecordValues(
            found,
            [
                {
                    "points": 60,
                    "answered_count": 2,
                    "question_count": 4,
                    "coverage_rate": 0.5,
                    "proven_count": 0,
                }
            ],
        )

    def test_without_an_answer_there_are_no_points(self):
        found = self._assess()
        self.assertFalse(found.answered_count)
        self.assertTrue(all(axis["points"] is None for axis in found.radar["axes"]))

    def test_zero_is_an_answer(self):
        found = self._assess(team=0)
        self.assertEqual((found.answered_count, found.points), (1, 0))
        self.assertEqual(found.radar["axes"][0]["points"], 0)

    def test_a_question_counts_no_better_than_what_it_stands_on(self):
        """Clean 1 is below the gate of 3, so shared 5 counts as 1: (1 + 1) / 2 of 5 is 20."""
        found = self._assess(clean=1, shared=5)
        shared = self._answer(found, "shared")
        self.assertEqual((shared.counted_score, found.points), (1, 20))
        self.assertIn("Clean", shared.gate_reason)
        self._answer(found, "clean").score = "3"
        self.assertEqual((shared.counted_score, found.points), (5, 80))
        self.assertFalse(shared.gate_reason)

    def test_a_question_whose_gate_is_unanswered_is_no_data(self):
        found = self._assess(shared=5)
        self.assertFalse(self._answer(found, "shared").is_counted)
        self.assertEqual(found.weight_sum, 0)

    def test_words_a_record_and_a_link_are_evidence(self):
        found = self._assess(team=4, training=2, clean=3)
        self._answer(found, "team").evidence = "Minutes of the second of March"
        self._answer(found, "training").evidence_ref = self.segment_be
        self._answer(found, "clean").evidence_url = "https://example.com/data"
        self.assertEqual(found.proven_count, 3)

    def test_groups_of_assessments_are_ratio_of_sums(self):
        """One answers 2·5 of 10, the other 1·0 of 5: together 10 of 15, not the mean of both."""
        first, second = self._assess(team=5), self._assess(training=0)
        [[points]] = self.env["crm.assessment"]._read_group(
            [("id", "in", (first + second).ids)], [], ["points:avg"]
        )
        self.assertAlmostEqual(points, 100 * 10 / 15)
        grouped = self.env["crm.assessment.answer"]._read_group(
            [("assessment_id", "in", (first + second).ids)], ["group_id"], ["points:avg"]
        )
        shown = {group.name: group_points for group, group_points in grouped}
        self.assertAlmostEqual(shown["People"], 100 * 10 / 15)
        self.assertIsNone(shown["Data"] or None)

    # findings

    def test_findings_answered(self):
        """Two low scores and one action are three findings; one action is done."""
        found = self._assess(team=2, training=1, clean=5)
        self._answer(found, "clean").action = "Write it down"
        self._answer(found, "team").write({"action": "Hire somebody", "is_done": True})
        self.assertEqual((found.finding_count, found.finding_done_count), (3, 1))
        self.assertAlmostEqual(found.finding_rate, 1 / 3)
        self.assertEqual(self._answer(found, "team").done_date, fields.Date.context_today(found))

    def test_nothing_is_done_without_an_action(self):
        found = self._assess(team=2)
        with self.assertRaisesRegex(ValidationError, "Team"):
            self._answer(found, "team").is_done = True

    # confirming

    def test_a_confirmed_score_stays_and_its_follow_up_goes_on(self):
        found = self._assess(team=2, confirm=True)
        answer = self._as(self.manager_a, self._answer(found, "team"))
        with self.assertRaisesRegex(UserError, "confirmed"):
            answer.score = "5"
        answer.write({"action": "Hire somebody", "is_done": True})
        self.assertEqual(found.finding_done_count, 1)

    def test_nothing_is_confirmed_without_an_answer(self):
        with self.assertRaisesRegex(UserError, "no answer"):
            self._assess(confirm=True)

    def test_only_a_manager_reopens(self):
        found = self._assess(team=2, confirm=True)
        with self.assertRaises(AccessError):
            self._as(self.leader_a, found).action_reopen()
        self._as(self.manager_a, found).action_reopen()
        self.assertEqual(found.state, "draft")

    def test_the_state_is_not_typed(self):
        found = self._assess(team=2)
        with self.assertRaises(AccessError):
            self._as(self.manager_a, found).write({"state": "done"})
        Assessment = self.env["crm.assessment"].with_user(self.manager_a)
        values = {"set_id": found.set_id.id, "company_id": self.company_a.id}
        made = Assessment.with_context(default_state="done").create({**values, "state": "done"})
        self.assertEqual(made.state, "draft")
        with self.assertRaises(AccessError):
            made.answer_ids[0].write({"weight": 100})

    def test_the_picture_has_the_assessment_before_as_second_line(self):
        self._assess(date(2025, 1, 1), team=5)  # not confirmed
        self._assess(date(2025, 6, 1), confirm=True, team=1)
        before = self._assess(date(2025, 9, 1), confirm=True, team=2, clean=3)
        found = self._assess(team=4)
        self.assertEqual(found.previous_id, before)
        axes = {axis["name"]: axis for axis in found.radar["axes"]}
        # One or two groups make no radar: the questions are the axes.
        self.assertEqual(list(axes), ["Team", "Training", "Clean", "Shared"])
        self.assertEqual((axes["Team"]["points"], axes["Team"]["previous"]), (80, 40))
        self.assertEqual((axes["Clean"]["points"], axes["Clean"]["previous"]), (None, 60))

    # subject

    def test_a_questionnaire_about_segments_wants_a_segment(self):
        with self.assertRaisesRegex(ValidationError, "a segment. Choose it"):
            self._assess(questionnaire=self.of_segment)

    def test_another_companys_segment_is_refused(self):
        with self.assertRaises(UserError):
            self.env["crm.assessment"].create(
                {
                    "set_id": self.of_segment.id,
                    "company_id": self.company_a.id,
                    "segment_id": self.segment_b.id,
                }
            )

    # access

    def test_a_leader_assesses_the_segments_of_the_own_team_only(self):
        Assessment = self._as(self.leader_a, self.env["crm.assessment"])
        vals = {"set_id": self.of_segment.id, "company_id": self.company_a.id}
        own = Assessment.create({**vals, "segment_id": self.segment_be.id})
        own.answer_ids.score = "3"
        own.action_confirm()
        with self.assertRaises(AccessError):
            Assessment.create({**vals, "segment_id": self.segment_de.id})
        with self.assertRaises(AccessError):
            Assessment.create({**vals, "set_id": self.questionnaire.id})

    def test_users_and_finance_read_and_the_other_company_does_not(self):
        found = self._assess(team=2)
        for user in (self.user_a, self.finance_a):
            self.assertTrue(self._as(user, found).answer_ids[:1].weight)
            with self.assertRaises(AccessError):
                self._as(user, found.answer_ids[:1]).evidence = "Mine"
        self.assertFalse(
            self._as(self.user_b, self.env["crm.assessment"]).search([("id", "=", found.id)])
        )
        with self.assertRaises(AccessError):
            self._as(self.user_b, found.answer_ids[:1]).read(["weight"])


@tagged("post_install", "-at_install")
class TestAssessmentSet(AssessmentCase):
    def test_a_used_questionnaire_is_changed_in_a_new_version_only(self):
        found = self._assess(team=4, confirm=True)
        mine = self._as(self.manager_a, self.questionnaire)
        with self.assertRaisesRegex(UserError, "New version"):
            self._questions(mine)["team"].weight = 5
        with self.assertRaisesRegex(UserError, "New version"):
            self._questions(mine)["team"].unlink()
        with self.assertRaisesRegex(UserError, "New version"):
            mine.group_ids[:1].name = "Others"
        newer = mine.browse(mine.action_new_version()["res_id"])
        self._questions(newer)["team"].weight = 5
        newer.action_use()
        self.assertEqual((newer.version, newer.active, mine.active), (2, True, False))
        self.assertEqual(found.points, 80)
        self.assertEqual(self._answer(found, "team").weight, 2)

    def test_a_new_version_keeps_groups_questions_and_gates(self):
        newer = self.questionnaire.copy()
        old, new = self._questions(self.questionnaire), self._questions(newer)
        self.assertEqual(list(old), list(new))
        self.assertFalse(set(old["team"].ids) & set(new["team"].ids))
        self.assertEqual(new["shared"].gate_ids, new["clean"])
        self.assertEqual(newer.group_ids.mapped("name"), ["People", "Data"])

    def test_results_of_versions_are_compared(self):
        before = self._assess(date(2025, 9, 1), confirm=True, team=2)
        newer = self.questionnaire.copy()
        newer.action_use()
        found = self._assess(questionnaire=newer, team=4)
        self.assertEqual(found.previous_id, before)
        self.assertEqual(found.radar["axes"][0]["previous"], 40)

    def test_one_version_is_in_use(self):
        newer = self.questionnaire.copy()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            newer.active = True
            newer.flush_recordset()

    def test_changes_are_logged(self):
        question = self._questions(self.questionnaire)["team"]
        self._as(self.manager_a, question).weight = 3
        entry = self.env["crm.audit.log"].search(
            [("model", "=", "crm.assessment.set"), ("res_id", "=", self.questionnaire.id)],
            order="id desc",
            limit=1,
        )
        self.assertEqual((entry.before, entry.after), ("2", "3"))

    def test_no_question_stands_on_itself(self):
        by_code = self._questions(self.questionnaire)
        with self.assertRaisesRegex(ValidationError, "stand on itself"):
            by_code["clean"].gate_ids = by_code["shared"]

    def test_a_company_with_its_own_questionnaire_uses_it(self):
        own = self.questionnaire.copy({"company_id": self.company_a.id})
        own.action_use()
        Set = self.env["crm.assessment.set"]
        self.assertEqual(Set._for_company(self.company_a, "own_questions"), own)
        self.assertEqual(Set._for_company(self.company_b, "own_questions"), self.questionnaire)

    def test_each_evidence_that_is_asked_for_is_computed_by_somebody(self):
        evidence = self.env["crm.assessment.evidence"]
        codes = set(self.env["crm.assessment.question"].search([]).mapped("evidence_code")) - {
            False
        }
        self.assertTrue(codes)
        self.assertFalse(
            [code for code in codes if not callable(getattr(evidence, f"_evidence_{code}", None))]
        )
