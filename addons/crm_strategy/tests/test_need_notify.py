from odoo.tests import new_test_user, tagged

from .common import GROUP
from .common_need import NeedCase


@tagged("post_install", "-at_install")
class TestNeedNotify(NeedCase):
    """Whoever is concerned by a revision hears of it once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.trace.revision"].search([]).notified_at = "2026-01-01"
        cls.author = cls._create_user("author", cls.company_a, GROUP + "manager")
        cls.below = cls._create_user("below", cls.company_a, GROUP + "user")
        cls.follower = cls._create_user("follower", cls.company_a, GROUP + "user")
        cls.foreign = cls._create_user("foreign", cls.company_b, GROUP + "user")
        cls.stakeholder = new_test_user(
            cls.env, login="need_stakeholder", groups="base.group_portal"
        )
        cls.t2.user_id = cls.below
        cls.t3.user_id = cls.leader_a
        cls.n1.stakeholder_id = cls.stakeholder.partner_id
        cls.analysis.message_subscribe(cls.follower.partner_id.ids)
        cls.f1.message_subscribe(cls.foreign.partner_id.ids)
        cls._next_transaction()
        cls.env["crm.trace.revision"].search([]).notified_at = "2026-01-01"

    def _digests(self):
        """Receiver -> bodies of the messages about the analysis that an announcement sends."""
        Message = self.env["mail.message"]
        before = Message.search([]).ids
        self.env["crm.trace.revision"]._announce()
        found = {}
        for message in Message.search([("id", "not in", before)]):
            for partner in message.partner_ids:
                found.setdefault(partner, []).append(message.body)
        return found

    def test_each_concerned_party_hears_once_of_one_revision(self):
        need = self.n1.with_user(self.author)
        need.name = "Dust stays in"
        need.legal_reference = "ATEX 153"
        digests = self._digests()
        self.assertEqual(
            set(digests),
            {
                user.partner_id
                for user in (self.user_a, self.below, self.follower, self.stakeholder)
            },
        )
        for bodies in digests.values():
            self.assertEqual(len(bodies), 1)
            self.assertIn("Dust stays in", bodies[0])
            self.assertIn("ATEX 153", bodies[0])
        self.assertEqual(self._digests(), {}, "told once, not again")
        revision = self.n1.revision_ids[:1]
        self.assertTrue(revision.notified_at)
        self.assertEqual(set(revision.notified_ids), set(digests))

    def test_two_changed_needs_come_in_one_digest(self):
        self.n1.with_user(self.author).name = "Dust stays in"
        self.n2.with_user(self.author).name = "Bread at four"
        digests = self._digests()
        (body,) = digests[self.below.partner_id]
        self.assertIn("Dust stays in", body)
        self.assertIn("Bread at four", body)
        (body,) = digests[self.stakeholder.partner_id]
        self.assertNotIn(
            "Bread at four", body, "another need is none of the stakeholder's business"
        )

    def test_author_and_people_of_other_companies_are_not_told(self):
        self.n1.with_user(self.user_a).name = "Dust stays in"
        digests = self._digests()
        self.assertNotIn(self.user_a.partner_id, digests)
        self.assertNotIn(self.foreign.partner_id, digests)
        self.assertNotIn(self.leader_a.partner_id, digests, "T3 does not hang on N1")

    def test_change_asks_for_the_messages(self):
        cron = self.env.ref("crm_strategy.crm_trace_revision_cron")
        count = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.n1.name = "Dust stays in"
        self.assertEqual(
            self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), count + 1
        )

    def test_digest_speaks_the_language_of_its_reader(self):
        self.below.lang = "pl_PL" if self._has_polish() else "en_US"
        self.n1.with_user(self.author).name = "Dust stays in"
        (body,) = self._digests()[self.below.partner_id]
        self.assertIn("Dust stays in", body)

    def _has_polish(self):
        return bool(self.env["res.lang"]._get_data(code="pl_PL"))
