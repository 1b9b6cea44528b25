from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CrmStrategyCase


@tagged("post_install", "-at_install")
class TestSegmentPreview(CrmStrategyCase):
    """S000-9.8-03: what the rules would move is shown first, and then done exactly so.

    All are assigned; then “Germany” asks for everybody and comes first. By hand::

        bakery, brewery   Belgium    -> Germany
        clinic            Germany    -> Germany
        diver             unassigned -> Germany
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._assign()
        cls.segment_de.write({"rule_domain": "[]", "sequence": 5})

    def _preview(self, user=None):
        segments = self.segment_be.with_user(user or self.manager_a)
        return self._shown(segments.action_preview())

    def _shown(self, action):
        model = self.env[action["res_model"]].with_user(self.manager_a)
        return model.browse(action["res_id"])

    def _lines(self, preview):
        return {
            line.name: (line.before_count, line.enter_count, line.leave_count, line.after_count)
            for line in preview.line_ids
        }

    def test_preview_tells_who_enters_and_who_leaves(self):
        preview = self._preview()
        self.assertEqual(
            self._lines(preview),
            {"Germany": (1, 3, 0, 4), "Belgium": (2, 0, 2, 0), "Unassigned": (1, 0, 1, 0)},
        )
        self.assertEqual((preview.customer_count, preview.move_count), (4, 3))
        # Nothing has moved.
        self.assertEqual(self._customer(self.bakery).segment_id, self.segment_be)

    def test_preview_opens_the_customers_concerned(self):
        lines = {line.name: line for line in self._preview().line_ids}
        Move = self.env["crm.segment.preview.move"].with_user(self.manager_a)
        enter = Move.search(lines["Germany"].action_open_enter()["domain"])
        self.assertEqual(enter.customer_id.partner_id, self.bakery + self.brewery + self.diver)
        leave = Move.search(lines["Unassigned"].action_open_leave()["domain"])
        self.assertEqual(leave.customer_id.partner_id, self.diver)
        self.assertEqual(leave.action_open_customer()["res_id"], leave.customer_id.id)

    def test_applied_is_what_was_shown(self):
        preview = self._preview()
        shown = {(move.customer_id, move.to_id) for move in preview.move_ids}
        preview.action_apply()
        self.assertEqual(preview.state, "applied")
        self.assertEqual({(customer, customer.segment_id) for customer, _to in shown}, shown)
        with self.assertRaisesRegex(UserError, "applied already"):
            preview.action_apply()

    def test_change_meanwhile_is_told_and_nothing_applied(self):
        preview = self._preview()
        self.segment_de.rule_domain = "[('country_id.code', 'in', ['BE', 'DE'])]"
        preview.action_apply()
        self.assertEqual(preview.state, "changed")
        self.assertEqual(self._customer(self.bakery).segment_id, self.segment_be)
        self.assertEqual(self._lines(preview)["Unassigned"], (1, 0, 0, 1))
        preview.action_apply()
        self.assertEqual(preview.state, "applied")
        self.assertEqual(self._customer(self.bakery).segment_id, self.segment_de)
        self.assertFalse(self._customer(self.diver).segment_id)

    def test_customer_moved_by_hand_meanwhile_is_a_change(self):
        preview = self._preview()
        self._customer(self.bakery).with_user(self.leader_a).segment_id = self.segment_be
        preview.action_apply()
        self.assertEqual(preview.state, "changed")
        self.assertEqual(preview.move_count, 2)

    def test_revenue_affected_is_no_data_without_the_hook(self):
        preview = self._preview()
        self.assertFalse(preview.has_revenue)
        self.assertIn("No data", preview.revenue_note)
        self.assertEqual(set(preview.move_ids.mapped("revenue_text")), {"No data"})

    def test_revenue_affected_by_the_hook(self):
        amounts = {
            self._customer(self.bakery).id: Decimal("100.25"),
            self._customer(self.diver).id: Decimal("50"),
            self._customer(self.clinic).id: Decimal("999"),  # does not move
        }
        known = lambda facts, company, period: amounts  # noqa: E731
        with patch.object(type(self.env["crm.facts"]), "_revenue_by_customer", known):
            preview = self._preview()
        lines = {line.name: (line.enter_amount, line.leave_amount) for line in preview.line_ids}
        self.assertEqual(
            lines, {"Germany": (150.25, 0), "Belgium": (0, 100.25), "Unassigned": (0, 50)}
        )
        brewery = preview.move_ids.filtered(
            lambda move: move.customer_id.partner_id == self.brewery
        )
        self.assertEqual(brewery.revenue_text, "No data")

    def test_preview_costs_the_same_for_few_and_many(self):
        def cost():
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._preview()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost()
        few = cost()
        partners = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(50)])
        self.env["crm.customer"]._ensure((p.id, self.company_a.id) for p in partners)
        self.assertLessEqual(cost(), few)

    def test_preview_shows_one_company(self):
        preview = self._preview()
        self.assertEqual(preview.move_ids.customer_id.company_id, self.company_a)
        self.assertNotIn("Everybody", preview.line_ids.mapped("name"))

    def test_who_may_not_assign_may_not_preview(self):
        for user in (self.user_a, self.leader_a, self.finance_a):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.segment_be.with_user(user).action_preview()


@tagged("post_install", "-at_install")
class TestSegmentOfOne(CrmStrategyCase):
    """S001-4-MA: a key account may be a segment of its own, and stop being one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._assign()

    def _open(self, partner=None):
        customer = self._customer(partner or self.bakery).with_user(self.manager_a)
        action = customer.action_open_single_segment()
        return self.env["crm.segment"].browse(action["res_id"])

    def test_key_account_gets_a_segment_on_top_of_the_order(self):
        segment = self._open()
        customer = self._customer(self.bakery)
        self.assertEqual(customer.segment_id, segment)
        self.assertTrue(customer.is_single_segment)
        self.assertFalse(customer.is_segment_manual)
        first = self.env["crm.segment"].search([("company_id", "=", self.company_a.id)], limit=1)
        self.assertEqual(first, segment)
        self.assertEqual(self._assign()["changed"], 0)
        self.assertEqual(segment.customer_count, 1)

    def test_opening_moves_nobody_else(self):
        self.segment_de.write({"rule_domain": "[]", "sequence": -50})
        self._open()
        self.assertEqual(self._customer(self.brewery).segment_id, self.segment_be)

    def test_dissolved_segment_gives_its_customer_back(self):
        segment = self._open()
        self._customer(self.brewery).segment_id = self.segment_de
        notification = (
            self._customer(self.bakery).with_user(self.manager_a).action_dissolve_single_segment()
        )
        self.assertIn("“Belgium”", notification["params"]["message"])
        self.assertFalse(segment.active)
        self.assertEqual(self._customer(self.bakery).segment_id, self.segment_be)
        self.assertEqual(self._customer(self.brewery).segment_id, self.segment_de)

    def test_second_segment_of_one_is_refused_by_name(self):
        self._open()
        with self.assertRaisesRegex(UserError, "“Bakery”"):
            self._open()
        with self.assertRaisesRegex(UserError, "“Belgium”"):
            self.segment_be.action_dissolve()

    def test_segment_of_one_follows_a_merge_of_contacts(self):
        segment = self._open()
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((self.bakery + self.brewery).ids, self.brewery)
        self.assertEqual(segment.single_partner_id, self.brewery)
        self._assign()
        self.assertEqual(self._customer(self.brewery).segment_id, segment)

    def test_leader_opens_no_segment(self):
        with self.assertRaises(AccessError):
            self._customer(self.bakery).with_user(self.leader_a).action_open_single_segment()
