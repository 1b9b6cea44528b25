from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import GROUP, CrmStrategyCase


@tagged("post_install", "-at_install")
class TestHandoff(CrmStrategyCase):
    """S001-1-COM: an owner changes when the receiver accepts, and not before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receiver = cls._create_user("receiver", cls.company_a, GROUP + "user")
        cls._assign()
        cls.customer = cls._customer(cls.bakery)
        cls.customer.user_id = cls.user_a
        cls.team_be.member_ids = cls.user_a
        cls.team_be.user_id = cls.leader_a
        values = {"type": "opportunity", "company_id": cls.company_a.id}
        cls.mine, cls.other, cls.lost = cls.env["crm.lead"].create(
            [
                {**values, "name": "Oven", "partner_id": cls.bakery.id, "user_id": cls.user_a.id},
                {**values, "name": "Mill", "partner_id": cls.bakery.id, "user_id": cls.leader_a.id},
                {**values, "name": "Past", "partner_id": cls.bakery.id, "user_id": cls.user_a.id},
            ]
        )
        cls.lost.action_set_lost()

    def _offer(self, user=None, **vals):
        Handoff = self.env["crm.handoff"].with_user(user or self.user_a)
        return Handoff.create(
            {"customer_id": self.customer.id, "to_user_id": self.receiver.id, **vals}
        )

    def test_accepting_moves_the_customer_and_the_open_opportunities_of_its_owner(self):
        handoff = self._offer(note="Ask for Anna", open_points="Offer of March")
        self.assertEqual(self.customer.user_id, self.user_a)
        handoff.with_user(self.receiver).action_accept()
        self.assertEqual(handoff.state, "accepted")
        self.assertEqual(self.customer.user_id, self.receiver)
        self.assertEqual(self.mine.user_id, self.receiver)
        self.assertEqual(self.other.user_id, self.leader_a)
        self.assertEqual(self.lost.user_id, self.user_a)

    def test_an_opportunity_is_handed_over_alone(self):
        handoff = self._offer(customer_id=False, lead_id=self.mine.id)
        handoff.with_user(self.receiver).action_accept()
        self.assertEqual(self.mine.user_id, self.receiver)
        self.assertEqual(self.customer.user_id, self.user_a)

    def test_only_the_receiver_accepts_or_refuses(self):
        handoff = self._offer()
        for user in (self.user_a, self.leader_a, self.manager_a):
            with self.subTest(user=user.login), self.assertRaisesRegex(AccessError, "waits for"):
                handoff.with_user(user).action_accept()
            with self.subTest(user=user.login), self.assertRaisesRegex(AccessError, "waits for"):
                handoff.with_user(user).action_refuse()

    def test_a_refusal_has_a_reason_and_leaves_the_owner(self):
        handoff = self._offer().with_user(self.receiver)
        action = handoff.action_refuse()
        self.env["crm.handoff.answer"].with_user(self.receiver).with_context(
            **action["context"]
        ).create({"reason": "I go on leave"}).action_confirm()
        self.assertEqual((handoff.state, handoff.reason), ("refused", "I go on leave"))
        self.assertEqual(self.customer.user_id, self.user_a)

    def test_who_offered_withdraws_and_the_receiver_does_not(self):
        handoff = self._offer()
        with self.assertRaises(AccessError):
            handoff.with_user(self.receiver)._end("withdrawn", "no")
        handoff._end("withdrawn", "Found another way")
        self.assertEqual(handoff.state, "withdrawn")

    def test_a_settled_handoff_is_not_settled_again(self):
        handoff = self._offer().with_user(self.receiver)
        handoff.action_accept()
        with self.assertRaisesRegex(UserError, "settled already: Accepted"):
            handoff.action_accept()

    def test_one_open_offer_per_record_in_the_database(self):
        self._offer()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "INSERT INTO crm_handoff (customer_id, company_id, to_user_id, state, offered_on)"
                " VALUES (%s, %s, %s, 'offered', NOW())",
                [self.customer.id, self.company_a.id, self.receiver.id],
            )
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation) as caught,
            self.env.cr.savepoint(),
        ):
            self._offer(to_user_id=self.leader_a.id)
        self.assertIn(
            "offered to somebody already",
            self.env["crm.handoff"]._sql_error_to_message(caught.exception),
        )

    def test_whoever_does_not_own_it_cannot_offer_it(self):
        with self.assertRaisesRegex(AccessError, "not yours to hand over"):
            self._offer(self.receiver, to_user_id=self.leader_a.id)

    def test_a_leader_hands_over_for_the_own_team_alone(self):
        self._offer(self.leader_a)
        self.customer.handoff_ids.sudo().unlink()
        self.team_be.member_ids = self.user_a
        self.team_be.user_id = self.user_a
        with self.assertRaisesRegex(AccessError, "not yours to hand over"):
            self._offer(self.leader_a)

    def test_a_default_makes_no_settled_handoff(self):
        Handoff = self.env["crm.handoff"].with_user(self.user_a)
        handoff = Handoff.with_context(default_state="accepted", default_reason="x").create(
            {"customer_id": self.customer.id, "to_user_id": self.receiver.id}
        )
        self.assertEqual((handoff.state, handoff.reason), ("offered", False))

    def test_an_owner_changed_in_between_stops_the_acceptance(self):
        handoff = self._offer().with_user(self.receiver)
        self.customer.user_id = self.leader_a
        with self.assertRaisesRegex(UserError, "got another owner since"):
            handoff.action_accept()

    def test_the_receiver_gets_an_activity_that_goes_with_the_answer(self):
        handoff = self._offer()
        self.assertEqual(handoff.sudo().activity_ids.user_id, self.receiver)
        handoff.with_user(self.receiver).action_accept()
        self.assertFalse(handoff.sudo().activity_ids)

    def test_state_and_owner_are_not_typed(self):
        handoff = self._offer(state="accepted")
        self.assertEqual(handoff.state, "offered")
        with self.assertRaises(AccessError):
            handoff.with_user(self.manager_a).write({"state": "accepted"})

    def test_people_see_their_own_leaders_their_team(self):
        handoff = self._offer()
        Handoff = self.env["crm.handoff"]
        stranger = self._create_user("stranger", self.company_a, GROUP + "user")
        for user, seen in (
            (self.user_a, True),
            (self.receiver, True),
            (stranger, False),
            (self.leader_a, True),
            (self.manager_a, True),
            (self.user_b, False),
        ):
            with self.subTest(user=user.login):
                found = Handoff.with_user(user).search([("id", "=", handoff.id)])
                self.assertEqual(bool(found), seen)

    def test_a_receiver_of_another_company_or_without_a_role_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "does not work in Harbour"):
            self._offer(to_user_id=self.user_b.id)
        self.customer.handoff_ids.sudo().unlink()
        with self.assertRaisesRegex(ValidationError, "has no role"):
            self._offer(to_user_id=self.salesman_a.id)

    def test_merging_customers_keeps_one_open_offer(self):
        self._offer()
        brewery = self._customer(self.brewery)
        brewery.user_id = self.user_a
        second = self._offer(customer_id=brewery.id)
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((self.bakery + self.brewery).ids, self.bakery)
        second.invalidate_recordset()
        self.assertEqual(second.customer_id, self.customer)
        self.assertEqual(second.state, "withdrawn")
