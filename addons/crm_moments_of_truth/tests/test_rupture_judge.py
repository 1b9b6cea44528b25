from datetime import date, datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from ..core.rupture import RuptureRow
from .common_rupture import RuptureCase

JUDGE = "odoo.addons.crm_moments_of_truth.models.crm_rupture_judge"


@tagged("post_install", "-at_install")
class TestRuptureJudge(RuptureCase):
    """What documents say is what breaks; days and amounts are computed by hand."""

    def test_a_late_moment_opens_after_target_and_tolerance(self):
        self.advice.invoice_policy = "delivery"
        with self._on(2026, 3, 2):
            order = self._confirm(self._create_order(amount=100))
            self.assertEqual(self._open(order), [])
        with self._on(2026, 3, 10):  # five working days and one of tolerance
            self._judge_all()
            self.assertEqual(self._open(order), [])
        with self._on(2026, 3, 11):
            self._judge_all()
            self.assertEqual(self._open(order), [("late", "M7", 100)])
            late = self._rupture(order, "late")
            self.assertEqual(
                (late.due_on, late.days, late.user_id), (date(2026, 3, 9), 2, self.ana)
            )

    def test_the_day_is_that_of_the_company(self):
        self.advice.invoice_policy = "delivery"
        order = self._confirm(self._create_order())
        with freeze_time(datetime(2026, 3, 10, 21, 30)):  # 23:30 in Bucharest
            self._judge_all()
            self.assertEqual(self._open(order), [])
        with freeze_time(datetime(2026, 3, 10, 22, 30)):  # 00:30 of the 11th
            self._judge_all()
            self.assertEqual(self._open(order), [("late", "M7", 100)])

    def test_a_public_holiday_gives_a_day_more(self):
        self.advice.invoice_policy = "delivery"
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.company_a.resource_calendar_id.id,
                "company_id": self.company_a.id,
                "date_from": datetime(2026, 3, 4, 22),
                "date_to": datetime(2026, 3, 5, 21, 59, 59),
            }
        )
        order = self._confirm(self._create_order())
        with self._on(2026, 3, 11):
            self._judge_all()
            self.assertEqual(self._open(order), [])
        with self._on(2026, 3, 12):
            self._judge_all()
            self.assertEqual(self._open(order), [("late", "M7", 100)])

    def test_a_partial_delivery_is_short_by_what_is_missing(self):
        self.advice.invoice_policy = "delivery"
        order = self._confirm(self._create_order(amount=30))
        order.order_line.write({"product_uom_qty": 4, "price_unit": 30})
        with self._on(2026, 3, 11):
            self._judge_all()
            self.assertEqual(self._open(order), [("late", "M7", 120)])
            order.order_line.qty_delivered = 1
            self._judge_all()
            # 3 of 4 at 30 are missing; the one that came could be invoiced since the order.
            self.assertEqual(self._open(order), [("short", "M7", 90), ("unbilled", "M8", 30)])
            self.assertEqual(self._rupture(order, "late").state, "closed")

    def test_unbilled_closes_with_the_invoice(self):
        order = self._confirm(self._create_order(amount=80))
        with self._on(2026, 3, 5):
            self._judge_all()
            self.assertEqual(self._open(order), [])
        with self._on(2026, 3, 6):
            self._judge_all()
            self.assertEqual(self._open(order), [("unbilled", "M8", 80)])
            self._post(self._create_invoice(order, date(2026, 3, 6)))
            self._derive()
            self.assertEqual(self._open(order), [])

    def test_an_unpaid_invoice_shrinks_with_a_payment_and_closes_with_the_last(self):
        order = self._confirm(self._create_order(amount=100))
        invoice = self._invoice(order, date(2026, 3, 3), date(2026, 3, 3))
        with self._on(2026, 3, 5):
            self._judge_all()
            self.assertEqual(self._open(order), [("unpaid", "M9", 100)])
            rupture = self._rupture(order, "unpaid")
            self.assertIn(invoice.name, rupture.why)
            self.assertEqual(rupture.action_open_document()["res_id"], invoice.id)
            self._pay(invoice, 40, date(2026, 3, 5))
            self._derive()
            self.assertEqual(self._open(order), [("unpaid", "M9", 60)])
            matches = self._pay(invoice, 60, date(2026, 3, 5))
            self._derive()
            self.assertEqual(self._open(order), [])
            matches.unlink()  # the bank takes it back: the same rupture comes back
            self._derive()
            self.assertEqual((rupture.state, rupture.reopen_count), ("open", 1))

    def _invoice_in_parts(self):
        """An order of 100 and its invoice: half on 3 March, half on 2 April."""
        term = self.env["account.payment.term"].create(
            {
                "name": "Half now, half in thirty days",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days})
                    for days in (0, 30)
                ],
            }
        )
        order = self._confirm(self._create_order(amount=100))
        invoice = self._create_invoice(order, date(2026, 3, 3))
        invoice.invoice_payment_term_id = term
        return order, self._post(invoice)

    def test_each_part_of_a_payment_term_is_due_on_its_day(self):
        order, invoice = self._invoice_in_parts()
        with self._on(2026, 3, 5):
            self._judge_all()
            self.assertEqual(self._open(order), [("unpaid", "M9", 50)])
            rupture = self._rupture(order, "unpaid")
            self.assertEqual((rupture.due_on, rupture.sign), (date(2026, 3, 3), str(invoice.id)))
            self._pay(invoice, 50, date(2026, 3, 5))
            self._derive()
            self.assertEqual(self._open(order), [])
        with self._on(2026, 4, 6):  # due on Thursday 2 April, a day of tolerance, a weekend
            self._judge_all()
            self.assertIn(("unpaid", "M9", 50), self._open(order))
            later = self._pass(order).open_rupture_ids.filtered(lambda i: i.cause == "unpaid")
            self.assertEqual(later.sign, f"{invoice.id}:2026-04-02")

    def test_to_waive_a_part_of_an_invoice_does_not_waive_the_next(self):
        order, _invoice = self._invoice_in_parts()
        with self._on(2026, 3, 5):
            self._judge_all()
            self._rupture(order, "unpaid")._waive("Agreed for this part.")
            self._judge_all()
            self.assertEqual(self._open(order), [])
        with self._on(2026, 4, 6):
            self._judge_all()
            self.assertIn(("unpaid", "M9", 100), self._open(order))

    def test_a_down_payment_is_not_to_be_invoiced_again(self):
        order = self._confirm(self._create_order(amount=100))
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": order.ids,
                "advance_payment_method": "fixed",
                "fixed_amount": 30,
            }
        )
        down = wizard._create_invoices(order.sudo())
        down.write({"journal_id": self.sales.id, "invoice_date": date(2026, 3, 3)})
        self._post(down)
        with self._on(2026, 3, 6):
            self._judge_all()
            self.assertIn(("unbilled", "M8", 70), self._open(order))

    def test_a_consolidated_invoice_is_owed_by_each_pass_in_its_share(self):
        orders = self._create_order(amount=100) | self._create_order(amount=50)
        self._confirm(orders)
        invoice = self._invoice(orders, date(2026, 3, 3), date(2026, 3, 3))
        self._pay(invoice, 75, date(2026, 3, 4))
        with self._on(2026, 3, 9):
            self._judge_all()
            owed = [self._rupture(order, "unpaid").amount for order in orders]
        self.assertEqual(owed, [50, 25])

    def test_silence_ends_with_the_next_fact(self):
        self.company_a.crm_silent_days = 30
        order = self._confirm(self._create_order(amount=100))
        with self._on(2026, 4, 2):
            self._judge_all()
            silent = self._rupture(order, "silent")
            self.assertEqual(silent.state, "open")
            self._post(self._create_invoice(order, date(2026, 4, 2)))
            self._derive()
            self.assertEqual(silent.state, "closed")
            self.assertEqual(silent.repaired_fact_id.code, "invoice_posted")
            # What leaves a trace alone is no news of the customer.
            silent.repaired_fact_id = False
            codes = self._pass(order).event_ids.mapped("fact")
            self.env["crm.moment.fact"].search([("code", "in", codes)]).is_trace = True
            self.env.flush_all()
            silent._note_facts()
            self.assertFalse(silent.repaired_fact_id)

    def test_a_cancelled_order_breaks_nothing_any_more(self):
        order = self._confirm(self._create_order())
        with self._on(2026, 3, 11):
            self._judge_all()
            self.assertTrue(self._open(order))
            order._action_cancel()
            self._derive()
            self.assertEqual(self._open(order), [])

    def test_judging_again_changes_nothing(self):
        order = self._confirm(self._create_order())
        with self._on(2026, 3, 11):
            self._judge_all()
            before = self._pass(order).rupture_ids.mapped("write_date")
        with self._on(2026, 3, 11, hour=15):
            self._judge_all()
            self.assertEqual(self._pass(order).rupture_ids.mapped("write_date"), before)

    def test_the_daily_run_goes_on_where_time_ran_out(self):
        orders = [self._confirm(self._create_order()) for _number in range(3)]
        passes = [self._pass(order).id for order in orders]
        judged, told = [], []
        with (
            patch(f"{JUDGE}.BATCH", 1),
            # A lane that has time for one step, without its commit.
            patch.object(type(self.Rupture), "_run_lane", lambda _self, step, _left: step()),
            patch.object(type(self.Rupture), "_judge", lambda _self, some: judged.extend(some.ids)),
            patch.object(
                type(self.Rupture), "_send_digests", lambda _self: told.append(len(judged))
            ),
        ):
            self.Rupture._cron_judge()
            begun = len(judged)
            while not told:
                self.Rupture._cron_judge()
            self.assertEqual(begun, 1)
            self.assertEqual([item for item in judged if item in passes], sorted(passes))
            self.Rupture._cron_judge()
        self.assertEqual(judged[-1], judged[0])

    def test_what_is_owed_is_rounded_in_the_currency_of_the_company(self):
        self.yen = self.env.ref("base.JPY")
        self.yen.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.yen.id,
                "company_id": self.company_a.id,
                "name": "2026-01-01",
                "rate": 160,
            }
        )
        order = self._confirm(self._create_order(amount=1000))
        invoice = self._create_invoice(order, date(2026, 3, 3))
        invoice.write({"currency_id": self.yen.id, "invoice_date_due": date(2026, 3, 3)})
        invoice.invoice_line_ids.price_unit = 1000
        self._post(invoice)
        with self._on(2026, 3, 9):
            self._judge_all()
            # 1,000 yen at 160 to the euro.
            self.assertEqual(self._rupture(order, "unpaid").amount, 6.25)

    def test_a_cause_that_nobody_watches_is_not_raised(self):
        self.env.ref("crm_moments_of_truth.crm_rupture_rule_late").is_on = False
        order = self._confirm(self._create_order())
        with self._on(2026, 3, 11):
            self._judge_all()
            self.assertNotIn("late", [cause for cause, _code, _amount in self._open(order)])

    def test_what_nobody_watches_any_more_was_repaired_by_nothing(self):
        order = self._confirm(self._create_order())
        self._pass(order)
        self.ana.active = False
        ownerless = self._rupture(order, "ownerless")
        self.assertEqual(ownerless.state, "open")
        self.env.ref("crm_moments_of_truth.crm_rupture_rule_ownerless").is_on = False
        self._judge_all()
        self.assertEqual((ownerless.state, ownerless.repaired_by), ("closed", False))

    def test_what_is_found_in_history_alarms_nobody(self):
        order = self._confirm(self._create_order())
        relation = self._pass(order)
        with self._on(2026, 3, 11):
            self.Rupture.with_context(crm_history=True)._judge(relation)
            self._judge_all()
            late = self._rupture(order, "late")
            self.assertTrue(late.is_backlog)
            self.assertFalse(late.activity_ids)

    def test_ruptures_of_another_company_stay_there(self):
        with self._on(2026, 3, 2):
            order = self._confirm(
                self._create_order(user=self.bor, company=self.company_b), datetime(2026, 3, 2, 10)
            )
        relation = self._pass(order)
        rupture = self.Rupture._raise([RuptureRow(relation.id, "late")])
        self.assertEqual(rupture.company_id, self.company_b)
        self.assertFalse(self._seen_by(self.sim, "crm.rupture") & rupture)
        self.assertIn(rupture, self._seen_by(self.bor, "crm.rupture"))
