"""What we learned and remember: written once, read by the team, used again."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .know_case import KnowCase

SPECIFICATION = {"name": {}, "description": {}}


@tagged("post_install", "-at_install")
class TestInsight(KnowCase):
    def _insight(self, user=None, **values):
        Insight = self.env["crm.insight"].with_user(user or self.ana)
        return Insight.create({"name": "The night shift signs", "date": "2026-03-05", **values})

    def _preference(self, **values):
        Preference = self.env["crm.preference"].with_user(self.ana)
        return Preference.create(
            {
                "name": "Before eight",
                "customer_id": self.customer.id,
                "date": "2026-03-05",
                **values,
            }
        )

    def test_the_segment_s_team_reads_it_and_nobody_else(self):
        tom = self._create_user("tom", "crm_strategy.crm_strategy_group_user")
        self.north.member_ids |= tom
        insight = self._insight(customer_id=self.customer.id)
        self.assertEqual(insight.segment_id, self.heights)
        for user, sees in (
            (tom, True),
            (self.lia, True),
            (self.sim, True),
            (self.fin, True),
            (self.ole, False),
            (self.bor, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(bool(self._seen_by(user, "crm.insight") & insight), sees)
        insight.is_shared = True
        self.assertTrue(self._seen_by(self.ole, "crm.insight") & insight)
        self.assertFalse(self._seen_by(self.bor, "crm.insight") & insight)

    def test_a_reader_counts_once_a_day_and_the_author_never(self):
        insight = self._insight(customer_id=self.customer.id)
        with freeze_time("2026-03-06 10:00:00"):
            insight.web_read(SPECIFICATION)
            for _page in range(2):
                insight.with_user(self.lia).web_read(SPECIFICATION)
            insight.with_user(self.sim).web_read({"name": {}})  # a line of a list
        with freeze_time("2026-03-07 10:00:00"):
            insight.with_user(self.lia).web_read(SPECIFICATION)
        insight.invalidate_recordset()
        self.assertEqual((insight.read_count, insight.reader_count), (2, 1))
        unread = self._insight(customer_id=self.customer.id)
        figure, _records, failing = self._figure("insights_read")
        self.assertEqual((figure, failing), ((1, 2), unread))

    def test_knowledge_used_again(self):
        """Two insights, one used in March, twice; one preference, used in April."""
        used, idle = (self._insight(customer_id=self.customer.id) for _n in range(2))
        preference = self._preference()
        order = self._confirm(self._create_order())
        with freeze_time("2026-03-10 10:00:00"):
            here = {"default_order_id": order.id, "default_customer_id": self.customer.id}
            for _click in range(2):  # a double click is one use
                used.with_context(**here).action_use()
            self.env["crm.knowledge.use"].create({"insight_id": used.id, "note": "Told Radu"})
        with freeze_time("2026-04-02 10:00:00"):
            preference.with_context(**here).action_use()
            used.invalidate_recordset()
            self.assertEqual((used.use_count, str(used.last_used_on)), (2, "2026-03-10"))
            figure, _records, failing = self._figure("knowledge_reuse")
            self.assertEqual((figure, failing), ((1, 2), idle))
            self.assertEqual(self._figure("knowledge_reuse", team=self.north)[0], (1, 2))
            self.assertEqual(self._figure("preference_reuse")[0], (0, 1))
            self.assertEqual(self._figure("preference_reuse", "2026-04")[0], (1, 1))
            self.assertIsNone(self._figure("knowledge_reuse", "2026-02")[0])

    def test_without_a_place_the_button_asks_for_it(self):
        preference = self._preference()
        action = preference.action_use()
        self.assertEqual(action["context"]["default_preference_id"], preference.id)

    def test_order_and_lead_show_what_is_known(self):
        self._preference()
        self._insight(customer_id=self.customer.id)
        self._insight(segment_id=self.heights.id)  # about nobody alone
        self._insight(customer_id=self.other.id, segment_id=self.heights.id, user=self.sim)
        order = self._create_order().with_user(self.ana)
        self.assertEqual((order.crm_preference_count, order.crm_insight_count), (1, 2))
        action = order.action_crm_open_insights()
        self.assertEqual(self.env["crm.insight"].search_count(action["domain"]), 2)
        lead = self.env["crm.lead"].create(
            {"name": "Pumps", "partner_id": self.alfa_buyer.id, "company_id": self.company_a.id}
        )
        lead = lead.with_user(self.sim)
        self.assertEqual((lead.crm_preference_count, lead.crm_insight_count), (1, 2))

    def test_rule_10_counts_contracts_with_a_lesson(self):
        """Three contracts in March: a lesson from the order, one from the pass, none. 2 of 3."""
        orders = [self._confirm(self._create_order()) for _n in range(3)]
        self._insight(order_id=orders[0].id)
        self._insight(relationship_id=self._pass(orders[1]).id)
        figure, _records, failing = self._figure("rule_knowledge")
        self.assertEqual((figure, failing), ((2, 3), orders[2]))
        self.assertEqual(self._figure("rule_knowledge", team=self.north)[0], (2, 3))

    def test_learning_rate_counts_contacts_with_a_note(self):
        """Two messages of Alfa and one of Beta; one of Alfa's taught something: 1 of 3."""
        self.env["crm.channel"].search([("message_kind", "=", "email")]).active = False
        self.env["crm.channel"].create(
            {"name": "Letters", "code": "t_mail", "message_kind": "email"}
        )
        values = {"message_type": "email", "subtype_xmlid": "mail.mt_comment"}
        Lead = self.env["crm.lead"]
        messages = self.env["mail.message"]
        for partner in (self.alfa, self.alfa, self.beta):
            lead = Lead.create(
                {"name": "Ask", "partner_id": partner.id, "company_id": self.company_a.id}
            )
            messages |= lead.message_post(body="?", author_id=partner.id, **values)
        messages.write({"date": "2026-03-12 10:00:00"})
        self._insight(
            customer_id=self.customer.id,
            message_id=messages[0].id,
            date="2026-03-12",
            user=self.sim,
        )
        figure, _records, failing = self._figure("learning_rate")
        self.assertEqual((figure, failing), ((1, 3), messages[1:].sorted("id", reverse=True)))
        action = self.env["crm.insight"].with_user(self.sim).action_from_message(messages[1].id)
        self.env["crm.insight"].with_user(self.sim).with_context(**action["context"]).create(
            {"name": "They ask by letter"}
        )
        self.assertEqual(self._figure("learning_rate")[0], (2, 3))
        # Written on the same day about the customer, tied to no message: for all of that day.
        self._insight(customer_id=self.other.id, date="2026-03-12", user=self.sim)
        self.assertEqual(self._figure("learning_rate")[0], (3, 3))

    def test_an_insight_stays_in_its_company(self):
        insight = self._insight(customer_id=self.customer.id)
        with self.assertRaises(AccessError):
            insight.company_id = self.company_b
        foreign = self._confirm(self._create_order(company=self.company_b, user=self.bor))
        with self.assertRaises(AccessError):
            self._insight(relationship_id=self._pass(foreign).id)

    def test_a_message_that_one_may_not_read_teaches_one_nothing(self):
        """The name of a message holds its subject; Ole does not see Ana's lead."""
        lead = self.env["crm.lead"].create(
            {"name": "Ask", "user_id": self.ana.id, "company_id": self.company_a.id}
        )
        message = lead.message_post(body="?", author_id=self.alfa.id)
        with self.assertRaises(AccessError):
            self._insight(user=self.ole, message_id=message.id)
        own = self._insight(user=self.ole)
        with self.assertRaises(AccessError):
            own.message_id = message
        self.assertEqual(self._insight(message_id=message.id).message_id, message)

    def test_a_pass_of_another_customer_is_refused(self):
        order = self._confirm(self._create_order())
        with self.assertRaisesRegex(ValidationError, "is one of"):
            self._insight(relationship_id=self._pass(order).id, customer_id=self.other.id)

    def test_merged_customers_keep_what_is_known(self):
        mine, theirs = self._insight(customer_id=self.customer.id), self._preference()
        self.env["crm.insight"].flush_model()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.alfa | self.beta).ids, self.beta)
        self.env.invalidate_all()
        self.assertEqual(mine.customer_id, self.other)
        self.assertEqual(theirs.customer_id, self.other)
