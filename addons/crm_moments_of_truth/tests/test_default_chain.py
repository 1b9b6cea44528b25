"""The preloaded chain: which facts begin and prove each moment, and what it asks for."""

from datetime import date, datetime

from odoo.tests import tagged
from odoo.tools import convert_file

from ..core.facts import FactRow
from .common import MomentsCase

ORDERED, INVOICED, PAID = date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 20)


@tagged("post_install", "-at_install")
class TestDefaultChain(MomentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chain = cls.env.ref("crm_moments_of_truth.crm_moment_chain_default")

    def _told(self, root):
        return {
            line.code: (line.state, line.started_on, line.proven_on)
            for line in self._pass(root).line_ids
            if line.state != "open"
        }

    def test_every_moment_can_be_proven_and_has_an_owner_a_channel_and_inputs(self):
        for moment in self.chain.moment_ids:
            with self.subTest(moment.code):
                self.assertTrue(moment.start_fact_ids and moment.end_fact_ids)
                self.assertTrue(moment.owner_role_id and moment.channel_ids and moment.input_ids)

    def test_an_order_begins_at_moment_two_and_asks_for_news_and_a_date(self):
        order = self._confirm(self._create_order())
        self.assertEqual(
            self._told(order),
            {
                "M2": ("proven", ORDERED, ORDERED),
                "M3": ("proven", ORDERED, ORDERED),
                "M5": ("started", ORDERED, False),
                "M6": ("started", ORDERED, False),
            },
        )
        self.assertEqual(self._pass(order).current_moment_id.code, "M5")

    def test_a_service_is_transferred_by_its_invoice_and_accepted_by_its_payment(self):
        order = self._confirm(self._create_order())
        self._pay(self._post(self._create_invoice(order)), 100)
        told = self._told(order)
        self.assertEqual(told["M6"], ("proven", ORDERED, INVOICED))
        self.assertEqual(told["M7"], ("proven", INVOICED, INVOICED))
        self.assertEqual(told["M8"], ("proven", PAID, PAID))

    def test_goods_are_transferred_by_delivery_and_invoice(self):
        self.advice.type = "consu"
        order = self._confirm(self._create_order())
        self._post(self._create_invoice(order))
        self.assertEqual(self._told(order)["M7"], ("started", INVOICED, False))
        self.env["crm.moment.event"]._witness([self._delivered(order, datetime(2026, 3, 11, 10))])
        self.assertEqual(self._told(order)["M7"], ("proven", INVOICED, date(2026, 3, 11)))

    def _delivered(self, order, at):
        return FactRow(
            fact="goods_delivered",
            res_id=order.id,
            occurrence=0,
            company_id=order.company_id.id,
            partner_id=order.partner_id.id,
            root_model="sale.order",
            root_id=order.id,
            fact_at=at,
            name=order.name,
        )

    def test_targets_and_parallels_are_those_of_the_sources(self):
        beside = {
            moment.code: set(moment._parallels().mapped("code")) for moment in self.chain.moment_ids
        }
        self.assertEqual(beside["M4"], {"M3", "M5", "M6"})
        self.assertEqual((beside["M1"], beside["M2"]), (set(), set()))
        self.assertEqual(
            self.chain.moment_ids.mapped("target_days"), [2, 3, 5, 5, 1, 2, 5, 5, 5, 5]
        )

    def _renew(self):
        """What the migration does."""
        self.env["crm.moment.chain"]._renew_preloaded(
            lambda: convert_file(
                self.env,
                "crm_moments_of_truth",
                "data/crm_moment_chain.xml",
                None,
                mode="init",
                noupdate=True,
            )
        )
        self.env.invalidate_all()
        return self.env.ref("crm_moments_of_truth.crm_moment_chain_default")

    def test_an_update_completes_a_chain_without_passes(self):
        self.chain.moment_ids[4].end_fact_ids = False
        self.assertEqual(self._renew(), self.chain)
        self.assertTrue(self.chain.moment_ids[4].end_fact_ids)
        self.assertEqual((self.chain.state, self.chain.version), ("active", 1))

    def test_an_update_opens_a_new_version_where_passes_run(self):
        foreign = self.env["crm.moment.fact"].create(
            {"code": "delivered", "name": "Delivered", "res_model": "sale.order"}
        )
        self.env["ir.model.data"].create(
            {"module": "other", "name": "f", "model": "crm.moment.fact", "res_id": foreign.id}
        )
        self.chain.moment_ids[4].end_fact_ids = False
        self.chain.moment_ids[6].end_fact_ids += foreign
        running = self._pass(self._confirm(self._create_order()))
        renewed = self._renew()
        self.assertNotEqual(renewed, self.chain)
        self.assertEqual((renewed.state, renewed.version), ("active", 2))
        self.assertEqual((self.chain.state, running.chain_id), ("closed", self.chain))
        self.assertFalse(self.chain.moment_ids[4].end_fact_ids)
        self.assertTrue(renewed.moment_ids[4].end_fact_ids)
        self.assertIn(foreign, renewed.moment_ids[6].end_fact_ids)
        self.assertEqual(len(renewed.moment_ids), 10)
        self.assertEqual(self._renew(), renewed, "doing it twice changes nothing")
        self.assertEqual(len(renewed.moment_ids.input_ids), len(set(renewed.moment_ids.input_ids)))
