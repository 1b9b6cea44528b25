"""Durations and inputs against days counted by hand.

March 2026: the 2nd is a Monday. Company A is away on Monday the 9th.
"""

from datetime import date, datetime
from statistics import median

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from odoo.addons.crm_strategy.core.measure import MeasureScope
from odoo.addons.crm_strategy.core.period import Period

from ..core.facts import FactRow
from .common import MomentsCase

MARCH = Period.parse("2026-03")


@tagged("post_install", "-at_install")
class TestDurations(MomentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "company_id": cls.company_a.id,
                "calendar_id": cls.company_a.resource_calendar_id.id,
                "date_from": datetime(2026, 3, 8, 22),
                "date_to": datetime(2026, 3, 9, 21, 59, 59),
            }
        )
        # Ordered on the 2nd; invoiced: calendar days 1, 8, 9 and 25; working days 1, 5, 6 and 18.
        cls.orders = cls.env["sale.order"]
        for day in (3, 10, 11, 27):
            order = cls._confirm(cls._create_order(user=cls.ana))
            order.team_id = cls.north
            cls._post(cls._create_invoice(order, date(2026, 3, day)))
            cls.orders |= order
        cls.env.cr.flush()
        cls.env["crm.change"]._run_all("moments")
        cls.env.invalidate_all()
        cls.passes = cls.env["crm.relationship"].search([("order_id", "in", cls.orders.ids)])

    def _grouped(self, user, domain, groupby, names):
        Report = self.env["crm.moment.duration"].with_user(user)
        rows = Report.formatted_read_group(domain, groupby, [f"{name}:avg" for name in names])
        return [[row[f"{name}:avg"] for name in names] for row in rows]

    def test_days_of_moments_are_those_counted_by_hand(self):
        rows = self.env["crm.moment.duration"].search(
            [("kind", "=", "moment"), ("code", "=", "M6")], order="proven_on"
        )
        self.assertEqual(rows.mapped("calendar_days"), [1, 8, 9, 25])
        self.assertEqual(rows.mapped("working_days"), [1, 5, 6, 18])
        self.assertEqual(rows.mapped("in_time_count"), [1, 0, 0, 0])

    def test_a_group_has_the_median_of_its_rows(self):
        names = ["median_working", "p90_working", "median_calendar", "in_time_rate"]
        ((middle, ninety, calendar, in_time),) = self._grouped(
            self.lia, [("kind", "=", "moment"), ("code", "=", "M6")], [], names
        )
        self.assertEqual((middle, calendar), (median([1, 5, 6, 18]), median([1, 8, 9, 25])))
        # Between the third and the fourth of four: 6 + 0.7 * 12.
        self.assertAlmostEqual(ninety, 14.4)
        self.assertEqual(in_time, 0.25)
        whole = self._grouped(self.lia, [("kind", "=", "pass")], ["team_id"], names[:1])
        self.assertEqual(whole, [[5.5]])

    def test_the_whole_way_counts_each_parallel_target_once(self):
        """M2 3 + M3 5 + M6 2 + M7 5; M5 runs beside them and is shorter."""
        rows = self.env["crm.moment.duration"].search([("kind", "=", "pass")], order="proven_on")
        self.assertEqual(set(rows.mapped("target_days")), {15})
        self.assertEqual(rows.mapped("working_days"), [1, 5, 6, 18])

    def test_share_of_days_side_by_side(self):
        """M5 goes on, so every day of M6 has it beside; M2, M3 and M7 took no day."""
        ((rate,),) = self._grouped(self.lia, [("kind", "=", "moment")], [], ["parallel_rate"])
        self.assertEqual(rate, 1.0)
        ((none,),) = self._grouped(
            self.lia, [("kind", "=", "moment"), ("code", "=", "M3")], [], ["parallel_rate"]
        )
        self.assertFalse(none, "no day, no share")

    def test_everybody_sees_the_durations_of_what_he_sees(self):
        Report = self.env["crm.moment.duration"]
        counts = {
            user.login: Report.with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids)
            .search_count([("kind", "=", "pass")])
            for user in (self.ana, self.lia, self.ole, self.fin, self.bor)
        }
        self.assertEqual(counts, {"ana": 4, "lia": 4, "ole": 0, "fin": 4, "bor": 0})

    def test_finance_finds_the_reports_although_it_has_no_crm_app(self):
        shown = self.env["ir.ui.menu"].with_user(self.fin)._visible_menu_ids()
        for name in ("duration", "relationship_input", "rupture", "channel_mix"):
            prefix = "moment_" if name == "duration" else ""
            menu = self.env.ref(f"crm_moments_of_truth.crm_{prefix}{name}_menu_finance")
            while menu:
                self.assertIn(menu.id, shown, menu.complete_name)
                menu = menu.parent_id

    def test_rule_of_the_shorter_way(self):
        indicator = self.env["crm.indicator"].search([("code", "=", "rule_cycle")])
        scope = MeasureScope(self.company_a.id, "company", None, (MARCH,))
        (row,) = indicator._measure_rule_cycle(scope)
        self.assertEqual((row.numerator, row.denominator), (3, 4))
        model, domain = indicator._failing_rule_cycle(scope)
        self.assertEqual(self.env[model].search(domain).order_id, self.orders[3])
        (middle,) = indicator._measure_cycle_median(scope)
        self.assertEqual((float(middle.numerator), middle.n), (5.5, 4))
        self.assertFalse(
            indicator._measure_rule_cycle(
                MeasureScope(self.company_b.id, "company", None, (MARCH,))
            )
        )


