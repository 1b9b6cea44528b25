from odoo.tests import tagged

from .common_need import NeedCase


@tagged("post_install", "-at_install")
class TestIdea(NeedCase):
    """Ideas from customers: heard, linked, counted; and what a merge and an erasure do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.env["res.partner"].create(
            {"name": "Zofia Piekarska", "parent_id": cls.bakery.id}
        )
        cls.session = cls.env["crm.idea.session"].create(
            {
                "name": "Quiet mornings",
                "company_id": cls.company_a.id,
                "analysis_id": cls.analysis.id,
                "technique": "journey",
                "participant_ids": cls.contact.ids,
                "outcome": "Zofia Piekarska tries it first.",
                "user_id": cls.user_a.id,
            }
        )
        cls.idea = cls.env["crm.idea"].create(
            {
                "name": "Zofia Piekarska: deliver through the back door",
                "company_id": cls.company_a.id,
                "customer_id": cls.customer.id,
                "contact_id": cls.contact.id,
                "session_id": cls.session.id,
                "need_id": cls.n2.id,
                "user_id": cls.user_a.id,
            }
        )

    def test_user_writes_ideas_down_and_they_are_counted(self):
        ideas = self.env["crm.idea"].with_user(self.user_a)
        ideas.create({"name": "Smaller bags", "customer_id": self.customer.id})
        customer = self.customer.with_user(self.user_a)
        self.assertEqual(customer.idea_count, 2)
        self.assertEqual(customer.need_analysis_count, 1)
        self.assertEqual(self.session.idea_count, 1)
        self.assertEqual(self.n2.idea_ids, self.idea)
        opened = customer.action_open_ideas()
        self.assertEqual(ideas.search_count(opened["domain"]), 2)
        self.assertIn("ideas", self.analysis._input_kinds())

    def test_merge_of_partners_takes_analyses_needs_and_ideas_along(self):
        self.n1.stakeholder_id = self.contact
        other = self._create_analysis(self._customer(self.brewery))
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.bakery | self.brewery).ids, self.brewery)
        kept = self._customer(self.brewery)
        self.assertEqual((self.analysis | other).customer_id, kept)
        self.assertEqual(self.idea.customer_id, kept)
        self.assertEqual(self.idea.contact_id, self.contact)
        self.assertEqual(self.n1.stakeholder_id, self.contact)
        self.assertEqual(kept.need_analysis_count, 2)

    def test_merge_of_contacts_keeps_stakeholder_and_participant(self):
        self.n1.stakeholder_id = self.contact
        revision = self.n1.revision
        double = self.contact.copy({"name": "Z. Piekarska"})
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.contact | double).ids, double)
        self.assertEqual(self.n1.stakeholder_id, double)
        self.assertEqual(self.idea.contact_id, double)
        self.assertEqual(self.session.participant_ids, double)
        self.assertEqual(self.n1.revision, revision, "a merge changes no meaning")

    def test_erased_person_is_covered_in_every_text(self):
        self.n1.write({"name": "Zofia Piekarska wants no dust", "stakeholder_id": self.contact.id})
        self._next_transaction()
        self.n1.name = "No dust, says Zofia Piekarska"
        self.analysis.action_issue()
        self.contact._crm_anonymise()
        self.env.invalidate_all()
        texts = [
            self.idea.name,
            self.session.outcome,
            self.n1.name,
            str(self.n1.revision_ids.mapped("difference")),
            str(self.analysis.issue_ids.content),
        ]
        for text in texts:
            self.assertNotIn("Piekarska", text)
        self.assertIn("No dust", self.n1.name)
