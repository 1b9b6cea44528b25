"""Records of another application are cases of ours, and follow it."""

from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.orm.model_classes import add_to_registry
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_case import CaseCase

MONDAY = datetime(2026, 3, 30, 7)


@tagged("post_install", "-at_install")
class TestCaseAdapter(CaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        from .fake_case_source import CrmTestTask

        add_to_registry(cls.registry, CrmTestTask)
        cls.registry._setup_models__(cls.env.cr, ["crm.test.task"])
        cls.registry.init_models(cls.env.cr, ["crm.test.task"], {"models_to_check": True})
        cls.addClassCleanup(cls.registry.__delitem__, "crm.test.task")

    def _task(self, **vals):
        task = self.env["crm.test.task"].create(
            {
                "name": "It drips",
                "partner_id": self.alfa_buyer.id,
                "company_id": self.company_a.id,
                "user_id": self.ole.id,
                "stage": "todo",
                **vals,
            }
        )
        return task, task._case_of()

    def test_a_record_has_one_case_that_follows_it(self):
        task, case = self._task()
        self.assertEqual(
            (case.name, case.contact_id, case.user_id, case.state, case.intake),
            ("It drips", self.alfa_buyer, self.ole, "progress", "adapter"),
        )
        task.write({"name": "It leaks", "user_id": self.ana.id})
        task._case_follow()
        self.assertEqual(task._case_of(), case)
        self.assertEqual((case.name, case.user_id), ("It leaks", self.ana))

    def test_its_end_is_the_end_of_the_case_at_the_same_time(self):
        task, case = self._task()
        task.stage = "asked"
        self.assertEqual(case.state, "waiting")
        end = datetime(2099, 1, 5, 10)
        task.write({"stage": "done", "closed_at": end})
        self.assertEqual((case.state, case.solved_at), ("solved", end))
        task.stage = "todo"
        self.assertEqual((case.state, case.solved_at), ("progress", False))

    def test_what_is_no_ticket_has_no_case_and_deleting_ends_the_case(self):
        task, case = self._task(is_ticket=False)
        self.assertFalse(case)
        task.is_ticket = True
        case = task._case_of()
        self.assertTrue(case)
        task.unlink()
        self.assertEqual(case.state, "dropped")

    def test_a_case_that_cannot_follow_never_stops_the_other_application(self):
        task, case = self._task()
        said = case.message_ids
        with mute_logger(
            "odoo.sql_db", "odoo.addons.crm_moments_of_truth.models.crm_case_adapter_mixin"
        ):
            # A case needs a name, a task does not: the database itself refuses.
            task.write({"name": False, "user_id": self.ana.id})
            self.assertEqual((task.name, task.user_id), (False, self.ana))
            self.assertEqual((case.name, case.user_id), ("It drips", self.ole))
            self.assertEqual(len(case.message_ids - said), 1)
            with patch.object(type(task), "_case_values", side_effect=KeyError("stage")):
                other, nothing = self._task(name="Another")
        self.assertTrue(other.exists())
        self.assertFalse(nothing)
        other._case_follow()
        self.assertEqual(other._case_of().name, "Another")

    def test_the_other_application_leads(self):
        _task, case = self._task()
        case.with_user(self.sim).solution = "Done"
        with self.assertRaises(UserError):
            case.with_user(self.sim).action_solve()
        self.assertTrue(case.is_open)
