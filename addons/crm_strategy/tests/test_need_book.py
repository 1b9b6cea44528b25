from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_need import NeedCase

BOOKS = ("functional", "technical", "contract")


@tagged("post_install", "-at_install")
class TestNeedBook(NeedCase):
    """Three books of one analysis that carry the same frozen revision."""

    def _print(self, book, issue, lang="en_US"):
        html, _kind = (
            self.env["ir.actions.report"]
            .with_context(lang=lang)
            ._render_qweb_html(f"crm_strategy.report_{book}_book", issue.ids)
        )
        return html.decode()

    def test_book_without_an_issue_is_refused(self):
        with self.assertRaisesRegex(UserError, "Press “Issue revision” first"):
            self.analysis.action_print_functional()

    def test_analysis_without_a_need_is_not_issued(self):
        empty = self._create_analysis(self._customer(self.clinic))
        with self.assertRaisesRegex(UserError, "has no need yet"):
            empty.action_issue()

    def test_three_books_carry_the_same_frozen_revision(self):
        self.analysis.with_user(self.user_a).action_issue()
        self.assertRecordValues(self.analysis, [{"revision": 1, "state": "issued"}])
        self.assertFalse(self.analysis.is_changed)
        self.n1.name = "Written after the issue"
        self.analysis.invalidate_recordset(["is_changed"])
        self.assertTrue(self.analysis.is_changed)
        issue = self.analysis.issue_ids
        for book in BOOKS:
            text = self._print(book, issue)
            with self.subTest(book):
                self.assertIn("<strong>1</strong>", text)
                self.assertIn(issue.fingerprint[:16], text)
                self.assertIn("Contents", text)
                self.assertNotIn("Written after the issue", text)
        self.analysis.action_issue()
        newest = self.analysis._last_issue()
        self.assertEqual(newest.number, 2)
        self.assertIn("Written after the issue", self._print("functional", newest))
        self.assertIn("Flour dust stays in", self._print("functional", issue))

    def test_books_name_each_specification_with_its_number_and_open_points(self):
        self.analysis.action_issue()
        issue = self.analysis.issue_ids
        functional, technical, contract = (self._print(book, issue) for book in BOOKS)
        for record in (self.n1, self.n3, self.f1, self.f2):
            self.assertIn(f'id="{record.code}"', functional)
        for record in (self.t1, self.t2, self.t3):
            self.assertIn(f'id="{record.code}"', technical)
        self.assertIn(f'id="{self.c1.code}"', contract)
        self.assertIn("ATEX 2014/34", contract)
        open_points = technical.split('id="open_points"')[1]
        self.assertIn(self.n3.code, open_points)
        self.assertIn(self.t3.code, open_points)
        self.assertNotIn(f"<strong>{self.t1.code}</strong>", open_points)

    def test_books_speak_the_language_of_the_analysis(self):
        self.env["res.lang"]._activate_lang("pl_PL")
        self.classes["main"].with_context(lang="pl_PL").name = "Główne potrzeby"
        self.analysis.lang = "pl_PL"
        self.analysis.action_issue()
        self.assertIn("Główne potrzeby", self._print("functional", self.analysis.issue_ids))

    def test_profile_is_kept_with_its_date_and_inputs_are_counted(self):
        self.assertIn("0 of 9", self.analysis.input_text)
        self.analysis.with_user(self.user_a).action_snapshot()
        (profile,) = self.analysis.input_ids
        self.assertEqual(profile.kind, "profile")
        self.assertTrue(profile.date)
        self.assertIn("Bakery", profile.note)
        self.bakery.city = "Later"
        self.assertNotIn("Later", profile.note)
        self.n1.stakeholder_id = self.brewery
        self.assertIn("2 of 9", self.analysis.input_text)
        self.assertNotIn("Customer profile", self.analysis.input_text)
        self.assertIn("Benchmark", self.analysis.input_text)
