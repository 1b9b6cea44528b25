from odoo.tests import tagged

from odoo.addons.crm_strategy.core.measure import MeasureScope
from odoo.addons.crm_strategy.core.period import Period

from ..core.rupture import RuptureRow
from .common_rupture import RuptureCase

MARCH = Period.parse("2026-03")


@tagged("post_install", "-at_install")
class TestRuptureFigures(RuptureCase):
    """The figures of rules 1 and 5 against counts by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.advice.invoice_policy = "delivery"
        orders = cls.env["sale.order"].browse(
            cls._create_order(user=user).id for user in (cls.ana, cls.ana, cls.ole)
        )
        cls._confirm(orders)
        cls.env.cr.flush()
        cls.env["crm.change"]._run_all("moments")
        cls.passes = cls.env["crm.relationship"].search([("order_id", "in", orders.ids)])
        cls.oles = cls.passes.filtered(lambda item: item.user_id == cls.ole)

    def _figure(self, code):
        scope = MeasureScope(self.company_a.id, "company", None, (MARCH,))
        rows = getattr(self.env["crm.indicator"], f"_measure_{code}")(scope)
        return [(row.numerator, row.denominator, row.n) for row in rows]

    def _failing(self, code):
        scope = MeasureScope(self.company_a.id, "company", (0,), (MARCH,))
        model, domain = getattr(self.env["crm.indicator"], f"_failing_{code}")(scope)
        return self.env[model].search(domain)

    def test_rule_1_by_hand(self):
        with self._on(2026, 3, 5):
            self.ole.active = False  # one pass of three without owner: one rupture
            self.assertEqual(self._figure("pass_owner"), [(2, 3, 3)])
            self.assertEqual(self._figure("pass_whole"), [(2, 3, 3)])
            self.assertEqual(self._failing("pass_owner"), self.oles)
            self.assertEqual(self._failing("pass_whole"), self.oles)
            self.assertEqual(self._figure("rupture_days"), [])  # nothing repaired: no data
        with self._on(2026, 3, 8):
            self.ole.active = True
            self.assertEqual(self._figure("pass_whole"), [(3, 3, 3)])
            self.assertEqual(self._figure("rupture_days"), [(3, None, 1)])

    def test_rule_5_counts_the_advocate(self):
        with self._on(2026, 3, 5):
            found = self.Rupture._raise(
                [RuptureRow(item.id, "reported", why="It broke.") for item in self.passes]
            )
            self.assertEqual(self._figure("rupture_advocate"), [(0, 3, 3)])
            spoken_for = found.filtered(lambda item: item.user_id == self.ana)[0]
            spoken_for.with_user(self.ana).action_advocate()
            self.assertEqual(self._figure("rupture_advocate"), [(1, 3, 3)])
            self.assertEqual(self._failing("rupture_advocate"), found - spoken_for)
