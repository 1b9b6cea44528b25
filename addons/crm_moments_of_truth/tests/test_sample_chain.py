"""The four sample chains: loaded as drafts for the sample's segments, and taken away again."""

from odoo.tests import tagged

from .common import MomentsCase


@tagged("post_install", "-at_install")
class TestSampleChain(MomentsCase):
    def _sample(self, code):
        sample = self.env.ref(f"crm_strategy.crm_sample_set_{code}")
        return sample.with_user(self.sim).with_company(self.company_a)

    def _chains(self):
        return self.env["crm.moment.chain"].search([("company_id", "=", self.company_a.id)])

    def test_each_kind_of_business_brings_its_chain_and_takes_it_away(self):
        for code, moment, days in (
            ("dealers", "M3", 20),
            ("bank", "M8", 20),
            ("consumer", "M10", 10),
            ("high_tech", "M4", 15),
        ):
            with self.subTest(code):
                sample = self._sample(code)
                sample._load(self.company_a)
                chain = self._chains()
                self.assertEqual((len(chain), chain.state), (1, "draft"))
                self.assertTrue(chain.segment_ids)
                self.assertEqual(chain.segment_ids.company_id, self.company_a)
                changed = chain.moment_ids.filtered(lambda line, code=moment: line.code == code)
                self.assertEqual((len(chain.moment_ids), changed.target_days), (10, days))
                sample._remove(self.company_a)
                self.assertFalse(self._chains())

    def test_a_chain_that_somebody_activated_or_changed_stays_whole(self):
        sample = self._sample("dealers")
        sample._load(self.company_a)
        chain = self._chains()
        chain.with_user(self.sim).action_activate()
        sample._remove(self.company_a)
        self.assertEqual(len(chain.exists().moment_ids), 10)
        self.assertEqual(chain.state, "active")

    def test_a_moment_that_somebody_changed_keeps_its_chain(self):
        sample = self._sample("bank")
        sample._load(self.company_a)
        chain = self._chains()
        chain.moment_ids[1].with_user(self.sim).target_days = 4
        self.env.flush_all()
        sample._remove(self.company_a)
        self.assertEqual(len(chain.exists().moment_ids), 10)
