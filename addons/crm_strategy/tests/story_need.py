from odoo.addons.crm_strategy.demo import crm_demo_need as chapter


class NeedChapter:
    """The chapter of needs: six classes, one orphan, one change that waits for approval."""

    def test_six_classes_one_orphan_one_link_to_approve(self):
        analysis = self._named("analysis_north")
        codes = {need.class_id.code for need in analysis.need_ids}
        self.assertEqual(codes, {row[0] for row in chapter.NEEDS.values()})
        self.assertEqual(len(codes), 6)
        orphans = analysis.need_ids.filtered("is_orphan")
        self.assertEqual(orphans, self._named("need_shown"))
        waiting = analysis.link_ids.filtered("is_suspect")
        self.assertEqual(waiting.need_id, self._named("need_approved"))
        self.assertEqual(len(waiting), 1)
        self.assertEqual(analysis.revision, 1)
        self.assertTrue(analysis.is_changed)

    def test_opportunity_of_the_customer_warns(self):
        lead = self._as("story.sales", "crm.lead").search([("name", "=", "Pumping station North")])
        self.assertEqual(lead.crm_legal_need_count, 1)

    def test_people_of_the_story_see_what_is_theirs(self):
        names = {
            login: self._as(login, "crm.need.analysis").search([]).mapped("name")
            for login in ("story.sales", "story.leader", "story.strategy", "story.sales.trade")
        }
        self.assertEqual(names.pop("story.sales.trade"), [])
        self.assertEqual(set(map(tuple, names.values())), {("Pumping station North",)})

    def test_two_ideas_and_a_session(self):
        session = self._named("session_night")
        self.assertEqual(session.idea_ids, self._named("idea_phone"))
        self.assertEqual(self._named("idea_box").customer_id.idea_count, 1)
