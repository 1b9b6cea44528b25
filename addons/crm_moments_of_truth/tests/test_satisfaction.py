from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.crm_strategy.core.measure import MeasureScope
from odoo.addons.crm_strategy.core.period import Period

from .common import MomentsCase

NOON = datetime(2026, 3, 20, 12)


class SatisfactionCase(MomentsCase):
    """A survey of two classes, and a rule that asks five days after the order is confirmed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alfa_buyer.email = "buyer@alfa.example"
        cls.main, cls.security = (
            cls.env.ref(f"crm_strategy.crm_need_class_{code}") for code in ("main", "security")
        )
        cls.survey = cls._create_survey()
        cls.Invitation = cls.env["crm.satisfaction.invitation"]
        cls.Answer = cls.env["crm.satisfaction.answer"]
        cls.env["crm.satisfaction.rule"].search([]).active = False
        cls.moment = cls.env.ref("crm_moments_of_truth.crm_moment_3")
        cls.rule = cls.env["crm.satisfaction.rule"].create(
            {
                "name": "After the order",
                "company_id": cls.company_a.id,
                "survey_id": cls.survey.id,
                "moment_id": cls.moment.id,
                "wait_days": 5,
                "date_from": "2026-03-01",
            }
        )

    @classmethod
    def _create_survey(cls):
        def scale(role, need_class=None, low=0, high=10):
            return Command.create(
                {
                    "title": f"{role} {need_class.name if need_class else ''}",
                    "question_type": "scale",
                    "scale_min": low,
                    "scale_max": high,
                    "crm_answer_role": role,
                    "crm_needs_class_id": need_class and need_class.id,
                }
            )

        return cls.env["survey.survey"].create(
            {
                "title": "How was it?",
                "access_mode": "token",
                "crm_use": "satisfaction",
                "question_and_page_ids": [
                    scale("expected", cls.main),
                    scale("perceived", cls.main),
                    scale("expected", cls.security, 1, 5),
                    scale("perceived", cls.security, 1, 5),
                    scale("recommendation"),
                    Command.create(
                        {
                            "title": "Anything else?",
                            "question_type": "text_box",
                            "crm_answer_role": "comment",
                        }
                    ),
                ],
            }
        )

    @classmethod
    def _order_pass(cls, **values):
        order = cls._confirm(
            cls._create_order(**{"partner": cls.alfa_buyer, "user": cls.ana, **values})
        )
        cls.env.cr.flush()
        cls.env["crm.change"]._run_all("moments")
        cls.env.invalidate_all()
        return cls.env["crm.relationship"].search(
            [("root_model", "=", "sale.order"), ("root_id", "=", order.id)]
        )

    def _invite(self, at=NOON):
        """What the scheduled action does, without its commits."""
        with freeze_time(at):
            while self.Invitation._invite_step():
                pass
        self.env.flush_all()

    def _respond(self, invitation, marks, comment="", at=NOON):
        """Fill in the survey as the contact does: marks in the order of the questions."""
        done = self.env["survey.user_input"].search([("crm_invitation_id", "=", invitation.id)])
        values = zip(self.survey.question_ids, [*marks, comment], strict=True)
        for question, value in values:
            done._save_lines(question, str(value) if value != "" else "")
        with freeze_time(at):
            done._mark_done()
        self.env.flush_all()
        return invitation.answer_ids


@tagged("post_install", "-at_install")
class TestSatisfaction(SatisfactionCase):
    def test_answer_becomes_figures_by_class_and_a_fact(self):
        relation = self._order_pass()
        self._invite()
        invitation = relation.env["crm.satisfaction.invitation"].search([])
        # Main: 9 expected, 7 got. Security on 1 to 5: 5 expected is 10, 4 got is 7.5.
        answer = self._respond(invitation, (9, 7, 5, 4, 9), "Good work")
        self.assertEqual(
            [
                (line.need_class_id, line.expected, line.perceived, line.gap)
                for line in answer.line_ids
            ],
            [(self.main, 9, 7, -2), (self.security, 10, 7.5, -2.5)],
        )
        self.assertEqual((answer.expected, answer.perceived, answer.gap), (9.5, 7.25, -2.25))
        self.assertEqual((answer.recommendation, answer.recommendation_points), (9, 100))
        self.assertEqual(
            (answer.comment, answer.is_bad, answer.trend), ("Good work", False, "first")
        )
        self.assertEqual((answer.relationship_id, answer.contact_id), (relation, self.alfa_buyer))
        self.assertEqual(invitation.state, "answered")
        fact = self._facts(answer)
        self.assertEqual((fact.fact, fact.fact_at), ("answer_given", NOON))
        self.assertEqual((fact.root_model, fact.root_id), (relation.root_model, relation.root_id))

    def test_what_was_left_out_is_no_data(self):
        self._order_pass()
        self._invite()
        answer = self._respond(self.Invitation.search([]), ("", 7, "", "", ""))
        self.assertIs(answer.recommendation, False)
        self.assertIs(answer.gap, False)
        self.assertEqual((answer.perceived, answer.line_ids.need_class_id), (7, self.main))
        self.assertIs(answer.line_ids.expected, False)

    def test_asked_after_the_wait_and_once(self):
        relation = self._order_pass()
        self._invite(datetime(2026, 3, 6, 12))
        self.assertFalse(self.Invitation.search([]))
        self._invite(datetime(2026, 3, 7, 12))
        self._invite(datetime(2026, 3, 8, 12))
        invitation = self.Invitation.search([])
        self.assertEqual((len(invitation), invitation.relationship_id), (1, relation))
        mail = self.env["mail.mail"].search([("recipient_ids", "in", self.alfa_buyer.ids)])
        token = self.env["survey.user_input"].search([("crm_invitation_id", "=", invitation.id)])
        self.assertEqual(len(mail), 1)
        self.assertIn(token.access_token, mail.body_html)

    def test_the_wait_ends_on_the_day_of_the_company(self):
        self._order_pass()
        self.company_a.resource_calendar_id.tz = "Pacific/Kiritimati"  # 14 hours before UTC
        self._invite(datetime(2026, 3, 6, 9, 59))
        self.assertFalse(self.Invitation.search([]))
        self._invite(datetime(2026, 3, 6, 10))
        self.assertEqual(len(self.Invitation.search([])), 1)

    def test_moments_before_the_rule_are_not_asked_about(self):
        self.rule.date_from = "2026-03-03"
        self._order_pass()
        self._invite()
        self.assertFalse(self.Invitation.search([]))

    def test_contact_is_left_in_peace_for_thirty_days(self):
        self._order_pass()
        self._order_pass()
        self._invite()
        found = self.Invitation.search([], order="id")
        self.assertEqual(found.mapped("state"), ["sent", "skipped"])
        self.assertEqual(found[1].reason, "pause")
        third = self._order_pass()
        self._invite(datetime(2026, 4, 20, 12))
        latest = self.Invitation.search([("relationship_id", "=", third.id)])
        self.assertEqual(latest.state, "sent")
        self.assertEqual(found[0].state, "expired")

    def test_nobody_is_asked_twice_at_once_whoever_writes(self):
        self._order_pass()
        self._invite()
        first = self.Invitation.search([])
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            first.copy({"relationship_id": False})
            self.env.flush_all()

    def test_without_address_and_against_the_will_nobody_is_asked(self):
        (self.alfa | self.alfa.child_ids).email = False
        self._order_pass()
        self.env["mail.blacklist"]._add("beta@beta.example")
        self.beta.email = "beta@beta.example"
        self._order_pass(partner=self.beta)
        self._invite()
        found = {item.partner_id: item.reason for item in self.Invitation.search([])}
        self.assertEqual(found, {self.alfa: "nobody", self.beta: "refused"})

    def test_one_who_cannot_be_asked_does_not_hold_up_the_others(self):
        self._order_pass()
        self.beta.email = "beta@beta.example"
        self._order_pass(partner=self.beta)
        ask = type(self.Invitation)._send

        def send(invitation, rule):
            if invitation.contact_id == self.beta:
                raise ValueError("no such letter")
            return ask(invitation, rule)

        with patch.object(type(self.Invitation), "_send", send):
            self._invite()
        found = {item.partner_id: (item.state, item.reason) for item in self.Invitation.search([])}
        self.assertEqual(found, {self.alfa: ("sent", False), self.beta: ("skipped", "failed")})

    def test_bad_answer_opens_a_rupture_and_a_better_one_repairs_it(self):
        relation = self._order_pass()
        self._invite()
        answer = self._respond(self.Invitation.search([]), (9, 5, 3, 3, 5))
        rupture = self.env["crm.rupture"].search([("relationship_id", "=", relation.id)])
        rupture = rupture.filtered(lambda found: found.cause == "bad_satisfaction")
        self.assertTrue(answer.is_bad)
        self.assertEqual((rupture.state, rupture.moment_id), ("open", self.moment))
        self.assertIn("expected 9, got 5", rupture.words)
        self.assertIn("5 of 10", rupture.words)
        self._order_pass()
        self._invite(datetime(2026, 4, 25, 12))
        latest = self.Invitation.search([("state", "=", "sent")])
        better = self._respond(latest, (9, 9, 3, 3, 9), at=datetime(2026, 4, 26, 12))
        # Got: before (5 + 5) / 2, now (9 + 5) / 2.
        self.assertEqual((better.previous_id, better.change, better.trend), (answer, 2, "better"))
        self.assertEqual(rupture.state, "closed")
        cycle = self.env["crm.pdca.cycle"]._open_from(answer.with_user(self.ana))
        self.assertEqual((cycle.relationship_id, cycle.problem), (relation, answer.why))

    def test_figures_equal_what_one_counts_by_hand(self):
        # Alfa: got 5 of 9 and 5 of 5; then 9 of 9 and 5 of 5. Beta does not answer.
        self._order_pass()
        self.beta.email = "beta@beta.example"
        self._order_pass(partner=self.beta)
        self._invite()
        alfa = self.Invitation.search([("partner_id", "=", self.alfa.id)])
        self._respond(alfa, (9, 5, 3, 3, 3))
        self._order_pass()
        self._invite(datetime(2026, 4, 25, 12))
        latest = self.Invitation.search([("state", "=", "sent")])
        self._respond(latest, (9, 9, 3, 3, 10), at=datetime(2026, 4, 26, 12))
        expected = {
            "recommendation_score": (0, 2, 2),  # one promoter, one detractor
            "expectation_met_rate": (5 + 5 + 9 + 5, 9 + 5 + 9 + 5, 4),
            "satisfaction_better_rate": (1, 1, 1),
            "satisfaction_response_rate": (2, 3, 3),
        }
        scope = MeasureScope(self.company_a.id, "company", None, (Period.parse("2026"),))
        for code, figure in expected.items():
            with self.subTest(code=code):
                indicator = self.env["crm.indicator"].search([("code", "=", code)])
                (row,) = getattr(indicator, f"_measure_{code}")(scope)
                self.assertEqual((row.numerator, row.denominator, row.n), figure)
                model, domain = getattr(indicator, f"_records_{code}")(scope)
                self.assertEqual(self.env[model].search_count(domain), row.n)
        groups = self.Answer._read_group([], ["company_id"], ["recommendation_points:avg"])
        self.assertEqual(groups, [(self.company_a, 0)])

    def test_test_entries_and_strangers_change_nothing(self):
        self._order_pass()
        self._invite()
        stranger = self.survey._create_answer(email="who@nowhere.example")
        stranger._mark_done()
        trial = self.survey._create_answer(
            user=self.env.user, test_entry=True, crm_invitation_id=self.Invitation.search([]).id
        )
        trial._mark_done()
        self.assertFalse(self.Answer.search([]))

    def test_nobody_hangs_a_filled_in_survey_on_an_invitation(self):
        self._order_pass()
        self._invite()
        invitation = self.Invitation.search([])
        both = "crm_strategy.crm_strategy_group_user,survey.group_survey_manager"
        Input = self.env["survey.user_input"].with_user(self._create_user("pia", both))
        forged = Input.create({"survey_id": self.survey.id, "crm_invitation_id": invitation.id})
        self.assertFalse(forged.sudo().crm_invitation_id)
        with self.assertRaises(AccessError):
            forged.crm_invitation_id = invitation
        forged.write({"nickname": "Pia", "scoring_percentage": 10})  # Odoo's own stay as they are

    def test_taken_over_once(self):
        self._order_pass()
        self._invite()
        answer = self._respond(self.Invitation.search([]), (9, 7, 5, 4, 9))
        self.assertFalse(self.Answer._take(answer.user_input_id))

    def test_an_invitation_is_answered_once_and_the_next_one_is_open(self):
        self._order_pass()
        self._invite()
        done = self._respond(self.Invitation.search([]), (9, 7, 5, 4, 9)).user_input_id
        again = (done.partner_id, done.email, done.invite_token)
        self.assertFalse(self.survey._has_attempts_left(*again))
        self.survey.attempts_limit = 5
        self.assertFalse(self.survey._has_attempts_left(*again), "whatever somebody types")
        with self.assertRaisesRegex(UserError, "answered once"):
            self.survey.is_attempts_limited = False
        self._order_pass()
        self._invite(datetime(2026, 4, 25, 12))
        latest = self.Invitation.search([("state", "=", "sent")])
        new = self.env["survey.user_input"].search([("crm_invitation_id", "=", latest.id)])
        self.assertTrue(self.survey._has_attempts_left(new.partner_id, new.email, new.invite_token))

    def test_answer_that_failed_to_arrive_is_taken_over_later(self):
        self._order_pass()
        self._invite()
        invitation = self.Invitation.search([])
        done = self.env["survey.user_input"].search([("crm_invitation_id", "=", invitation.id)])
        done.write({"state": "done", "end_datetime": NOON})
        self._invite()
        self.assertEqual(invitation.state, "answered")

    def test_own_team_and_company_see_it(self):
        relation = self._order_pass()
        relation.order_id.team_id = self.north
        self._derive()
        self._invite()
        answer = self._respond(self.Invitation.search([]), (9, 7, 5, 4, 9))
        for user, sees in (
            (self.ana, True),
            (self.lia, True),
            (self.sim, True),
            (self.ole, False),
            (self.bor, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(answer in self._seen_by(user, "crm.satisfaction.answer"), sees)
                lines = self._seen_by(user, "crm.satisfaction.line")
                self.assertEqual(answer.line_ids <= lines, sees)
        with self.assertRaises(AccessError):
            answer.with_user(self.sim).write({"recommendation": 10})
        with self.assertRaises(AccessError):
            self.env["crm.satisfaction.answer"].with_user(self.fin).search([])

    def test_colleague_asks_by_hand_once(self):
        relation = self._order_pass()
        relation.with_user(self.ana).action_ask_opinion()
        self.assertEqual(self.Invitation.search([]).rule_id.id, False)
        with self.assertRaisesRegex(UserError, "asked shortly before"):
            relation.with_user(self.ana).action_ask_opinion()

    def test_finance_reads_passes_and_neither_asks_nor_ends_them(self):
        relationship = self._order_pass()
        relationship.with_user(self.fin).read(["name"])
        self._assert_says_nothing(self.fin, relationship)

    def test_who_does_not_serve_the_customer_neither_asks_nor_ends(self):
        self._assert_says_nothing(self.ole, self._order_pass())

    def _assert_says_nothing(self, user, relationship):
        for action in ("action_ask_opinion", "action_end", "action_resume"):
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(relationship.with_user(user), action)()
        self.assertFalse(relationship.churned_on)

    def test_merged_contacts_keep_all_answers_in_order(self):
        self._order_pass(partner=self.alfa_buyer)
        self.beta.email = "beta@beta.example"
        self._order_pass(partner=self.beta)
        self._invite()
        first, second = self.Invitation.search([], order="id")
        older = self._respond(first, (9, 4, 5, 3, 9))
        newer = self._respond(second, (9, 8, 5, 3, 9), at=datetime(2026, 3, 21, 12))
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.alfa | self.beta).ids, self.alfa
        )
        self.env.invalidate_all()
        self.assertEqual(newer.partner_id, self.alfa)
        self.assertEqual((newer.previous_id, newer.change), (older, 2))

    def test_only_scales_of_invited_surveys_become_figures(self):
        with self.assertRaisesRegex(ValidationError, "only invited people"):
            self.survey.access_mode = "public"
        with self.assertRaisesRegex(ValidationError, "class of needs"):
            self.survey.question_ids[0].crm_needs_class_id = False
        with self.assertRaisesRegex(ValidationError, "from 0 to 10"):
            self.survey.question_ids[4].scale_max = 5

    def test_strategy_manager_makes_a_rule_and_a_user_does_not(self):
        values = {
            "name": "Mine",
            "company_id": self.company_a.id,
            "survey_id": self.survey.id,
            "moment_id": self.moment.id,
        }
        rule = self.env["crm.satisfaction.rule"].with_user(self.sim).create(values)
        self.assertEqual(rule.survey_id.display_name, "How was it?")
        with self.assertRaises(AccessError):
            self.env["crm.satisfaction.rule"].with_user(self.lia).create(values)

    def test_quiz_trains_the_seats_of_whoever_passes(self):
        quiz = self.env.ref("crm_moments_of_truth.crm_survey_training")
        role = self.env["crm.team.role"].create(
            {"name": "Guide", "code": "guide", "crm_survey_id": quiz.id}
        )
        seat = self.env["crm.team.seat"].create(
            {"team_id": self.north.id, "role_id": role.id, "user_id": self.ana.id}
        )
        done = quiz._create_answer(user=self.ana)
        for question in quiz.question_ids:
            wrong = question == quiz.question_ids[0]
            choice = question.suggested_answer_ids.filtered(
                lambda found, wrong=wrong: found.is_correct != wrong
            )[:1]
            done._save_lines(question, [str(choice.id)])
        with freeze_time(NOON):
            done._mark_done()
        self.assertEqual((done.scoring_percentage, str(seat.trained_on)), (80, "2026-03-20"))

    def _team_answers(self, user, mark, month):
        """Fill in the team's survey; how many answers are shown then."""
        survey = self.env.ref("crm_moments_of_truth.crm_survey_team")
        done = survey._create_answer(user=user)
        for question in survey.question_ids:
            done._save_lines(question, str(mark))
        with freeze_time(datetime(2026, month, 20, 10)):
            done._mark_done()
        self.env.invalidate_all()
        return len(self._seen_by(self.sim, "crm.staff.answer"))

    def test_one_of_our_people_answers_for_one(self):
        shown = [self._team_answers(self.ana, mark, 1) for mark in (10, 9, 3)]
        self.assertEqual(shown, [0, 0, 0])
        (kept,) = self.env["crm.staff.answer"].search([])
        self.assertEqual(kept.recommendation_points, -100, "the latest word holds")

    def test_our_people_show_from_three_answers_of_a_team(self):
        users = [self.ana, self.ole, self._create_user("uwe", "base.group_user")]
        self.north.member_ids = [Command.set([user.id for user in users])]
        # The same three again: a fourth and a fifth answer wait for a sixth.
        shown = [
            self._team_answers(user, mark, month)
            for user, mark, month in zip(users * 2, (10, 8, 3) * 2, (1, 1, 1, 2, 2, 4), strict=True)
        ]
        self.assertEqual(shown, [0, 0, 3, 3, 3, 6])
        found = self._seen_by(self.sim, "crm.staff.answer")
        self.assertEqual(found.team_id, self.north)
        self.assertEqual(sum(found.mapped("recommendation_points")), 0)
        # No month has one answer alone.
        self.assertEqual(sorted(found.mapped(lambda one: one.date.month)), [1] * 3 + [4] * 3)
        with self.assertRaises(AccessError):
            found.read(["user_input_id"])
        # Whoever answers makes the row: the table must not say who, nor at what hour.
        self.assertFalse(
            {"create_uid", "create_date", "write_uid", "write_date"} & {*found._fields}
        )
