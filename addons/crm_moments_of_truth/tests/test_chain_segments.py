"""Chains per segment: one answer for each customer, and what a version takes along."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import MomentsCase


@tagged("post_install", "-at_install")
class TestChainSegments(MomentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Chain = cls.env["crm.moment.chain"]
        cls.shared = cls.env.ref("crm_moments_of_truth.crm_moment_chain_default")
        cls.dealers, cls.fleets = cls.env["crm.segment"].create(
            [{"name": name, "company_id": cls.company_a.id} for name in ("Dealers", "Fleets")]
        )
        cls.foreign = cls.env["crm.segment"].create(
            {"name": "Dealers", "company_id": cls.company_b.id}
        )

    def _chain(self, segments, company=None, active=True):
        company = company or self.company_a
        action = self.shared.with_user(self.sim).with_company(company).action_company_version()
        chain = self.Chain.browse(action["res_id"])
        chain.segment_ids = segments
        if active:
            chain.with_user(self.sim).action_activate()
        return chain

    def test_a_pass_begins_on_the_chain_of_its_customers_segment(self):
        chain = self._chain(self.dealers)
        hub = self.env["crm.customer"]._ensure(
            {(self.alfa.id, self.company_a.id), (self.beta.id, self.company_a.id)}
        )
        hub = self.env["crm.customer"].search([("company_id", "=", self.company_a.id)])
        hub.filtered(lambda row: row.partner_id == self.alfa).segment_id = self.dealers
        of_dealer = self._confirm(self._create_order(self.alfa))
        of_other = self._confirm(self._create_order(self.beta))
        self.assertEqual(self._pass(of_dealer).chain_id, chain)
        self.assertEqual(self._pass(of_other).chain_id, self.shared)
        hub.filtered(lambda row: row.partner_id == self.alfa).segment_id = self.fleets
        self._post(self._create_invoice(of_dealer))
        self.assertEqual(self._pass(of_dealer).chain_id, chain, "a pass stays on its chain")

    def test_own_before_shared_and_segment_before_all(self):
        shared_dealers = self.shared.copy({"segment_ids": [Command.set(self.dealers.ids)]})
        shared_dealers.action_activate()
        self.assertEqual(self.shared.state, "active", "the general chain goes on beside it")
        own = self._chain(self.env["crm.segment"])
        choose = self.Chain._for
        self.assertEqual(choose(self.company_a, self.dealers), shared_dealers)
        self.assertEqual(choose(self.company_a, self.fleets), own)
        self.assertEqual(choose(self.company_b, self.foreign), self.shared)
        own_dealers = self._chain(self.dealers)
        self.assertEqual(choose(self.company_a, self.dealers), own_dealers)

    def test_a_new_version_replaces_the_one_of_the_same_segments(self):
        old = self._chain(self.dealers)
        new = self.Chain.browse(old.with_user(self.sim).action_new_version()["res_id"])
        self.assertEqual(new.segment_ids, self.dealers)
        new.with_user(self.sim).action_activate()
        self.assertEqual((old.state, new.state), ("closed", "active"))

    def test_a_segment_works_by_one_active_chain(self):
        self._chain(self.dealers | self.fleets)
        second = self._chain(self.fleets, active=False)
        with self.assertRaisesRegex(UserError, "Fleets work by the chain"):
            second.with_user(self.sim).action_activate()
        third = self._chain(self.env["crm.segment"])
        with self.assertRaisesRegex(UserError, "active chain of"):
            third.with_user(self.sim).segment_ids = self.dealers

    def test_a_copy_keeps_inputs_and_what_runs_side_by_side(self):
        third, fourth = self.shared.moment_ids[2:4]
        third.parallel_ids = fourth
        self.env["crm.moment.input"].create(
            {"moment_id": third.id, "name": "Signed offer", "kind": "manual"}
        )
        copied = self._chain(self.dealers).moment_ids[2:4]
        self.assertEqual(copied[0].parallel_ids, copied[1])
        self.assertEqual(copied[1].parallel_ids, copied[0])
        self.assertIn("Signed offer", copied[0].input_ids.mapped("name"))

    def test_inputs_of_a_chain_in_use_stay(self):
        item = self.env["crm.moment.input"].create(
            {"moment_id": self.shared.moment_ids[0].id, "name": "Budget", "kind": "manual"}
        )
        self._pass(self._confirm(self._create_order()))
        with self.assertRaisesRegex(UserError, "Open a new version"):
            item.with_user(self.sim).name = "Money"
        with self.assertRaisesRegex(UserError, "Open a new version"):
            item.with_user(self.sim).unlink()

    def test_the_assessment_reads_how_many_segments_work_by_a_chain(self):
        own = self._chain(self.dealers)
        assessment = self.env["crm.assessment"].new({"company_id": self.company_a.id})
        found = self.env["crm.assessment.evidence"]._evidence_processes(assessment)
        self.assertEqual(found.value, 1)
        self.assertIn("1 of them have a chain of their own", found.text)
        own.with_user(self.sim).action_close()
        self.shared.with_user(self.sim).action_close()
        found = self.env["crm.assessment.evidence"]._evidence_processes(assessment)
        self.assertEqual((found.value, found.warns), (0, True))
