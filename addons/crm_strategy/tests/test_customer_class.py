from datetime import date
from decimal import Decimal as D

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.crm_strategy.core.loyalty import LoyaltyFacts, ValueFacts
from odoo.addons.crm_strategy.core.measure import MeasureScope
from odoo.addons.crm_strategy.core.period import Period
from odoo.addons.crm_strategy.core.value import UNDEFINED

from .common_classes import DAY, ClassesCase


@tagged("post_install", "-at_install")
class TestCustomerClass(ClassesCase):
    """Types, classes and phases: from facts of others, without flicker, with a history."""

    # no data

    def test_without_facts_there_is_no_class_and_the_reason_is_told(self):
        self._classify()
        customer = self._customer(self.bakery).with_user(self.user_a)
        self.assertFalse(customer.loyalty_class_id or customer.type_id)
        why = self.env["crm.facts"]._why_no_data()
        self.assertEqual((customer.loyalty_reason, customer.type_reason), (why, why))

    def test_classes_count_nobody_only_after_somebody_was_sorted(self):
        classes = self.env["crm.loyalty.class"].search([]).with_user(self.manager_a)
        self.assertEqual(set(classes.mapped("customer_count")), {False})
        self.assertTrue(all(count is False for count in classes.mapped("customer_count")))
        with self._facts(self._values(), self._buys()):
            self._classify()
        classes.invalidate_recordset(["customer_count"])
        customers = self.env["crm.customer"].search(
            [("company_id", "=", self.company_a.id), ("loyalty_class_id", "!=", False)]
        )
        for one in classes:
            of_class = customers.filtered(lambda line, one=one: line.loyalty_class_id == one)
            self.assertEqual(one.customer_count, len(of_class))
            self.assertIsNot(one.customer_count, False)

    def test_customer_without_purchases_has_no_class_where_others_have_one(self):
        with self._facts(self._values(), self._buys()):
            self._classify()
        self.assertIn("has bought nothing yet", self._customer(self.diver).loyalty_reason)

    def test_a_customer_never_sorted_says_so(self):
        self.assertIn("Not sorted yet", self._customer(self.bakery).loyalty_reason)

    # classes

    def test_each_customer_gets_the_class_of_its_facts(self):
        with self._facts(self._values(), self._buys()):
            self._classify()
        self.assertEqual(
            self._codes("loyalty_class_id"),
            {"Bakery": "loyal", "Brewery": "less_loyal", "Clinic": "indifferent", "Diver": None},
        )
        self.assertEqual(
            self._codes("type_id"),
            {"Bakery": "true_friend", "Brewery": "barnacle", "Clinic": "butterfly", "Diver": None},
        )

    def test_reason_is_a_sentence_with_the_figures(self):
        with self._facts(self._values(), self._buys()):
            self._classify()
        bakery = self._customer(self.bakery).with_user(self.user_a)
        bakery.sudo().user_id = self.user_a
        self.assertEqual(
            bakery.loyalty_reason, "Buys in time and more: 130 % of the period before."
        )
        self.assertIn("1,500.00", bakery.type_reason)
        self.assertIn("30 months", bakery.type_reason)

    def test_amounts_are_told_to_the_owner_and_not_to_other_users(self):
        with self._facts(self._values(), self._buys()):
            self._classify()
        bakery = self._customer(self.bakery)
        bakery.user_id = self.manager_a
        self.assertNotIn("1,500.00", bakery.with_user(self.user_a).type_reason)
        self.assertIn("30 months", bakery.with_user(self.user_a).type_reason)
        self.assertIn("1,500.00", bakery.with_user(self.manager_a).type_reason)
        with self.assertRaises(AccessError):
            bakery.with_user(self.user_a).read(["class_facts"])

    def test_sorting_again_changes_nothing_and_writes_no_history(self):
        with self._facts(self._values(), self._buys()):
            self._classify()
            before = self.env["crm.customer.class.change"].search_count([])
            self.assertEqual(self._classify(), 0)
        self.assertEqual(self.env["crm.customer.class.change"].search_count([]), before)

    def test_a_customer_near_a_bound_keeps_its_class(self):
        """Bound of the margin 1,000, band a tenth: the type is left below 900."""
        for margin, code in ((1500, "true_friend"), (950, "true_friend"), (890, "barnacle")):
            with self._facts({self.bakery: ValueFacts(D(margin), D(30))}):
                self._classify()
            self.assertEqual(self._codes("type_id")["Bakery"], code, margin)

    def test_thresholds_of_the_company_decide(self):
        self.rule.margin_amount = 2000
        with self._facts(self._values(), self._buys()):
            self._classify()
        self.assertEqual(self._codes("type_id")["Bakery"], "barnacle")

    def test_each_company_sorts_its_customers_itself(self):
        with self._facts(self._values(), self._buys()):
            self._classify()
        self.assertEqual(
            self._codes("loyalty_class_id", self.company_b), {"Bakery": None, "Mill": None}
        )
        with self._facts(self._values(), {self.bakery: LoyaltyFacts(9, D(5), D(1))}):
            self._classify(self.company_b)
        self.assertEqual(
            self._codes("loyalty_class_id", self.company_b), {"Bakery": "lost", "Mill": None}
        )
        self.assertEqual(self._codes("loyalty_class_id")["Bakery"], "loyal")

    def test_number_of_queries_does_not_grow_with_customers(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._classify()
            return self.env.cr.sql_log_count - before

        with self._facts(self._values(), self._buys()):
            few = queries()
            partners = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(40)])
            self.env["crm.customer"]._ensure(
                [(partner.id, self.company_a.id) for partner in partners]
            )
            self._classify()
            # One statement for new rows more: the history of their first phase.
            self.assertLessEqual(queries(), few)

    def test_archived_class_holds_nobody(self):
        self.env["crm.loyalty.class"].search([("code", "=", "loyal")]).active = False
        with self._facts(UNDEFINED, self._buys()):
            self._classify()
        self.assertFalse(self._customer(self.bakery).loyalty_class_id)

    # phases

    def test_phase_one_ends_with_the_key_data(self):
        self._classify()
        customer = self._customer(self.bakery)
        self.assertEqual(customer.phase_id.code, "identify")
        # Of ten key data of a company the country and, from the creation, the language are known.
        self.assertEqual(customer.completeness_rate, 0.2)
        self.assertIn("VAT number", customer.missing_data)
        self._complete(self.bakery)
        customer.invalidate_recordset()
        self.assertEqual((customer.completeness_rate, customer.missing_data), (1.0, ""))

    def test_phases_go_on_one_at_a_time_after_their_days(self):
        customer = self._customer(self.bakery)
        self._classify(day=date(2027, 1, 1))
        self._complete(self.bakery)
        customer.write({"decision": "develop", "decision_reason": "Grows."})
        steps = []
        for day in (date(2027, 1, 20), date(2027, 2, 1), date(2027, 2, 20), date(2027, 3, 5)):
            with self._facts(care=self._care()):
                self._classify(day=day)
            steps.append((customer.phase_id.code, customer.phase_since))
        self.assertEqual(
            steps,
            [
                ("identify", date(2027, 1, 1)),
                ("assign", date(2027, 2, 1)),
                ("assign", date(2027, 2, 1)),
                ("care", date(2027, 3, 5)),
            ],
        )

    def test_private_person_is_not_asked_for_company_data(self):
        person = self.env["res.partner"].create({"name": "Eve", "country_id": self.belgium.id})
        customer = self.env["crm.customer"]._ensure([(person.id, self.company_a.id)])
        # Six key data of a person; country and, from the creation, language are known.
        known = sum(bool(person[name]) for name in ("country_id", "lang"))
        self.assertAlmostEqual(customer.completeness_rate, known / 6)

    # history

    def test_history_tells_mix_and_migration(self):
        with self._facts(UNDEFINED, self._buys()):
            self._classify(day=date(2027, 1, 1))
        later = {
            self.bakery: LoyaltyFacts(9, D("0.5"), D("0.5")),  # loyal -> less loyal
            self.brewery: LoyaltyFacts(6, D("5"), D("1.0")),  # less loyal -> lost
            self.clinic: LoyaltyFacts(4, D("0.5"), D("1.0")),  # indifferent -> steady
            self.diver: LoyaltyFacts(1, UNDEFINED, UNDEFINED),  # no data -> indifferent
        }
        with self._facts(UNDEFINED, later):
            self._classify(day=date(2027, 2, 1))
        matrix = self._matrix(day_from="2027-01-15", day_to="2027-02-15")
        found = {
            (row["key"], code): int(cell["value"])
            for row in matrix["rows"]
            for code, cell in row["cells"].items()
            if cell["state"] == "value" and "total" not in (row["key"], code)
        }
        self.assertEqual(
            found,
            {
                ("loyal", "less_loyal"): 1,
                ("less_loyal", "lost"): 1,
                ("indifferent", "steady"): 1,
                ("no_data", "indifferent"): 1,
            },
        )

    def _matrix(self, **options):
        model = self.env["crm.class.migration"].with_user(self.user_a)
        options = {"kind": "loyalty", **options}
        return model.with_company(self.company_a).get_matrix(options)["matrix"]

    def test_figure_of_the_matrix_opens_its_customers(self):
        with self._facts(UNDEFINED, self._buys()):
            self._classify(day=date(2027, 1, 1))
        matrix = self._matrix(day_from="2027-01-01", day_to="2027-02-15")
        row = next(row for row in matrix["rows"] if row["key"] == "loyal")
        drill = row["cells"]["loyal"]["drill"]
        self.assertEqual(
            self.env[drill["model"]].search(drill["domain"]), self._customer(self.bakery)
        )

    def test_mix_of_a_segment_adds_up_to_its_customers(self):
        with self._facts(UNDEFINED, self._buys()):
            self._classify()
        mix = self.env["crm.customer.class.change"]._mix(self.company_a, "loyalty", DAY)
        self.assertEqual(
            mix,
            {
                (self.segment_be.id, "loyal"): 1,
                (self.segment_be.id, "less_loyal"): 1,
                (self.segment_de.id, "indifferent"): 1,
                (0, None): 1,
            },
        )
        matrix = self._matrix(view="mix", day_to="2027-03-01")
        total = next(row for row in matrix["rows"] if row["key"] == "total")["cells"]
        self.assertEqual((total["total"]["value"], total["known"]["value"]), ("4", "0.75"))

    def test_first_day_after_the_second_is_refused_in_words(self):
        with self.assertRaisesRegex(UserError, "lies after"):
            self._matrix(day_from="2027-03-01", day_to="2027-02-01")

    def test_history_is_only_added_to(self):
        with self._facts(UNDEFINED, self._buys()):
            self._classify()
        lines = self.env["crm.customer.class.change"].search([])
        for change in (lambda: lines.write({"after": "lost"}), lines.unlink):
            with self.assertRaisesRegex(UserError, "are a history"):
                change()

    def test_neighbour_sees_no_history_of_ours(self):
        with self._facts(UNDEFINED, self._buys()):
            self._classify()
        lines = self.env["crm.customer.class.change"].with_user(self.user_b).search([])
        self.assertFalse(lines.filtered(lambda line: line.company_id == self.company_a))

    # guard

    def test_nobody_types_a_class(self):
        loyal = self.env["crm.loyalty.class"].search([("code", "=", "loyal")])
        for user in (self.leader_a, self.manager_a):
            with self.assertRaisesRegex(AccessError, "is not typed"):
                self._customer(self.bakery).with_user(user).write({"loyalty_class_id": loyal.id})

    def test_salesperson_reads_definitions_and_manager_changes_them(self):
        loyal = self.env["crm.loyalty.class"].search([("code", "=", "loyal")])
        self.assertIn("110 %", loyal.with_user(self.user_a).rule_today)
        with self.assertRaises(AccessError):
            loyal.with_user(self.user_a).strategy = "Other"
        loyal.with_user(self.manager_a).strategy = "Other"

    def test_thresholds_that_contradict_each_other_are_refused(self):
        for values in ({"lost_after": 1}, {"rising_rate": 0.5}, {"band_rate": 0.9}):
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
                with self.env.cr.savepoint():
                    self.rule.write(values)
                    self.env.flush_all()

    # machinery

    def test_queue_renews_the_classes_of_a_customer(self):
        Change = self.env["crm.change"]
        with self._facts(UNDEFINED, self._buys()):
            Change._collect("classes", [(self.company_a.id, self.bakery.id, DAY)])
            self.assertEqual(Change._run_all("classes"), 1)
        self.assertEqual(
            self._codes("loyalty_class_id"),
            {"Bakery": "loyal", "Brewery": None, "Clinic": None, "Diver": None},
        )

    def test_nightly_comparison_finds_a_class_that_went_past_everything(self):
        engine = self.env["crm.customer.class.change"]
        lost = self.env["crm.loyalty.class"].search([("code", "=", "lost")])
        with self._facts(UNDEFINED, self._buys()), self._on(DAY):
            self._classify()
            self.assertFalse(engine._compare(self.company_a, range(2**31)).differing)
            self.env.cr.execute(
                "UPDATE crm_customer SET loyalty_class_id = %s WHERE id = %s",
                [lost.id, self._customer(self.bakery).id],
            )
            found = engine._compare(self.company_a, range(2**31))
            self.assertEqual([item[0] for item in found.differing], [self.bakery.id])
            self.assertIn("“Bakery” was sorted as “Lost”", found.sample)
            engine._process_changes([(self.company_a.id, self.bakery.id, DAY)])
            self.assertFalse(engine._compare(self.company_a, range(2**31)).differing)

    def test_night_sorts_everybody_once(self):
        Customer = self.env["crm.customer"]
        with self._facts(UNDEFINED, self._buys()), self._on(DAY):
            taken = 0
            while done := Customer._classify_step():
                taken += done
            self.assertEqual(Customer.search_count([("classified_on", "!=", DAY)]), 0)
        self.assertEqual(taken, Customer.search_count([]))

    # decision

    def test_decision_needs_a_reason_and_is_signed(self):
        customer = self._customer(self.bakery).with_user(self.leader_a)
        with self.assertRaisesRegex(UserError, "Say why you decide this about “Bakery”"):
            customer.decision = "keep"
        customer.write({"decision": "keep", "decision_reason": "Fits us."})
        self.assertEqual(customer.decision_user_id, self.leader_a)
        self.assertEqual(customer.decision_by, self.leader_a.name)
        self.assertTrue(customer.decision_date)
        customer.decision = False
        self.assertFalse(customer.decision_reason or customer.decision_date)

    def test_database_refuses_a_decision_without_a_reason(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    "UPDATE crm_customer SET decision = 'exit' WHERE id = %s",
                    [self._customer(self.bakery).id],
                )

    def test_salesperson_does_not_decide(self):
        with self.assertRaises(AccessError):
            self._customer(self.bakery).with_user(self.user_a).write(
                {"decision": "exit", "decision_reason": "No."}
            )

    def test_decisions_enter_the_history(self):
        customer = self._customer(self.bakery)
        customer.write({"decision": "keep", "decision_reason": "Fits us."})
        customer.write({"decision": "exit", "decision_reason": "Pays never."})
        lines = customer.class_change_ids.filtered(lambda line: line.kind == "decision")
        self.assertEqual(
            [(line.before, line.after) for line in lines.sorted("id")],
            [(False, "keep"), ("keep", "exit")],
        )

    def test_merged_customer_keeps_the_decision(self):
        self._customer(self.brewery).write({"decision": "develop", "decision_reason": "Grows."})
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.bakery + self.brewery).ids, self.bakery
        )
        bakery = self._customer(self.bakery)
        self.assertEqual((bakery.decision, bakery.decision_reason), ("develop", "Grows."))

    # indicator

    def test_strategy_assigned_is_told_per_segment_and_opens_its_customers(self):
        indicator = self.env.ref("crm_strategy.crm_indicator_strategy_assigned_rate")
        self._customer(self.bakery).write({"decision": "keep", "decision_reason": "Fits."})
        self._customer(self.clinic).write({"decision": "exit", "decision_reason": "No."})
        question = MeasureScope(self.company_a.id, "segment", None, (Period.parse("all"),))
        rows = {row.scope_id: row for row in indicator._measure(question)}
        self.assertEqual(
            {key: (row.numerator, row.denominator) for key, row in rows.items()},
            # One of two in Belgium, one of one in Germany, none of one unassigned.
            {self.segment_be.id: (1, 2), self.segment_de.id: (1, 1), 0: (0, 1)},
        )
        one = MeasureScope(
            self.company_a.id, "segment", (self.segment_be.id,), (Period.parse("all"),)
        )
        model, domain = indicator._records(one)
        self.assertEqual(
            self.env[model].search(domain),
            self._customer(self.bakery) + self._customer(self.brewery),
        )

    def test_strategy_assigned_of_a_period_before_the_decision(self):
        indicator = self.env.ref("crm_strategy.crm_indicator_strategy_assigned_rate")
        self._customer(self.bakery).write({"decision": "keep", "decision_reason": "Fits."})
        question = MeasureScope(
            self.company_a.id, "company", None, (Period.parse("2020"), Period.parse("all"))
        )
        rows = {row.period_key: row for row in indicator._measure(question)}
        # In 2020 there was no customer: no data, not zero.
        self.assertEqual(list(rows), ["all"])
        self.assertEqual((rows["all"].numerator, rows["all"].n), (1, 4))
