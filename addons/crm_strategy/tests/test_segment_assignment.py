from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import CrmStrategyCase


@tagged("post_install", "-at_install")
class TestSegmentAssignment(CrmStrategyCase):
    """S000-9.8-03: every customer is in exactly one segment per company, or listed."""

    def test_each_customer_goes_to_the_first_segment_whose_rule_fits(self):
        self.segment_de.rule_domain = "[]"
        self._assign()
        self.assertEqual(self._customer(self.bakery).segment_id, self.segment_be)
        self.assertEqual(self._customer(self.clinic).segment_id, self.segment_de)
        self.assertEqual(self._customer(self.diver).segment_id, self.segment_de)

    def test_priority_decides_between_two_rules_that_fit(self):
        self.segment_de.rule_domain = "[]"
        self.segment_de.sequence = 5
        self._assign()
        self.assertEqual(self._customer(self.bakery).segment_id, self.segment_de)

    def test_second_run_changes_nothing_and_says_so(self):
        first = self._assign()
        self.assertEqual((first["customers"], first["changed"], first["unassigned"]), (6, 5, 1))
        before = self.env["crm.segment.membership"].search([]).ids
        second = self._assign()
        self.assertEqual(second["changed"], 0)
        self.assertEqual(self.env["crm.segment.membership"].search([]).ids, before)
        notification = self.segment_be.with_user(self.manager_a).action_assign()
        self.assertIn("Nothing changed", notification["params"]["message"])

    def test_customer_whom_no_rule_fits_is_listed_as_unassigned(self):
        self._assign()
        action = self.env.ref("crm_strategy.crm_customer_unassigned_action")
        listed = (
            self.env["crm.customer"].with_user(self.user_a).search([("segment_id", "=", False)])
        )
        self.assertEqual(listed.partner_id, self.diver)
        self.assertIn("segment_id", action.domain)

    def test_customer_placed_by_hand_stays(self):
        self._assign()
        customer = self._customer(self.bakery).with_user(self.leader_a)
        customer.segment_id = self.segment_de
        self.assertTrue(customer.is_segment_manual)
        result = self._assign()
        self.assertEqual(customer.segment_id, self.segment_de)
        self.assertEqual(result["manual"], 1)

    def test_released_customer_follows_the_rules_again(self):
        self._assign()
        customer = self._customer(self.bakery).with_user(self.leader_a)
        customer.segment_id = self.segment_de
        customer.action_release_segment()
        self.assertEqual(customer.segment_id, self.segment_be)

    def test_user_cannot_place_customers(self):
        self._assign()
        with self.assertRaises(AccessError):
            self._customer(self.bakery).with_user(self.user_a).segment_id = self.segment_de
        with self.assertRaises(AccessError):
            self.env["crm.segment"].with_user(self.leader_a).action_assign()

    def test_preview_counts_what_an_assignment_would_give(self):
        segments = (self.segment_be + self.segment_de).with_user(self.manager_a)
        self.assertEqual(segments.mapped("preview_count"), [2, 1])
        self.assertEqual(segments.mapped("customer_count"), [0, 0])
        self._assign()
        segments.invalidate_recordset()
        self.assertEqual(segments.mapped("customer_count"), [2, 1])

    def test_example_of_the_description_holds(self):
        """readme/DESCRIPTION.md: 3 Belgian, 2 German customers and 1 without a country."""
        shop = self.env["res.partner"].create({"name": "Shop", "country_id": self.belgium.id})
        self.env["crm.customer"]._ensure(
            [(shop.id, self.company_a.id), (self.mill.id, self.company_a.id)]
        )
        self.segment_de.rule_domain = "[('country_group_ids', '=', 'European Union')]"
        Segment = self.env["crm.segment"]
        be, eu = self.segment_be.id, self.segment_de.id
        self.assertEqual(Segment._preview(self.company_a), {be: 3, eu: 2, 0: 1})
        self.assertEqual(Segment._assign(self.company_a)["changed"], 5)
        self.assertEqual(Segment._assign(self.company_a)["changed"], 0)
        self.segment_de.sequence = 5
        self.assertEqual(Segment._preview(self.company_a), {eu: 5, 0: 1})

    def test_country_groups_can_be_used_in_rules(self):
        group = self.env["res.country.group"].create(
            {"name": "Low countries", "code": "LOWC", "country_ids": [(6, 0, self.belgium.ids)]}
        )
        for rule in (
            f"[('country_group_ids', 'in', [{group.id}])]",
            "[('country_group_ids.code', '=', 'LOWC')]",
            "[('country_group_ids', '=', 'Low countries')]",
        ):
            with self.subTest(rule=rule):
                self.segment_de.write({"rule_domain": rule, "sequence": 1})
                counts = self.env["crm.segment"]._preview(self.company_a)
                self.assertEqual(counts[self.segment_de.id], 2)

    def test_faulty_rule_names_its_segment(self):
        for rule in ("[('no_such_field', '=', 1)]", "[('city', '=', uid)]", "no list", "__x__"):
            with self.subTest(rule=rule), self.assertRaisesRegex(ValidationError, "“Belgium”"):
                self.segment_be.rule_domain = rule

    def test_rule_that_broke_later_stops_the_assignment_with_its_name(self):
        self._assign()
        self.env.cr.execute(
            "UPDATE crm_segment SET rule_domain = %s WHERE id = %s",
            ["[('gone_field', '=', 1)]", self.segment_de.id],
        )
        self.segment_de.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "“Germany”"):
            self._assign()
        self.assertIn("“Germany”", self.segment_de.rule_error)
        self.assertEqual(self.segment_be.preview_count, 2)

    def test_archived_segment_gives_its_customers_back(self):
        self._assign()
        self._customer(self.bakery).segment_id = self.segment_de
        self.segment_de.with_user(self.manager_a).active = False
        self.assertEqual(self._customer(self.bakery).segment_id, self.segment_be)
        self.assertFalse(self._customer(self.clinic).segment_id)

    def test_segment_with_history_cannot_be_deleted(self):
        self._assign()
        with self.assertRaisesRegex(UserError, "Archive the segment"):
            self.segment_be.unlink()

    def test_assignment_costs_the_same_for_one_and_for_fifty_customers(self):
        self._assign()
        self.segment_be.sequence = 30
        self.env.flush_all()
        with self.assertQueryCount(20):
            self.env["crm.segment"]._assign(self.company_a)
        partners = self.env["res.partner"].create(
            [{"name": f"Shop {n}", "country_id": self.belgium.id} for n in range(50)]
        )
        self.env["crm.customer"]._ensure((p.id, self.company_a.id) for p in partners)
        self.env.flush_all()
        with self.assertQueryCount(20):
            result = self.env["crm.segment"]._assign(self.company_a)
        self.assertEqual(result["changed"], 50)


