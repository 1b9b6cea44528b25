from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmStrategyCase


@tagged("post_install", "-at_install")
class TestCustomer(CrmStrategyCase):
    """A customer exists once per commercial partner and company with a document there."""

    def test_ensure_is_idempotent_and_counts_contacts_for_their_company(self):
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.mill.id})
        Customer = self.env["crm.customer"]
        new = Customer._ensure([(contact.id, self.company_a.id), (self.mill.id, self.company_a.id)])
        self.assertEqual(new.partner_id, self.mill)
        self.assertFalse(Customer._ensure([(contact.id, self.company_a.id)]))
        self.assertFalse(Customer._ensure([]))

    def test_marked_partner_becomes_a_customer_of_the_company_that_marked_it(self):
        partner = (
            self.env["res.partner"]
            .with_user(self.user_a)
            .create({"name": "New shop", "crm_is_customer": True})
        )
        self.assertEqual(partner.crm_customer_ids.company_id, self.company_a)

    def test_opportunity_of_a_salesman_without_role_makes_a_customer(self):
        lead = (
            self.env["crm.lead"]
            .with_user(self.salesman_a)
            .create({"name": "Boat", "type": "opportunity", "partner_id": self.mill.id})
        )
        self.assertEqual(lead._crm_document_company(), self.company_a)
        self.assertTrue(self._customer(self.mill))

    def test_existing_documents_give_their_customers(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Old",
                "type": "opportunity",
                "partner_id": self.mill.id,
                "company_id": self.company_a.id,
                "team_id": False,
                "user_id": False,
            }
        )
        self._customer(self.mill).unlink()
        self.assertFalse(self._customer(self.mill))
        new = self.env["crm.customer"]._ensure_from_documents(self.company_a)
        self.assertIn(lead.partner_id, new.partner_id)
        self.assertFalse(self.env["crm.customer"]._ensure_from_documents(self.company_a))

    def test_salesman_without_role_sees_no_customers(self):
        with self.assertRaises(AccessError):
            self.env["crm.customer"].with_user(self.salesman_a).search([])
        fields = self.env["res.partner"].with_user(self.salesman_a).fields_get()
        self.assertNotIn("crm_segment_id", fields)

    def test_finance_reads_leads_of_its_company_and_writes_none(self):
        lead_a, lead_b, of_user_b = self.env["crm.lead"].create(
            [
                {"name": "A", "company_id": self.company_a.id, "user_id": False},
                {"name": "B", "company_id": self.company_b.id, "user_id": False},
                {"name": "User B", "user_id": self.user_b.id, "team_id": False},
            ]
        )
        of_user_b.write({"company_id": False, "team_id": False})
        Lead = self.env["crm.lead"].with_user(self.finance_a)
        leads = lead_a + lead_b + of_user_b
        self.assertEqual(Lead.search([("id", "in", leads.ids)]).ids, lead_a.ids)
        with self.assertRaises(AccessError):
            lead_a.with_user(self.finance_a).name = "Changed"


@tagged("post_install", "-at_install")
class TestTeam(CrmStrategyCase):
    """S000-9.5-0: one active team per segment and company."""

    def test_segment_has_one_active_team(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            with self.env.cr.savepoint():
                self.env["crm.team"].create(
                    {"name": "Second", "crm_segment_id": self.segment_be.id}
                )
                self.env.flush_all()

    def test_archived_team_makes_room_for_the_next(self):
        self.team_be.active = False
        team = self.env["crm.team"].create({"name": "Next", "crm_segment_id": self.segment_be.id})
        self.assertEqual(self.segment_be.team_id, team)

    def test_team_with_a_segment_belongs_to_the_company_of_the_segment(self):
        team = self.env["crm.team"].create({"name": "Shared", "company_id": False})
        self.team_be.crm_segment_id = False
        team.crm_segment_id = self.segment_be
        self.assertEqual(team.company_id, self.company_a)

    def test_customers_are_grouped_by_the_team_of_their_segment(self):
        self._assign()
        groups = dict(
            self.env["crm.customer"]
            .with_user(self.user_a)
            ._read_group([], ["team_id"], ["__count"])
        )
        self.assertEqual(
            {team.id: count for team, count in groups.items()},
            {self.team_be.id: 2, self.team_de.id: 1, False: 1},
        )

    def _lead(self, **vals):
        return (
            self.env["crm.lead"]
            .with_user(self.salesman_a)
            .create({"name": "Deal", "type": "opportunity", **vals})
        )

    def test_lead_goes_to_the_team_of_its_customers_segment(self):
        self._assign()
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.bakery.id})
        self.assertEqual(self._lead(partner_id=contact.id).team_id.id, self.team_be.id)

    def test_changed_customer_moves_the_lead_unless_the_team_was_chosen_by_hand(self):
        self._assign()
        routed, chosen = (
            self._lead(partner_id=self.bakery.id),
            self._lead(partner_id=self.bakery.id),
        )
        chosen.sudo().write({"team_id": self.team_de.id})
        (routed + chosen).write({"partner_id": self.clinic.id})
        self.assertEqual(routed.team_id.id, self.team_de.id)
        (routed + chosen).write({"partner_id": self.brewery.id})
        self.assertEqual(routed.team_id.id, self.team_be.id)
        self.assertEqual(chosen.team_id.id, self.team_de.id)

    def test_lead_of_an_unassigned_customer_gets_odoos_default(self):
        own = self.env["crm.team"].create(
            {
                "name": "Own",
                "company_id": self.company_a.id,
                "member_ids": [(4, self.salesman_a.id)],
            }
        )
        self._assign()
        self.assertEqual(self._lead(partner_id=self.diver.id).team_id.id, own.id)
