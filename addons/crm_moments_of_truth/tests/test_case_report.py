"""Service in figures and messages by channel equal what plain Python counts."""

from datetime import datetime, timedelta

from odoo.tests import tagged

from .common_case import FRIDAY, CaseCase

MONDAY = datetime(2026, 3, 30, 7)


@tagged("post_install", "-at_install")
class TestCaseReport(CaseCase):
    def _figures(self, user=None):
        """The report of Company A as one row of a pivot."""
        names = ("reply_rate", "solve_rate", "floor_rate", "answer_rate", "reply_hours")
        aggregates = ["case_count:sum", *(f"{name}:avg" for name in names)]
        self.env.flush_all()
        self.env.invalidate_all()
        user = user or self.sim
        Report = self.env["crm.case.report"].with_user(user)
        Report = Report.with_context(allowed_company_ids=user.company_ids.ids)
        return Report._read_group([], [], aggregates)[0]

    def test_rates_are_ratios_of_sums_and_running_clocks_count_in_none(self):
        in_time, late, running = self._case(cause_id=self.leak.id), self._case(), self._case()
        self._answer(in_time, MONDAY)  # after 3 hours
        in_time.solution = self.leak.answer
        with self._at(MONDAY):
            in_time.with_user(self.sim).action_solve()
        self._answer(late, MONDAY + timedelta(days=1))  # after 11 hours
        with self._at(MONDAY + timedelta(minutes=1)):
            self.assertEqual(self._figures(), (3, 1 / 2, 1, 1 / 2, 1, (3 + 11) / 2))
        self.assertEqual(running.reply_hours, False)

    def test_nothing_measured_is_no_figure(self):
        self._case()
        with self._at(FRIDAY):
            self.assertEqual(self._figures(), (1, False, False, False, False, False))

    def test_users_count_their_own_and_other_companies_nothing(self):
        self._case(user_id=self.ole.id)
        self.assertEqual(self._figures(self.ana)[0], 0)
        self.assertEqual(self._figures(self.ole)[0], 1)
        self.assertEqual(self._figures(self.lia)[0], 1)
        self.assertEqual(self._figures(self.bor)[0], 0)

    def test_messages_in_and_out_by_channel_with_the_first_reply(self):
        case = self._case(channel_id=self.env.ref("crm_strategy.crm_channel_phone").id)
        self._answer(case, FRIDAY + timedelta(hours=2), date=FRIDAY + timedelta(hours=2))
        for hours in (3, 4):  # two questions in a row are one wait
            with self._at(FRIDAY + timedelta(hours=hours)):
                case.sudo().message_post(
                    body="And the bill?",
                    author_id=self.alfa_buyer.id,
                    message_type="email",
                    subtype_xmlid="mail.mt_comment",
                    date=FRIDAY + timedelta(hours=hours),
                )
        self._answer(case, FRIDAY + timedelta(hours=9), date=FRIDAY + timedelta(hours=9))
        self.env.flush_all()
        Report = self.env["crm.message.report"].with_user(self.sim)
        domain = [("partner_id", "=", self.alfa.id)]
        found = {
            (channel.code, direction): count
            for channel, direction, count in Report._read_group(
                domain, ["channel_id", "direction"], ["message_count:sum"]
            )
        }
        email = self.env.ref("crm_strategy.crm_channel_email").code
        phone = self.env.ref("crm_strategy.crm_channel_phone").code
        self.assertEqual(found, {(phone, "in"): 1, (email, "in"): 2, (email, "out"): 2})
        asked, rate = Report._read_group(domain, [], ["asked_count:sum", "reply_rate:avg"])[0]
        self.assertEqual((asked, rate), (2, 1))
        # 2 hours until the answer to the call, 6 until the answer to the first of two e-mails
        hours = Report._read_group(domain, [], ["reply_hours:avg"])[0][0]
        self.assertEqual(hours, (2 + 6) / 2)
        foreign = Report.with_user(self.bor).with_context(allowed_company_ids=self.company_b.ids)
        self.assertFalse(foreign.search_count(domain))
