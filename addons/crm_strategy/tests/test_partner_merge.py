from datetime import date
from unittest.mock import patch

from odoo.tests import tagged

from .common import CrmStrategyCase


@tagged("post_install", "-at_install")
class TestPartnerMerge(CrmStrategyCase):
    """Merged contacts: never blocked, one customer per company, history and totals kept."""

    def _merge(self, sources, destination):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((sources + destination).ids, destination)
        self.env.invalidate_all()

    def setUp(self):
        super().setUp()
        with self._on(date(2026, 3, 10)):
            self._assign()

    def test_customers_of_the_same_company_become_one(self):
        self._merge(self.brewery, self.bakery)
        self.assertEqual(len(self._customer(self.bakery)), 1)
        self.assertEqual(self._history(self.bakery), [("Belgium", None, None)])

    def test_destination_keeps_its_own_segment_and_the_other_history_is_told(self):
        self._merge(self.clinic, self.bakery)
        self.assertEqual(self._customer(self.bakery).segment_id, self.segment_be)
        self.assertEqual(self._history(self.bakery), [("Belgium", None, None)])
        told = self.env["crm.audit.log"].search(
            [("model", "=", "res.partner"), ("res_id", "=", self.bakery.id), ("kind", "=", "run")]
        )
        self.assertIn("Germany", told.after)
        self.assertEqual(told.company_id, self.company_a)
        # The contact belongs to no company: everybody reads its messages.
        said = " ".join(str(body) for body in self.bakery.message_ids.mapped("body"))
        self.assertNotIn("Germany", said)

    def test_destination_without_a_customer_takes_over_the_customer_with_its_history(self):
        with self._on(date(2026, 4, 1)):
            self._customer(self.clinic).segment_id = self.segment_be
        customer = self._customer(self.clinic)
        new = self.env["res.partner"].create({"name": "Clinic group", "is_company": True})
        self._merge(self.clinic, new)
        self.assertEqual(self._customer(new), customer)
        self.assertEqual(
            self._history(new),
            [("Germany", None, date(2026, 4, 1)), ("Belgium", date(2026, 4, 1), None)],
        )
        self.assertEqual(customer.membership_ids.partner_id, new)

    def test_unassigned_destination_takes_over_the_segment(self):
        self._merge(self.clinic, self.diver)
        self.assertEqual(self._customer(self.diver).segment_id, self.segment_de)
        self.assertEqual(self._history(self.diver), [("Germany", None, None)])

    def test_two_sources_without_destination_customer_leave_one_customer(self):
        new = self.env["res.partner"].create({"name": "Group", "is_company": True})
        self._merge(self.bakery + self.clinic, new)
        self.assertEqual(self._customer(new).segment_id, self.segment_be)
        in_b = self._customer(new, self.company_b)
        self.assertEqual(in_b.segment_id, self.segment_b)

    def test_customer_totals_per_company_fall_only_by_the_merged_ones(self):
        self._merge(self.mill, self.clinic)
        counts = dict(
            self.env["crm.customer"]._read_group(
                [("company_id", "in", (self.company_a + self.company_b).ids)],
                ["company_id"],
                ["__count"],
            )
        )
        self.assertEqual(counts, {self.company_a: 4, self.company_b: 2})

    def test_contact_that_joins_a_company_takes_its_customer_along(self):
        self.diver.is_company = False
        self.diver.parent_id = self.clinic
        self.env.invalidate_all()
        self.assertFalse(self._customer(self.diver))
        self.assertEqual(len(self._customer(self.clinic)), 1)
        self.assertEqual(self._customer(self.clinic).segment_id, self.segment_de)

    def test_company_merged_into_a_contact_makes_it_a_customer_of_its_own(self):
        """Odoo makes the contact a company then, which buys for itself."""
        buyer = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.bakery.id})
        branch = self.env["res.partner"].create({"name": "Shop", "parent_id": self.clinic.id})
        customer = self._customer(self.clinic)
        self._merge(self.clinic, buyer)
        self.assertEqual(self._customer(buyer), customer)
        self.assertEqual(branch.commercial_partner_id, buyer)
        self.assertEqual(self._history(self.bakery), [("Belgium", None, None)])

    def test_person_merged_into_a_contact_buys_for_the_company_of_the_contact(self):
        buyer = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.bakery.id})
        self.diver.is_company = False
        self._merge(self.diver, buyer)
        self.assertFalse(self._customer(buyer))
        self.assertEqual(len(self._customer(self.bakery)), 1)

    def test_contact_merged_into_another_company_renews_both_companies(self):
        Change = self.env["crm.change"]
        buyer = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.bakery.id})
        seller = self.env["res.partner"].create({"name": "Seller", "parent_id": self.clinic.id})
        Change.search([]).unlink()
        self._merge(buyer, seller)
        self.env.cr.flush()
        renewed = Change.search([("consumer", "=", "customers")])
        self.assertEqual(renewed.partner_id, self.bakery + self.clinic)

    def test_contact_moved_to_another_parent_renews_both_companies(self):
        Change = self.env["crm.change"]
        buyer = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.bakery.id})
        Change.search([]).unlink()
        buyer.parent_id = self.clinic
        self.env.cr.flush()
        renewed = Change.search([("consumer", "=", "customers")])
        self.assertEqual(renewed.partner_id, self.bakery + self.clinic)

    def test_waiting_changes_move_and_every_consumer_renews_the_destination(self):
        Change = self.env["crm.change"]
        Change._collect("test", [(self.company_a.id, self.clinic.id, date(2026, 1, 1))])
        self.env.cr.flush()
        consumers = {"test": "crm.customer"}
        with patch.object(type(Change), "_consumers", lambda model: consumers):
            self._merge(self.clinic, self.bakery)
            self.env.cr.flush()
        changes = Change.search([("consumer", "=", "test")])
        self.assertEqual(changes.partner_id, self.bakery)
        self.assertIn(date.min, changes.mapped("fact_date"))

    def test_anonymising_clears_the_words_on_waiting_changes(self):
        Change = self.env["crm.change"]
        Change._collect("test", [(self.company_a.id, self.clinic.id, date(2026, 1, 1))])
        self.env.cr.flush()
        change = Change.search([("partner_id", "=", self.clinic.id)])
        change.reason = "Invoice of Mrs Clinic"
        self.clinic._crm_anonymise()
        self.assertFalse(change.reason)
