from odoo.tests import tagged

from .common import CrmStrategyCase


@tagged("post_install", "-at_install")
class TestCronWatch(CrmStrategyCase):
    """An administrator is told when a lane of the suite does not run."""

    def setUp(self):
        super().setUp()
        self.lane = self.env.ref("crm_strategy.crm_change_lane_cron_1")
        self.env["crm.cron.watch"]._check()

    def _notes(self):
        return self.env["crm.cron.watch"]._activities_of(self.lane)

    def test_switched_off_lane_raises_one_activity_until_it_is_on_again(self):
        self.lane.active = False
        for _night in range(3):
            self.assertEqual(self.env["crm.cron.watch"]._check(), 1)
        self.assertEqual(len(self._notes()), 1)
        self.assertIn("switched off", self._notes().note)
        self.assertTrue(self._notes().user_id.has_group("base.group_system"))
        self.lane.active = True
        self.assertEqual(self.env["crm.cron.watch"]._check(), 0)
        self.assertFalse(self._notes())

    def test_lane_that_fails_again_and_again_raises_an_activity(self):
        self.lane.failure_count = 2
        self.assertEqual(self.env["crm.cron.watch"]._check(), 0)
        self.lane.failure_count = 3
        self.assertEqual(self.env["crm.cron.watch"]._check(), 1)
        self.assertIn("3 times", self._notes().note)

    def test_copied_lanes_are_watched_too(self):
        copied = self.lane.copy()
        copied.active = False
        self.assertEqual(self.env["crm.cron.watch"]._check(), 1)
        self.assertTrue(self.env["crm.cron.watch"]._activities_of(copied))

    def test_administrator_reads_the_note_in_the_own_list(self):
        self.lane.active = False
        self.env["crm.cron.watch"]._check()
        administrator = self._notes().user_id
        groups = self.env["res.users"].with_user(administrator)._get_activity_groups()
        self.assertTrue(groups)
