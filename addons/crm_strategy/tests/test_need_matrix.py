from io import BytesIO

from openpyxl import load_workbook

from odoo.tests import tagged

from .common_need import NeedCase


@tagged("post_install", "-at_install")
class TestNeedMatrix(NeedCase):
    """Needs, specifications and commitments side by side, with red, amber and drill-down."""

    def setUp(self):
        super().setUp()
        self.matrix = self.env["crm.need.matrix"].with_user(self.user_a)
        self.options = {"analysis": self.analysis.id}

    def _cells(self, **options):
        """Per row: column -> (code shown or None for a gap, tone)."""
        shown = self.matrix.get_matrix({**self.options, **options})["matrix"]
        return [
            {
                key: (cell["value"] and cell["value"].split(" · ")[0], cell.get("tone"))
                for key, cell in row["cells"].items()
            }
            for row in shown["rows"]
        ]

    def test_whole_table_with_orphans_in_red(self):
        n1, n2, n3 = (need.code for need in (self.n1, self.n2, self.n3))
        f1, f2, t1, t2, t3 = (spec.code for spec in (self.f1, self.f2, self.t1, self.t2, self.t3))
        c1 = self.c1.code
        self.assertEqual(
            self._cells(),
            [
                {
                    "need": (n1, None),
                    "functional": (f1, None),
                    "technical": (t1, None),
                    "commitment": (c1, None),
                },
                {"functional": (f2, None), "technical": (t2, None), "commitment": (c1, None)},
                {
                    "need": (n2, None),
                    "functional": (f2, None),
                    "technical": (t2, None),
                    "commitment": (c1, None),
                },
                {"need": (n3, "alert"), "functional": (None, "alert")},
                {
                    "functional": (None, "alert"),
                    "technical": (t3, "alert"),
                    "commitment": (None, "alert"),
                },
            ],
        )

    def test_suspects_are_amber_and_shown_alone_when_asked(self):
        self.assertEqual(self._cells(show="suspect"), [])
        self.n1.name = "Dust stays in"
        self.links[0].action_approve()
        rows = self._cells(show="suspect")
        self.assertEqual(rows[0]["commitment"], (self.c1.code, "doubt"))
        self.assertEqual(rows[0]["technical"], (self.t1.code, None))
        self.assertEqual(rows[1]["functional"], (self.f2.code, "doubt"))

    def test_filters_choose_orphans_class_customer_and_segment(self):
        self.assertEqual(len(self._cells(show="orphan")), 2)
        self.assertEqual(len(self._cells(need_class=self.classes["main"].id)), 1)
        self.assertEqual(len(self._cells(customer=self.customer.id)), 5)
        self.customer.segment_id = self.segment_be
        self.assertEqual(len(self._cells(segment=self.segment_be.id)), 5)
        self.assertEqual(self._cells(segment=self.segment_de.id), self._cells())

    def test_each_cell_opens_its_record(self):
        shown = self.matrix.get_matrix(self.options)["matrix"]
        drill = shown["rows"][0]["cells"]["technical"]["drill"]
        self.assertEqual((drill["model"], drill["res_id"]), ("crm.specification", self.t1.id))

    def test_coverage_stands_above_the_table(self):
        pairs = dict(self.matrix.get_matrix(self.options)["matrix"]["parameters"])
        self.assertEqual(pairs["Specified"], "67 % (2 of 3)")
        self.assertEqual(pairs["Legal needs covered"], "100 % (1 of 1)")
        self.assertEqual(pairs["Links to approve"], "0")

    def test_files_say_what_the_screen_says(self):
        content, name = self.matrix.get_matrix_xlsx(self.options)
        self.assertTrue(name.endswith(".xlsx"))
        sheet = load_workbook(BytesIO(content)).worksheets[0]
        values = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
        self.assertEqual(values[0][1], self.n1.display_name)
        self.assertEqual(values[0][2:5], [row.display_name for row in (self.f1, self.t1, self.c1)])
        colours = {cell.fill.fgColor.rgb for row in sheet.iter_rows(min_row=8) for cell in row}
        self.assertIn("FFF8D7DA", colours, "orphans are red in the file too")
        content, name = self.matrix.get_matrix_pdf(self.options)
        self.assertEqual(content[:5], b"%PDF-")

    def test_queries_do_not_grow_with_the_trace(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.matrix.get_matrix(self.options)
            return self.env.cr.sql_log_count - before

        count()
        small = count()
        needs = [self._create_need(f"Need {number}", "main") for number in range(30)]
        self.env["crm.trace.link"].create(
            [{"need_id": need.id, "functional_id": self.f1.id} for need in needs]
        )
        self.assertLessEqual(count(), small + 2)