@tagged("post_install", "-at_install")
class TestInputs(MomentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alfa.email = False
        chain = cls.env.ref("crm_moments_of_truth.crm_moment_chain_default")
        cls.m3, cls.m8 = chain.moment_ids[2], chain.moment_ids[7]
        cls.env["crm.moment.input"].create(
            [
                {"moment_id": cls.m8.id, "name": "Obligations told", "kind": "manual"},
                {
                    "moment_id": cls.m3.id,
                    "name": "Quotation",
                    "kind": "document",
                    "fact_id": cls.env.ref(
                        "crm_moments_of_truth.crm_moment_fact_quotation_sent"
                    ).id,
                },
            ]
        )

    def _row(self, order, name):
        return self._pass(order).input_ids.filtered(lambda row: row.input_id.name == name)

    def _quoted(self, order, at):
        return FactRow(
            fact="quotation_sent",
            res_id=order.id,
            occurrence=1,
            company_id=order.company_id.id,
            partner_id=order.partner_id.id,
            root_model="sale.order",
            root_id=order.id,
            fact_at=at,
            name=order.name,
        )

    def test_a_field_is_judged_on_the_day_its_moment_begins(self):
        with freeze_time("2026-03-02 12:00:00"):
            order = self._confirm(self._create_order(), datetime(2026, 3, 2, 10))
            self.assertEqual(self._row(order, "E-mail of the customer").state, "missing")
            self.assertEqual(self._row(order, "Address of delivery").state, "there")
        with freeze_time("2026-03-04 12:00:00"):
            self.alfa.email = "alfa@example.com"
            self._post(self._create_invoice(order, date(2026, 3, 4)))
            row = self._row(order, "E-mail of the customer")
            self.assertEqual((row.state, row.filled_on), ("missing", date(2026, 3, 4)))
            self.assertEqual(row.completeness, 0.0)

    def test_what_was_filled_before_anybody_looked_is_not_known(self):
        self.alfa.email = "alfa@example.com"
        order = self._confirm(self._create_order(), datetime(2026, 3, 2, 10))
        row = self._row(order, "E-mail of the customer")
        self.assertEqual((row.state, row.completeness), ("unknown", False))

    def test_a_document_is_judged_by_its_own_day(self):
        early, late = self._create_order(), self._create_order()
        self._confirm(early | late)
        self.env["crm.moment.event"]._witness(
            [
                self._quoted(early, datetime(2026, 2, 26, 10)),
                self._quoted(late, datetime(2026, 3, 5, 10)),
            ]
        )
        self.assertEqual(self._row(early, "Quotation").state, "there")
        self.assertEqual(self._row(late, "Quotation").state, "missing")

    def test_a_file_and_an_answer_count_from_the_day_of_the_company(self):
        survey = self.env["survey.survey"].create({"title": "Needs"})
        question = self.env["survey.question"].create(
            {"title": "Where to?", "survey_id": survey.id, "question_type": "char_box"}
        )
        values = {"moment_id": self.m3.id, "kind": "document", "name": "Drawing"}
        asked = {"kind": "answer", "name": "Place", "question_id": question.id}
        self.env["crm.moment.input"].create([values, {**values, **asked}])
        order = self._create_order()
        file = self.env["ir.attachment"].create(
            {"name": "drawing.txt", "raw": b"-", "res_model": "sale.order", "res_id": order.id}
        )
        paper = self.env["survey.user_input"].create(
            {"survey_id": survey.id, "partner_id": self.alfa_buyer.id, "state": "done"}
        )
        answer = self.env["survey.user_input.line"].create(
            {
                "user_input_id": paper.id,
                "question_id": question.id,
                "answer_type": "char_box",
                "value_char_box": "Brasov",
            }
        )
        self.env.flush_all()
        # Half past midnight of the 3rd in Bucharest.
        for table, record in (("ir_attachment", file), ("survey_user_input_line", answer)):
            self.env.cr.execute(
                f"UPDATE {table} SET create_date = '2026-03-02 22:30:00' WHERE id = %s", [record.id]
            )
        self._confirm(order)
        for name in ("Drawing", "Place"):
            self.assertEqual(self._row(order, name).filled_on, date(2026, 3, 3), name)

    def test_what_comes_between_two_facts_is_noticed_at_once(self):
        survey = self.env["survey.survey"].create({"title": "Needs"})
        question = self.env["survey.question"].create(
            {"title": "Where to?", "survey_id": survey.id, "question_type": "char_box"}
        )
        values = {"moment_id": self.m3.id, "kind": "document", "name": "Drawing"}
        asked = {"kind": "answer", "name": "Place", "question_id": question.id}
        self.env["crm.moment.input"].create([values, {**values, **asked}])
        order = self._confirm(self._create_order())
        names = ("E-mail of the customer", "Drawing", "Place")
        for name in names:
            self.assertFalse(self._row(order, name).filled_on, name)
        broken = self._pass(order).rupture_ids.filtered(lambda item: item.cause == "missing_input")
        self.assertIn("open", broken.mapped("state"))
        self.alfa_buyer.email = "buyer@example.com"
        self.env["ir.attachment"].create(
            {"name": "drawing.txt", "raw": b"-", "res_model": "sale.order", "res_id": order.id}
        )
        paper = self.env["survey.user_input"].create(
            {"survey_id": survey.id, "partner_id": self.alfa_buyer.id}
        )
        self.env["survey.user_input.line"].create(
            {
                "user_input_id": paper.id,
                "question_id": question.id,
                "answer_type": "char_box",
                "value_char_box": "Brasov",
            }
        )
        paper._mark_done()
        for name in names:
            self.assertTrue(self._row(order, name).filled_on, name)
        self.assertEqual(set(broken.mapped("state")), {"closed"})

    def test_a_company_is_reached_at_any_of_its_people(self):
        self.env["res.partner"].create(
            {"name": "Chief", "parent_id": self.alfa.id, "email": "chief@example.com"}
        )
        order = self._confirm(self._create_order())
        self.assertTrue(self._row(order, "E-mail of the customer").filled_on)
        other = self._confirm(self._create_order(self.beta))
        self.assertTrue(self._row(other, "E-mail of the customer").filled_on)

    def test_once_a_day_what_nobody_noticed_is_looked_for(self):
        order = self._confirm(self._create_order())
        row = self._row(order, "E-mail of the customer")
        self.env.cr.execute(
            "UPDATE res_partner SET email = 'alfa@example.com' WHERE id = %s", [self.alfa.id]
        )
        self.env.invalidate_all()
        self.env["crm.rupture"]._judge_day(row.relationship_id)
        self.assertTrue(row.filled_on)

    @freeze_time("2026-03-02 12:00:00")
    def test_a_tick_counts_from_its_day_and_only_the_teams_tick(self):
        order = self._confirm(self._create_order(), datetime(2026, 3, 2, 10))
        invoice = self._post(self._create_invoice(order, date(2026, 3, 2)))
        row = self._row(order, "Obligations told")
        self.assertEqual(row.state, "waiting", "the next moment is prepared")
        with self.assertRaises(AccessError):
            row.with_user(self.fin).action_tick()
        row.with_user(self.ana).action_tick()
        self.assertEqual((row.filled_on, row.user_id), (date(2026, 3, 2), self.ana))
        self._pay(invoice, 100, day=date(2026, 3, 5))
        self.assertEqual(self._row(order, "Obligations told").state, "there")
        self.assertFalse(
            self._row(order, "Address of delivery")._missing_ids(self._line(order, "M8"))
        )

    def test_the_past_is_not_looked_at(self):
        order = self._confirm(self._create_order())
        self.env["crm.relationship"].with_context(crm_history=True)._derive_batches([])
        self.env["crm.relationship"].with_context(crm_history=True)._process_changes(
            [(self.company_a.id, self.alfa.id)]
        )
        self.assertFalse(
            self.env["crm.relationship.input"].search([("relationship_id.order_id", "=", order.id)])
        )

    @freeze_time("2026-03-20 12:00:00")
    def test_rule_of_known_inputs(self):
        order = self._confirm(self._create_order(), datetime(2026, 3, 20, 10))
        rows = self._pass(order).input_ids.filtered("is_required")
        there = rows.filtered(lambda row: row.state == "there")
        missing = rows.filtered(lambda row: row.state == "missing")
        indicator = self.env["crm.indicator"].search([("code", "=", "rule_inputs")])
        scope = MeasureScope(self.company_a.id, "company", None, (MARCH,))
        (row,) = indicator._measure_rule_inputs(scope)
        self.assertEqual((row.numerator, row.denominator), (len(there), len(there | missing)))
        self.assertTrue(there and missing)
        model, domain = indicator._failing_rule_inputs(scope)
        self.assertEqual(self.env[model].search(domain), missing)

    def test_the_person_with_the_role_answers_for_the_moment(self):
        order = self._confirm(self._create_order(user=self.ana))
        order.team_id = self.north
        line = self._line(order, "M8")
        self.assertEqual(line.owner_id, self.ana)
        self.env["crm.team.seat"].create(
            {
                "team_id": self.north.id,
                "role_id": line.moment_id.owner_role_id.id,
                "user_id": self.ole.id,
            }
        )
        line.invalidate_recordset()
        self.assertEqual(line.owner_id, self.ole)
        self.assertEqual(self._line(order, "M3").owner_id, self.ana)
