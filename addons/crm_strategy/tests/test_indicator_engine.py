from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.measure import MeasureRow, MeasureScope
from odoo.addons.crm_strategy.core.period import Period
from odoo.addons.crm_strategy.models.crm_indicator_facts import Facts

from .common import CrmStrategyCase
from .contract_indicators import IndicatorContract

YEAR, MARCH, MAY = (Period.parse(key) for key in ("2026", "2026-03", "2026-05"))


class EngineCase(CrmStrategyCase):
    """Two measured indicators of made-up facts, and formulas of them.

    (partner, day, offers, won), worked out by hand:

        =========  =======  ========  ======  ===
        segment    team     day       offers  won
        =========  =======  ========  ======  ===
        Belgium    team_be  1 March        4    1   bakery
        Belgium    team_be  31 March       4    3   brewery
        Germany    team_de  5 March       10    1   clinic
        none                1 May          2    0   diver
        =========  =======  ========  ======  ===
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._assign()
        cls.rows = [
            (cls.bakery, date(2026, 3, 1), 4, 1),
            (cls.brewery, date(2026, 3, 31), 4, 3),
            (cls.clinic, date(2026, 3, 5), 10, 1),
            (cls.diver, date(2026, 5, 1), 2, 0),
        ]
        cls.offers, cls.won = cls.env["crm.indicator"].create(
            [
                {"name": "Offers", "code": "t_offers", "unit": "count"},
                {"name": "Won", "code": "t_won", "unit": "count"},
            ]
        )
        cls.rate = cls.env["crm.indicator"].create(
            {
                "name": "Won of offers",
                "code": "t_rate",
                "unit": "rate",
                "formula_text": "t_won / t_offers",
            }
        )
        cls._forget_stale_figures()

    def setUp(self):
        super().setUp()
        cls = type(self.env["crm.indicator"])
        for code, place in (("t_offers", 2), ("t_won", 3)):
            method = self._facts_of(place)
            self.startPatcher(patch.object(cls, f"_facts_{code}", method, create=True))
        codes = frozenset({"t_offers", "t_won"})
        self.startPatcher(patch.object(cls, "_followed_codes", lambda model: codes))
        self.Value = self.env["crm.indicator.value"]
        self.engine = self.offers | self.won | self.rate

    def _facts_of(self, place):
        def facts(_indicator, _scope):
            selects = [
                SQL(
                    "SELECT %s AS company_id, %s AS partner_id, %s::date AS fact_date,"
                    " %s::numeric AS numerator, NULL::numeric AS denominator, %s AS res_id",
                    self.company_a.id,
                    row[0].id,
                    row[1],
                    row[place],
                    row[0].id,
                )
                for row in self.rows
            ]
            return Facts("res.partner", SQL(" UNION ALL ").join(selects))

        return facts

    def _refresh(self, *periods):
        return self.engine._refresh(self.company_a, periods or (YEAR, MARCH))

    def _stored(self, indicator, period=YEAR, scope="team"):
        lines = self.Value.search(
            [
                ("indicator_id", "=", indicator.id),
                ("version", "=", indicator.version),
                ("period_key", "=", period.key),
                ("scope", "=", scope),
            ]
        )
        return {line.team_id.name or line.segment_id.name or "": line for line in lines}

    def _now(self, moment):
        """The transaction as if it had begun at a moment."""
        return patch.object(self.env.cr, "now", lambda: moment)


@tagged("post_install", "-at_install")
class TestFormulaIndicator(EngineCase):
    """A formula is computed from figures, groups as its sums do, and says why when it cannot."""

    def test_figures_are_the_formula_of_the_parts_in_each_scope(self):
        self._refresh()
        teams = self._stored(self.rate)
        self.assertAlmostEqual(teams["Team Belgium"].value, 4 / 8)
        self.assertAlmostEqual(teams["Team Germany"].value, 1 / 10)
        self.assertEqual((teams[""].value, teams[""].n), (0, 2))
        (company,) = self._stored(self.rate, scope="company").values()
        self.assertAlmostEqual(company.value, 5 / 20)
        self.assertEqual(company.n, 8, "the facts behind both parts")

    def test_group_of_formula_values_is_the_formula_of_the_grouped_sums(self):
        self._refresh()
        domain = [
            ("indicator_id", "=", self.rate.id),
            ("scope", "=", "team"),
            ("period_key", "=", "2026"),
        ]
        ((total,),) = self.Value._read_group(domain, [], ["value:sum"])
        self.assertAlmostEqual(total, 5 / 20)
        ((total,),) = self.Value._read_group([*domain, ("team_id", "!=", False)], [], ["value:sum"])
        self.assertAlmostEqual(total, 5 / 18)

    def test_group_of_a_formula_that_does_not_add_up_stays_empty(self):
        most = self.env["crm.indicator"].create(
            {"name": "Most", "code": "t_most", "formula_text": "max(t_won, t_offers)"}
        )
        self.engine |= most
        self._refresh()
        domain = [
            ("indicator_id", "=", most.id),
            ("scope", "=", "team"),
            ("period_key", "=", "2026"),
        ]
        ((total,),) = self.Value._read_group(domain, [], ["value:sum"])
        self.assertIs(total, False)
        by_team = dict(self.Value._read_group(domain, ["team_id"], ["value:sum"]))
        self.assertEqual(by_team[self.team_be], 8)

    def test_missing_part_is_no_data_and_no_row(self):
        self._refresh()
        may = self._stored(self.rate, MAY)
        self.assertFalse(may)
        self._refresh(MAY)
        self.assertEqual(self._stored(self.rate, MAY)[""].value, 0)
        self.rows = [row for row in self.rows if row[0] != self.diver]
        self._refresh(MAY)
        self.assertFalse(self._stored(self.rate, MAY))

    def test_division_by_zero_is_no_data_and_not_zero(self):
        self.rows = [(self.bakery, date(2026, 3, 1), 0, 0)]
        self._refresh()
        line = self._stored(self.rate)["Team Belgium"]
        self.assertIs(line.value, False)
        self.assertEqual(line.value_text, "no data")
        ((total,),) = self.Value._read_group([("id", "=", line.id)], [], ["value:sum"])
        self.assertIs(total, False)

    def test_what_cannot_be_computed_is_refused_with_the_remedy(self):
        for text, sentence in (
            ("t_won / / 2", "not understood at character 9"),
            ("t_won / t_misspelt", "No active indicator of .* has the code “t_misspelt”"),
            ("1 + 1", "names no indicator"),
            ("t_rate + 1", "needs itself: t_rate → t_rate"),
        ):
            with self.subTest(text), self.assertRaisesRegex(ValidationError, sentence):
                self.rate.formula_text = text

    def test_circle_of_formulas_is_refused_by_a_sentence_that_names_it(self):
        half = self.env["crm.indicator"].create(
            {"name": "Half", "code": "t_half", "formula_text": "t_rate / 2"}
        )
        with self.assertRaisesRegex(ValidationError, "t_half → t_rate → t_half"):
            self.rate.formula_text = "t_half + t_won"
        self.assertTrue(half)

    def test_broken_formula_stores_its_sentence_in_the_place_of_the_figure(self):
        self.offers.active = False
        self._refresh()
        (company,) = self._stored(self.rate, scope="company").values()
        self.assertIn("“t_offers”", company.value_text)
        self.assertIs(company.value, False)
        teams = self._stored(self.rate)
        self.assertIn("“t_offers”", teams["Team Belgium"].value_text)

    def test_figure_opens_the_stored_values_of_its_parts(self):
        self._refresh()
        line = self._stored(self.rate)["Team Belgium"]
        action = line.with_user(self.user_a).action_open_records()
        opened = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(
            sorted((part.indicator_id.code, part.value) for part in opened),
            [("t_offers", 8), ("t_won", 4)],
        )

    def test_changed_part_opens_a_new_version_of_the_formula_as_well(self):
        before = self.rate.version
        self.won.with_user(self.manager_a).formula = "counted otherwise"
        self.assertEqual(self.rate.version, before + 1)
        self.assertEqual(self.offers.version, 1)

    def test_check_and_preview_follow_what_is_typed(self):
        with self._on(date(2026, 6, 1)):
            rate = self.rate.with_company(self.company_a)
            self.assertIn("Won (t_won)", rate.formula_check)
            self.assertIn("25.0 %", rate.formula_preview)
            draft = self.env["crm.indicator"].with_company(self.company_a)
            draft = draft.new({"name": "Draft", "code": "t_new", "formula_text": "t_won - "})
            self.assertTrue(draft.formula_problem)
            self.assertIn("at character", draft.formula_check)

    def test_customers_are_measured_on_demand(self):
        customers = self.env["crm.customer"].search([("company_id", "=", self.company_a.id)])
        found = self.rate._measure_customers(customers, YEAR)
        values = {customers.browse(key).partner_id: row.value for key, row in found.items()}
        self.assertEqual(
            {partner: round(float(value), 6) for partner, value in values.items()},
            {self.bakery: 0.25, self.brewery: 0.75, self.clinic: 0.1, self.diver: 0},
        )

    def test_customer_form_shows_the_figures_of_own_customers(self):
        customer = self._customer(self.bakery)
        options = {"customer": customer.id}
        page = self.env["crm.customer.measure"]
        with self._on(date(2026, 6, 1)):
            shown = page.with_user(self.manager_a).get_matrix(options)["matrix"]
            cell = {row["key"]: row for row in shown["rows"]}["t_rate"]["cells"]["2026"]
            self.assertEqual(float(cell["value"]), 0.25)
            foreign = page.with_user(self.user_a).get_matrix(options)["matrix"]
            self.assertFalse(foreign["rows"])
            customer.user_id = self.user_a
            own = page.with_user(self.user_a).get_matrix(options)["matrix"]
            self.assertEqual(own["title"], customer.display_name)


@tagged("post_install", "-at_install")
class TestStoredFigures(EngineCase):
    """A stored figure is shown only while it is certain to equal its records."""

    def _current(self, period=YEAR, company=None):
        stored = self.engine._stored_now(company or self.company_a, period)
        return {self.env["crm.indicator"].browse(id_).code for id_ in stored}

    def test_stored_rows_equal_the_measured_ones(self):
        self._refresh()
        stored = self.engine._stored_now(self.company_a, YEAR)
        for indicator in self.engine:
            for scope in ("company", "segment", "team"):
                question = MeasureScope(self.company_a.id, scope, None, (YEAR,))
                measured = {row.scope_id: row.value for row in indicator._measure(question)}
                kept = {row.scope_id: row.value for row in stored[indicator.id].rows[scope]}
                self.assertEqual(kept, measured)

    def test_nothing_is_current_before_it_was_measured(self):
        self.assertEqual(self._current(), set())
        self._refresh()
        self.assertEqual(self._current(), {"t_offers", "t_won", "t_rate"})
        self.assertEqual(self._current(MAY), set())

    def test_period_without_any_fact_is_stored_as_no_data(self):
        self._refresh(Period.parse("2020"))
        stored = self.engine._stored_now(self.company_a, Period.parse("2020"))
        self.assertEqual(stored[self.won.id].rows, {"company": [], "segment": [], "team": []})

    def test_waiting_change_makes_readers_measure_until_the_lane_was_there(self):
        self._refresh()
        self.env["crm.indicator"]._note_stale(self.company_a.ids, date(2026, 3, 1))
        self.assertEqual(self._current(), set(), "noted in this transaction")
        self.env.cr.flush()
        self.assertEqual(self._current(), set(), "waiting in the queue")
        self.env["crm.change"]._run_all("indicators")
        self.assertEqual(self._current(), {"t_offers", "t_won", "t_rate"})

    def test_change_of_another_company_does_not_matter(self):
        self._refresh()
        self.env["crm.indicator"]._note_stale(self.company_b.ids, date(2026, 3, 1))
        self.env.cr.flush()
        self.assertEqual(self._current(), {"t_offers", "t_won", "t_rate"})

    def test_change_that_a_person_gives_up_leaves_nothing_current(self):
        self._refresh()
        self.env["crm.indicator"]._note_stale(self.company_a.ids, date(2026, 3, 1))
        self.env.cr.flush()
        waiting = self.env["crm.change"].search([("consumer", "=", "indicators")])
        waiting.filtered(lambda change: change.company_id == self.company_a).with_user(
            self.manager_a
        ).action_drop()
        self.assertEqual(self._current(), set())
        self._refresh()
        self.assertEqual(self._current(), {"t_offers", "t_won", "t_rate"})

    def test_new_version_has_to_be_measured_first(self):
        self._refresh()
        self.won.formula = "otherwise"
        self.env.cr.flush()
        self.env["crm.change"].search([]).unlink()
        self.assertEqual(self._current(), {"t_offers"})

    def test_indicator_that_the_queue_does_not_follow_is_always_measured(self):
        self.startPatcher(
            patch.object(
                type(self.env["crm.indicator"]), "_followed_codes", lambda model: {"t_won"}
            )
        )
        self._refresh()
        self.assertEqual(self._current(), {"t_won"})

    def test_moved_customer_and_changed_team_are_noted(self):
        def noted():
            self.env.cr.flush()
            found = self.env["crm.change"].search([("consumer", "=", "indicators")])
            dates = {change.company_id: change.fact_date for change in found}
            found.unlink()
            return dates

        noted()
        with self._on(date(2026, 4, 1)):
            self._customer(self.bakery).segment_id = self.segment_de
            # Decided on the same day as the first time: corrected since ever.
            self.assertIn(self.company_a, noted())
        self.team_be.active = False
        self.assertEqual(noted(), {self.company_a: date.min})
        self.team_be.name = "Another name"
        self.assertEqual(noted(), {})

    def test_second_refresh_changes_nothing(self):
        self.assertGreater(self._refresh(), 0)
        self.assertEqual(self._refresh(), 0)

    def test_groups_never_add_what_cannot_be_added(self):
        self._refresh(YEAR, MARCH, MAY)
        of = [("indicator_id", "=", self.won.id)]
        teams = [*of, ("scope", "=", "team")]

        def total(domain, what="value:sum"):
            return self.Value._read_group(domain, [], [what])[0][0]

        self.assertIs(total(of), False, "scopes and lengths of period")
        self.assertIs(total(teams), False, "a year and two of its months")
        self.assertIs(total(teams, "n:sum"), False)
        self.assertEqual(total([*teams, ("period_kind", "=", "month")]), 5)
        self.assertEqual(total([*teams, ("period_kind", "=", "month")], "n:sum"), 4)
        both = [("indicator_id", "in", (self.won | self.offers).ids), ("scope", "=", "company")]
        self.assertIs(total([*both, ("period_key", "=", "2026")]), False, "two indicators")

    def test_older_definitions_are_kept_and_shown_apart(self):
        self._refresh()
        self.won.formula = "otherwise"
        self._refresh()
        of = [("indicator_id", "=", self.won.id), ("scope", "=", "company")]
        of += [("period_key", "=", "2026")]
        current = self.Value.search([*of, ("is_current", "=", True)])
        older = self.Value.search([*of, ("is_current", "=", False)])
        self.assertEqual((current.version, older.version), (2, 1))
        self.assertIs(self.Value._read_group(of, [], ["value:sum"])[0][0], False)
        by_version = dict(self.Value._read_group(of, ["version"], ["value:sum"]))
        self.assertEqual(by_version, {1: 5, 2: 5})

    # restatement
    def test_late_fact_restates_a_closed_period_and_keeps_what_was_shown(self):
        with self._now(datetime(2026, 4, 2, 8)):
            self._refresh(MARCH)
        self.rows = [*self.rows, (self.clinic, date(2026, 3, 30), 5, 4)]
        with self._now(datetime(2026, 5, 3, 9)):
            self.env["crm.indicator"]._note_stale(self.company_a.ids, date(2026, 3, 30))
            self.env["crm.change"]._run_all("indicators")
        found = (
            self.env["crm.indicator.restatement"]
            .with_user(self.finance_a)
            .search([("indicator_id", "=", self.won.id), ("scope", "=", "team")])
        )
        self.assertRecordValues(
            found,
            [
                {
                    "team_id": self.team_de.id,
                    "period_key": "2026-03",
                    "value_before": 1,
                    "value_after": 5,
                    "n_before": 1,
                    "n_after": 2,
                    "restated_at": datetime(2026, 5, 3, 9),
                    "known_since": datetime(2026, 4, 2, 8),
                    "stale_since": date(2026, 3, 30),
                }
            ],
        )
        line = self._stored(self.won, MARCH)["Team Germany"]
        self.assertEqual((line.value, line.restated_at), (5, datetime(2026, 5, 3, 9)))
        action = line.with_user(self.finance_a).action_open_restatements()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), found)

    def test_period_that_was_still_open_is_not_restated(self):
        with self._now(datetime(2026, 3, 31, 8)):
            self._refresh(MARCH)
        self.rows = self.rows[1:]
        with self._now(datetime(2026, 4, 3, 9)):
            self._refresh(MARCH)
        self.assertFalse(self.env["crm.indicator.restatement"].search([]))
        self.rows = self.rows[1:]
        with self._now(datetime(2026, 4, 4, 9)):
            self._refresh(MARCH)
        gone = self.env["crm.indicator.restatement"].search(
            [("indicator_id", "=", self.won.id), ("team_id", "=", self.team_be.id)]
        )
        self.assertEqual((gone.value_before, gone.value_after, gone.n_after), (3, False, 0))
        self.assertEqual(gone.text_after, "no data")

    def test_changed_definition_is_no_restatement(self):
        with self._now(datetime(2026, 4, 2, 8)):
            self._refresh(MARCH)
        self.won.formula = "otherwise"
        self.rows = self.rows[1:]
        with self._now(datetime(2026, 4, 3, 8)):
            self.won._refresh(self.company_a, [MARCH])
        of_won = [("indicator_id", "=", self.won.id)]
        self.assertFalse(self.env["crm.indicator.restatement"].search(of_won))

    def test_nobody_writes_figures_marks_or_restatements(self):
        for name in ("value", "period", "restatement"):
            for user in (self.user_a, self.leader_a, self.manager_a, self.finance_a):
                model = self.env[f"crm.indicator.{name}"].with_user(user)
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(model.has_access(operation), (name, user.login))

    # companies
    def test_other_company_sees_nothing_of_it(self):
        with self._now(datetime(2026, 4, 2, 8)):
            self._refresh(MARCH)
        self.rows = self.rows[1:]
        with self._now(datetime(2026, 4, 3, 8)):
            self._refresh(MARCH)
        for name in ("value", "period", "restatement"):
            model = self.env[f"crm.indicator.{name}"]
            own = [("company_id", "=", self.company_a.id)]
            self.assertTrue(model.with_user(self.user_a).search_count(own), name)
            self.assertFalse(model.with_user(self.user_b).search_count([]), name)


@tagged("post_install", "-at_install")
class TestIndicatorRun(EngineCase):
    """Long measuring is visible: how many of how many; it stops, resumes and tells failures."""

    def _run(self, **vals):
        run = (
            self.env["crm.indicator.run"]
            .with_user(self.manager_a)
            .create(
                {
                    "company_id": self.company_a.id,
                    "indicator_ids": [(6, 0, (self.offers | self.won).ids)],
                    "date_from": date(2026, 1, 15),
                    "date_to": date(2026, 5, 1),
                    **vals,
                }
            )
        )
        run.action_start()
        return run.sudo()

    def test_run_measures_all_periods_that_its_days_touch(self):
        run = self._run(with_rolling=True)
        self.assertEqual((run.state, run.position, run.total), ("waiting", 0, 2))
        self.env["crm.indicator.run"]._run_all()
        self.assertEqual((run.state, run.position, run.progress), ("done", 2, 100.0))
        keys = self.env["crm.indicator.period"].search([("indicator_id", "=", self.won.id)])
        self.assertEqual(
            set(keys.mapped("period_key")),
            {"all", "2026", "2026-Q1", "2026-Q2"}
            | {f"2026-{month:02}" for month in range(1, 6)}
            | {f"r12:2026-{month:02}" for month in range(1, 6)},
        )
        self.assertIn("values changed", run.result)

    def test_run_stops_and_resumes_where_it_stood(self):
        run = self._run()
        self.env["crm.indicator.run"]._step()
        run.with_user(self.manager_a).action_stop()
        self.assertEqual(self.env["crm.indicator.run"]._step(), 0)
        self.assertEqual((run.state, run.position), ("stopped", 1))
        run.with_user(self.manager_a).action_resume()
        self.env["crm.indicator.run"]._run_all()
        self.assertEqual((run.state, run.position), ("done", 2))

    def test_batch_that_fails_is_told_and_the_others_go_on(self):
        def broken(*_args):
            raise ZeroDivisionError("of the test")

        self.startPatcher(patch.object(type(self.env["crm.indicator"]), "_facts_t_offers", broken))
        run = self._run()
        self.env["crm.indicator.run"]._run_all()
        self.assertEqual((run.state, run.failed_count), ("done", 1))
        self.assertIn("of the test", run.result)
        self.assertTrue(self._stored(self.won))

    def test_progress_is_not_typed_and_only_managers_decide(self):
        run = self._run()
        with self.assertRaises(AccessError):
            run.with_user(self.manager_a).position = 2
        for user in (self.user_a, self.leader_a, self.finance_a):
            with self.assertRaises(AccessError):
                run.with_user(user).action_stop()

    def test_measure_now_starts_a_run_for_each_active_company(self):
        action = self.won.with_user(self.manager_a).action_refresh()
        run = self.env["crm.indicator.run"].browse(action["res_id"])
        self.assertEqual((run.company_id, run.indicator_ids), (self.company_a, self.won))
        self.env["crm.indicator.run"]._run_all()
        self.assertEqual(run.state, "done")
        self.assertTrue(
            self.env["crm.indicator.period"].search([("indicator_id", "=", self.won.id)])
        )


@tagged("post_install", "-at_install")
class TestRecordsAddUp(IndicatorContract, EngineCase):
    """The records of each figure add up to it; upper addons inherit the contract."""

    def test_records_of_every_indicator_add_up(self):
        seen = self.assertRecordsAddUp(
            self.company_a + self.company_b, ("all", "2026", "2026-Q1", "2026-03", "r12:2026-05")
        )
        self.assertLessEqual({"t_offers", "t_won", "t_rate"}, seen)

    def test_indicator_is_one_record_and_one_method(self):
        """What docs/api.md shows, with leads of the test."""

        def facts(indicator, scope):
            return Facts(
                "crm.lead",
                SQL(
                    "SELECT lead.id AS res_id, lead.company_id, lead.create_date::date AS fact_date,"
                    " contact.commercial_partner_id AS partner_id, 1 AS numerator,"
                    " NULL::numeric AS denominator FROM crm_lead lead"
                    " JOIN res_partner contact ON contact.id = lead.partner_id"
                ),
            )

        cls = type(self.env["crm.indicator"])
        self.startPatcher(patch.object(cls, "_facts_t_leads", facts, create=True))
        leads = self.env["crm.indicator"].create({"name": "Leads", "code": "t_leads"})
        self.env["crm.lead"].create(
            [
                {"name": "One", "partner_id": partner.id, "company_id": self.company_a.id}
                for partner in (self.bakery, self.bakery, self.clinic)
            ]
        )
        leads._refresh(self.company_a, [Period.parse("all")])
        teams = self._stored(leads, Period.parse("all"))
        self.assertEqual(
            {name: line.value for name, line in teams.items()},
            {"Team Belgium": 2, "Team Germany": 1},
        )
        action = teams["Team Belgium"].action_open_records()
        self.assertEqual(self.env["crm.lead"].search_count(action["domain"]), 2)
        found = leads._measure_customers(self._customer(self.bakery), Period.parse("all"))
        self.assertEqual([row.n for row in found.values()], [2])

    def test_row_says_what_it_is(self):
        row = MeasureRow("2026", 0, None, None, 0, fault="Broken.")
        self.assertEqual(self.won._figure_words(row, self.company_a.currency_id), "Broken.")
        self.assertEqual(self.won._figure_words(None, self.company_a.currency_id), "no data")
