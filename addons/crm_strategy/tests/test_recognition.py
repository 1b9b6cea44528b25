from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CrmStrategyCase


@tagged("post_install", "-at_install")
class TestRecognition(CrmStrategyCase):
    """S002-2.1-a: keeping customers is seen, and somebody says thank you.

    By hand: user_a owns Bakery (old and new opportunity: stayed), Brewery (old and new: stayed)
    and Clinic (old alone: left): 2 of 3. leader_a owns Diver (new alone: was not there before).
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._assign()
        cls.team_be.write({"user_id": cls.leader_a.id, "member_ids": [(4, cls.user_a.id)]})
        long_ago = fields.Datetime.now() - relativedelta(months=20)
        for partner, owner, has_old, has_new in (
            (cls.bakery, cls.user_a, True, True),
            (cls.brewery, cls.user_a, True, True),
            (cls.clinic, cls.user_a, True, False),
            (cls.diver, cls.leader_a, False, True),
        ):
            cls._customer(partner).user_id = owner
            if has_new:
                cls._deal(partner)
            if has_old:
                old = cls._deal(partner)
                cls.env.cr.execute(
                    "UPDATE crm_lead SET create_date = %s, date_closed = %s WHERE id = %s",
                    [long_ago, long_ago, old.id],
                )
        cls.rule = cls.env["crm.reward.rule"].create(
            {"name": "They stayed", "months": 12, "share": 0.6, "minimum": 3}
        )
        cls.env.invalidate_all()

    @classmethod
    def _deal(cls, partner):
        lead = cls.env["crm.lead"].create(
            {
                "name": "Deal",
                "type": "opportunity",
                "partner_id": partner.id,
                "company_id": cls.company_a.id,
            }
        )
        cls.env.flush_all()
        return lead

    def _propose(self):
        self.rule.with_user(self.manager_a).action_propose()
        return self.env["crm.recognition"].search([("rule_id", "=", self.rule.id)])

    def test_who_kept_enough_customers_is_proposed_once(self):
        proposed = self._propose()
        self.assertRecordValues(
            proposed,
            [
                {
                    "user_id": self.user_a.id,
                    "kept_count": 2,
                    "due_count": 3,
                    "state": "proposed",
                    "reason": "They stayed",
                    "company_id": self.company_a.id,
                }
            ],
        )
        self.assertEqual(self._propose(), proposed)

    def test_too_few_customers_or_too_small_a_share_proposes_nobody(self):
        self.rule.minimum = 4
        self.assertFalse(self._propose())
        self.rule.write({"minimum": 3, "share": 0.7})
        self.assertFalse(self._propose())

    def test_a_leader_says_thank_you_and_a_user_does_not(self):
        proposed = self._propose()
        with self.assertRaises(AccessError):
            proposed.with_user(self.user_a).action_give()
        proposed.with_user(self.leader_a).action_give()
        self.assertEqual((proposed.state, proposed.given_by), ("given", self.leader_a))

    def test_a_leader_changes_no_thanks_of_strangers_to_strangers(self):
        Recognition = self.env["crm.recognition"]
        thanks = Recognition.with_user(self.manager_a).create(
            {
                "reason": "Found the lost pallet",
                "user_id": self.manager_a.id,
                "company_id": self.company_a.id,
            }
        )
        own = Recognition.with_user(self.leader_a).create(
            {
                "reason": "Helped with the offer",
                "user_id": self.manager_a.id,
                "company_id": self.company_a.id,
            }
        )
        with self.assertRaises(AccessError):
            thanks.with_user(self.leader_a).write({"reason": "Nothing"})
        own.write({"story": "All night long"})
        self.assertEqual(thanks.with_user(self.leader_a).reason, "Found the lost pallet")

    def test_figures_of_the_rule_are_not_typed(self):
        with self.assertRaises(AccessError):
            self._propose().with_user(self.manager_a).write({"rule_id": False})

    def test_another_company_sees_nothing(self):
        self._propose()
        self.assertFalse(self.env["crm.recognition"].with_user(self.user_b).search([]))
