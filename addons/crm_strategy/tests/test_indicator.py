import inspect
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.measure import MeasureScope
from odoo.addons.crm_strategy.core.period import Period
from odoo.addons.crm_strategy.models.crm_indicator import ENGINE_STEPS

from .common import CrmStrategyCase

YEAR, MARCH = Period.parse("2026"), Period.parse("2026-03")


@tagged("post_install", "-at_install")
class TestIndicator(CrmStrategyCase):
    """Figures are stored with their sums, grouped as ratio of sums, and open their records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._assign()
        cls.indicator = cls.env["crm.indicator"].create(
            {"name": "Kept promises", "code": "test_kept", "unit": "rate"}
        )
        # (partner, day, kept, promised)
        cls.facts = [
            (cls.bakery, date(2026, 3, 1), 1, 1),
            (cls.brewery, date(2026, 3, 31), 0, 1),
            (cls.clinic, date(2026, 2, 1), 1, 1),
            (cls.clinic, date(2026, 3, 5), 1, 2),
            (cls.diver, date(2026, 5, 1), 0, 1),
        ]

    def setUp(self):
        super().setUp()
        cls = type(self.env["crm.indicator"])
        self.startPatcher(
            patch.object(
                cls,
                "_measure_test_kept",
                lambda model, scope: model._measure_facts(scope, self._facts_sql()),
                create=True,
            )
        )
        self.startPatcher(
            patch.object(
                cls,
                "_records_test_kept",
                lambda _model, scope: self._records(scope),
                create=True,
            )
        )

    def _facts_sql(self):
        rows = [
            SQL(
                "SELECT %s AS company_id, %s AS partner_id, %s::date AS fact_date, "
                "%s AS numerator, %s AS denominator",
                self.company_a.id,
                partner.id,
                day,
                kept,
                promised,
            )
            for partner, day, kept, promised in self.facts
        ]
        return SQL(" UNION ALL ").join(rows)

    def _records(self, scope):
        partner_ids = self.env["crm.indicator"]._scope_values(
            scope, self._facts_sql(), "partner_id"
        )
        return "res.partner", Domain("id", "in", partner_ids)

    def _rows(self, scope, *periods, scope_ids=None):
        question = MeasureScope(self.company_a.id, scope, scope_ids, periods or (YEAR,))
        return {
            (row.period_key, row.scope_id): (row.numerator, row.denominator, row.n)
            for row in self.indicator._measure(question)
        }

    def _refresh(self):
        return self.indicator._refresh(self.company_a, [YEAR, MARCH])

    def test_company_segment_and_team_are_measured_at_the_day_of_the_fact(self):
        self.assertEqual(self._rows("company"), {("2026", 0): (3, 6, 5)})
        self.assertEqual(
            self._rows("segment", YEAR, MARCH),
            {
                ("2026", self.segment_be.id): (1, 2, 2),
                ("2026", self.segment_de.id): (2, 3, 2),
                ("2026", 0): (0, 1, 1),
                ("2026-03", self.segment_be.id): (1, 2, 2),
                ("2026-03", self.segment_de.id): (1, 2, 1),
            },
        )
        self.assertEqual(
            self._rows("team", scope_ids=(self.team_de.id,)),
            {("2026", self.team_de.id): (2, 3, 2)},
        )

    def test_period_without_facts_has_no_row(self):
        self.assertEqual(self._rows("company", Period.parse("2025")), {})

    def test_ratios_group_as_ratio_of_sums(self):
        self._refresh()
        Value = self.env["crm.indicator.value"].with_user(self.user_a)
        teams = [("scope", "=", "team"), ("period_key", "=", "2026")]
        ((total,),) = Value._read_group(teams, [], ["value:sum"])
        self.assertAlmostEqual(total, 3 / 6)
        by_team = dict(Value._read_group(teams, ["team_id"], ["value:sum"]))
        self.assertAlmostEqual(by_team[self.team_de.with_user(self.user_a)], 2 / 3)
        both = [("scope", "=", "team")]
        for (_team, key), value in {
            (team, key): value
            for team, key, value in Value._read_group(
                both, ["team_id", "period_key"], ["value:sum"]
            )
        }.items():
            self.assertIn(key, ("2026", "2026-03"))
            self.assertLessEqual(value, 1)

    def test_second_refresh_changes_nothing(self):
        self.assertEqual(self._refresh(), 1 + 3 + 3 + 1 + 2 + 2)
        self.assertEqual(self._refresh(), 0)

    def test_value_without_facts_goes(self):
        self._refresh()
        self.facts = self.facts[:-1]
        self.assertEqual(self._refresh(), 3)
        self.assertFalse(
            self.env["crm.indicator.value"].search(
                [
                    ("indicator_id", "=", self.indicator.id),
                    ("scope", "=", "team"),
                    ("scope_id", "=", 0),
                ]
            )
        )

    def test_value_opens_the_records_it_is_made_of(self):
        self._refresh()
        value = self.env["crm.indicator.value"].search(
            [("scope", "=", "team"), ("team_id", "=", self.team_be.id), ("period_key", "=", "2026")]
        )
        self.assertEqual((value.value, value.n), (0.5, 2))
        action = value.with_user(self.user_a).action_open_records()
        opened = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(opened, self.bakery + self.brewery)

    def test_own_definition_of_a_company_wins_over_the_shared_one(self):
        own = self.indicator.copy({"company_id": self.company_a.id, "name": "Our promises"})
        Indicator = self.env["crm.indicator"]
        self.assertEqual(Indicator._for_company(self.company_a, ["test_kept"]), own)
        self.assertEqual(Indicator._for_company(self.company_b, ["test_kept"]), self.indicator)
        seen = Indicator.with_user(self.user_b).search([("code", "=", "test_kept")])
        self.assertEqual(seen.ids, self.indicator.ids)

    def test_changed_formula_opens_a_new_version_and_keeps_the_old_values(self):
        self._refresh()
        self.indicator.with_user(self.manager_a).formula = "kept in full / promised"
        self.assertEqual(self.indicator.version, 2)
        self._refresh()
        versions = self.env["crm.indicator.value"].search(
            [("indicator_id", "=", self.indicator.id), ("scope", "=", "company")]
        )
        self.assertEqual(sorted(versions.mapped("version")), [1, 1, 2, 2])

    def test_indicator_that_no_addon_measures_has_no_data_and_says_so(self):
        self.indicator.code = "nobody_brings_this"
        self.assertEqual(self._rows("company"), {})
        self.assertIn("no installed addon measures “Kept promises”", self.indicator.no_data_reason)
        question = MeasureScope(self.company_a.id, "company", (0,), (YEAR,))
        with self.assertRaisesRegex(UserError, "no installed addon"):
            self.indicator._records(question)

    def test_values_of_one_company_stay_hidden_from_the_other(self):
        self._refresh()
        Value = self.env["crm.indicator.value"]
        self.assertTrue(Value.with_user(self.user_a).search([]))
        self.assertFalse(Value.with_user(self.user_b).search([]))
        with self.assertRaises(AccessError):
            Value.with_user(self.manager_a).search([], limit=1).n = 7

    def test_a_code_that_names_a_step_of_the_engine_measures_nothing(self):
        self.indicator.code = "facts"
        question = MeasureScope(self.company_a.id, "company", None, (YEAR,))
        self.assertEqual(self.indicator._measure(question), [])
        self.assertTrue(self.indicator.no_data_reason)

    def test_each_step_of_the_engine_is_known_as_one(self):
        """A computation is asked with the question alone; what takes more is a step."""
        Indicator = type(self.env["crm.indicator"])
        for prefix in ("_measure_", "_records_", "_failing_"):
            for name in filter(lambda name: name.startswith(prefix), dir(Indicator)):
                asked = list(inspect.signature(getattr(Indicator, name)).parameters)[1:]
                if asked not in (["scope"], ["_scope"]):
                    with self.subTest(method=name):
                        self.assertIn(name.removeprefix(prefix), ENGINE_STEPS)
