"""Who may read and write what (reliability, section 5)."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import MomentsCase

OPERATIONS = ("read", "write", "create", "unlink")
# model: what user, leader, manager, finance and somebody without a CRM role may do
MATRIX = {
    "crm.case": ("rwc", "rwc", "rwc", "r", ""),
    "crm.case.queue": ("r", "r", "rwc", "r", ""),
    "crm.service.level": ("r", "r", "rwc", "r", ""),
    "crm.moment.fact": ("r", "r", "r", "r", ""),
    "crm.moment.chain": ("r", "r", "rwc", "r", ""),
    "crm.moment": ("r", "r", "rwcd", "r", ""),
    "crm.moment.event": ("r", "r", "r", "r", ""),
    "crm.relationship": ("r", "r", "r", "r", ""),
    "crm.relationship.moment": ("r", "r", "r", "r", ""),
}


@tagged("post_install", "-at_install")
class TestAccess(MomentsCase):
    def test_access_matrix(self):
        users = (self.ana, self.lia, self.sim, self.fin, self.sal)
        for model, rights in MATRIX.items():
            for user, granted in zip(users, rights, strict=True):
                found = "".join(
                    letter
                    for letter, operation in zip("rwcd", OPERATIONS, strict=True)
                    if self.env[model].with_user(user).has_access(operation)
                )
                with self.subTest(model=model, user=user.login):
                    self.assertEqual(found, granted)

    def test_finance_reads_the_books_and_writes_none(self):
        self.assertTrue(self.fin.has_group("account.group_account_readonly"))
        self.assertFalse(self.env["account.move"].with_user(self.fin).has_access("write"))

    def test_user_sees_own_leader_team_manager_and_finance_all(self):
        own = self._confirm(self._create_order(user=self.ana))
        own.sudo().team_id = self.north
        other = self._confirm(self._create_order(user=self.ole))
        other.sudo().team_id = False
        passes = self._pass(own) | self._pass(other)
        expected = {
            self.ana: self._pass(own),
            self.ole: self._pass(other),
            self.lia: self._pass(own),
            self.sim: passes,
            self.fin: passes,
        }
        for user, seen in expected.items():
            with self.subTest(user=user.login):
                found = self._seen_by(user, "crm.relationship")
                self.assertEqual(found & passes, seen)
                facts = self._seen_by(user, "crm.moment.event")
                self.assertEqual(facts.relationship_id & passes, seen)
                lines = self._seen_by(user, "crm.relationship.moment")
                self.assertEqual(lines.relationship_id & passes, seen)

    def test_owner_of_the_customer_sees_all_its_passes(self):
        order = self._confirm(self._create_order(user=self.ana))
        relationship = self._pass(order)
        self.assertNotIn(relationship, relationship.with_user(self.ole).search([]))
        relationship.customer_id.user_id = self.ole
        self.assertIn(relationship, relationship.with_user(self.ole).search([]))

    def test_salesperson_without_a_role_confirms_as_before(self):
        order = self._confirm(self._create_order(user=self.sal))
        self.assertEqual(len(self._facts(order)), 1)
        with self.assertRaises(AccessError):
            self.env["crm.relationship"].with_user(self.sal).search([])

    def test_bookkeeper_without_a_role_posts_as_before(self):
        invoice = self._create_invoice(self._confirm(self._create_order()))
        invoice.with_user(self.boo).action_post()
        self.assertEqual(len(self._facts(invoice)), 1)

    def test_user_opens_the_form_of_a_pass(self):
        order = self._confirm(self._create_order())
        relationship = self._pass(order).with_user(self.ana)
        self.assertEqual(relationship.read(["team_id", "segment_id", "amount"])[0]["amount"], 100)
