from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import MomentsCase

NOON = datetime(2026, 3, 20, 12)


@tagged("post_install", "-at_install")
class TestEvents(MomentsCase):
    """One rule at a time; each reaction once, within its limits, with its time told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alfa_buyer.email = "buyer@alfa.example"
        cls.Rule = cls.env["crm.event.rule"]
        cls.Reaction = cls.env["crm.event.reaction"]
        cls.Rule.search([]).active = False
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.thanks = cls.env["mail.template"].create(
            {
                "name": "Thanks",
                "model_id": cls.env["ir.model"]._get("crm.event.reaction").id,
                "subject": "About {{ object.lead_id.name or object.partner_id.name }}",
                "body_html": "<p>Dear <t t-out='object.contact_id.name'/></p>",
            }
        )

    @classmethod
    def _create_rule(cls, trigger, **values):
        return cls.Rule.create(
            {
                "name": f"On {trigger}",
                "company_id": cls.company_a.id,
                "trigger": trigger,
                "since": datetime(2026, 3, 1),
                "user_id": cls.ana.id,
                **values,
            }
        )

    def _run(self, at=NOON):
        """What the scheduled actions do, without their commits."""
        with freeze_time(at):
            self.Rule._detect()
            while self.Reaction._react_step():
                pass
        self.env.flush_all()
        self.env.invalidate_all()
        return self.Reaction.search([], order="id")

    def _request(self, at=NOON, **values):
        lead = self.env["crm.lead"].create(
            {
                "name": "Ten pumps",
                "partner_id": self.alfa_buyer.id,
                "company_id": self.company_a.id,
                "user_id": self.ana.id,
                **values,
            }
        )
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", [at, lead.id])
        return lead

    def _customer(self, partner=None):
        customers = self.env["crm.customer"]
        partner = partner or self.alfa
        self.env["crm.customer"]._ensure({(partner.id, self.company_a.id)})
        self.env.invalidate_all()
        return customers.search(
            [("partner_id", "=", partner.id), ("company_id", "=", self.company_a.id)]
        )

    def _activities(self, record):
        return self.env["mail.activity"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)]
        )

    # requests
    def test_request_is_answered_by_mail_and_activity_in_time(self):
        self._create_rule(
            "request", template_id=self.thanks.id, activity_type_id=self.call.id, minutes=15
        )
        lead = self._request()
        reaction = self._run(NOON + timedelta(minutes=10))
        self.assertEqual((reaction.state, reaction.is_in_time), ("done", True))
        mail = self.env["mail.mail"].search([("mail_message_id", "=", reaction.mail_id.id)])
        self.assertEqual((mail.subject, mail.recipient_ids), ("About Ten pumps", self.alfa_buyer))
        self.assertIn("Dear Alfa Buyer", mail.body_html)
        self.assertEqual((mail.model, mail.res_id, mail.state), ("crm.lead", lead.id, "outgoing"))
        activity = self._activities(lead)
        self.assertEqual((activity.user_id, activity.activity_type_id), (self.ana, self.call))
        self._run(NOON + timedelta(minutes=20))
        self.assertEqual(len(self._activities(lead)), 1)

    def test_later_than_promised_is_told(self):
        rule = self._create_rule("request", activity_type_id=self.call.id, minutes=15, pause_days=0)
        for minutes in (20, 0, 10, 0):
            self._request(NOON - timedelta(minutes=minutes))
        self.assertEqual(sorted(self._run().mapped("is_in_time")), [False, True, True, True])
        self.assertEqual((rule.done_count, rule.in_time_rate), (4, 0.75))

    def test_requests_typed_by_colleagues_are_left_alone_when_the_rule_says_so(self):
        rule = self._create_rule("request", activity_type_id=self.call.id)
        self.env["crm.lead"].with_user(self.ana).create(
            {"name": "By telephone", "company_id": self.company_a.id}
        )
        self.assertFalse(self._run(datetime.now()))
        rule.is_incoming_only = False
        self.assertEqual(len(self._run(datetime.now())), 1)

    def test_other_company_and_what_was_before_the_rule_is_left_alone(self):
        self._create_rule("request", activity_type_id=self.call.id)
        self._request(datetime(2026, 2, 27))
        self._request(company_id=self.company_b.id, user_id=self.bor.id)
        self.assertFalse(self._run())

    def test_request_of_a_stranger_is_answered_at_its_address(self):
        self._create_rule("request", template_id=self.thanks.id)
        self._request(partner_id=False, email_from="Vera <vera@new.example>")
        mail = self.env["mail.mail"].search([("mail_message_id", "=", self._run().mail_id.id)])
        self.assertIn("vera@new.example", mail.email_to)

    def test_the_colleague_reads_what_is_to_do_in_the_own_language(self):
        self.env["res.lang"]._activate_lang("pl_PL")
        self.ana.lang = "pl_PL"
        rule = self._create_rule(
            "request", activity_type_id=self.call.id, activity_summary="Call back"
        )
        rule.with_context(lang="pl_PL").activity_summary = "Oddzwonić"
        lead = self._request()
        self._run()
        self.assertEqual(self._activities(lead).summary, "Oddzwonić")

    def test_a_stranger_is_addressed_by_the_name_of_the_request(self):
        template = self.env.ref("crm_moments_of_truth.crm_event_mail_template_request")
        self._create_rule("request", template_id=template.id)
        self._request(partner_id=False, email_from="Vera Nova <vera@new.example>")
        mail = self.env["mail.mail"].search([("mail_message_id", "=", self._run().mail_id.id)])
        self.assertIn("Dear Vera Nova,", mail.body_html)

    # limits
    def test_contact_is_reached_once_within_the_pause(self):
        self._create_rule("request", template_id=self.thanks.id, pause_days=30)
        self._request()
        self._request()
        found = self._run()
        self.assertEqual(found.mapped("state"), ["done", "skipped"])
        self._request(NOON + timedelta(days=31))
        self.assertEqual(self._run(NOON + timedelta(days=31))[-1].state, "done")

    def test_a_stranger_is_reached_once_within_the_pause(self):
        self._create_rule("request", template_id=self.thanks.id, pause_days=30)
        for address in ("vera@new.example", "Vera <VERA@new.example>", "olga@new.example"):
            self._request(partner_id=False, email_from=address)
        self.assertEqual(self._run().mapped("state"), ["done", "skipped", "done"])

    def test_daily_limit_makes_the_others_wait(self):
        self._create_rule("request", activity_type_id=self.call.id, pause_days=0, daily_limit=2)
        for _number in range(3):
            self._request()
        self.assertEqual(self._run().mapped("state"), ["done", "done", "waiting"])
        self.assertEqual(self._run(NOON + timedelta(days=2))[-1].state, "done")

    def test_no_mail_against_the_will_or_without_consent(self):
        purpose = self.env.ref("crm_strategy.crm_purpose_marketing")
        rule = self._create_rule(
            "request", template_id=self.thanks.id, purpose_id=purpose.id, pause_days=0
        )
        self._request()
        self.assertEqual(self._run()[-1].state, "skipped")
        self.env["crm.consent"].create(
            {
                "partner_id": self.alfa_buyer.id,
                "purpose_id": purpose.id,
                "company_id": self.company_a.id,
                "given_on": date(2026, 3, 1),
            }
        )
        self._request()
        self.assertEqual(self._run()[-1].state, "done")
        rule.purpose_id = False
        self.env["mail.blacklist"]._add("buyer@alfa.example")
        self._request()
        self.assertEqual(self._run()[-1].state, "skipped")

    def test_what_fails_five_times_waits_for_a_person(self):
        self._create_rule("request", activity_type_id=self.call.id, user_id=False)
        self._request(user_id=False, team_id=False)
        for number in range(6):
            reaction = self._run(NOON + timedelta(days=number))
        self.assertEqual((reaction.state, reaction.tries), ("failed", 5))
        self.assertIn("Nobody holds", reaction.note)
        reaction.lead_id.user_id = self.ana
        with self.assertRaises(AccessError):
            reaction.with_user(self.ana).action_retry()
        reaction.with_user(self.sim).action_retry()
        self.assertEqual(self._run(NOON + timedelta(days=7)).state, "done")

    # days
    def test_contract_near_its_end(self):
        self._create_rule("contract_end", days=60, activity_type_id=self.call.id)
        order = self._confirm(self._create_order())
        order.crm_contract_end = date(2026, 6, 1)
        self.assertFalse(self._run(datetime(2026, 4, 1, 12)))
        reaction = self._run(datetime(2026, 4, 2, 12))
        self.assertEqual((reaction.state, reaction.order_id), ("done", order))
        self.assertEqual(len(self._activities(order)), 1)
        # Another end is another event; a contract that is over none.
        order.crm_contract_end = date(2027, 6, 1)
        self.assertEqual(len(self._run(datetime(2027, 6, 2, 12))), 1)

    def test_days_begin_where_the_company_is(self):
        customer = self._customer()
        self._pass(self._confirm(self._create_order(), at=datetime(2025, 4, 2, 10)))
        order = self._confirm(self._create_order(), at=datetime(2026, 3, 31, 10))
        self._pass(order)
        order.crm_contract_end = date(2026, 6, 1)
        self.company_a.resource_calendar_id.tz = "Pacific/Kiritimati"  # 14 hours before UTC
        self.env["crm.public.event"].create(
            {"name": "Fair", "date": date(2026, 4, 12), "company_id": self.company_a.id}
        )
        for trigger, days in (
            ("contract_end", 60),
            ("silence", 1),
            ("birthday", 0),
            ("public_event", 10),
        ):
            self._create_rule(trigger, days=days, activity_type_id=self.call.id)
        for at, expected in (
            (datetime(2026, 4, 1, 9, 59), 0),
            (datetime(2026, 4, 1, 10), 4),
        ):
            with freeze_time(at):
                self.Rule._detect()
            self.env.invalidate_all()
            found = self.Reaction.search([("partner_id", "=", customer.partner_id.id)])
            self.assertEqual(len(found), expected, found.mapped("trigger"))
        # The new day began at ten in UTC; the fair was typed in later than that.
        known = found.filtered(lambda item: item.trigger != "public_event")
        self.assertEqual(set(known.mapped("event_at")), {datetime(2026, 4, 1, 10)})

    def test_silence_counts_from_the_last_fact_or_contact(self):
        self._create_rule("silence", days=10, activity_type_id=self.call.id)
        self._pass(self._confirm(self._create_order()))  # 2 March
        self.assertFalse(self._run(datetime(2026, 3, 12, 12)))
        reaction = self._run(datetime(2026, 3, 13, 12))
        self.assertEqual((reaction.state, reaction.partner_id), ("done", self.alfa))
        self.assertEqual(len(self._run(datetime(2026, 3, 20, 12))), 1)

    def test_birthday_of_the_relation_also_of_a_leap_day(self):
        self._create_rule("birthday", template_id=self.thanks.id, days=0)
        order = self._confirm(self._create_order(), at=datetime(2024, 2, 29, 10))
        self._pass(order)
        self.Rule.search([]).since = datetime(2025, 1, 1)
        self.assertFalse(self._run(datetime(2025, 2, 27, 12)))
        self.assertEqual(len(self._run(datetime(2025, 2, 28, 12))), 1)
        self.assertEqual(len(self._run(datetime(2025, 3, 1, 12))), 1)

    def test_price_list_change_reaches_who_buys_by_it(self):
        self._create_rule("price_list", activity_type_id=self.call.id)
        now = self.env.cr.now()
        pricelist = self.env["product.pricelist"].create(
            {"name": "Pumps", "company_id": self.company_a.id}
        )
        order = self._create_order()
        order.pricelist_id = pricelist
        self._confirm(order, at=now)
        self._confirm(self._create_order(partner=self.beta), at=now)
        self.env.flush_all()
        pricelist.item_ids = [Command.create({"fixed_price": 90, "compute_price": "fixed"})]
        reaction = self._run(now + timedelta(minutes=1))
        self.assertEqual((reaction.partner_id, reaction.state), (self.alfa, "done"))

    def test_change_at_the_customer_is_noticed_once(self):
        self._create_rule("client_change", activity_type_id=self.call.id, pause_days=0)
        self._customer()
        self.assertFalse(self._run(datetime.now()))
        self.alfa_buyer.function = "Head of purchasing"
        later = datetime.now() + timedelta(minutes=5)
        reaction = self._run(later)
        self.assertEqual((reaction.partner_id, reaction.state), (self.alfa, "done"))
        self.alfa.comment = "No news"
        self.assertEqual(len(self._run(later + timedelta(minutes=5))), 1)

    def test_public_event_reaches_the_customers_of_its_segments(self):
        segment = self.env["crm.segment"].create({"name": "Towns", "company_id": self.company_a.id})
        self._customer().segment_id = segment
        self._customer(self.beta)
        event = (
            self.env["crm.public.event"]
            .with_user(self.lia)
            .create(
                {
                    "name": "Water law",
                    "date": date(2036, 4, 1),
                    "company_id": self.company_a.id,
                    "segment_ids": [Command.set(segment.ids)],
                }
            )
        )
        self._create_rule("public_event", days=30, template_id=self.thanks.id)
        self.assertFalse(self._run(datetime(2036, 3, 1, 12)))
        reaction = self._run(datetime(2036, 3, 2, 12))
        self.assertEqual((reaction.partner_id, reaction.public_event_id), (self.alfa, event))

    def test_campaign_opens_a_lead_for_the_customer(self):
        campaign = self.env["utm.campaign"].create({"title": "Next contract"})
        self._create_rule("contract_end", days=60, campaign_id=campaign.id)
        order = self._confirm(self._create_order(partner=self.alfa_buyer))
        order.crm_contract_end = date(2026, 4, 1)
        reaction = self._run()
        self.assertEqual(reaction.lead_id.campaign_id, campaign)
        self.assertEqual(reaction.lead_id.partner_id, self.alfa_buyer)

    def test_lead_that_a_rule_opened_is_no_request_of_the_customer(self):
        campaign = self.env["utm.campaign"].create({"title": "Next contract"})
        self._create_rule("contract_end", days=60, campaign_id=campaign.id)
        self._create_rule("request", template_id=self.thanks.id)
        order = self._confirm(self._create_order(partner=self.alfa_buyer))
        order.crm_contract_end = date(2026, 4, 1)
        self._run()
        self.assertEqual(self._run().mapped("trigger"), ["contract_end"])

    def test_rule_that_has_nothing_left_to_do_ends(self):
        plan = self.env["mail.activity.plan"].create(
            {
                "name": "Orders",
                "res_model": "sale.order",
                "template_ids": [Command.create({"activity_type_id": self.call.id})],
            }
        )
        self._create_rule("contract_end", days=60, activity_plan_id=plan.id)
        plan.template_ids.unlink()
        order = self._confirm(self._create_order(partner=self.alfa_buyer))
        order.crm_contract_end = date(2026, 4, 1)
        self.assertEqual(self._run().mapped("state"), ["skipped"])

    # rights and definitions
    def test_own_team_and_company_see_it(self):
        self._create_rule("request", activity_type_id=self.call.id, user_id=False)
        lead = self._request(team_id=self.north.id)
        reaction = self._run()
        self.assertEqual(reaction.user_id, lead.user_id)
        for user, sees in (
            (self.ana, True),
            (self.lia, True),
            (self.sim, True),
            (self.ole, False),
            (self.bor, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(reaction in self._seen_by(user, "crm.event.reaction"), sees)

    def test_rule_does_something_and_its_plan_fits(self):
        with self.assertRaisesRegex(ValidationError, "does nothing"):
            self._create_rule("request")
        plan = self.env["mail.activity.plan"].create(
            {
                "name": "Orders",
                "res_model": "sale.order",
                "template_ids": [
                    Command.create({"activity_type_id": self.call.id, "summary": "First"}),
                    Command.create({"activity_type_id": self.call.id, "summary": "Second"}),
                ],
            }
        )
        with self.assertRaisesRegex(ValidationError, "does not fit"):
            self._create_rule("request", activity_plan_id=plan.id)
        self._create_rule("contract_end", days=60, activity_plan_id=plan.id)
        order = self._confirm(self._create_order())
        order.crm_contract_end = date(2026, 4, 1)
        self.assertEqual(self._run().note, "First; Second")
        self.assertEqual(len(self._activities(order)), 2)
