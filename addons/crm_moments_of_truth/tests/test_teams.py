"""Orders go to the team a person chose, else to the segment's, else to Odoo's."""

from odoo.tests import tagged

from .common import MomentsCase


@tagged("post_install", "-at_install")
class TestTeams(MomentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.south = cls.env["crm.team"].create({"name": "South", "company_id": cls.company_a.id})
        cls.segment = cls.env["crm.segment"].create(
            {"name": "Key", "code": "KEY", "company_id": cls.company_a.id}
        )
        cls.south.crm_segment_id = cls.segment
        cls.env["crm.customer"].create(
            {
                "partner_id": cls.alfa.id,
                "company_id": cls.company_a.id,
                "segment_id": cls.segment.id,
            }
        )

    def test_order_goes_to_the_team_of_the_segment(self):
        self.assertEqual(self._create_order(self.alfa_buyer).team_id, self.south)

    def test_salesperson_without_a_role_gets_the_same_team(self):
        self.assertEqual(self._create_order(user=self.sal).team_id, self.south)

    def test_customer_without_segment_goes_where_odoo_sends_it(self):
        self.assertEqual(self._create_order(self.beta).team_id, self.north)

    def test_team_a_person_chose_stays(self):
        order = self._create_order(self.beta)
        order.team_id = self.south
        self.assertTrue(order.crm_team_manual)
        order.team_id = self.north
        order.partner_id = self.alfa
        self.assertEqual(order.team_id, self.north)

    def test_salesperson_without_a_role_may_choose_the_team(self):
        order = self._create_order(self.beta, user=self.sal)
        order.team_id = self.north
        order.partner_id = self.alfa
        self.assertEqual(order.team_id, self.north)

    def test_changed_customer_is_routed_anew_while_nobody_chose(self):
        order = self._create_order(self.beta)
        order.partner_id = self.alfa
        self.assertEqual(order.team_id, self.south)
        self.assertFalse(order.crm_team_manual)
