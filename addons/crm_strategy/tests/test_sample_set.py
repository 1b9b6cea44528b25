from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CrmStrategyCase


@tagged("post_install", "-at_install")
class TestSampleSet(CrmStrategyCase):
    """Four samples: shown before they come, made once, removed unless somebody touched them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealers = cls.env.ref("crm_strategy.crm_sample_set_dealers")

    def _as_manager(self, record):
        return record.with_user(self.manager_a).with_company(self.company_a)

    def _made(self, model, company=None):
        lines = self.env["crm.sample.record"].search(
            [
                ("res_model", "=", model),
                ("company_id", "=", (company or self.company_a).id),
                ("set_id", "=", self.dealers.id),
            ]
        )
        return self.env[model].browse(lines.mapped("res_id")).exists()

    def _states(self):
        self.env.invalidate_all()
        items = self._as_manager(self.dealers).item_ids
        return {
            f"{item.kind} {item.key} {item.segment_key or ''}": item.state_here for item in items
        }

    def test_there_are_four_kinds_of_business(self):
        self.assertEqual(
            set(self.env["crm.sample.set"].search([]).mapped("code")),
            {"dealers", "bank", "consumer", "high_tech"},
        )

    def test_effect_is_shown_before_loading(self):
        self.assertEqual(set(self._states().values()), {"new"})

    def test_each_sample_loads_whole_and_goes_whole(self):
        for sample in self.env["crm.sample.set"].search([]):
            with self.subTest(sample.code):
                before = {
                    name: self.env[name].search_count([])
                    for name in (
                        "crm.segment",
                        "crm.team",
                        "crm.channel",
                        "crm.need",
                        "crm.charter",
                        "crm.segment.weight",
                    )
                }
                self._as_manager(sample)._load(self.company_a)
                after = {name: self.env[name].search_count([]) for name in before}
                self.assertEqual(
                    {name: after[name] - before[name] for name in before},
                    {
                        "crm.segment": 3,
                        "crm.team": 3,
                        "crm.channel": 3,
                        "crm.need": 6,
                        "crm.charter": 3,
                        "crm.segment.weight": 5,
                    },
                )
                sentences = self._as_manager(sample)._remove(self.company_a)
                self.assertEqual(len(sentences), 1, sentences)
                left = {name: self.env[name].search_count([]) for name in before}
                self.assertEqual(left, before)

    def test_loading_again_makes_nothing_more(self):
        self._as_manager(self.dealers)._load(self.company_a)
        count = self.env["crm.sample.record"].search_count([])
        sentences = self._as_manager(self.dealers)._load(self.company_a)
        self.assertEqual(self.env["crm.sample.record"].search_count([]), count)
        self.assertIn("were there already", sentences[0])

    def test_segments_get_teams_with_the_targets(self):
        self._as_manager(self.dealers)._load(self.company_a)
        lines = self._made("crm.team").crm_charter_ids.line_ids
        wanted = {item.key: item.amount for item in self.dealers.item_ids if item.kind == "target"}
        found = {line.rule_id.code: line.target for line in lines if line.rule_id.code in wanted}
        self.assertEqual(found, wanted)

    def test_what_somebody_changed_or_used_stays_and_is_named(self):
        self._as_manager(self.dealers)._load(self.company_a)
        changed, used, _free = self._made("crm.segment")
        changed.description = "Ours by now"
        self._customer(self.bakery).segment_id = used
        self.assertEqual(self._states()["segment groups "], "changed")
        self.assertEqual(self._states()["segment single "], "used")
        sentences = self._as_manager(self.dealers)._remove(self.company_a)
        self.assertEqual(self._made("crm.segment"), changed + used)
        self.assertIn("Dealer groups (changed since)", sentences[1])
        self.assertIn("Independent dealers (in use)", sentences[1])

    def test_own_segments_and_weights_are_left_alone(self):
        criterion = self.env.ref("crm_strategy.crm_segment_criterion_size")
        own = self.env["crm.segment.weight"].create(
            {"criterion_id": criterion.id, "company_id": self.company_a.id, "weight": 1.5}
        )
        self.assertEqual(self._states()["weight size "], "known")
        self._as_manager(self.dealers)._load(self.company_a)
        self.assertEqual(own.weight, 1.5)
        self._as_manager(self.dealers)._remove(self.company_a)
        self.assertTrue(own.exists())

    def test_each_company_loads_its_own(self):
        self._as_manager(self.dealers)._load(self.company_a)
        self.assertFalse(self._made("crm.segment", self.company_b))
        self.assertFalse(self.dealers.with_company(self.company_b).is_loaded)
        self.assertTrue(self.dealers.with_company(self.company_a).is_loaded)

    def test_only_the_strategy_manager_loads(self):
        with self.assertRaises(AccessError):
            self.dealers.with_user(self.leader_a).with_company(self.company_a).action_load()

    def test_set_up_page_shows_loads_and_removes(self):
        setup = (
            self.env["crm.setup"]
            .with_user(self.manager_a)
            .create({"company_id": self.company_a.id, "page": "context"})
        )
        setup.sample_set_id = self.dealers
        count = len(self.dealers.item_ids)
        self.assertEqual(len(setup.sample_item_ids), count)
        self.assertIn(f"{count} parts will be added", setup.sample_effect)
        setup.action_next()
        self.assertIn("“Dealers” was loaded", setup.outcome)
        setup.page = "context"
        self.assertTrue(setup.is_sample_loaded)
        setup.action_remove_sample()
        self.assertIn("were taken away", setup.outcome)
        self.assertFalse(setup.is_sample_loaded)