@tagged("post_install", "-at_install")
class TestSegmentHistory(CrmStrategyCase):
    """Half-open intervals; the first one is open to the past."""

    def setUp(self):
        super().setUp()
        with self._on(date(2026, 3, 10)):
            self._assign()

    def test_first_stay_is_open_to_the_past(self):
        self.assertEqual(self._history(self.bakery), [("Belgium", None, None)])

    def test_change_closes_one_stay_and_opens_the_next_on_the_same_day(self):
        with self._on(date(2026, 4, 1)):
            self._customer(self.bakery).segment_id = self.segment_de
        day = date(2026, 4, 1)
        self.assertEqual(
            self._history(self.bakery), [("Belgium", None, day), ("Germany", day, None)]
        )

    def test_change_on_the_day_of_the_decision_corrects_it(self):
        with self._on(date(2026, 3, 10)):
            self._customer(self.bakery).segment_id = self.segment_de
        self.assertEqual(self._history(self.bakery), [("Germany", None, None)])

    def test_decision_taken_back_the_same_day_leaves_no_line(self):
        with self._on(date(2026, 3, 10)):
            self._customer(self.bakery).segment_id = False
        self.assertEqual(self._history(self.bakery), [])

    def test_customer_may_be_unassigned_for_a_while(self):
        with self._on(date(2026, 4, 1)):
            self._customer(self.bakery).write({"segment_id": False})
        with self._on(date(2026, 5, 1)):
            self._assign()
        self.assertEqual(
            self._history(self.bakery),
            [("Belgium", None, date(2026, 4, 1)), ("Belgium", date(2026, 5, 1), None)],
        )

    def test_documents_fall_in_the_segment_of_their_day(self):
        with self._on(date(2026, 4, 1)):
            self._customer(self.bakery).segment_id = self.segment_de
        for day, segment, team in (
            (date(1996, 7, 4), self.segment_be, self.team_be),
            (date(2026, 3, 31), self.segment_be, self.team_be),
            (date(2026, 4, 1), self.segment_de, self.team_de),
        ):
            with self.subTest(day=day):
                self.assertEqual(self._segment_on(day), [(segment.id, team.id)])

    def _segment_on(self, day):
        self.env.flush_all()
        Membership = self.env["crm.segment.membership"]
        return self.env.execute_query(
            SQL(
                "SELECT valid.segment_id, segment_team.id FROM (VALUES (%s, %s, %s::date)) "
                "AS doc (partner, company, day) %s %s",
                self.bakery.id,
                self.company_a.id,
                day,
                Membership._join_at(
                    SQL("doc.partner"), SQL("doc.company"), SQL("doc.day"), alias="valid"
                ),
                Membership._team_join("valid"),
            )
        )


