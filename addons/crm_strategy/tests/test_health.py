from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.crm_strategy.core.health import HealthCheck, worst
from odoo.addons.crm_strategy.models.crm_change import MAX_TRIES

from .common import GROUP, CrmStrategyCase
from .common_health import HealthReader


@tagged("post_install", "-at_install")
class TestHealth(HealthReader, CrmStrategyCase):
    def _customers(self, company=None):
        company = company or self.company_a
        return self.env["crm.customer"].search([]).filtered(lambda c: c.company_id == company)

    # customers
    def test_customers_without_segment_are_those_no_rule_fits(self):
        self._assign()
        self.assertFinds(
            self.manager_a, "customer_without_segment", self._customer(self.diver), total=4
        )

    def test_customers_without_contact_are_companies_without_people(self):
        self.env["res.partner"].create({"name": "Bea Baker", "parent_id": self.bakery.id})
        # A delivery address names nobody.
        self.env["res.partner"].create(
            {"name": "Ramp 2", "parent_id": self.brewery.id, "type": "delivery"}
        )
        alone = self._customers().filtered(
            lambda c: not c.partner_id.child_ids.filtered(lambda p: p.type == "contact")
        )
        self.assertEqual(len(alone), 3)
        self.assertFinds(self.manager_a, "customer_without_contact", alone, total=4)

    def test_a_person_needs_no_contact(self):
        self.diver.is_company = False
        check = self._checks(self.manager_a)["customer_without_contact"]
        self.assertNotIn(
            self._customer(self.diver), self._opened(self.manager_a, check).sudo(False)
        )

    def test_customers_without_country_and_mail(self):
        self.bakery.email = "bakery@example.com"
        self.assertFinds(self.manager_a, "customer_without_country", self._customer(self.diver))
        mailless = self._customers().filtered(lambda c: not c.partner_id.email)
        self.assertEqual(len(mailless), 3)
        self.assertFinds(self.finance_a, "customer_without_email", mailless, total=4)

    # segments and teams
    def test_faulty_and_idle_rules_are_told_apart(self):
        faulty, idle = self.env["crm.segment"].create(
            [
                {"name": "Faulty", "company_id": self.company_a.id},
                {
                    "name": "Idle",
                    "company_id": self.company_a.id,
                    "rule_domain": "[('country_id.code', '=', 'JP')]",
                },
            ]
        )
        self.env.flush_all()
        # A rule that was right once and whose field is gone now.
        self.env.cr.execute(
            "UPDATE crm_segment SET rule_domain = %s WHERE id = %s",
            ("[('gone_field', '=', 1)]", faulty.id),
        )
        self.env.invalidate_all()
        self.assertFinds(self.manager_a, "segment_with_faulty_rule", faulty, total=4)
        self.assertFinds(self.manager_a, "segment_without_match", idle, total=4)
        self.assertEqual(self._checks(self.manager_a)["segment_with_faulty_rule"]["state"], "wrong")

    def test_segments_without_team(self):
        self.team_de.crm_segment_id = False
        self.assertFinds(self.manager_a, "segment_without_team", self.segment_de, total=2)

    def test_teams_need_a_leader_and_members(self):
        self.team_be.write({"user_id": self.leader_a.id, "member_ids": [(4, self.user_a.id)]})
        self.team_de.user_id = self.leader_a
        visible = self.env["crm.team"].search([])
        visible = visible.filtered(
            lambda t: t.company_id in (self.company_a, t.company_id.browse())
        )
        lacking = visible.filtered(lambda t: not (t.user_id and t.crm_team_member_ids))
        self.assertIn(self.team_de, lacking)
        self.assertNotIn(self.team_be, lacking)
        self.assertFinds(self.manager_a, "team_without_people", lacking, total=len(visible))

    def test_leads_of_no_company(self):
        self.env["crm.lead"].search([]).write({"active": False})
        shared_team = self.env["crm.team"].create({"name": "Shared", "company_id": False})
        stray, shared, _owned = self.env["crm.lead"].create(
            [
                {"name": "Stray", "team_id": False, "user_id": False},
                {"name": "Shared", "team_id": shared_team.id, "user_id": False},
                {"name": "Owned", "team_id": self.team_be.id, "user_id": False},
            ]
        )
        stray += shared
        self.assertFinds(self.manager_a, "lead_without_company", stray, total=3)

    # machinery
    def test_stuck_changes_are_counted_without_a_share(self):
        Change = self.env["crm.change"]
        Change.search([]).unlink()
        vals = {
            "consumer": "x",
            "company_id": self.company_a.id,
            "partner_id": self.bakery.id,
            "fact_date": "2026-01-01",
        }
        stuck, _waiting = Change.create([{**vals, "tries": MAX_TRIES}, {**vals, "tries": 1}])
        self.assertFinds(self.manager_a, "change_stuck", stuck)
        check = self._checks(self.manager_a)["change_stuck"]
        self.assertEqual((check["total"], check["state"]), (None, "wrong"))

    def test_switched_off_lane_is_told_to_all_and_opened_by_the_administrator(self):
        before = self._checks(self.manager_a)["lane_switched_off"]["count"]
        lane = self.env.ref("crm_strategy.crm_change_lane_cron_1")
        lane.active = False
        told = self._checks(self.manager_a)["lane_switched_off"]
        self.assertEqual((told["count"], told["state"]), (before + 1, "wrong"))
        self.assertIsNone(told["drill"], "a strategy manager may not open scheduled actions")
        admin = self._create_user("admin", self.company_a, "base.group_system")
        self.assertIn(lane, self._opened(admin, self._checks(admin)["lane_switched_off"]))

    def test_indicator_with_values_of_another_company_has_no_data_here(self):
        indicator = self.env["crm.indicator"].create({"name": "Shared", "code": "health_probe"})
        self.env["crm.indicator.value"].create(
            {
                "indicator_id": indicator.id,
                "company_id": self.company_b.id,
                "version": 1,
                "period_key": "2026",
                "scope": "company",
                "scope_id": 0,
                "numerator": 1,
                "n": 1,
            }
        )
        check = self._checks(self.manager_a)["indicator_without_data"]
        self.assertIn(indicator, self._opened(self.manager_a, check).sudo(False))
        manager_b = self._create_user("manager_b", self.company_b, GROUP + "manager")
        check = self._checks(manager_b)["indicator_without_data"]
        opened = check["drill"] and self._opened(manager_b, check).sudo(False)
        self.assertNotIn(indicator, opened or ())

    def test_last_nights_differences_are_shown(self):
        vals = {"company_id": self.company_a.id, "subject": self._subject()}
        differing, _equal = self.env["crm.comparison"].create(
            [
                {**vals, "state": "done", "checked": 9, "differing": 2},
                {**vals, "state": "done", "checked": 9},
            ]
        )
        self.assertFinds(self.manager_a, "comparison_differs", differing, total=2)

    def _subject(self):
        return self.env["crm.comparison"]._fields["subject"].get_values(self.env)[0]

    # companies and rights
    def test_two_companies_are_added_up_and_each_sees_its_own(self):
        self._assign()
        self.manager_a.company_ids += self.company_b
        both = self.company_a + self.company_b
        self.assertFinds(
            self.manager_a,
            "customer_without_segment",
            self._customer(self.diver),
            total=6,
            companies=both,
        )
        self.assertFinds(
            self.manager_a,
            "customer_without_segment",
            self.env["crm.customer"],
            total=2,
            companies=self.company_b,
        )

    def test_only_managers_finance_and_administrators_read_the_page(self):
        for user in (self.user_a, self.leader_a, self.salesman_a):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._page(user)

    def test_a_check_of_unreadable_records_is_not_shown(self):
        """Finance reads no queue; an administrator without a role of ours reads no customer."""
        self.assertNotIn("change_stuck", self._checks(self.finance_a))
        self.assertIn("customer_without_segment", self._checks(self.finance_a))
        admin = self._create_user("admin", self.company_a, "base.group_system")
        self.assertEqual(
            {code for code in self._checks(admin) if code.startswith("customer")}, set()
        )

    # shape
    def test_page_and_file_tell_the_same(self):
        page = self._page(self.manager_a)
        Health = self.env["crm.health"].with_user(self.manager_a)
        matrix = Health.with_context(allowed_company_ids=self.company_a.ids).get_matrix()["matrix"]
        cells = {row["key"]: row["cells"] for row in matrix["rows"]}
        for area in page["areas"]:
            for check in area["checks"]:
                self.assertEqual(int(cells[check["code"]]["count"]["value"]), check["count"])
        states = [check["state"] for area in page["areas"] for check in area["checks"]]
        self.assertEqual(
            page["counts"],
            {state: states.count(state) for state in ("wrong", "attention", "good", "nothing")},
        )

    def test_codes_are_unique(self):
        codes = [check.code for check in self.env["crm.health"]._health_checks() if check]
        self.assertEqual(len(codes), len(set(codes)))

    def test_number_of_queries_does_not_grow_with_customers(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["crm.health"].with_company(self.company_a).get_page()
            return self.env.cr.sql_log_count - before

        queries()
        few = queries()
        partners = self.env["res.partner"].create([{"name": f"P{i}"} for i in range(40)])
        self.env["crm.customer"]._ensure((p.id, self.company_a.id) for p in partners)
        self.assertEqual(queries(), few)

    def test_no_record_to_look_at_is_not_in_order(self):
        nothing = HealthCheck("c", "a", "t", 0, 0, "n", "")
        good = HealthCheck("d", "a", "t", 0, 3, "n", "")
        self.assertEqual((nothing.state, good.state), ("nothing", "good"))
        self.assertEqual(worst([nothing, good]), "good")
        with self.assertRaises(ValueError):
            HealthCheck("e", "a", "t", 4, 3, "n", "")
