from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common import GROUP, CrmStrategyCase


@tagged("post_install", "-at_install")
class TestAuditLog(CrmStrategyCase):
    """Changes of definitions, rights and runs leave entries that nobody can alter."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Log = cls.env["crm.audit.log"]
        cls.finance_b = cls._create_user("finance_b", cls.company_b, GROUP + "finance")
        cls.last = cls.Log.search([], limit=1).id

    def _new(self, user=None):
        """Entries since the world was made, oldest first, as a person reads them."""
        log = self.Log.with_user(user) if user else self.Log
        return log.search([("id", ">", self.last)], order="id")

    # definitions
    def test_changed_field_leaves_both_values_in_words(self):
        self.segment_be.with_user(self.manager_a).write({"name": "Benelux", "sequence": 5})
        self.assertRecordValues(
            self._new(self.manager_a),
            [
                {
                    "kind": "changed",
                    "area": "strategy",
                    "model": "crm.segment",
                    "res_id": self.segment_be.id,
                    "record_name": "Benelux",
                    "field_label": label,
                    "before": before,
                    "after": after,
                    "user_id": self.manager_a.id,
                    "user_name": self.manager_a.name,
                    "company_id": self.company_a.id,
                }
                for label, before, after in (
                    ("Name", "Belgium", "Benelux"),
                    ("Priority", "10", "5"),
                )
            ],
        )

    def test_link_is_named_not_numbered(self):
        self.team_be.with_user(self.manager_a).crm_segment_id = False
        entry = self._new()
        self.assertEqual((entry.before, entry.after), ("Belgium", False))
        self.assertEqual(entry.record_name, "Team Belgium")

    def test_equal_value_leaves_no_entry(self):
        self.segment_be.with_user(self.manager_a).write({"name": "Belgium"})
        self.assertFalse(self._new())

    def test_created_archived_and_deleted(self):
        segment = (
            self.env["crm.segment"]
            .with_user(self.manager_a)
            .create({"name": "Norway", "company_id": self.company_a.id})
        )
        segment.action_archive()
        segment.sudo().unlink()
        entries = self._new()
        self.assertEqual(entries.mapped("kind"), ["created", "archived", "deleted"])
        self.assertEqual(entries[0].after, "Name: Norway\nCompany: Harbour\nPriority: 10")
        self.assertIn("Name: Norway", entries[2].before)
        self.assertEqual(entries[2].record_name, "Norway")

    def test_many_records_cost_one_statement(self):
        segments = self.segment_be + self.segment_de
        segments.mapped("name")
        self.env.flush_all()
        # Read for update, update, one insert of the entries; and the steps of the programme, whose
        # order follows the segments.
        with self.assertQueryCount(4):
            segments.write({"code": False, "sequence": 4})
            segments.flush_recordset()
        self.assertEqual(len(self._new()), 2)

    def test_installation_leaves_no_entry(self):
        with patch.object(self.registry, "ready", False):
            self.segment_be.name = "Benelux"
            self.salesman_a.group_ids += self.env.ref(GROUP + "user")
        self.assertFalse(self._new())

    def test_salesman_who_changes_a_team_name_leaves_no_entry(self):
        self.env["crm.team"].create({"name": "Without segment"}).write({"name": "Still without"})
        self.assertFalse(self._new())

    def test_setting_of_the_company_is_logged(self):
        settings = self.env["res.config.settings"].with_company(self.company_a)
        settings.create({"crm_assign_daily": False}).execute()
        entry = self._new(self.finance_a)
        self.assertRecordValues(
            entry,
            [
                {
                    "model": "res.company",
                    "before": "Yes",
                    "after": "No",
                    "company_id": self.company_a.id,
                }
            ],
        )
        self.company_a.name = "Harbour Ltd"
        self.assertEqual(self._new(), entry, "what is Odoo's is not logged")

    # rights
    def test_role_given_in_the_user_form(self):
        self.salesman_a.group_ids += self.env.ref(GROUP + "leader")
        entry = self._new()
        self.assertRecordValues(
            entry,
            [
                {
                    "area": "rights",
                    "record_name": self.salesman_a.name,
                    "field_label": "Roles",
                    "before": False,
                    "after": "Customer strategy / User, Customer strategy / Team leader",
                    "company_id": self.company_a.id,
                }
            ],
        )

    def test_role_taken_away_in_the_group_form(self):
        self.env.ref(GROUP + "finance").write({"user_ids": [Command.unlink(self.finance_a.id)]})
        entry = self._new()
        self.assertEqual((entry.before, entry.after), ("CRM finance / Finance", False))

    def test_role_that_comes_with_another_group(self):
        group = self.env["res.groups"].create({"name": "Auditors"})
        self.salesman_a.group_ids += group
        self.assertFalse(self._new())
        group.implied_ids += self.env.ref(GROUP + "finance")
        entry = self._new()
        self.assertEqual(entry.record_name, self.salesman_a.name)
        self.assertEqual(entry.after, "CRM finance / Finance")
        group.unlink()
        self.assertFalse(self._new()[-1].after)

    def test_new_person_with_a_role(self):
        new_test_user(self.env, login="strategy_new", groups=GROUP + "user")
        self.assertEqual(self._new().mapped("after"), ["Customer strategy / User"])

    def test_other_groups_leave_no_entry(self):
        self.salesman_a.group_ids += self.env.ref("base.group_partner_manager")
        self.assertFalse(self._new())

    # runs
    def test_run_is_noted(self):
        self.Log._log_run("runs", "Rebuild", "12 customers renewed", self.company_a)
        self.assertRecordValues(
            self._new(),
            [
                {
                    "kind": "run",
                    "record_name": "Rebuild",
                    "after": "12 customers renewed",
                    "company_id": self.company_a.id,
                }
            ],
        )

    # who reads, who writes
    def test_nobody_writes_or_deletes(self):
        self.Log._log_run("runs", "Rebuild", "done", self.company_a)
        entry = self._new()
        for user in (self.manager_a, self.finance_a, self.env.ref("base.user_admin")):
            for change in (
                lambda log: log.write({"after": "nothing"}),
                lambda log: log.unlink(),
                lambda log: log.create({"area": "runs", "kind": "run"}),
            ):
                with self.assertRaises(UserError):
                    change(entry.with_user(user))
        with self.assertRaises(UserError):
            entry.sudo().unlink()

    def test_each_role_reads_its_areas(self):
        self.segment_be.name = "Benelux"
        self.salesman_a.group_ids += self.env.ref(GROUP + "user")
        self.Log._log_run("runs", "Rebuild", "done", self.company_a)
        for user, areas in (
            (self.manager_a, ["strategy", "runs"]),
            (self.finance_a, ["strategy", "rights", "runs"]),
            (self.finance_b, []),
        ):
            with self.subTest(user=user.name):
                self.assertEqual(self._new(user).mapped("area"), areas)
        for user in (self.user_a, self.leader_a, self.salesman_a):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._new(user)

    def test_change_of_a_shared_definition_is_seen_by_all_companies(self):
        self.env["crm.indicator"].create({"name": "Shared", "code": "customers"})
        self.assertEqual(self._new(self.finance_b).mapped("kind"), ["created"])

    # screen
    def test_entry_of_a_deleted_company_is_shown_to_no_other(self):
        self.segment_be.with_user(self.manager_a).write({"sequence": 7})
        entries = self._new(self.manager_a)
        # What the database does when a company goes.
        self.env.cr.execute(
            SQL("UPDATE crm_audit_log SET company_id = NULL WHERE id = ANY(%s)", entries.ids)
        )
        self.env.invalidate_all()
        self.assertTrue(entries.exists())
        self.assertFalse(self._new(self.finance_b))

    def test_form_has_the_button_for_readers_only(self):
        Segment = self.env["crm.segment"]
        self.assertIn("action_open_changes", Segment.with_user(self.manager_a).get_view()["arch"])
        self.assertNotIn("action_open_changes", Segment.with_user(self.user_a).get_view()["arch"])

    def test_button_opens_the_changes_of_the_record(self):
        self.segment_be.name = "Benelux"
        self.segment_de.name = "Germania"
        action = self.segment_be.with_user(self.manager_a).action_open_changes()
        found = self.Log.with_user(self.manager_a).search(action["domain"])
        self.assertEqual(set(found.mapped("res_id")), {self.segment_be.id})
