from odoo.addons.crm_strategy.demo import story_world as world


class SegmentChapter:
    """The story's segments stand where demo/crm_demo_segment.py reckons by hand."""

    def test_segments_stand_on_the_map(self):
        wanted = {
            world.KEY: (3.9, 3.9, "invest", "invest"),
            world.TRADE: (2.7, 2.8, "select", "select"),
            world.SHOP: (1.6, 2.7, "harvest", "hold"),
        }
        for key, line in wanted.items():
            segment = self._named(f"segment_{key}")
            found = (
                round(segment.attractiveness, 2),
                round(segment.competitiveness, 2),
                segment.suggestion,
                segment.decision,
            )
            self.assertEqual(found, line, segment.name)
            self.assertEqual(segment.progress, "served")

    def test_one_decision_went_against_the_map_with_a_reason(self):
        lines = self.env["crm.segment.decision"].search([("company_id", "=", self.company.id)])
        (otherwise,) = lines.filtered("is_otherwise")
        self.assertEqual(otherwise.segment_id, self._named(f"segment_{world.SHOP}"))
        self.assertTrue(otherwise.reason)

    def test_changed_rule_explains_the_move_of_the_migration(self):
        ((key, (before, days)),) = world.MOVED.items()
        self.assertFalse(self.env["crm.segment"]._assign(self.company)["changed"])
        report = self._as("story.strategy", "crm.segment.migration")
        matrix = report.get_matrix(
            {"first": str(self.calendar.day(days + 30)), "second": str(self.calendar.day(0))}
        )["matrix"]
        rows = {row["key"]: row["cells"] for row in matrix["rows"]}
        now = self._named(f"segment_{world.segment_at(key, 0)}").id
        cell = rows[f"from_{self._named(f'segment_{before}').id}"][f"to_{now}"]
        self.assertEqual(cell["value"], "1")
        moved = self.env["crm.customer"].search(cell["drill"]["domain"])
        self.assertEqual(moved.partner_id, self._named(key))
