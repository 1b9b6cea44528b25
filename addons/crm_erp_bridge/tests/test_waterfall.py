from collections import defaultdict
from random import Random

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_reports import CANARY, JointReportCase

SALE_TYPES = ("out_invoice", "out_refund", "out_receipt")


@tagged("post_install", "-at_install")
class TestWaterfall(JointReportCase):
    """Finance reads the waterfall; what is booked in it equals the books."""

    def _column(self, key, **options):
        """{row title: figure} of one column."""
        return {
            row.title: float(row.cells[key].value)
            for row in self._matrix("crm.waterfall", **options).rows
            if key in row.cells and row.cells[key].is_numeric
        }

    def _receivables(self):
        return self._posted().filtered(lambda line: line.account_id == self.accounts["receivable"])

    # pipeline and orders
    def test_pipeline_is_what_is_open_and_not_ordered(self):
        column = self._column("pipeline")
        self.assertEqual(column, {"Key": 1234, "Small": 66, "Unassigned": 55, "Total": 1355})

    def test_pipeline_is_labelled_and_never_tied_to_the_books(self):
        matrix = self._matrix("crm.waterfall")
        labels = {column.key: column.label for column in matrix.columns}
        self.assertEqual(labels.pop("pipeline"), "crm")
        self.assertEqual(set(labels.values()), {"erp"})
        self.assertNotIn("pipeline", matrix.row("ledger").cells)

    def test_lead_without_company_counts_for_the_company_of_its_team(self):
        row = self._report("crm.waterfall").search([("lead_id", "=", self.lead_of_team.id)])
        self.assertEqual(row.company_id, self.company)

    def test_orders_equal_a_loop_over_confirmed_orders(self):
        expected = defaultdict(float)
        orders = self.env["sale.order"].search(
            [("company_id", "=", self.company.id), ("state", "=", "sale")]
        )
        for order in orders:
            day = order.date_order.date()
            segment = self._segment_then(order.partner_id.commercial_partner_id, day)
            expected[segment.name or "Unassigned"] += round(
                order.amount_untaxed / order.currency_rate, 2
            )
        expected["Total"] = sum(expected.values())
        self.assertEqual(self._column("ordered"), dict(expected))
        # The foreign order counts at the rate of its own date.
        self.assertEqual(self._column("ordered")["Small"], 250)

    def test_delivered_is_valued_at_the_price_of_the_order(self):
        self.assertEqual(self._column("delivered"), {"Key": 300, "Unassigned": 70, "Total": 370})

    def test_orders_are_to_invoice_until_an_invoice_is_posted(self):
        self.assertEqual(self._column("to_invoice"), {"Key": 900, "Small": 250, "Total": 1150})
        draft = self._invoice_order(self.order, "2026-03-25", post=False)
        self.assertEqual(self._column("to_invoice")["Key"], 900)
        draft.action_post()
        self.assertEqual(self._column("to_invoice"), {"Small": 250, "Total": 250})

    def test_part_of_an_order_stays_to_invoice(self):
        invoice = self._invoice_order(self.order, "2026-03-25", post=False)
        invoice.invoice_line_ids.quantity = 4
        invoice.action_post()
        self.assertEqual(self._column("to_invoice")["Key"], 500)

    def test_order_counts_on_its_day_in_the_company_zone(self):
        self.company.resource_calendar_id.tz = "Pacific/Kiritimati"
        self.order_gamma.date_order = "2026-03-31 20:00:00"
        row = self._report("crm.waterfall", tz="America/Los_Angeles").search(
            [("order_id", "=", self.order_gamma.id), ("stage", "=", "ordered")]
        )
        self.assertEqual(row.date, self._day("2026-04-01"))
        self.assertEqual(self._column("ordered", period="2026-04")["Unassigned"], 70)

    # books
    def test_invoiced_equals_a_loop_over_customer_documents(self):
        expected = defaultdict(float)
        for line in self._posted():
            if line.move_id.move_type in SALE_TYPES and line.account_id.internal_group == "income":
                segment = self._segment_then(line.partner_id.commercial_partner_id, line.date)
                expected[segment.name or "Unassigned"] -= line.balance
        total = sum(expected.values())
        column = self._column("invoiced")
        self.assertEqual(column.pop("Ledger: journal items"), total)
        self.assertEqual(column.pop("Tie-out difference"), 0)
        self.assertEqual(column.pop("Total"), total)
        self.assertEqual(column, dict(expected))

    def test_untaxed_totals_of_documents_are_income_and_other_accounts(self):
        documents = self.env["account.move"].search(
            [
                ("company_id", "=", self.company.id),
                ("state", "=", "posted"),
                ("move_type", "in", SALE_TYPES),
            ]
        )
        self.assertEqual(self._column("other")["Small"], 80)
        self.assertAlmostEqual(
            self._column("invoiced")["Total"] + self._column("other")["Total"],
            sum(documents.mapped("amount_untaxed_signed")),
            2,
        )
        self.assertAlmostEqual(
            self._column("invoiced_tax")["Total"], sum(documents.mapped("amount_total_signed")), 2
        )

    def test_credit_note_is_negative_and_draft_does_not_count(self):
        report = self._report("crm.waterfall")
        rows = report.search([("move_id", "=", self.credit.id), ("stage", "=", "invoiced")])
        self.assertEqual(rows.mapped("amount"), [-100])
        self.assertFalse(report.search([("move_id", "=", self.draft.id)]))

    def test_paid_is_what_was_matched_and_exchange_is_apart(self):
        self.assertEqual(self._column("paid"), {"Key": 1000, "Total": 1000})
        # 2,000 foreign were invoiced as 400 EUR and come in as 300 EUR.
        invoice = self._invoice(self.alfa, "2026-02-21", 2000, currency=self.foreign)
        self._pay(invoice, "2026-03-17", 300, foreign=2000)
        self.assertEqual(self._column("paid"), {"Key": 1300, "Total": 1300})
        self.assertEqual(self._column("exchange"), {"Key": 100, "Total": 100})
        self.assertEqual(self._column("open")["Tie-out difference"], 0)

    def test_invoice_less_paid_is_open_on_invoices(self):
        figures = self._figures(self._matrix("crm.waterfall"))
        for row in ("total", f"segment_{self.key.id}", f"segment_{self.small.id}", "unassigned"):
            with self.subTest(row=row):
                cells = {key: value or 0 for key, value in figures[row].items()}
                self.assertAlmostEqual(
                    cells["invoiced_tax"] - cells["paid"] - cells.get("exchange", 0),
                    cells["open_invoices"],
                    2,
                )

    def test_credit_note_matched_with_its_invoice_is_no_payment(self):
        lines = (self.invoice_alfa | self.credit).line_ids
        lines.filtered(lambda line: line.account_id == self.accounts["receivable"]).reconcile()
        self.assertEqual(self._column("paid")["Total"], 1000)
        figures = self._figures(self._matrix("crm.waterfall"))
        self.assertEqual(figures["difference"]["open"], 0)

    def test_open_is_the_residual_of_each_receivable(self):
        expected = defaultdict(float)
        for line in self._receivables():
            segment = self._segment_then(line.partner_id.commercial_partner_id, line.date)
            expected[segment.name or "Unassigned"] += line.amount_residual
        column = self._column("open")
        self.assertEqual(column.pop("Ledger: journal items"), column["Total"])
        self.assertEqual(column.pop("Tie-out difference"), 0)
        self.assertAlmostEqual(column.pop("Total"), sum(expected.values()), 2)
        for title, amount in column.items():
            self.assertAlmostEqual(amount, expected[title], 2)

    def test_open_at_a_past_day_honours_later_payments(self):
        """At the end of February nothing was paid yet, also when asked later."""
        figures = self._figures(self._matrix("crm.waterfall", period="2026-02"))
        self.assertEqual(figures["total"]["open"], 1200 + 400 + 500)
        self.assertEqual(figures["difference"]["open"], 0)
        self.assertIsNone(figures["total"]["paid"])

    def test_total_equals_ledger_for_each_choice_of_rows_and_period(self):
        for group_by in ("segment", "team", "month", "customer"):
            for period in ("all", "2026-Q1", "2026-02", "2025"):
                figures = self._figures(
                    self._matrix("crm.waterfall", group_by=group_by, period=period)
                )
                with self.subTest(group_by=group_by, period=period):
                    self.assertEqual(
                        figures["difference"], {"invoiced": 0, "invoiced_tax": 0, "open": 0}
                    )

    def test_random_ledgers_tie_at_each_month_end(self):
        """Invoices, credit notes, payments in parts, drafts and resets in any order."""
        dice = Random(19)
        for _round in range(30):
            invoice = self._invoice(
                dice.choice((self.alfa, self.beta, self.gamma, self.delta)),
                f"2026-0{dice.randint(1, 4)}-{dice.randint(10, 28)}",
                dice.randint(1, 99999) / 100,
                kind=dice.choice(("out_invoice", "out_invoice", "out_refund")),
                currency=dice.choice((self.euro, self.foreign)),
                tax=dice.choice((None, self.tax)),
                post=dice.random() > 0.1,
            )
            if invoice.state == "draft" or invoice.move_type == "out_refund":
                continue
            for _payment in range(dice.randint(0, 2)):
                due = round(invoice.amount_residual * dice.choice((1, 0.5, 0.3)), 2)
                worth = round(due / dice.choice((3.9, 4.1, 5.2)), 2)
                day = f"2026-0{dice.randint(2, 5)}-{dice.randint(10, 28)}"
                if not due or not worth:
                    continue
                if invoice.currency_id == self.euro:
                    self._pay(invoice, day, due)
                else:
                    self._pay(invoice, day, worth, foreign=due)
            if dice.random() < 0.2:
                invoice.button_draft()
        self._assert_open_at("2026-02", "2026-03-01")
        self._assert_open_at("2026-03", "2026-04-01")
        self._assert_open_at("all", "9999-12-31")
        figures = self._figures(self._matrix("crm.segment.profit"))
        self.assertEqual(set(figures["difference"].values()), {0.0})

    def _assert_open_at(self, period, until):
        """Compare what is open with a loop over items and matchings before a day."""
        until = self._day(until)
        expected = defaultdict(float)
        for line in self._receivables():
            segment = self._segment_then(line.partner_id.commercial_partner_id, line.date)
            rest = line.balance if line.date < until else 0
            for partial in line.matched_credit_ids | line.matched_debit_ids:
                sides = partial.debit_move_id | partial.credit_move_id
                if set(sides.mapped("parent_state")) != {"posted"}:
                    continue  # Odoo keeps the matching of an invoice that is a draft again
                sign = -1 if partial.debit_move_id == line else 1
                rest += sign * partial.amount if partial.max_date < until else 0
            expected[segment.name or "Unassigned"] += rest
        column = self._column("open", period=period)
        self.assertEqual(column.pop("Tie-out difference"), 0)
        self.assertAlmostEqual(column.pop("Ledger: journal items"), column.pop("Total"), 2)
        self.assertEqual(
            {title: round(amount, 2) for title, amount in column.items() if amount},
            {title: round(amount, 2) for title, amount in expected.items() if round(amount, 2)},
        )
        figures = self._figures(self._matrix("crm.waterfall", period=period))
        self.assertEqual(figures["difference"], {"invoiced": 0, "invoiced_tax": 0, "open": 0})

    def test_payment_of_an_invoice_reset_to_draft_is_open_again(self):
        """Odoo keeps the matching; the books know a payment without an invoice."""
        before = self._column("paid")["Total"]
        self.invoice_alfa.button_draft()
        self.assertEqual(self._column("paid")["Total"], before - 600)
        figures = self._figures(self._matrix("crm.waterfall"))
        self.assertEqual(figures["difference"]["open"], 0)
        matrix = self._matrix("crm.waterfall")
        self._assert_drills_add_up(matrix, self.finance, self._amount_of)

    # drill-down and file
    def test_records_behind_each_figure_add_up(self):
        for group_by, period in (
            ("segment", "all"),
            ("segment", "2026-02"),
            ("team", "2026-03"),
            ("month", "all"),
            ("customer", "2026-03"),
        ):
            matrix = self._matrix("crm.waterfall", group_by=group_by, period=period)
            self._assert_drills_add_up(matrix, self.finance, self._amount_of)

    def test_records_behind_each_figure_of_a_leader_add_up(self):
        matrix = self._matrix("crm.waterfall", self.leader)
        self._assert_drills_add_up(matrix, self.leader, self._amount_of)

    def _amount_of(self, record, column):
        if record._name == "crm.waterfall":
            return record.amount
        return record.balance if column in ("invoiced_tax", "open") else -record.balance

    def test_settled_items_do_not_hide_what_is_open(self):
        cell = self._matrix("crm.waterfall").cell("total", "open")
        rows = self._report("crm.waterfall").search(cell.drill.domain)
        self.assertNotIn(self.invoice_foreign, rows.move_id)
        self.assertIn(self.invoice_alfa, rows.move_id)

    def test_each_row_opens_its_document(self):
        report = self._report("crm.waterfall")
        for domain, model in (
            ([("lead_id", "=", self.lead_open.id)], "crm.lead"),
            ([("order_id", "=", self.order.id)], "sale.order"),
            ([("move_id", "=", self.invoice_alfa.id)], "account.move"),
        ):
            row = report.search(domain, limit=1)
            self.assertEqual(row.action_open_document()["res_model"], model)

    def test_row_ids_are_unique_and_stable(self):
        rows = self.env["crm.waterfall"].with_company(self.company).search([])
        self.assertEqual(len(rows.ids), len(set(rows.ids)))
        again = self._report("crm.waterfall").search([("stage", "=", "ordered")])
        self.assertTrue(set(again.ids) <= set(self._report("crm.waterfall").search([]).ids))

    def test_file_equals_screen(self):
        for group_by in ("segment", "month", "customer"):
            self._assert_file_equals_screen("crm.waterfall", {"group_by": group_by})

    # who
    def test_leader_sees_the_own_team_only(self):
        rows = self._report("crm.waterfall", self.leader).search([])
        self.assertEqual(rows.team_id, self.key_team)
        figures = self._figures(self._matrix("crm.waterfall", self.leader))
        self.assertNotIn("ledger", figures)
        self.assertEqual(figures["total"]["invoiced"], 1800)

    def test_manager_sees_the_company_with_its_tie_out(self):
        figures = self._figures(self._matrix("crm.waterfall", self.manager))
        self.assertEqual(figures, self._figures(self._matrix("crm.waterfall")))

    def test_user_may_not_read_the_report(self):
        with self.assertRaises(AccessError):
            self._report("crm.waterfall", self.salesman).get_matrix()

    def test_second_company_is_never_seen(self):
        report = self._report("crm.waterfall")
        self.assertFalse(report.search([("company_id", "=", self.canary_company.id)]))
        self.assertFalse(report.search([("amount", ">=", CANARY - 1)]))
        self.assertNotIn(str(CANARY), str(report.get_matrix()))

    def test_forged_companies_are_refused(self):
        forged = self._report(
            "crm.waterfall", allowed_company_ids=(self.company | self.canary_company).ids
        )
        with self.assertRaises(AccessError):
            forged.get_matrix()
