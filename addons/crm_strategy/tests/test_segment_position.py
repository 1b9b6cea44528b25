from datetime import date
from decimal import Decimal
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..core.value import UNDEFINED
from .common_segments import SegmentPositionCase


@tagged("post_install", "-at_install")
class TestSegmentPosition(SegmentPositionCase):
    """S001-3-c: two weighted axes, nine fields, a decision with its reason.

    By hand, weights 5 / 3 / 2 and 6 / 4::

        Belgium    attractiveness  (5·5 + 3·4 + 2·3) / 10 = 43/10 = 4.3   high
                   competitiveness (6·5 + 4·4)       / 10 = 46/10 = 4.6   high    -> invest
        Germany    attractiveness  (5·3 + 3·3 + 2·2) / 10 = 28/10 = 2.8   medium
                   competitiveness (6·2 + 4·3)       / 10 = 24/10 = 2.4   medium  -> select
        Elsewhere  attractiveness  (5·1 + 3·2 + 2·1) / 10 = 13/10 = 1.3   low
                   competitiveness only relations: 4·5 / 4    = 5.0       high    -> hold
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._score(
            cls.segment_be,
            {cls.size: 5, cls.growth: 4, cls.margin: 3, cls.fit: 5, cls.relations: 4},
        )
        cls._score(
            cls.segment_de,
            {cls.size: 3, cls.growth: 3, cls.margin: 2, cls.fit: 2, cls.relations: 3},
        )
        cls._score(cls.segment_rest, {cls.size: 1, cls.growth: 2, cls.margin: 1, cls.relations: 5})
        cls.three = cls.segment_be + cls.segment_de + cls.segment_rest

    def test_worked_example_of_three_segments(self):
        segments = self.three.with_user(self.user_a)
        found = [
            (round(item.attractiveness, 2), round(item.competitiveness, 2), item.suggestion)
            for item in segments
        ]
        self.assertEqual(found, [(4.3, 4.6, "invest"), (2.8, 2.4, "select"), (1.3, 5.0, "hold")])
        self.assertFalse(segments[0].position_note)
        self.assertEqual(segments[2].position_note, "1 of 5 criteria are not scored: Fit.")

    def test_segment_without_scores_has_no_place_and_no_suggestion(self):
        segment = self.env["crm.segment"].create({"name": "New", "company_id": self.company_a.id})
        self.assertFalse(segment.is_placed)
        self.assertFalse(segment.suggestion)
        self.assertEqual(segment.progress, "described")
        self._score(segment, {self.size: 5})
        self.assertFalse(segment.is_placed, "one axis is no place")

    def test_latest_score_counts_and_the_older_ones_stay(self):
        self._score(self.segment_be, {self.size: 1}, day="2026-04-01")
        self.segment_be.invalidate_recordset()
        # (5·1 + 3·4 + 2·3) / 10 = 2.3
        self.assertAlmostEqual(self.segment_be.attractiveness, 2.3)
        positions = self.segment_be._positions(date(2026, 3, 31))
        self.assertEqual(positions[self.segment_be.id].attractiveness, Decimal("4.3"))
        self.assertIs(
            self.segment_be._positions(date(2026, 2, 28))[self.segment_be.id].field, UNDEFINED
        )
        current = self.segment_be.score_ids.filtered("is_current")
        self.assertEqual(len(self.segment_be.score_ids), 6)
        self.assertEqual(current.filtered(lambda line: line.criterion_id == self.size).score, 1)

    def test_each_company_has_its_own_weights(self):
        here = self.size.with_user(self.manager_a)
        here.company_weight = 0
        self.assertEqual(here.company_weight, 0)
        self.assertEqual(self.size.with_company(self.company_b).company_weight, 5)
        self.segment_be.invalidate_recordset()
        # (3·4 + 2·3) / 5 = 3.6
        self.assertAlmostEqual(self.segment_be.attractiveness, 3.6)
        self._score(self.segment_b, {self.size: 2, self.growth: 4, self.fit: 3})
        # in B: (5·2 + 3·4) / 8 = 2.75
        self.assertAlmostEqual(self.segment_b.attractiveness, 2.75)

    def test_criterion_of_another_company_judges_nobody_here(self):
        foreign = self.size.copy({"company_id": self.company_b.id})
        with self.assertRaises(UserError):
            self._score(self.segment_be, {foreign: 5}, day="2026-03-02")
        self.assertNotIn(foreign, self.env["crm.segment.criterion"]._used_by(self.company_a))

    def test_score_out_of_range_or_without_reason_is_refused_by_the_database(self):
        for vals in ({"score": 5.1}, {"score": -1}, {"reason": "  "}):
            with (
                self.subTest(vals=vals),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.segment_be.score_ids[0].write(vals)
                self.env.flush_all()

    def test_two_scores_of_one_day_are_refused(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self._score(self.segment_be, {self.size: 2})

    def test_score_of_a_day_to_come_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "“Size” of “Belgium”"):
            self._score(self.segment_be, {self.size: 2}, day="2099-01-01")

    # decisions

    def _decide(self, segment, decision, reason=False, **more):
        return (
            self.env["crm.segment.decision"]
            .with_user(self.manager_a)
            .create({"segment_id": segment.id, "decision": decision, "reason": reason, **more})
        )

    def test_decision_as_suggested_needs_no_reason(self):
        line = self._decide(self.segment_be, "invest")
        self.assertFalse(line.is_otherwise)
        self.assertEqual(self.segment_be.decision, "invest")
        self.assertEqual(line.user_id, self.manager_a)

    def test_decision_against_the_suggestion_needs_a_reason_in_the_database(self):
        for segment, decision in ((self.segment_be, "leave"), (self.segment_rest, "invest")):
            for reason in (False, "   "):
                with (
                    self.subTest(segment=segment.name, reason=reason),
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(IntegrityError),
                    self.env.cr.savepoint(),
                ):
                    self._decide(segment, decision, reason)
                    self.env.flush_all()
        line = self._decide(self.segment_be, "leave", "The law closes this market.")
        self.assertTrue(line.is_otherwise)
        self.assertEqual(line.suggestion, "invest")

    def test_decision_before_anything_is_suggested_needs_a_reason(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self._decide(self.env["crm.segment"].create({"name": "New"}), "grow")

    def test_decision_keeps_what_the_map_said(self):
        line = self._decide(self.segment_be, "invest", date="2026-03-05")
        self._score(self.segment_be, {self.size: 0, self.growth: 0}, day="2026-04-01")
        self.segment_be.invalidate_recordset()
        self.assertNotEqual(self.segment_be.suggestion, "invest")
        self.assertEqual((line.suggestion, round(line.attractiveness, 2)), ("invest", 4.3))

    def test_what_the_map_said_is_never_typed(self):
        line = self._decide(
            self.segment_be, "leave", "They leave us.", suggestion="leave", attractiveness=1.0
        )
        self.assertEqual((line.suggestion, round(line.attractiveness, 2)), ("invest", 4.3))

    def test_history_of_decisions_is_written_by_nobody(self):
        line = self._decide(self.segment_be, "invest")
        with self.assertRaises(AccessError):
            line.write({"decision": "leave"})
        with self.assertRaises(AccessError):
            line.unlink()
        later = self._decide(self.segment_be, "grow", "Step by step.")
        self.assertEqual(self.segment_be.decision, "grow")
        action = self.segment_be.with_user(self.user_a).action_open_decisions()
        found = self.env["crm.segment.decision"].search(action["domain"])
        self.assertEqual(found, later + line)

    def test_who_reads_does_not_judge(self):
        for user in (self.user_a, self.leader_a, self.finance_a):
            with self.subTest(user=user.login):
                self.assertTrue(self.segment_be.with_user(user).attractiveness)
                with self.assertRaises(AccessError):
                    self._score(self.segment_be, {self.fit: 1}, day="2026-03-03", user=user)
                with self.assertRaises(AccessError):
                    self.env["crm.segment.decision"].with_user(user).create(
                        {"segment_id": self.segment_be.id, "decision": "invest"}
                    )

    def test_progress_tells_what_is_done(self):
        self.assertEqual(self.segment_be.progress, "judged")
        self._decide(self.segment_be, "invest")
        self.assertEqual(self.segment_be.progress, "decided")
        self._assign()
        self.segment_be.invalidate_recordset()
        self.assertEqual(self.segment_be.progress, "served")

    # map

    def _map(self, user=None, **options):
        report = self.env["crm.segment.map"].with_user(user or self.user_a)
        return report.with_company(self.company_a).get_matrix(options)

    def test_map_places_segments_by_competitiveness_and_attractiveness(self):
        self._decide(self.segment_de, "leave", "No people for it.")
        shown = self._map(self.manager_a)["map"]
        places = {
            item["name"]: (item["x"], item["y"], item["decision"]) for item in shown["bubbles"]
        }
        self.assertEqual(
            places,
            {
                "Belgium": (4.6, 4.3, None),
                "Germany": (2.4, 2.8, "leave"),
                "Elsewhere": (5.0, 1.3, None),
            },
        )
        self.assertFalse(shown["has_revenue"])
        self.assertIn("No data", shown["why_no_revenue"])

    def test_size_of_a_bubble_is_the_revenue_that_the_hook_knows(self):
        self._assign()
        amounts = {
            self._customer(self.bakery).id: Decimal("100.50"),
            self._customer(self.brewery).id: Decimal("20"),
            self._customer(self.diver).id: Decimal("7"),
        }
        asked = []

        def known(facts, company, period):
            asked.append((company, period.date_from, period.date_to))
            return amounts

        with patch.object(type(self.env["crm.facts"]), "_revenue_by_customer", known):
            shown = self._map(self.manager_a, as_of="2026-03-31")["map"]
            hidden = self._map(as_of="2026-03-31")["map"]
        self.assertFalse(hidden["has_revenue"])
        self.assertIn("team leaders", hidden["why_no_revenue"])
        self.assertEqual({item["revenue"] for item in hidden["bubbles"]}, {None})
        self.assertEqual(asked, [(self.company_a, date(2025, 4, 1), date(2026, 4, 1))])
        self.assertTrue(shown["has_revenue"])
        self.assertEqual(
            {item["name"]: item["revenue"] for item in shown["bubbles"]},
            {"Belgium": 120.5, "Germany": None, "Elsewhere": None},
        )

    def test_table_under_the_map_adds_up_to_the_place(self):
        matrix = self._map()["matrix"]
        rows = {row["key"]: row["cells"] for row in matrix["rows"]}
        column = f"segment_{self.segment_be.id}"
        self.assertEqual(rows["mean_attractiveness"][column]["value"], "4.30")
        self.assertEqual(rows["mean_attractiveness"]["weight"]["value"], "10.0")
        self.assertEqual(rows[f"criterion_{self.size.id}"][column]["value"], "5.0")
        self.assertIn("Seen at Belgium.", rows[f"criterion_{self.size.id}"][column]["note"])
        missing = rows[f"criterion_{self.fit.id}"][f"segment_{self.segment_rest.id}"]
        self.assertEqual((missing["state"], missing["value"]), ("none", None))
        drill = rows[f"criterion_{self.size.id}"][column]["drill"]
        self.assertEqual(
            self.env["crm.segment.score"].search(drill["domain"]).mapped("score"), [5.0]
        )

    def test_map_of_a_past_day_shows_the_scores_of_that_day(self):
        self._score(self.segment_be, {self.size: 1}, day="2026-04-01")
        places = {
            item["name"]: item["y"] for item in self._map(as_of="2026-03-15")["map"]["bubbles"]
        }
        self.assertEqual(places["Belgium"], 4.3)
        places = {item["name"]: item["y"] for item in self._map()["map"]["bubbles"]}
        self.assertEqual(places["Belgium"], 2.3)

    def test_map_costs_the_same_for_three_and_for_thirty_segments(self):
        self._map()
        before = self.env.cr.sql_log_count
        self.env.invalidate_all()
        self._map()
        few = self.env.cr.sql_log_count - before
        more = self.env["crm.segment"].create(
            [{"name": f"S{number}", "company_id": self.company_a.id} for number in range(27)]
        )
        for segment in more:
            self._score(segment, {self.size: 3, self.fit: 2})
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._map()
        self.assertLessEqual(self.env.cr.sql_log_count - before, few + 2)

    def test_map_shows_no_segment_of_another_company(self):
        self._score(self.segment_b, {self.size: 2, self.fit: 3})
        names = {item["name"] for item in self._map()["map"]["bubbles"]}
        self.assertNotIn("Everybody", names)
        with self.assertRaises(AccessError):
            self._map(self.salesman_a)
