"""Anomalies and their solutions are facts of moment 8."""

from datetime import timedelta

from odoo.tests import tagged

from .common_case import FRIDAY, CaseCase


@tagged("post_install", "-at_install")
class TestCaseFacts(CaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._confirm(cls._create_order())

    def test_an_anomaly_and_its_solution_are_facts_of_the_pass(self):
        relation = self._pass(self.order)
        case = self._case(order_id=self.order.id)
        self.assertEqual(self._facts(case).mapped("fact"), ["anomaly_reported"])
        with self._at(FRIDAY + timedelta(days=3)):
            case.solution = "Replaced"
            case.with_user(self.sim).action_solve()
        facts = self._facts(case)
        self.assertEqual(
            {(fact.fact, fact.fact_at) for fact in facts},
            {("anomaly_reported", FRIDAY), ("case_solved", FRIDAY + timedelta(days=3))},
        )
        self._derive()
        self.assertEqual(facts.relationship_id, relation)

    def test_reopening_and_dropping_void_the_facts(self):
        case = self._case(order_id=self.order.id, solution="Replaced").with_user(self.sim)
        case.action_solve()
        case.action_reopen()
        self.assertEqual(self._facts(case).mapped("fact"), ["anomaly_reported"])
        case.drop_reason = "The wrong customer"
        case.action_drop()
        self.assertFalse(self._facts(case))

    def test_a_request_is_no_anomaly(self):
        self.assertFalse(self._facts(self._case(order_id=self.order.id, kind="request")))

    def test_without_an_order_the_latest_pass_of_the_customer_counts(self):
        relation = self._pass(self.order)
        case = self._case()
        self.assertEqual(case.relationship_id, relation)
        self.assertEqual(self._facts(case).root_id, relation.root_id)

    def test_a_case_of_somebody_without_a_pass_proves_nothing(self):
        self.assertFalse(self._facts(self._case(contact_id=self.beta.id)))

    def test_replaying_history_changes_nothing(self):
        case = self._case(order_id=self.order.id)
        case.write({"solution": "Replaced"})
        case.with_user(self.sim).action_solve()
        self._derive()
        before = self._standing()
        self.env["crm.moment.event"]._rebuild(self.company_a)
        self.assertEqual(self._standing(), before)

    def test_counts_of_pass_and_customer(self):
        relation = self._pass(self.order)
        self._case(order_id=self.order.id)
        self.env.invalidate_all()
        self.assertEqual(relation.open_case_count, 1)
        self.assertEqual(relation.customer_id.crm_open_case_count, 1)
