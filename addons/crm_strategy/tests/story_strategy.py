from odoo.addons.crm_strategy.demo import story_strategy as plan


class StrategyChapter:
    """The story's strategy is approved, half done, and has one rupture."""

    def test_strategy_is_approved_with_one_rupture(self):
        strategy = self._named("strategy")
        self.assertEqual(strategy.state, "approved")
        self.assertEqual(strategy.rupture_count, sum(not goal.goal for goal in plan.OBJECTIVES))
        self.assertIn("serves no strategic objective", strategy.level_gap)

    def test_steps_are_partly_done(self):
        strategy = self._named("strategy")
        done = len(plan.DONE) + sum(row[0] == "done" for row in plan.SEGMENT_STEPS.values())
        # Three steps of the company and ten of each of the three segments.
        self.assertEqual((strategy.step_done_count, strategy.step_count), (done, 33))
        self.assertEqual(strategy.step_overdue_count, 1)

    def test_signs_show_what_the_tables_say(self):
        risks = {
            risk.cause: (risk.sign_state, risk.sign_text)
            for risk in self._named("strategy").risk_ids
        }
        self.assertEqual(risks["technology"][0], "quiet")
        self.assertEqual(risks["promises"][0], "alarm")
        self.assertIn("1 of 5", risks["promises"][1])
        self.assertEqual(risks["understanding"], ("alarm", "Training checks still open: 1 of 2."))
        self.assertEqual(
            risks["commitment"], ("alarm", "Sponsor reviews held: 2 of 3 planned until today.")
        )

    def test_people_of_the_story_read_it(self):
        for login in ("story.sales", "story.leader", "story.finance"):
            with self.subTest(login=login):
                self.assertEqual(
                    self._as(login, "crm.strategy").search([]), self._named("strategy")
                )
