from collections import defaultdict

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .common_reports import CANARY, JointReportCase

KIND_OF = {
    "income": "income",
    "income_other": "income",
    "expense_direct_cost": "cogs",
    "expense": "expense",
    "expense_other": "expense",
    "expense_depreciation": "expense",
}


@tagged("post_install", "-at_install")
class TestSegmentProfit(JointReportCase):
    """Finance reads the segment profit and loss; it equals the books."""

    def _by_hand(self, lines=None):
        """{segment: {kind: amount}} by a loop over journal items."""
        figures = defaultdict(lambda: defaultdict(float))
        for line in lines or self._posted():
            kind = KIND_OF.get(line.account_id.account_type)
            if not kind:
                continue
            partner = (line.partner_id or line.move_id.partner_id).commercial_partner_id
            if line.move_id.move_type in ("in_invoice", "in_refund", "in_receipt"):
                partner = self.env["res.partner"]
            figures[self._segment_then(partner, line.date)][kind] -= line.balance
        return figures

    # figures
    def test_each_figure_equals_a_loop_over_journal_items(self):
        figures = self._figures(self._matrix("crm.segment.profit"))
        by_hand = self._by_hand()
        for segment in (self.key, self.small, self.env["crm.segment"]):
            row = figures[f"segment_{segment.id}" if segment else "unassigned"]
            for kind in ("income", "cogs", "expense"):
                with self.subTest(segment=segment.name, kind=kind):
                    if kind in by_hand[segment]:
                        self.assertAlmostEqual(row[kind], by_hand[segment][kind], 2)
                    else:
                        self.assertIsNone(row[kind])
            self.assertAlmostEqual(row["contribution"], sum(by_hand[segment].values()), 2)

    def test_figures_of_the_world_by_head(self):
        figures = self._figures(self._matrix("crm.segment.profit"))
        # Key: 1000 + 400 + 500 - 100 of invoices and 100 exchange gain; 120 of cost of revenue.
        self.assertEqual(figures[f"segment_{self.key.id}"]["income"], 1900)
        self.assertEqual(figures[f"segment_{self.key.id}"]["cogs"], -120)
        # Small: Beta's later invoice and the income part of the deposit invoice.
        self.assertEqual(figures[f"segment_{self.small.id}"]["income"], 320)
        # Unassigned: both costs of the bill, and depreciation.
        self.assertEqual(figures["unassigned"]["cogs"], -150)
        self.assertEqual(figures["unassigned"]["expense"], -290)

    def test_lines_without_customer_or_segment_stand_under_unassigned(self):
        lines = self._report("crm.segment.profit").search([("segment_id", "=", False)])
        self.assertIn(self.gamma, lines.partner_id)
        self.assertTrue(lines.filtered(lambda line: not line.partner_id))

    def test_items_of_vendor_documents_count_for_no_customer(self):
        lines = self._report("crm.segment.profit").search([("move_id", "=", self.bill.id)])
        self.assertEqual(len(lines), 2)
        self.assertFalse(lines.partner_id)
        self.assertFalse(lines.segment_id)

    def test_customer_that_changed_segment_counts_where_it_was_then(self):
        lines = self._report("crm.segment.profit").search(
            [("partner_id", "=", self.beta.id), ("kind", "=", "income")]
        )
        before = lines.filtered(lambda line: line.move_id == self.invoice_beta)
        after = lines - before
        self.assertEqual(before.segment_id, self.key)
        self.assertEqual(before.team_id, self.key_team)
        self.assertEqual(after.segment_id, self.small)

    def test_contacts_count_for_their_company(self):
        line = self._report("crm.segment.profit").search([("move_id", "=", self.invoice_alfa.id)])
        self.assertEqual(line.partner_id, self.alfa)

    def test_credit_notes_are_negative_and_drafts_do_not_count(self):
        report = self._report("crm.segment.profit")
        credit = report.search([("move_id", "=", self.credit.id)])
        self.assertEqual(credit.mapped("amount"), [-100])
        self.assertFalse(report.search([("move_id", "=", self.draft.id)]))

    def test_reset_to_draft_leaves_the_report(self):
        self.invoice_beta.button_draft()
        report = self._report("crm.segment.profit")
        self.assertFalse(report.search([("move_id", "=", self.invoice_beta.id)]))
        figures = self._figures(self._matrix("crm.segment.profit"))
        self.assertEqual(set(figures["difference"].values()), {0.0})

    def test_foreign_invoice_counts_in_company_currency(self):
        line = self._report("crm.segment.profit").search(
            [("move_id", "=", self.invoice_foreign.id)]
        )
        self.assertEqual(line.amount, 400)
        self.assertEqual(line.currency_id, self.euro)

    # tie-out
    def test_total_equals_ledger_for_each_choice_of_rows_and_period(self):
        for group_by in ("segment", "team", "month", "customer", "account"):
            for period in ("all", "2026", "2026-Q1", "2026-02", "2026-03", "2025"):
                figures = self._figures(
                    self._matrix("crm.segment.profit", group_by=group_by, period=period)
                )
                with self.subTest(group_by=group_by, period=period):
                    self.assertEqual(set(figures["difference"].values()), {0.0})
                    # A column without any journal item shows no data, and the books hold nothing.
                    told = {key: amount or 0.0 for key, amount in figures["total"].items()}
                    self.assertEqual(told, figures["ledger"])

    def test_total_of_a_period_without_journal_items_is_no_data(self):
        figures = self._figures(self._matrix("crm.segment.profit", period="2025"))
        self.assertEqual(set(figures["total"].values()), {None})

    def test_ledger_is_the_profit_and_loss_of_the_company(self):
        expected = -sum(
            line.balance
            for line in self._posted()
            if line.account_id.internal_group in ("income", "expense")
        )
        figures = self._figures(self._matrix("crm.segment.profit"))
        self.assertAlmostEqual(figures["ledger"]["contribution"], expected, 2)
        self.assertNotEqual(expected, 0)

    def test_difference_shows_when_the_report_loses_a_line(self):
        """The check is worth something: it fails when the report misses what the books have."""
        report_class = type(self.env["crm.segment.profit"])
        where = report_class._where

        def forgetful(model):
            return SQL("%s AND line.move_id <> %s", where(model), self.invoice_gamma.id)

        self.patch(report_class, "_where", forgetful)
        figures = self._figures(self._matrix("crm.segment.profit"))
        self.assertEqual(figures["difference"]["income"], -70)

    def test_largest_customers_and_the_others_add_up(self):
        self.patch(self.registry["crm.segment.profit"], "_joint_top_customers", lambda model: 1)
        matrix = self._matrix("crm.segment.profit", group_by="customer")
        self.assertEqual(
            [row.key for row in matrix.rows][:3],
            [f"partner_{self.alfa.id}", "customer_others", "unassigned"],
        )
        self.assertEqual(set(self._figures(matrix)["difference"].values()), {0.0})
        self._assert_drills_add_up(matrix, self.finance, lambda line, key: -line.balance)

    # drill-down and file
    def test_journal_items_behind_each_figure_add_up(self):
        for group_by in ("segment", "team", "month", "customer", "account"):
            for period in ("all", "2026-03"):
                matrix = self._matrix("crm.segment.profit", group_by=group_by, period=period)
                models = {
                    cell.drill.model
                    for row in matrix.rows
                    for cell in row.cells.values()
                    if cell.drill
                }
                self.assertEqual(models, {"account.move.line"})
                self._assert_drills_add_up(matrix, self.finance, lambda line, key: -line.balance)

    def test_lines_behind_each_figure_of_a_manager_add_up(self):
        """A manager may not read all journal items and opens the report's own lines."""
        matrix = self._matrix("crm.segment.profit", self.manager)
        self._assert_drills_add_up(matrix, self.manager, lambda line, key: line.amount)

    def test_file_equals_screen(self):
        for group_by in ("segment", "month", "account"):
            self._assert_file_equals_screen("crm.segment.profit", {"group_by": group_by})

    def test_screen_gets_its_matrix(self):
        answer = self._report("crm.segment.profit").get_matrix({"period": "2026-03"})
        self.assertEqual(answer["matrix"]["currency"]["name"], "EUR")
        self.assertEqual([column["label"] for column in answer["matrix"]["columns"]], ["erp"] * 4)

    def test_journal_item_names_its_customer_and_segment(self):
        line = (
            self.env["account.move.line"]
            .with_user(self.finance)
            .search([("move_id", "=", self.invoice_alfa.id), ("balance", "=", -1000)])
        )
        self.assertEqual(line.crm_partner_id, self.alfa)
        self.assertEqual(line.crm_segment_then_id, self.key)

    def test_journal_items_are_found_by_the_name_of_their_segment(self):
        lines = self.env["account.move.line"].with_user(self.finance)
        named = lines.search([("crm_segment_then_id.name", "=", "Key")])
        self.assertTrue(named)
        self.assertEqual(named, lines.search([("crm_segment_then_id", "=", self.key.id)]))
        self.assertEqual(named, lines.search([("crm_segment_then_id", "ilike", "Key")]))
        others = lines.search([("crm_segment_then_id", "!=", self.key.id)])
        self.assertEqual(named | others, lines.search([]))
        self.assertFalse(named & others)

    # who
    def test_leader_sees_the_income_of_the_own_team_and_no_cost(self):
        lines = self._report("crm.segment.profit", self.leader).search([])
        self.assertEqual(lines.team_id, self.key_team)
        self.assertEqual(set(lines.mapped("kind")), {"income"})
        matrix = self._matrix("crm.segment.profit", self.leader)
        self.assertEqual([column.key for column in matrix.columns], ["income"])
        figures = self._figures(matrix)
        self.assertEqual(figures["total"]["income"], 1900)
        self.assertNotIn("ledger", figures)
        self._assert_drills_add_up(matrix, self.leader, lambda line, key: line.amount)

    def test_leader_who_reads_the_books_opens_what_the_own_team_adds_up(self):
        self.leader.group_ids |= self.env.ref("account.group_account_readonly")
        matrix = self._matrix("crm.segment.profit", self.leader)
        self._assert_drills_add_up(matrix, self.leader, lambda line, key: line.amount)

    def test_manager_sees_costs_and_the_tie_out(self):
        figures = self._figures(self._matrix("crm.segment.profit", self.manager))
        self.assertEqual(figures, self._figures(self._matrix("crm.segment.profit")))

    def test_user_may_not_read_the_report(self):
        with self.assertRaises(AccessError):
            self._report("crm.segment.profit", self.salesman).get_matrix()

    def test_second_company_is_never_seen(self):
        report = self._report("crm.segment.profit")
        self.assertFalse(report.search([("company_id", "=", self.canary_company.id)]))
        self.assertFalse(report.search([("amount", ">=", CANARY - 1)]))
        self.assertNotIn(str(CANARY), str(report.get_matrix()))
        total = report._read_group([], [], ["amount:sum"])[0][0]
        self.assertLess(abs(total), CANARY / 2)

    def test_forged_companies_are_refused(self):
        forged = self._report(
            "crm.segment.profit",
            allowed_company_ids=(self.company | self.canary_company).ids,
        )
        with self.assertRaises(AccessError):
            forged.get_matrix()

    def test_two_companies_are_shown_one_at_a_time(self):
        both = self.company | self.canary_company
        self.finance.company_ids = both
        report = self._report("crm.segment.profit", allowed_company_ids=both.ids)
        first = report.get_matrix()["matrix"]
        second = report.get_matrix({"company": self.canary_company.id})["matrix"]
        self.assertEqual(first["currency"]["name"], "EUR")
        self.assertNotIn(str(CANARY), str(first))
        self.assertEqual(second["currency"]["name"], "USD")
        self.assertIn(str(CANARY), str(second))
