from odoo.exceptions import UserError
from odoo.orm.model_classes import add_to_registry
from odoo.tests import tagged

from .common_need import NeedCase


@tagged("post_install", "-at_install")
class TestNeedLegal(NeedCase):
    """What law demands of a customer's orders is seen where they are made."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        from .fake_order import FakeOrder

        add_to_registry(cls.registry, FakeOrder)
        cls.registry._setup_models__(cls.env.cr, [FakeOrder._name])
        cls.registry.init_models(cls.env.cr, [FakeOrder._name], {"models_to_check": True})
        cls.addClassCleanup(cls.registry.__delitem__, FakeOrder._name)
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "New oven",
                "type": "opportunity",
                "partner_id": cls.bakery.id,
                "company_id": cls.company_a.id,
                "user_id": cls.user_a.id,
            }
        )

    def _uncovered(self):
        return self.env["crm.need"]._uncovered_legal_needs(self.bakery, self.company_a)

    def test_changed_legal_need_is_uncovered_until_approved_anew(self):
        self.assertFalse(self._uncovered())
        self.n1.name = "Dust stays in"
        self.assertEqual(self._uncovered(), self.n1)
        self.links[1].action_approve()
        self.assertFalse(self._uncovered(), "one whole way is approved")

    def test_legal_needs_of_the_segment_hold_for_its_customers(self):
        of_segment = self.env["crm.need.analysis"].create(
            {
                "name": "Belgian law",
                "company_id": self.company_a.id,
                "segment_id": self.segment_be.id,
            }
        )
        need = self._create_need("Bilingual labels", "legal", analysis_id=of_segment.id)
        self.assertFalse(self._uncovered())
        self.customer.segment_id = self.segment_be
        self.assertEqual(self._uncovered(), need)
        of_segment.action_close()
        self.assertFalse(self._uncovered())

    def test_opportunity_warns_and_offers_an_activity_once(self):
        lead = self.lead.with_user(self.user_a)
        self.assertEqual(lead.crm_legal_need_count, 0)
        self.n1.name = "Dust stays in"
        lead.invalidate_recordset()
        self.assertEqual(lead.crm_legal_need_count, 1)
        self.assertIn("ATEX 2014/34", lead.crm_legal_need_text)
        lead.action_crm_plan_legal_activity()
        lead.action_crm_plan_legal_activity()
        self.assertEqual(len(lead.activity_ids), 1)
        self.assertEqual(lead.activity_ids.user_id, self.user_a)

    def test_lists_do_not_ask_for_it(self):
        for kind in ("list", "kanban", "pivot", "graph", "calendar"):
            arch = self.env["crm.lead"].with_user(self.user_a).get_view(view_type=kind)["arch"]
            self.assertNotIn("crm_legal", arch)

    def test_questions_do_not_grow_with_documents_of_one_customer(self):
        leads = self.lead | self.lead.copy() | self.lead.copy()
        leads.invalidate_recordset()
        self.env.flush_all()
        self.lead.crm_legal_need_count  # noqa: B018 - warms what is cached
        leads.invalidate_recordset()
        with self.assertQueryCount(6):
            leads.mapped("crm_legal_need_count")

    # refusing
    def _order(self, **vals):
        return self.env["crm.fake.order"].create(
            {"partner_id": self.bakery.id, "company_id": self.company_a.id, **vals}
        )

    def test_nothing_is_refused_until_the_company_asks_for_it(self):
        self.n1.name = "Dust stays in"
        self.assertFalse(self.company_a.crm_refuse_uncovered_legal)
        self._order()._crm_check_legal_needs()

    def test_order_is_refused_except_by_the_group_and_with_a_reason(self):
        self.n1.name = "Dust stays in"
        self.company_a.crm_refuse_uncovered_legal = True
        order = self._order()
        with self.assertRaisesRegex(UserError, "cannot be confirmed.*Strategy manager"):
            order.with_user(self.user_a)._crm_legal_gate()
        manager = order.with_user(self.manager_a)
        with self.assertRaisesRegex(UserError, "write the reason"):
            manager._crm_legal_gate()
        order.crm_legal_override_reason = "The filter comes next week, agreed by phone."
        manager._crm_legal_gate()
        self.assertEqual(order.crm_legal_override_user_id, self.manager_a)
        self.assertTrue(order.crm_legal_override_at)

    def test_covered_customer_passes(self):
        self.company_a.crm_refuse_uncovered_legal = True
        self._order()._crm_check_legal_needs()
