from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import GROUP
from .common_need import NeedCase


@tagged("post_install", "-at_install")
class TestNeedAccess(NeedCase):
    """Own, team, company: who sees and changes which analysis, also over two companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._create_user("stranger", cls.company_a, GROUP + "user")
        cls.analysis_b = cls._create_analysis(
            cls._customer(cls.bakery, cls.company_b), user_id=cls.user_b.id, name="Secret of Valley"
        )
        cls.need_b = cls._create_need(
            "Valley only", "legal", analysis_id=cls.analysis_b.id, user_id=cls.user_b.id
        )
        cls.team_be.user_id = cls.leader_a
        cls.customer.segment_id = cls.segment_be
        cls._next_transaction()

    def _needs(self, user):
        return self.env["crm.need"].with_user(user).search([("company_id", "in", self._ids())])

    def _ids(self):
        return (self.company_a | self.company_b).ids

    def test_user_sees_own_leader_the_teams_manager_all_of_the_company(self):
        own = self.analysis.need_ids
        for user in (self.user_a, self.leader_a, self.manager_a, self.finance_a):
            with self.subTest(user.login):
                self.assertEqual(set(self._needs(user)), set(own))
        self.assertFalse(self._needs(self.stranger))
        self.assertEqual(self._needs(self.user_b), self.need_b)

    def test_leader_of_another_team_sees_nothing(self):
        self.team_be.user_id = False
        self.assertFalse(self._needs(self.leader_a))

    def test_who_is_given_a_part_works_on_the_whole(self):
        self.t3.user_id = self.stranger
        self.assertIn(self.stranger, self.analysis.member_ids)
        self.n1.with_user(self.stranger).name = "Dust stays in"
        self.assertEqual(self.n1.revision, 2)

    def test_stranger_and_finance_change_nothing(self):
        for user in (self.stranger, self.finance_a, self.user_b):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.n1.with_user(user).name = "Dust stays in"
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.links[0].with_user(user).action_approve()
        self.assertEqual(self.n1.revision, 1)

    def test_nobody_deletes_what_history_hangs_on(self):
        for record in (self.n1, self.f1, self.c1, self.analysis):
            with self.assertRaises(AccessError):
                record.with_user(self.manager_a).unlink()

    def test_matrix_shows_nothing_of_another_company(self):
        shown = self.env["crm.need.matrix"].with_user(self.user_a).get_matrix()
        text = str(shown)
        self.assertIn("Flour dust", text)
        self.assertNotIn("Valley", text)

    def test_legal_needs_of_each_company_are_its_own(self):
        Need = self.env["crm.need"]
        self.assertFalse(Need._uncovered_legal_needs(self.bakery, self.company_a))
        self.assertEqual(Need._uncovered_legal_needs(self.bakery, self.company_b), self.need_b)
