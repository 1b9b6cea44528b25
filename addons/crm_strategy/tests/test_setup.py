from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.crm_strategy.wizard.crm_setup_team import MULTI_MEMBERSHIP

from .common import GROUP, CrmStrategyCase


class SetupCase(CrmStrategyCase):
    """Walks through the set-up as the strategy manager of a company."""

    def _setup(self, user=None, company=None):
        company = company or self.company_a
        Setup = self.env["crm.setup"].with_user(user or self.manager_a)
        action = Setup.with_context(allowed_company_ids=company.ids).action_open()
        return Setup.with_context(allowed_company_ids=company.ids).browse(action["res_id"])

    def _at(self, code, **vals):
        """The set-up on a page, as the form leaves it after some choices."""
        setup = self._setup()
        setup.page = code
        with Form(setup) as form:
            for name, value in vals.items():
                setattr(form, name, value)
        return setup

    def _segments(self):
        Segment = self.env["crm.segment"].with_context(active_test=False)
        return Segment.search([("company_id", "=", self.company_a.id)])


@tagged("post_install", "-at_install")
class TestSetup(SetupCase):
    # frame
    def test_pages_stand_in_order_and_end_on_data_health(self):
        pages = self.env["crm.setup"].with_user(self.manager_a)._pages()
        self.assertEqual([page.code for page in pages[:4]][:2], ["company", "customers"])
        self.assertEqual(pages[-1].code, "finish")
        self.assertEqual(len({page.code for page in pages}), len(pages))

    def test_back_and_skip_change_nothing_but_the_page(self):
        setup = self._setup()
        setup.action_skip()
        self.assertEqual(setup.page, "customers")
        setup.action_back()
        self.assertEqual(setup.page, "company")
        setup.action_back()
        self.assertEqual(setup.page, "company", "before the first page there is none")

    def test_who_leaves_finds_the_page_and_the_choices_again(self):
        self.bakery.category_id = self.env["res.partner.category"].create({"name": "Food"})
        setup = self._at("segments", segment_source="tag")
        setup.segment_line_ids.write({"is_chosen": False, "name": "Eaters"})
        again = self._setup()
        self.assertEqual(again, setup)
        again.action_skip()
        again.action_back()
        self.assertRecordValues(
            again.segment_line_ids, [{"is_chosen": False, "name": "Eaters", "value_name": "Food"}]
        )

    def test_finish_opens_data_health_and_the_next_start_is_fresh(self):
        setup = self._setup()
        setup.page = "finish"
        action = setup.action_finish()
        self.assertEqual(action["tag"], "crm_health")
        self.assertNotEqual(self._setup(), setup)

    def test_each_company_has_its_own_setup(self):
        self.manager_a.company_ids += self.company_b
        self.assertNotEqual(self._setup(), self._setup(company=self.company_b))
        self.assertEqual(self._setup(company=self.company_b).company_id, self.company_b)

    def test_only_the_strategy_manager_sets_up(self):
        for user in (self.user_a, self.leader_a, self.finance_a, self.salesman_a):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._setup(user)

    def test_a_company_that_is_not_the_readers_is_refused(self):
        Setup = self.env["crm.setup"].with_user(self.manager_a)
        with self.assertRaises(AccessError):
            Setup.create({"company_id": self.company_b.id})
        setup = self._setup()
        with self.assertRaises(AccessError):
            setup.write({"company_id": self.company_b.id})

    def test_working_hours_of_another_company_are_refused(self):
        foreign = self.company_b.resource_calendar_id
        self.assertEqual(foreign.company_id, self.company_b)
        with self.assertRaises(ValidationError):
            self._setup().calendar_id = foreign

    # company
    def test_own_calendar_moves_to_the_zone(self):
        calendar = self.company_a.resource_calendar_id
        calendar.tz = "UTC"
        setup = self._at("company", tz="Europe/Warsaw")
        self.assertIn("Europe/Warsaw", setup.company_effect)
        self.assertEqual(calendar.tz, "UTC", "shown before it is applied")
        setup.action_next()
        self.assertEqual(
            (self.company_a.resource_calendar_id, calendar.tz), (calendar, "Europe/Warsaw")
        )
        self.assertEqual(setup.page, "customers")

    def test_calendar_of_two_companies_is_copied_not_moved(self):
        calendar = self.company_a.resource_calendar_id
        calendar.tz = "UTC"
        self.company_b.resource_calendar_id = calendar
        self._at("company", tz="Europe/Warsaw").action_next()
        self.assertEqual(self.company_b.resource_calendar_id.tz, "UTC")
        own = self.company_a.resource_calendar_id
        self.assertNotEqual(own, calendar)
        self.assertEqual((own.tz, own.company_id), ("Europe/Warsaw", self.company_a))
        self.assertEqual(len(own.attendance_ids), len(calendar.attendance_ids))

    def test_second_run_of_the_company_page_changes_nothing(self):
        self._at("company", tz="Europe/Warsaw").action_next()
        before = self.env["resource.calendar"].search_count([])
        setup = self._at("company")
        self.assertIn("Nothing changes", setup.company_effect)
        setup.action_next()
        self.assertEqual(self.env["resource.calendar"].search_count([]), before)
        self.assertIn("Nothing had to be changed", setup.outcome)

    # customers
    def test_documents_make_customers_as_counted_before(self):
        self._customer(self.brewery).unlink()
        self.env["crm.lead"].create(
            {
                "name": "Malt",
                "type": "lead",
                "partner_id": self.brewery.id,
                "company_id": self.company_a.id,
            }
        )
        lead = self.env["crm.lead"].search([("name", "=", "Malt")])
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET type = 'opportunity' WHERE id = %s", [lead.id])
        self.env.invalidate_all()
        setup = self._at("customers")
        self.assertEqual((setup.customer_count, setup.new_customer_count), (3, 1))
        setup.action_next()
        self.assertTrue(self._customer(self.brewery))
        again = self._at("customers")
        self.assertEqual((again.customer_count, again.new_customer_count), (4, 0))

    # segments
    def test_values_are_counted_and_biggest_come_first(self):
        food, drink = self.env["res.partner.category"].create([{"name": "Food"}, {"name": "Drink"}])
        self.bakery.category_id = food
        self.brewery.category_id = food + drink
        self.mill.category_id = drink  # a customer of the other company only
        setup = self._at("segments", segment_source="tag")
        self.assertEqual(
            [(line.value_name, line.customer_count) for line in setup.segment_line_ids],
            [("Food", 2), ("Drink", 1)],
        )

    def test_segments_are_made_with_rules_once(self):
        food = self.env["res.partner.category"].create({"name": "Food"})
        (self.bakery + self.clinic).category_id = food
        (self.team_be + self.team_de).crm_segment_id = False
        self._segments().unlink()
        setup = self._at("segments", segment_source="tag")
        self.assertIn("2 segments will be created", setup.segment_effect)
        self.assertIn("4 of 4 customers move into the new ones; 0 stay", setup.segment_effect)
        self.assertFalse(self._segments(), "shown before it is applied")
        setup.action_next()
        made = self._segments()
        self.assertRecordValues(
            made.sorted("sequence"),
            [
                {"name": "Food", "rule_domain": f"[('category_id', 'in', [{food.id}])]"},
                {"name": "Everybody else", "rule_domain": "[]"},
            ],
        )
        in_food = self.env["crm.customer"].search([("segment_id", "=", made[:1].id)]).partner_id
        self.assertEqual(in_food, self.bakery + self.clinic)
        history = self.env["crm.segment.membership"].search([])
        stamps = made.mapped("write_date")
        again = self._at("segments", segment_source="tag")
        self.assertIn("0 segments will be created, 2 exist already", again.segment_effect)
        again.action_next()
        self.assertEqual(self._segments(), made)
        self.assertEqual(made.mapped("write_date"), stamps)
        self.assertEqual(self.env["crm.segment.membership"].search([]), history)

    def test_each_source_makes_a_rule_that_fits(self):
        industry = self.env["res.partner.industry"].create({"name": "Bread"})
        pricelist = self.env["product.pricelist"].create({"name": "Friends", "company_id": False})
        self.bakery.industry_id = industry
        self.bakery.with_company(self.company_a).specific_property_product_pricelist = pricelist
        for source, expected in (
            ("industry", self.bakery),
            ("pricelist", self.bakery),
            ("country", self.bakery + self.brewery),
        ):
            with self.subTest(source=source):
                setup = self._at("segments", segment_source=source)
                line = setup.segment_line_ids[:1]
                self.assertEqual(line.customer_count, len(expected))
                segment = self.env["crm.segment"].create(
                    {
                        "name": source,
                        "company_id": self.company_a.id,
                        "rule_domain": line._rule(),
                    }
                )
                found = self.env["crm.customer"].browse(segment._rule_query())
                self.assertEqual(found.partner_id, expected)

    def test_new_segments_stand_before_the_one_for_everybody(self):
        rest = self.env["crm.segment"].create(
            {
                "name": "Rest",
                "company_id": self.company_a.id,
                "rule_domain": "[]",
                "sequence": 30,
            }
        )
        self.diver.category_id = self.env["res.partner.category"].create({"name": "Water"})
        self._at("segments", segment_source="tag").action_next()
        water = self._segments().filtered(lambda s: s.name == "Water")
        self.assertLess(water.sequence, rest.sequence)
        self.assertEqual(self._customer(self.diver).segment_id, water)

    def test_preview_counts_what_each_new_segment_gets(self):
        """Rules of today, lines above and people who placed a customer take theirs first."""
        self._assign()
        food, water = self.env["res.partner.category"].create([{"name": "Food"}, {"name": "Water"}])
        # The bakery is Belgium's already, the clinic is free and has both, the diver is placed.
        self.segment_de.rule_domain = False
        eel = self.env["res.partner"].create({"name": "Eel", "category_id": water.ids})
        oat = self.env["res.partner"].create({"name": "Oat", "category_id": food.ids})
        self.env["crm.customer"]._ensure((p.id, self.company_a.id) for p in (eel, oat))
        self.bakery.category_id = food
        self.clinic.category_id = food + water
        self.diver.category_id = water
        self._customer(self.diver).segment_id = self.segment_de
        setup = self._at("segments", segment_source="tag", has_rest=False)
        self.assertRecordValues(
            setup.segment_line_ids,
            [
                {"value_name": "Food", "customer_count": 3, "gain_count": 2},
                {"value_name": "Water", "customer_count": 3, "gain_count": 1},
            ],
        )
        self.assertIn("3 of 6 customers move into the new ones; 0 stay", setup.segment_effect)
        setup.action_next()
        made = self._segments() - self.segment_be - self.segment_de
        self.assertEqual([len(segment.customer_ids) for segment in made], [2, 1])

    def test_unticked_values_make_no_segment(self):
        self.diver.category_id = self.env["res.partner.category"].create({"name": "Water"})
        setup = self._at("segments", segment_source="tag", has_rest=False)
        setup.segment_line_ids.is_chosen = False
        before = self._segments()
        setup.action_next()
        self.assertEqual(self._segments(), before)

    # teams
    def test_teams_are_proposed_for_segments_without_one(self):
        fresh = self.env["crm.segment"].create(
            {"name": "Fresh", "company_id": self.company_a.id, "sequence": 5}
        )
        free = self.env["crm.team"].create({"name": "Free", "company_id": False})
        other = self.env["crm.segment"].create(
            {"name": "Other", "company_id": self.company_a.id, "sequence": 6}
        )
        setup = self._at("teams")
        self.assertEqual(setup.team_line_ids.segment_id, fresh + other)
        setup.team_line_ids.filtered(lambda line: line.segment_id == other).team_id = free
        setup.team_line_ids[0].user_id = self.leader_a
        self.assertIn("1 teams will be created, 1 existing", setup.team_effect)
        setup.action_next()
        self.assertRecordValues(
            fresh.team_id,
            [{"name": "Fresh", "company_id": self.company_a.id, "user_id": self.leader_a.id}],
        )
        self.assertEqual((other.team_id, free.company_id), (free, self.company_a))
        again = self._at("teams")
        self.assertFalse(again.team_line_ids)
        teams = self.env["crm.team"].search([])
        again.action_next()
        self.assertEqual(self.env["crm.team"].search([]), teams)

    def test_several_memberships_only_after_asking(self):
        parameter = self.env["ir.config_parameter"]
        parameter.set_param(MULTI_MEMBERSHIP, False)
        self._at("teams").action_next()
        self.assertFalse(parameter.get_param(MULTI_MEMBERSHIP))
        setup = self._at("teams", allow_multi=True)
        self.assertIn("all companies", setup.team_effect)
        setup.action_next()
        self.assertTrue(parameter.get_param(MULTI_MEMBERSHIP))
        first, second = self.env["crm.team"].create(
            [{"name": name, "company_id": self.company_a.id} for name in ("One", "Two")]
        )
        first.member_ids = self.user_a
        second.member_ids = self.user_a
        self.assertEqual(first.member_ids, self.user_a, "the first membership is not archived")

    # other companies
    def test_setup_of_one_company_leaves_the_other_alone(self):
        manager_b = self._create_user("manager_b", self.company_b, GROUP + "manager")
        setup = self._setup(manager_b, self.company_b)
        before = self._segments().mapped("write_date"), self.team_be.write_date
        for _page in setup._pages()[:-1]:
            setup.action_next()
        self.assertEqual((self._segments().mapped("write_date"), self.team_be.write_date), before)
        self.assertEqual(setup.page, "finish")
        self.assertGreater(setup.attention_count + setup.good_count, 0)


@tagged("post_install", "-at_install")
class TestSettings(CrmStrategyCase):
    def test_daily_assignment_can_be_switched_off_for_a_company(self):
        self.company_a.crm_assign_daily = False
        self.env["crm.segment"]._cron_assign()
        self.assertFalse(self._customer(self.bakery).segment_id)
        self.assertEqual(self._customer(self.bakery, self.company_b).segment_id, self.segment_b)

    def test_settings_show_the_block_and_write_the_company(self):
        admin = self._create_user("admin", self.company_a, "base.group_system")
        settings = self.env["res.config.settings"].with_user(admin).with_company(self.company_a)
        settings.create({"crm_assign_daily": False}).execute()
        self.assertFalse(self.company_a.crm_assign_daily)
