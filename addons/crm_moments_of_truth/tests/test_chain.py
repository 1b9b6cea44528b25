"""Chains: preloaded, versioned, never edited while passes run on them."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import MomentsCase

TARGETS = [2, 3, 5, 5, 1, 2, 5, 5, 5, 5]


@tagged("post_install", "-at_install")
class TestChain(MomentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = cls.env.ref("crm_moments_of_truth.crm_moment_chain_default")

    def _as_sim(self, chain):
        return chain.with_user(self.sim)

    def _new_version(self, chain):
        return self.env["crm.moment.chain"].browse(
            self._as_sim(chain).action_new_version()["res_id"]
        )

    def test_ten_moments_are_preloaded(self):
        moments = self.shared.moment_ids
        self.assertEqual(moments.mapped("code"), [f"M{number}" for number in range(1, 11)])
        self.assertEqual(moments.mapped("target_days"), TARGETS)
        self.assertEqual(set(moments.mapped("tolerance_days")), {1})
        self.assertEqual("".join(moments.mapped("letter")), "ppdddddcca")
        self.assertRecordValues(self.shared, [{"version": 1, "state": "active"}])

    def test_chain_in_use_is_not_edited(self):
        self._pass(self._confirm(self._create_order()))
        for change in (
            lambda: self._as_sim(self.shared).write({"name": "Other"}),
            lambda: self._as_sim(self.shared.moment_ids[0]).write({"target_days": 9}),
            lambda: self._as_sim(self.shared.moment_ids[0]).unlink(),
            lambda: (
                self.env["crm.moment"]
                .with_user(self.sim)
                .create({"chain_id": self.shared.id, "code": "M11", "name": "More"})
            ),
        ):
            with self.assertRaisesRegex(UserError, "Open a new version"):
                change()

    def test_new_version_is_a_draft_that_may_be_edited(self):
        self._pass(self._confirm(self._create_order()))
        draft = self._new_version(self.shared)
        self.assertRecordValues(draft, [{"version": 2, "state": "draft"}])
        self.assertEqual(draft.moment_ids.mapped("code"), self.shared.moment_ids.mapped("code"))
        self.assertEqual(draft.moment_ids.end_fact_ids, self.shared.moment_ids.end_fact_ids)
        self._as_sim(draft.moment_ids[0]).target_days = 9

    def test_running_passes_stay_on_their_version(self):
        old = self._confirm(self._create_order())
        self._pass(old)
        draft = self._new_version(self.shared)
        self._as_sim(draft).action_activate()
        self.assertEqual(self.shared.state, "closed")
        new = self._confirm(self._create_order())
        self._post(self._create_invoice(old))
        self.assertEqual(self._pass(old).chain_id, self.shared)
        self.assertEqual(self._pass(old).current_moment_id.code, "M7")
        self.assertEqual(self._pass(new).chain_id, draft)

    def test_closed_version_does_not_come_back(self):
        draft = self._new_version(self.shared)
        self._as_sim(draft).action_activate()
        with self.assertRaisesRegex(UserError, "Open a new version"):
            self._as_sim(self.shared).action_activate()
        with self.assertRaisesRegex(UserError, "Open a new version"):
            self._as_sim(self.shared).write({"state": "active"})

    def test_facts_wait_for_an_active_chain(self):
        self._as_sim(self.shared).action_close()
        order = self._confirm(self._create_order())
        self.assertFalse(self._pass(order))
        self.assertTrue(self._facts(order).is_pending)
        draft = self._new_version(self.shared)
        self._as_sim(draft).action_activate()
        self.assertEqual(self._pass(order).chain_id, draft)

    def test_chain_without_moments_is_not_activated(self):
        empty = self.env["crm.moment.chain"].with_user(self.sim).create({"name": "Empty"})
        with self.assertRaisesRegex(UserError, "Add its moments"):
            empty.action_activate()

    def test_fact_of_a_new_addon_reaches_every_chain(self):
        """The bridge's delivery completes moment 7 also in a chain on which passes run."""
        order = self._confirm(self._create_order())
        self._post(self._create_invoice(order))
        self.assertEqual(self._line(order, "M7").state, "proven")
        self.env["crm.moment.fact"].create(
            {"code": "delivered", "name": "Delivered", "res_model": "sale.order"}
        )
        self.env["crm.moment.chain"]._link_fact("delivered", "M7")
        self.env["crm.backfill"]._open(["moments_history"])
        self.env["crm.backfill"]._run_all()
        self.assertEqual(self._line(order, "M7").state, "started")
