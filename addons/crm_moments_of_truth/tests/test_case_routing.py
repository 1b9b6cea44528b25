"""Who takes a case, and how cases come in by e-mail."""

from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .common_case import FRIDAY, CaseCase

MAIL = """Message-Id: <{number}@alfa.example>
From: {sender}
To: service-test@example.test
Subject: {subject}{more}
Content-Type: text/plain; charset=utf-8

{body}
"""


@tagged("post_install", "-at_install")
class TestCaseRouting(CaseCase):
    def test_a_case_goes_to_whoever_has_the_skill(self):
        self.assertEqual(self._case(cause_id=self.leak.id).user_id, self.ana)
        case = self._case(cause_id=self.bill.id)
        self.assertEqual(case.user_id, self.ole)
        self.assertIn("Test invoices", case.routing_note)
        self.assertEqual(case.queue_id, self.queue)

    def test_products_and_languages_bring_skills_too(self):
        self.bills.categ_ids = self.env["product.category"].create({"name": "All bills"})
        below = self.env["product.category"].create(
            {"name": "Below", "parent_id": self.bills.categ_ids.id}
        )
        self.advice.categ_id = below
        self.assertEqual(self._case(product_id=self.advice.id).user_id, self.ole)
        english = self.env.ref("base.lang_en")
        self.pumps.lang_ids = english
        self.alfa_buyer.lang = english.code
        self.assertEqual(self._case().user_id, self.ana)

    def test_without_a_skill_the_least_loaded_takes_it_then_the_longest_idle(self):
        first = self._case(at=FRIDAY).user_id
        second = self._case(at=FRIDAY + timedelta(minutes=1)).user_id
        third = self._case(at=FRIDAY + timedelta(minutes=2)).user_id
        self.assertEqual(first | second, self.ana | self.ole)
        self.assertEqual(third, first)

    def test_nobody_has_skill_and_time_so_it_falls_to_the_last_resort(self):
        cases = [self._case(cause_id=self.leak.id) for _number in range(3)]
        self.assertEqual([case.user_id for case in cases], [self.ana, self.ana, self.lia])
        self.assertIn("last resort", cases[2].routing_note)

    def test_nobody_at_all_says_what_to_do(self):
        self.queue.write({"fallback_user_id": False, "team_id": False, "member_ids": [(5,)]})
        case = self._case()
        self.assertFalse(case.user_id)
        self.assertIn("Service", case.routing_note)

    def test_solved_cases_free_their_owner(self):
        for _number in range(2):
            case = self._case(cause_id=self.leak.id).with_user(self.sim)
        case.solution = "Done"
        case.action_solve()
        self.assertEqual(self._case(cause_id=self.leak.id).user_id, self.ana)

    def test_giving_it_away_leaves_out_whoever_had_it(self):
        case = self._case()
        first = case.user_id
        case.with_user(self.sim).action_route()
        self.assertEqual(first | case.user_id, self.ana | self.ole)

    def test_why_this_person_is_said_in_the_language_of_the_company(self):
        self.env["res.lang"]._activate_lang("pl_PL")
        cases = self.env["crm.case"].with_context(lang="pl_PL")
        case = cases.create({"name": "Bez odpowiedzi", "company_id": self.company_a.id})
        self.assertTrue(case.user_id)
        self.assertIn("least to do", case.routing_note)

    def test_that_the_customer_wrote_again_is_told_in_our_language(self):
        self.env["res.lang"]._activate_lang("pl_PL")
        case = self._case(user_id=self.lia.id, solution="Replaced")
        case.with_user(self.sim).action_solve()
        case.sudo().with_context(lang="pl_PL")._hear_customer()
        self.assertEqual(case.activity_ids.summary, "The customer wrote again")

    def test_chosen_by_hand_is_noted(self):
        case = self._case(cause_id=self.leak.id)
        case.with_user(self.sim).user_id = self.ole
        self.assertEqual(case.routing_note, "Chosen by hand")

    # looking after
    def test_cases_of_somebody_who_left_find_somebody_else(self):
        case = self._case(cause_id=self.bill.id)
        self.ole.active = False
        self._watch(FRIDAY)
        self.assertEqual(case.user_id, self.lia)

    def test_late_cases_are_told_once(self):
        case = self._case(cause_id=self.leak.id)
        self._watch(FRIDAY)
        self.assertFalse(case.activity_ids)
        for hours in (96, 97):
            self._watch(FRIDAY + timedelta(hours=hours))
        self.assertEqual(sorted(case.activity_ids.user_id.mapped("login")), ["ana", "lia"])
        self.assertEqual(len(case.activity_ids), 2)

    def _watch(self, moment):
        with self._at(moment), patch.object(type(self.env["ir.cron"]), "_commit_progress") as done:
            done.return_value = 60
            self.env["crm.case"]._cron_watch()
        self.env.invalidate_all()

    # e-mail
    def _mail(self, more="", subject="No water", sender="buyer@alfa.example", number=1):
        self.env["crm.case"].search([])
        text = MAIL.format(
            subject=subject, more=more, body="Since noon", sender=sender, number=number
        )
        return self.env["crm.case"].browse(
            self.env["mail.thread"].message_process(False, text.encode())
        )

    def _open_address(self):
        domain = self.env["mail.alias.domain"].create({"name": "example.test"})
        (self.company_a | self.company_b).alias_domain_id = domain
        self.queue.with_user(self.sim).alias_name = "service-test"

    def test_an_email_to_the_queue_becomes_a_case(self):
        self._open_address()
        case = self._mail()
        self.assertEqual(
            (case.name, case.contact_id, case.queue_id, case.company_id, case.intake),
            ("No water", self.alfa_buyer, self.queue, self.company_a, "mail"),
        )
        self.assertIn("Since noon", case.description)
        self.assertTrue(case.user_id)
        self.assertEqual(case.channel_id, self.env.ref("crm_strategy.crm_channel_email"))

    def test_the_same_email_twice_is_one_case(self):
        self._open_address()
        case = self._mail()
        self.assertFalse(self._mail())
        self.assertEqual(self.env["crm.case"].search_count([("name", "=", case.name)]), 1)

    def test_a_note_of_absence_is_no_word_of_the_customer(self):
        self._open_address()
        case = self._mail()
        answered = f"\nIn-Reply-To: {case.message_ids[:1].message_id}"
        case.with_user(self.sim).action_wait()
        self._mail(f"{answered}\nAuto-Submitted: auto-replied (away)", number=2)
        self.assertEqual(case.state, "waiting")
        self.assertEqual(len(case.message_ids.filtered("email_from")), 2)
        self._mail(f"{answered}\nAuto-Submitted: no", number=3)
        self.assertEqual(case.state, "progress")

    def test_a_stranger_gets_a_case_and_no_contact_is_made_up(self):
        self._open_address()
        case = self._mail(sender="Somebody <new@nowhere.example>")
        self.assertFalse(case.contact_id)
        self.assertIn("new@nowhere.example", case.email_from)
        self.assertEqual(case.level_id, self.floor)

    def test_an_address_that_names_another_company_is_not_believed(self):
        self._open_address()
        self.queue.alias_id.alias_defaults = {
            "queue_id": self.queue.id,
            "company_id": self.company_b.id,
            "state": "solved",
        }
        case = self._mail()
        self.assertEqual((case.company_id, case.state), (self.company_a, "new"))
