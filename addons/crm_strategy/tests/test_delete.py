from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..core.period import Period
from .common import CrmStrategyCase


@tagged("post_install", "-at_install")
class TestDelete(CrmStrategyCase):
    """Whoever deletes a record of Odoo is never stopped by something of ours."""

    def setUp(self):
        super().setUp()
        self._assign()
        day = date(2026, 1, 1)
        pairs = [(self.company_a.id, self.bakery.id), (self.company_b.id, self.mill.id)]
        for consumer in self.env["crm.change"]._consumers():
            self.env["crm.change"]._collect(consumer, [(*pair, day) for pair in pairs])
        self.env.cr.flush()
        self.env["crm.comparison"]._open(self.company_a + self.company_b)
        self.env["crm.indicator"]._refresh(self.company_b, [Period.parse("2026")])

    def test_contact(self):
        self.bakery.unlink()
        # What its company measures hangs on no contact.
        left = self.env["crm.change"].search([("company_id", "=", self.company_a.id)])
        self.assertEqual(set(left.mapped("consumer")), {"indicators"})

    def test_user_who_owns_customers(self):
        customer = self._customer(self.bakery)
        customer.user_id = self.user_a
        self.user_a.unlink()
        self.env.invalidate_all()
        self.assertFalse(customer.user_id)

    def test_team_of_a_segment(self):
        self.team_be.unlink()
        self.env.invalidate_all()
        self.assertFalse(self.segment_be.team_id)
        self.assertEqual(self._customer(self.bakery).segment_id, self.segment_be)

    def test_lead_of_a_customer(self):
        lead = self.env["crm.lead"].create({"name": "Ovens", "partner_id": self.bakery.id})
        lead.unlink()
        self.assertTrue(self._customer(self.bakery))

    def test_company_with_customers_segments_and_teams(self):
        self.user_b.unlink()
        self.company_b.unlink()
        self.env.invalidate_all()
        self.assertFalse(self.segment_b.exists())
        self.assertFalse(self.team_b.crm_segment_id)
        self.assertFalse(self._customer(self.mill, self.company_b))

    def test_our_own_used_segment_asks_to_be_archived(self):
        with self.assertRaises(UserError):
            self.segment_be.unlink()
