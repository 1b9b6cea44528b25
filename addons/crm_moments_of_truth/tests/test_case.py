"""Cases: numbers, steps, clocks in working time, and the floor for everybody."""

from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_case import FRIDAY, CaseCase

# 8 working hours from Friday 16:00: one on Friday, seven on Monday, which end at 16:00 in summer
# time. 40 hours: 1 + 4 x 8 = 33 until Thursday evening, 7 on Friday until 16:00.
REPLY_BY = datetime(2026, 3, 30, 13)
SOLVE_BY = datetime(2026, 4, 3, 13)
MONDAY = datetime(2026, 3, 30, 7)  # 10:00 in Bucharest: 3 working hours after the opening


@tagged("post_install", "-at_install")
class TestCase(CaseCase):
    def test_a_case_has_a_number_a_customer_and_its_pass(self):
        order = self._confirm(self._create_order())
        relationship = self._pass(order)
        case = self._case(order_id=order.id, contact_id=False)
        self.assertTrue(case.reference)
        self.assertEqual(case.contact_id, self.alfa)
        self.assertEqual(case.customer_id, relationship.customer_id)
        self.assertEqual(case.relationship_id, relationship)
        self.assertNotEqual(self._case().reference, case.reference)

    # clocks
    def test_clocks_run_in_working_hours_across_the_change_to_summer_time(self):
        case = self._case()
        self.assertEqual(case.level_id, self.floor)
        self.assertEqual(case.reply_due_at, REPLY_BY)
        self.assertEqual(case.solve_due_at, SOLVE_BY)

    def test_a_public_holiday_moves_the_clock_by_a_day(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.company_a.resource_calendar_id.id,
                "company_id": self.company_a.id,
                "date_from": datetime(2026, 3, 29, 21),
                "date_to": datetime(2026, 3, 30, 20, 59),
            }
        )
        self.assertEqual(self._case().reply_due_at, REPLY_BY + timedelta(days=1))

    def test_a_holiday_of_another_company_moves_no_clock_of_ours(self):
        feast = self.env["resource.calendar.leaves"].create(
            {
                "name": "Feast of Company B",
                "calendar_id": False,
                "date_from": datetime(2026, 3, 29, 21),
                "date_to": datetime(2026, 3, 30, 20, 59),
            }
        )
        feast.company_id = self.company_b
        case = self._case()
        self.assertEqual(case.reply_due_at, REPLY_BY)
        self._answer(case, MONDAY)
        self.assertEqual(case.reply_hours, 3)

    def test_round_the_clock_for_some_leaves_the_floor_its_own_hours(self):
        self.gold.calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Round the clock",
                "tz": "Europe/Bucharest",
                "attendance_ids": [
                    Command.create({"name": day, "dayofweek": day, "hour_from": 0, "hour_to": 24})
                    for day in "0123456"
                ],
            }
        )
        self.env["crm.customer"]._ensure([(self.alfa.id, self.company_a.id)])
        self.alfa.crm_customer_ids.loyalty_class_id = self.loyal
        case = self._case()
        # Friday 16:00 and 2 hours, and 16 hours; the floor waits for the week's own hours.
        self.assertEqual(case.reply_due_at, datetime(2026, 3, 27, 16))
        self.assertEqual(case.solve_due_at, datetime(2026, 3, 28, 6))
        self.assertEqual((case.floor_reply_due_at, case.floor_solve_due_at), (REPLY_BY, SOLVE_BY))
        saturday = datetime(2026, 3, 28, 8)  # 10:00 in Bucharest
        self._answer(case, saturday)
        with self._at(saturday):
            self.assertEqual((case.reply_state, case.is_below_floor), ("missed", False))
        with self._at(datetime(2026, 3, 27, 15)):  # Friday 17:00, when the week's hours end
            case.with_user(self.sim).action_wait()
        with self._at(datetime(2026, 3, 30, 5)):  # Monday 8:00, an hour less by summer time
            case.with_user(self.sim).action_start()
        self.assertEqual((case.waited_hours, case.floor_waited_hours), (62, 0))
        self.assertEqual(case.solve_due_at, datetime(2026, 3, 30, 20))
        self.assertEqual(case.floor_solve_due_at, SOLVE_BY)
        # Never later than the floor, whatever the class is promised.
        self.gold.write({"reply_limit": 100, "solve_limit": 1000})
        late = self._case()
        self.assertEqual((late.reply_due_at, late.solve_due_at), (REPLY_BY, SOLVE_BY))

    def test_users_in_other_zones_promise_the_same_time(self):
        due = set()
        for zone in ("Pacific/Kiritimati", "America/Los_Angeles", "Europe/Bucharest"):
            self.sim.tz = zone
            due.add(self._case().reply_due_at)
        self.assertEqual(due, {REPLY_BY})

    def test_a_better_class_is_promised_more_and_the_floor_holds_for_all(self):
        self.env["crm.customer"]._ensure([(self.alfa.id, self.company_a.id)])
        customer = self.alfa.crm_customer_ids
        customer.loyalty_class_id = self.loyal
        case = self._case()
        self.assertEqual(case.level_id, self.gold)
        # 1 hour on Friday and 1 on Monday
        self.assertEqual(case.reply_due_at, datetime(2026, 3, 30, 6))
        self.assertEqual(case.floor_reply_due_at, REPLY_BY)
        self.gold.reply_limit = 20
        self.assertEqual(self._case().reply_due_at, REPLY_BY, "never worse than the floor")

    def test_a_changed_level_leaves_older_cases_alone(self):
        case = self._case()
        self.floor.reply_limit = 1
        case.with_user(self.sim).action_start()
        self.assertEqual(case.reply_due_at, REPLY_BY)

    def test_without_a_level_or_working_hours_nothing_is_promised(self):
        self.floor.active = False
        case = self._case()
        self.assertEqual((case.reply_state, case.solve_state), ("none", "none"))
        self.assertFalse(case.reply_due_at)
        self.floor.active = True
        self.company_a.resource_calendar_id = False
        self.assertEqual(self._case().reply_state, "none")

    def test_the_first_answer_that_the_customer_gets_stops_its_clock(self):
        case = self._case()
        with self._at(MONDAY):
            case.with_user(self.lia).message_post(body="Among us")
        self.assertFalse(case.first_reply_at, "a note is no answer")
        self._answer(case, MONDAY)
        self._answer(case, MONDAY + timedelta(hours=1))
        self.assertEqual(case.first_reply_at, MONDAY)
        self.assertEqual(case.reply_hours, 3)
        self.assertEqual(case.reply_state, "met")

    def test_a_call_that_was_made_is_an_answer(self):
        case = self._case()
        call = case.with_user(self.lia).activity_schedule("mail.mail_activity_data_call")
        with self._at(MONDAY):
            call.action_feedback(feedback="Told them")
        self.assertTrue(case.first_reply_at)

    def test_waiting_for_the_customer_does_not_count(self):
        case = self._case()
        sim = case.with_user(self.sim)
        with self._at(MONDAY):
            sim.action_wait()
            self.assertEqual(case.solve_state, "paused")
        with self._at(MONDAY + timedelta(days=1)):  # 8 working hours later
            case.sudo().message_post(
                body="Here is the picture",
                author_id=self.alfa_buyer.id,
                message_type="email",
                subtype_xmlid="mail.mt_comment",
            )
            self.assertEqual(case.state, "progress")
        self.assertEqual(case.waited_hours, 8)
        # Friday 16:00 and 8 hours more: the Monday after.
        self.assertEqual(case.solve_due_at, datetime(2026, 4, 6, 13))
        sim.solution = "Replaced"
        with self._at(datetime(2026, 4, 1, 7)):  # Wednesday 10:00: 19 hours, 8 of them waiting
            sim.action_solve()
        self.assertEqual(case.solve_hours, 11)
        self.assertEqual(case.solve_state, "met")

    def test_reopening_goes_on_where_the_clock_stood(self):
        case = self._case().with_user(self.sim)
        case.solution = "Replaced"
        with self._at(MONDAY):
            case.action_solve()
        self.assertEqual(case.solve_hours, 3)
        with self._at(MONDAY + timedelta(days=1)):
            case.action_reopen()
        self.assertFalse(case.solved_at)
        with self._at(MONDAY + timedelta(days=1, hours=1)):
            case.action_solve()
        self.assertEqual(case.solve_hours, 4)

    def test_breaches_of_the_floor_are_listed(self):
        late, good = self._case(), self._case()
        self._answer(good, MONDAY)
        with self._at(REPLY_BY + timedelta(minutes=1)):
            self.env.invalidate_all()
            Case = self.env["crm.case"].with_user(self.sim)
            found = Case.search([("is_below_floor", "=", True)])
            self.assertEqual(found & (late | good), late)
            self.assertEqual(late.reply_state, "missed")
            missed = Case.search([("reply_state", "=", "missed")])
            self.assertEqual(missed & (late | good), late)
            running = Case.search([("solve_state", "in", ["running"])])
            self.assertEqual(running & (late | good), late | good)

    def test_searching_and_reading_a_clock_say_the_same(self):
        cases = self._case() | self._case() | self._case() | self._case()
        self._answer(cases[0], MONDAY)
        with self._at(MONDAY):
            cases[1].with_user(self.sim).action_wait()
            cases[2].drop_reason = "Twice"
            cases[2].with_user(self.sim).action_drop()
        for moment in (MONDAY, REPLY_BY + timedelta(hours=1), SOLVE_BY + timedelta(hours=1)):
            with self._at(moment):
                self.env.invalidate_all()
                for name in ("reply_state", "solve_state", "is_below_floor"):
                    for value in {case[name] for case in cases}:
                        found = self.env["crm.case"].search(
                            [(name, "=", value), ("id", "in", cases.ids)]
                        )
                        read = cases.filtered(lambda case, n=name, v=value: case[n] == v)
                        self.assertEqual(found, read.sorted(), f"{name} {value} {moment}")

    # steps
    def test_a_solution_needs_an_answer_and_giving_up_a_reason(self):
        case = self._case().with_user(self.sim)
        for step in (case.action_solve, case.action_drop):
            with self.assertRaises(UserError):
                step()
        case.solution = "We come within a day. Ask for Ole."
        case.cause_id = self.leak
        case.action_solve()
        self.assertTrue(case.is_standard_answer)
        with self.assertRaises(UserError):
            case.action_wait()

    def test_state_clock_and_promise_are_not_typed(self):
        case = self._case(user=self.ana, state="solved", reply_due_at=FRIDAY).with_user(self.ana)
        self.assertEqual(case.state, "new")
        self.assertEqual(case.reply_due_at, REPLY_BY)
        for name, value in (
            ("state", "solved"),
            ("solve_due_at", FRIDAY),
            ("company_id", self.company_b.id),
            ("partner_id", self.beta.id),
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                case.write({name: value})

    def test_other_companies_see_nothing_of_it(self):
        case = self._case()
        self.assertNotIn(case, self._seen_by(self.bor, "crm.case"))
        with self.assertRaises(AccessError):
            case.with_user(self.bor).read(["name"])
        with self.assertRaises(UserError):
            self.env["crm.case"].with_user(self.bor).create(
                {"name": "Foreign queue", "queue_id": self.queue.id}
            )

    def test_nobody_opens_a_case_about_an_order_of_others(self):
        """Ole sees neither the order nor its pass; the case would tell him the customer."""
        order = self._confirm(self._create_order())
        for name, of_others in (("order_id", order), ("relationship_id", self._pass(order))):
            with self.subTest(name):
                with self.assertRaises(AccessError):
                    self._case(user=self.ole, contact_id=False, **{name: of_others.id})
                own = self._case(user=self.ole, contact_id=self.beta.id)
                with self.assertRaises(AccessError):
                    own[name] = of_others
        self.assertEqual(self._case(user=self.ana, order_id=order.id).order_id, order)

    def test_users_see_their_own_leaders_their_queue_and_managers_all(self):
        case = self._case(user_id=self.ana.id)
        seen = {
            user: case in self._seen_by(user, "crm.case")
            for user in (self.ana, self.ole, self.lia, self.sim, self.fin)
        }
        self.assertEqual(
            seen, {self.ana: True, self.ole: False, self.lia: True, self.sim: True, self.fin: True}
        )

    def test_merging_contacts_keeps_the_case_with_the_customer(self):
        case = self._case()
        self.env["crm.customer"]._ensure(
            [(self.alfa.id, self.company_a.id), (self.beta.id, self.company_a.id)]
        )
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [self.alfa.id, self.beta.id], self.beta
        )
        case.invalidate_recordset()
        self.assertEqual(case.partner_id, self.beta)
        self.assertEqual(case.customer_id.partner_id, self.beta)