@tagged("post_install", "-at_install")
class TestTwoCompanies(CrmStrategyCase):
    """Each company has its own segments; nobody sees the other's."""

    def test_customer_of_both_companies_has_one_segment_in_each(self):
        self._assign()
        self.assertEqual(self._customer(self.bakery).segment_id, self.segment_be)
        self.assertEqual(self._customer(self.bakery, self.company_b).segment_id, self.segment_b)

    def test_user_of_the_second_company_sees_nothing_of_the_first(self):
        self._assign()
        for model in ("crm.customer", "crm.segment", "crm.segment.membership"):
            with self.subTest(model=model):
                seen = self.env[model].with_user(self.user_b).search([])
                self.assertEqual(seen.company_id, self.company_b)
        with self.assertRaises(AccessError):
            self.segment_be.with_user(self.user_b).read(["name"])

    def test_assignment_of_one_company_leaves_the_other_alone(self):
        self.env["crm.segment"]._assign(self.company_b)
        self.assertFalse(self._customer(self.bakery).segment_id)
        self.assertEqual(self._customer(self.mill, self.company_b).segment_id, self.segment_b)

    def test_customer_cannot_enter_a_segment_of_the_other_company(self):
        with self.assertRaises(UserError):
            self._customer(self.bakery).segment_id = self.segment_b

    def test_partner_shows_the_segment_of_the_active_company(self):
        self._assign()
        in_a = self.bakery.with_user(self.user_a)
        in_b = self.bakery.with_user(self.user_b)
        self.assertEqual(in_a.crm_segment_id, self.segment_be.with_user(self.user_a))
        self.assertEqual(in_b.crm_segment_id, self.segment_b.with_user(self.user_b))

    def test_partners_are_searched_and_grouped_by_segment_today(self):
        self._assign()
        Partner = self.env["res.partner"].with_user(self.user_a)
        world = [("id", "in", (self.bakery + self.brewery + self.clinic + self.diver).ids)]
        in_be = Partner.search([*world, ("crm_segment_id", "=", self.segment_be.id)])
        self.assertEqual(in_be.ids, (self.bakery + self.brewery).ids)
        without = Partner.search([*world, ("crm_segment_id", "=", False)])
        self.assertEqual(without.ids, self.diver.ids)
        self.assertEqual(Partner.search_count([*world, ("crm_segment_id", "!=", False)]), 3)
        groups = dict(Partner._read_group(world, ["crm_segment_id"], ["__count"]))
        self.assertEqual(
            {segment.id: count for segment, count in groups.items()},
            {self.segment_be.id: 2, self.segment_de.id: 1, False: 1},
        )

    def test_a_rule_does_not_look_through_a_contact_at_documents(self):
        """A rule is applied without access rules; other companies' documents stay unknown."""
        segment = self.segment_de.with_user(self.manager_a)
        for rule in (
            "[('partner_id.opportunity_ids.expected_revenue', '>', 7000000)]",
            "[('partner_id', 'any', [('opportunity_ids', '!=', False)])]",
            f"[('partner_id.crm_customer_ids.company_id', '=', {self.company_a.id})]",
        ):
            with self.subTest(rule=rule), self.assertRaisesRegex(ValidationError, "single comp"):
                segment.rule_domain = rule
        segment.rule_domain = "[('partner_id.country_id.code', '=', 'DE')]"
