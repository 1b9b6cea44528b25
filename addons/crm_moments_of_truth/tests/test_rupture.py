from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..core.rupture import RuptureRow
from .common import MomentsCase


@tagged("post_install", "-at_install")
class TestRupture(MomentsCase):
    """Raised once, renewed, repaired, reopened; and a client forges none of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._confirm(cls._create_order(amount=100))
        cls.env.cr.flush()
        cls.env["crm.change"]._run_all("moments")
        cls.relation = cls.env["crm.relationship"].search(
            [("root_model", "=", "sale.order"), ("root_id", "=", cls.order.id)]
        )
        cls.Rupture = cls.env["crm.rupture"]

    def _row(self, **values):
        return RuptureRow(**{"relationship_id": self.relation.id, "cause": "unpaid", **values})

    def test_the_same_rupture_is_raised_once_and_renewed(self):
        first = self.Rupture._raise([self._row(sign="INV/1", amount=40)])
        again = self.Rupture._raise([self._row(sign="INV/1", amount=30)])
        self.assertEqual(first, again)
        self.assertEqual((first.amount, first.state, first.user_id), (30, "open", self.ana))
        self.assertEqual((first.company_id, first.partner_id), (self.company_a, self.alfa))

    def test_without_an_amount_the_value_of_the_pass_is_at_stake(self):
        self.assertEqual(self.Rupture._raise([self._row()]).amount, 100)

    def test_repair_closes_and_the_same_sign_reopens(self):
        with freeze_time(datetime(2026, 3, 16, 8)):
            rupture = self.Rupture._raise([self._row(sign="INV/1")])
        with freeze_time(datetime(2026, 3, 16, 20)):
            self.Rupture._repair([(self.relation.id, None, "unpaid")], "Payment received")
        self.assertEqual((rupture.state, rupture.hours), ("closed", 12))
        with freeze_time(datetime(2026, 3, 18, 8)):
            self.assertEqual(self.Rupture._raise([self._row(sign="INV/1")]), rupture)
        self.assertEqual((rupture.state, rupture.reopen_count), ("open", 1))
        with freeze_time(datetime(2026, 3, 18, 11)):
            self.Rupture._repair([(self.relation.id, None, "unpaid")])
        self.assertEqual(rupture.hours, 15)

    def test_a_client_cannot_forge_a_rupture(self):
        forged = self.Rupture.with_user(self.ana).create(
            {"relationship_id": self.relation.id, "cause": "unpaid", "state": "waived"}
        )
        self.assertEqual((forged.cause, forged.state), ("reported", "open"))
        for values in ({"state": "closed"}, {"company_id": self.company_b.id}, {"hours": 1}):
            with self.assertRaises(AccessError):
                forged.with_user(self.ana).write(values)
