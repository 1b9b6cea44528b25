"""Definitions may differ by company, and nobody sees another company's relations."""

from odoo.tests import tagged

from .common import MomentsCase


@tagged("post_install", "-at_install")
class TestCompanies(MomentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order_a = cls._confirm(cls._create_order(company=cls.company_a))
        cls.order_b = cls._confirm(
            cls._create_order(company=cls.company_b, user=cls.bor, amount=666)
        )

    def test_each_company_sees_its_own_passes_only(self):
        pass_a, pass_b = self._pass(self.order_a), self._pass(self.order_b)
        for user, own in ((self.sim, pass_a), (self.fin, pass_a), (self.bor, pass_b)):
            relationships = self._seen_by(user, "crm.relationship")
            self.assertEqual(relationships & (pass_a | pass_b), own)
            events = self._seen_by(user, "crm.moment.event")
            self.assertEqual(events.company_id, own.company_id)
            lines = self._seen_by(user, "crm.relationship.moment")
            self.assertEqual(lines.company_id, own.company_id)

    def test_same_partner_is_a_customer_of_each_company(self):
        customers = self._pass(self.order_a).customer_id | self._pass(self.order_b).customer_id
        self.assertEqual(len(customers), 2)
        self.assertEqual(customers.partner_id, self.alfa)

    def test_count_on_the_partner_is_that_of_the_own_company(self):
        self._derive()
        self.assertEqual(self.alfa.with_user(self.sim).crm_relationship_count, 1)
        as_bor = self.alfa.with_user(self.bor)
        as_bor = as_bor.with_context(allowed_company_ids=self.company_b.ids)
        self.assertEqual(as_bor.crm_relationship_count, 1)

    def test_company_may_work_by_its_own_chain(self):
        shared = self.env.ref("crm_moments_of_truth.crm_moment_chain_default")
        as_bor = shared.with_user(self.bor).with_context(allowed_company_ids=self.company_b.ids)
        own = as_bor.browse(as_bor.action_company_version()["res_id"])
        own.moment_ids.filtered(lambda moment: moment.code == "M3").end_fact_ids = False
        own.action_activate()
        own = self.env["crm.moment.chain"].browse(own.id)
        self.assertEqual(shared.state, "active")
        self.assertEqual(self._pass(self.order_a).chain_id, shared)
        self.assertEqual(self._pass(self.order_b).chain_id, own)
        self.assertEqual(self._line(self.order_a, "M3").state, "proven")
        self.assertEqual(self._line(self.order_b, "M3").state, "started")

    def test_own_chain_of_another_company_is_not_seen(self):
        own = self.env["crm.moment.chain"].create({"name": "Own", "company_id": self.company_b.id})
        found = self.env["crm.moment.chain"].with_user(self.sim).search([])
        self.assertNotIn(own, found)
