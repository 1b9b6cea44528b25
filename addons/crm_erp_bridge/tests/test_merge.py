"""Merged customers: every external key goes on naming a record that exists."""

import random

from odoo.tests import tagged

from .common import ExchangeCase


@tagged("post_install", "-at_install")
class TestMerge(ExchangeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_harbour()

    def _merge(self, sources, destination):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((sources | destination).ids, destination)
        self.env.invalidate_all()

    def _keys(self):
        return self.env["crm.exchange.key"].search(
            [("company_id", "=", self.company.id), ("res_model", "=", "res.partner")]
        )

    def _net(self):
        return sum(self._orders().mapped("amount_untaxed"))

    def test_keys_of_both_customers_name_the_remaining_one(self):
        keys = self._keys().filtered(lambda key: key.kind == "customer")
        gone, kept = (self.env["res.partner"].browse(key.res_id) for key in keys[:2])
        contact = self.env["res.partner"].browse(keys[0].satellite_id)
        self._merge(gone, kept)
        self.assertEqual(keys[:2].mapped("res_id"), [kept.id, kept.id])
        self.assertEqual(keys[0].satellite_id, contact.id)
        self.assertEqual(contact.parent_id, kept)

    def test_rows_of_runs_open_the_remaining_customer(self):
        rows = self.env["crm.exchange.row"].search(
            [("company_id", "=", self.company.id), ("res_model", "=", "res.partner")]
        )
        gone, kept = (self.env["res.partner"].browse(row.res_id) for row in rows[:2])
        self._merge(gone, kept)
        self.assertEqual(rows[0].res_id, kept.id)

    def test_merged_contact_persons_stay_known_to_their_keys(self):
        keys = self._keys().filtered("satellite_id")[:2]
        gone, kept = (self.env["res.partner"].browse(key.satellite_id) for key in keys)
        self._merge(gone, kept)
        self.assertEqual(keys.mapped("satellite_id"), [kept.id, kept.id])

    def test_key_of_a_merged_lead_names_the_remaining_one(self):
        kept, gone = self.env["crm.lead"].create(
            [
                {"name": name, "type": "opportunity", "company_id": self.company.id}
                for name in ("Bread", "Bread again")
            ]
        )
        key = self.env["crm.exchange.key"].create(
            {
                "company_id": self.company.id,
                "scope": "other",
                "kind": "lead",
                "key": "L7",
                "res_model": "crm.lead",
                "res_id": gone.id,
            }
        )
        remaining = (kept | gone).merge_opportunity()
        self.assertEqual(key.res_id, remaining.id)
        self.assertEqual((kept | gone).exists(), remaining)

    def test_random_merges_are_never_blocked_and_the_same_files_change_nothing(self):
        """Whatever is merged: no key is lost or dangles, totals stay, nothing is created again."""
        net, names = self._net(), set(self._keys().mapped("key"))
        dice = random.Random(20260303)
        for _merge in range(8):
            found = self.env["res.partner"].browse(set(self._keys().mapped("res_id"))).exists()
            if len(found) < 3:
                break
            kept, *gone = dice.sample(sorted(found.ids), dice.choice((2, 2, 3)))
            self._merge(self.env["res.partner"].browse(gone), self.env["res.partner"].browse(kept))
            keys = self._keys()
            self.assertEqual(set(keys.mapped("key")), names)
            targets = self.env["res.partner"].browse(set(keys.mapped("res_id")))
            self.assertEqual(targets.exists(), targets)
            self.assertAlmostEqual(self._net(), net, 2)
        partners = self.env["res.partner"].search_count([])
        orders = len(self._orders())
        # Other bytes of the same rows: a file that is known byte by byte would not be read at all.
        files = {name: data.replace(b"\n", b"\r\n") for name, data in self.files.items()}
        self._load(files)
        self.assertEqual(self.env["res.partner"].search_count([]), partners)
        self.assertEqual(len(self._orders()), orders)
        self.assertAlmostEqual(self._net(), net, 2)
