from datetime import date
from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import CrmStrategyCase

FIRST, MIDDLE, LAST = date(2026, 1, 31), date(2026, 3, 1), date(2026, 6, 30)


@tagged("post_install", "-at_install")
class TestSegmentMigration(CrmStrategyCase):
    """S001-1-MOV. On 31 January and on 30 June 2026, by hand::

    bakery   Belgium    -> Germany (placed by hand on 1 March)
    brewery  Belgium    -> Belgium
    clinic   Germany    -> Germany
    diver    unassigned -> unassigned
    mill     not a customer of A before 1 March -> Germany
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Membership = type(cls.env["crm.segment.membership"])
        with patch.object(Membership, "_today", lambda model, company: date(2026, 1, 10)):
            cls._assign()
        cls.env["crm.customer"]._ensure([(cls.mill.id, cls.company_a.id)])
        with patch.object(Membership, "_today", lambda model, company: MIDDLE):
            cls._customer(cls.bakery).segment_id = cls.segment_de
            cls._assign()
        cls._born("2026-01-05 08:00:00", cls.bakery, cls.brewery, cls.clinic, cls.diver)
        cls._born("2026-03-01 08:00:00", cls.mill)
        # A stay that does not reach back: this customer came on that day.
        cls._customer(cls.mill).membership_ids.date_from = MIDDLE

    @classmethod
    def _born(cls, moment, *partners):
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                "UPDATE crm_customer SET create_date = %s WHERE partner_id = ANY(%s)",
                moment,
                [partner.id for partner in partners],
            )
        )
        cls.env.invalidate_all()

    def _matrix(self, first=FIRST, second=LAST, user=None, **options):
        report = self.env["crm.segment.migration"].with_user(user or self.user_a)
        shown = report.get_matrix(
            {"first": str(first), "second": str(second), "company": self.company_a.id, **options}
        )
        return shown["matrix"]

    def _figures(self, matrix):
        titles = {column["key"]: column["title"] for column in matrix["columns"]}
        return {
            row["title"]: {titles[key]: cell["value"] for key, cell in row["cells"].items()}
            for row in matrix["rows"]
        }

    def test_each_move_stands_in_its_cell(self):
        found = self._figures(self._matrix())
        self.assertEqual(list(found)[:3], ["Belgium", "Germany", "Unassigned"])
        self.assertEqual(
            found["Belgium"], {"Belgium": "1", "Germany": "1", "Unassigned": "0", "Total": "2"}
        )
        self.assertEqual(found["Germany"]["Germany"], "1")
        self.assertEqual(found["Unassigned"]["Unassigned"], "1")
        self.assertEqual(found["Not a customer yet"]["Germany"], "1")

    def test_sums_tie_to_the_customers_of_each_day(self):
        matrix = self._matrix()
        rows = {row["key"]: row["cells"] for row in matrix["rows"]}
        report = self.env["crm.segment.migration"]
        for key, day, wanted in (("first", FIRST, 4), ("second", LAST, 5)):
            counted = self.env["crm.customer"].search_count(
                report._past_customers(self.company_a, day)
            )
            self.assertEqual((rows[key]["total"]["value"], counted), (str(wanted), wanted))
        own = self.env["crm.customer"].search_count([("company_id", "=", self.company_a.id)])
        self.assertEqual(own, 5)

    def test_every_cell_opens_its_customers(self):
        Customer = self.env["crm.customer"].with_user(self.user_a)
        opened = 0
        for row in self._matrix()["rows"]:
            for key, cell in row["cells"].items():
                with self.subTest(row=row["title"], column=key):
                    if cell["value"] == "0":
                        self.assertFalse(cell["drill"])
                        continue
                    found = Customer.search(cell["drill"]["domain"])
                    self.assertEqual(len(found), int(cell["value"]))
                    opened += 1
        self.assertGreater(opened, 10)

    def test_sums_of_rows_and_columns_agree(self):
        rows = {row["key"]: row for row in self._matrix()["rows"]}
        for row in rows.values():
            line = [int(cell["value"]) for key, cell in row["cells"].items() if key != "total"]
            self.assertEqual(sum(line), int(row["cells"]["total"]["value"]))
        lines = [row for row in rows.values() if row["style"] == "line"]
        for key, cell in rows["second"]["cells"].items():
            self.assertEqual(
                sum(int(line["cells"][key]["value"]) for line in lines), int(cell["value"])
            )

    def test_revenue_is_no_data_without_the_hook_and_ties_with_it(self):
        cell = self._matrix(user=self.manager_a, show="revenue")["rows"][0]["cells"]["total"]
        self.assertEqual((cell["state"], cell["value"]), ("none", None))
        self.assertIn("No data", cell["note"])
        amounts = {
            self._customer(partner).id: Decimal(amount)
            for partner, amount in ((self.bakery, "10.10"), (self.mill, "5"), (self.diver, "1.40"))
        }
        known = lambda facts, company, period: amounts  # noqa: E731
        with patch.object(type(self.env["crm.facts"]), "_revenue_by_customer", known):
            matrix = self._matrix(user=self.manager_a, show="revenue")
            hidden = self._matrix(show="revenue")
        self.assertIsNone(hidden["currency"])  # a user is shown numbers of customers
        rows = {row["key"]: row["cells"] for row in matrix["rows"]}
        self.assertEqual(rows["second"]["total"]["value"], "16.50")
        self.assertEqual(rows["first"]["total"]["value"], "11.50")
        self.assertEqual(rows[f"from_{self.segment_be.id}"]["total"]["value"], "10.10")

    def test_archived_segment_keeps_its_line(self):
        with self._on(date(2026, 7, 15)):
            self.segment_be.active = False
        found = self._figures(self._matrix(FIRST, date(2026, 8, 1)))
        self.assertEqual(found["Belgium"]["Unassigned"], "1")

    def test_days_in_the_wrong_order_are_refused_in_words(self):
        for first, second in ((LAST, FIRST), (FIRST, FIRST)):
            with self.assertRaisesRegex(UserError, "the first before the second"):
                self._matrix(first, second)

    def test_matrix_of_a_company_tells_nothing_of_another(self):
        shown = (
            self.env["crm.segment.migration"]
            .with_user(self.user_b)
            .get_matrix({"company": self.company_a.id, "first": str(FIRST), "second": str(LAST)})
        )
        parameters = dict(shown["matrix"]["parameters"])
        self.assertEqual(parameters["Company"], "Valley")

    def test_files_say_the_same(self):
        report = self.env["crm.segment.migration"].with_user(self.user_a)
        for content, name in (report.get_matrix_xlsx({}), report.get_matrix_pdf({})):
            self.assertTrue(content)
            self.assertIn("Migration between segments", name)
