"""The affinity of leads, and what is owed after the transfer."""

from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import MomentsCase


@tagged("post_install", "-at_install")
class TestAffinity(MomentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealers = cls.env["crm.segment"].create(
            {"name": "Dealers", "company_id": cls.company_a.id}
        )
        cls.env["crm.segment.decision"].create(
            {"segment_id": cls.dealers.id, "decision": "grow", "reason": "They grow."}
        )
        cls.env["crm.customer"]._ensure({(cls.alfa.id, cls.company_a.id)})
        cls.hub = cls.env["crm.customer"].search(
            [("partner_id", "=", cls.alfa.id), ("company_id", "=", cls.company_a.id)]
        )

    def _lead(self, **vals):
        lead = self.env["crm.lead"].create(
            {"name": "Pumps", "user_id": self.ana.id, "company_id": self.company_a.id, **vals}
        )
        lead.automated_probability = 0
        return lead.with_user(self.ana)

    def test_the_score_is_the_weighted_mean_of_what_is_known(self):
        self.hub.segment_id = self.dealers
        lead = self._lead(partner_id=self.alfa.id, phone=False)
        # Segment 1 x 3, reachable 2 of 3 x 1: 3.667 / 4.
        self.assertEqual(lead.crm_affinity, 92)
        self.hub.write({"decision": "exit", "decision_reason": "Costs more than it brings."})
        lead.invalidate_recordset()
        # Customer 0 x 3 joins: 3.667 / 7.
        self.assertEqual(lead.crm_affinity, 52)
        self.assertIn("0 of 100: What we decided about the customer", lead.crm_affinity_reasons)

    def test_a_lead_of_which_nothing_is_known_has_no_score(self):
        lead = self._lead()
        self.assertFalse(lead.crm_affinity)
        self.assertFalse(lead.crm_affinity_reasons)

    def test_earlier_orders_speak_for_the_customer_of_this_company(self):
        self._pass(self._confirm(self._create_order(self.alfa)))
        reasons = self._lead(partner_id=self.alfa.id).crm_affinity_reasons
        self.assertIn("It has ordered from us before", reasons)
        foreign = self.env["crm.lead"].create(
            {"name": "Other", "partner_id": self.alfa.id, "company_id": self.company_b.id}
        )
        self.assertNotIn("ordered", foreign.with_user(self.bor).crm_affinity_reasons)


@tagged("post_install", "-at_install")
class TestObligation(MomentsCase):
    def _owe(self, user=None, **vals):
        order = self._confirm(self._create_order(user=self.ana))
        item = self._pass(order)
        return (
            self.env["crm.obligation"]
            .with_user(user or self.ana)
            .create({"name": "Train the operators", "relationship_id": item.id, **vals})
        )

    def test_an_obligation_follows_its_pass_and_reminds_its_person(self):
        today = fields.Date.context_today(self.env.user)
        owed = self._owe(kind="training", due_on=today - timedelta(days=1))
        self.assertEqual(
            (owed.company_id, owed.customer_id.partner_id), (self.company_a, self.alfa)
        )
        self.assertTrue(owed.is_late)
        self.assertEqual(owed.activity_ids.user_id, self.ana)
        self.assertEqual(owed.relationship_id.obligation_count, 1)
        owed.action_done()
        self.assertEqual((owed.state, owed.done_on, owed.done_by_id), ("done", today, self.ana))
        self.assertFalse(owed.activity_ids)
        owed.action_reopen()
        self.assertEqual((owed.state, owed.done_on), ("open", False))

    def test_states_change_by_buttons_and_others_see_nothing(self):
        owed = self._owe(due_on=date(2026, 3, 30), state="done")
        self.assertEqual(owed.state, "open", "a state cannot be brought along")
        with self.assertRaises(AccessError):
            owed.state = "done"
        for stranger in (self.ole, self.bor):
            self.assertFalse(self._seen_by(stranger, "crm.obligation"))
        self.assertEqual(self._seen_by(self.fin, "crm.obligation"), owed)
        with self.assertRaises(AccessError):
            owed.with_user(self.fin).action_done()
