"""The printed report holds the figures of the matrix, can be searched, and is the same twice."""

import io
import re
from dataclasses import replace
from decimal import Decimal
from unittest import TestCase

from pypdf import PdfReader

from odoo.addons.crm_strategy.core.matrix import (
    Cell,
    Column,
    Currency,
    Drill,
    Matrix,
    Row,
    fingerprint,
)
from odoo.addons.crm_strategy.core.numbers import NBSP, NumberStyle
from odoo.addons.crm_strategy.core.pdf import Header, render
from odoo.addons.crm_strategy.core.value import UNDEFINED, Fault
from odoo.addons.crm_strategy.core.words import Words

PAYLOADS = (
    '=HYPERLINK("http://example.com","click")',
    "=cmd|'/c calc'!A0",
    "{=1+1}",
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    "\t=1+1",
    "\r=1+1",
    "http://example.com",
    "mailto:a@example.com",
    "<b>bold</b>&amp;<a href='x'>y</a>",
    "(unbalanced \\ bracket",
    "file:///etc/passwd",
)
HEADER = Header("Porturile Dunării", "Ștefan Țăranu", "22.11.2026 05:10 (Europe/Bucharest)")
ROMANIAN = NumberStyle(",", ".")


def a_matrix(rows, columns=None, **changes):
    columns = columns or [Column("amount", "Amount", "amount", "erp")]
    values = {"currency": Currency("EUR", "€", "after", 2)}
    return Matrix("Report", columns, rows, **{**values, **changes})


def pages(content):
    """The text of each page, words apart by single spaces."""
    found = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    return [re.sub(r"[ \n\u00a0]+", " ", text) for text in found]


def printed(*matrices, header=HEADER, **more):
    return pages(render(list(matrices), header, **more))


def glued(texts):
    """All pages without spaces: text that is broken into lines is found too."""
    return re.sub(r"\s", "", "".join(texts))


class TestPdf(TestCase):
    def test_figures_parameters_and_notes_can_be_searched(self):
        columns = [
            Column("amount", "Facturat", "amount", "erp", "Facturi validate."),
            Column("rate", "Cotă", "rate", "crm"),
            Column("days", "Zile", "days"),
            Column("n", "Număr", "integer", "mixed"),
            Column("text", "Observație", "text"),
        ]
        cells = {
            "amount": Cell(Decimal("-1354458.595"), drill=Drill("x", [], "x")),
            "rate": Cell(Decimal("0.9747")),
            "days": Cell(Decimal("2.25")),
            "n": Cell(12345),
            "text": Cell("în regulă"),
        }
        matrix = a_matrix(
            [Row("a", "Clienți cheie, Łódź żubrówka ćma", cells, help="Rândul întâi.")],
            columns,
            parameters=(("Companie", "Porturile Dunării"), ("Perioadă", "2026")),
            notes=("Ciornele nu se numără.",),
        )
        (text,) = printed(matrix, style=ROMANIAN)
        for expected in (
            "Porturile Dunării",
            "Perioadă",
            "2026",
            "Clienți cheie, Łódź żubrówka ćma",
            "−1.354.458,60",
            "97,5 %",
            "2,3",
            "12.345",
            "în regulă",
            "Ciornele nu se numără.",
            "Facturi validate.",
            "Rândul întâi.",
            "Amounts in EUR",
            "ERP · post",
            "CRM · ante",
            "CRM + ERP",
            "Printed by Ștefan Țăranu on 22.11.2026 05:10 (Europe/Bucharest)",
            "1 / 1",
            fingerprint([matrix]),
        ):
            self.assertIn(expected, text)

    def test_a_meaning_that_is_a_note_too_is_printed_once(self):
        columns = [Column("amount", "Revenue", "amount", help="Posted invoices. More is better.")]
        notes = ("Revenue: Posted invoices.", "Drafts do not count.")
        (text,) = printed(a_matrix([Row("a", "A", {})], columns, notes=notes))
        self.assertEqual(text.count("Posted invoices."), 1)
        self.assertIn("Drafts do not count.", text)

    def test_equal_input_gives_equal_bytes(self):
        rows = [Row(f"r{i}", f"Team {i}", {"amount": Cell(i)}) for i in range(80)]
        first = render([a_matrix(rows)], HEADER)
        self.assertEqual(first, render([a_matrix(rows)], HEADER))
        later = replace(HEADER, printed_at="23.11.2026 05:10")
        self.assertNotEqual(first, render([a_matrix(rows)], later))

    def test_fingerprint_follows_the_figures_not_the_printer(self):
        rows = [Row("a", "A", {"amount": Cell(Decimal("1.00"))})]
        matrix = a_matrix(rows)
        other = replace(HEADER, printed_by="Anna", printed_at="tomorrow")
        for header in (HEADER, other):
            self.assertIn(fingerprint([matrix]), glued(printed(matrix, header=header)))
        drilled = Cell(Decimal("1.00"), drill=Drill("sale.order", [("id", "=", 1)], "Orders"))
        self.assertEqual(
            fingerprint([matrix]), fingerprint([a_matrix([Row("a", "A", {"amount": drilled})])])
        )
        changed = (
            a_matrix([Row("a", "A", {"amount": Cell(Decimal("1.01"))})]),
            a_matrix([Row("a", "B", {"amount": Cell(Decimal("1.00"))})]),
            a_matrix(rows, parameters=(("Period", "2026"),)),
            a_matrix(rows, notes=("A note.",)),
            a_matrix([Row("a", "A", {"amount": Cell(UNDEFINED, note="Why")})]),
        )
        self.assertEqual(len({fingerprint([item]) for item in (matrix, *changed)}), 6)

    def test_missing_figures_carry_a_number_and_their_reason_once(self):
        rows = [
            Row("a", "A", {"amount": Cell(UNDEFINED, note="No invoice yet.")}),
            Row("b", "B", {"amount": Cell(UNDEFINED, note="No invoice yet.")}),
            Row("c", "C", {"amount": Cell(Fault("rate", "No rate of USD."))}),
            Row("d", "D", {"amount": Cell(UNDEFINED)}),
        ]
        (text,) = printed(a_matrix(rows))
        for expected in (
            "A – 1",
            "B – 1",
            "C – 2",
            "D –",
            "1 No invoice yet.",
            "2 No rate of USD.",
        ):
            self.assertIn(expected, text)
        self.assertNotIn("0.00", text)
        self.assertEqual(text.count("No invoice yet."), 1)

    def test_more_remarks_than_anybody_reads_are_counted(self):
        rows = [
            Row(f"r{i}", f"Row {i}", {"amount": Cell(UNDEFINED, note=f"Reason {i}.")})
            for i in range(100)
        ]
        text = " ".join(printed(a_matrix(rows)))
        self.assertIn("Reason 59.", text)
        self.assertNotIn("Reason 60.", text)
        self.assertIn("40 more figures have a remark, which the screen shows.", text)

    def test_an_empty_matrix_says_so(self):
        (text,) = printed(a_matrix([], empty="No team yet.", notes=("Drafts do not count.",)))
        self.assertIn("No team yet.", text)
        self.assertIn("Drafts do not count.", text)
        (text,) = printed(a_matrix([], []))
        self.assertIn("No data", text)

    def test_a_very_long_name_is_broken_into_lines(self):
        names = ("Kunde mit langem Namen " * 20, "X" * 400, "a\nb\x00c\u2028d" + "–" * 300)
        rows = [Row(f"r{i}", name, {"amount": Cell(7)}) for i, name in enumerate(names)]
        text = glued(printed(a_matrix(rows, notes=("Y" * 9000,))))
        self.assertIn("KundemitlangemNamen" * 20, text)
        self.assertIn("X" * 400, text)
        self.assertEqual(text.count("7.00"), 3)
        long = a_matrix([Row("a", "N " * 16000, {"amount": Cell(Decimal("4321"))})])
        self.assertIn("4,321.00", glued(printed(long)))

    def test_two_thousand_rows_repeat_their_heads(self):
        columns = [Column(f"c{i}", f"Column {i}", "amount", "erp") for i in range(6)]
        rows = [
            Row(f"r{i}", f"Customer {i}", {column.key: Cell(i) for column in columns})
            for i in range(2000)
        ]
        sums = {column.key: Cell(sum(range(2000))) for column in columns}
        rows.append(Row("total", "Total of all", sums, style="total"))
        texts = printed(a_matrix(rows, columns))
        self.assertGreater(len(texts), 30)
        for number, text in enumerate(texts, start=1):
            self.assertIn(f"{number} / {len(texts)}", text)
        tables = [text for text in texts if "Customer" in text]
        self.assertTrue(all("Column 5" in text and "ERP · post" in text for text in tables))
        found = re.findall(r"Customer (\d+) ", " ".join(texts))
        self.assertEqual(found, [str(i) for i in range(2000)])
        (last,) = [text for text in texts if "Total of all" in text]
        self.assertIn("Customer 1999", last)

    def test_wide_matrices_lie_across_and_are_split_with_whole_groups(self):
        columns = [
            Column(f"c{i}{part}", f"Indicator number {i}{part}", "amount", group=f"c{i}")
            for i in range(10)
            for part in ("", " target", " n")
        ]
        cells = {column.key: Cell(Decimal(1000 + index)) for index, column in enumerate(columns)}
        content = render([a_matrix([Row("a", "Team A", cells)], columns)], HEADER)
        box = PdfReader(io.BytesIO(content)).pages[0].mediabox
        self.assertGreater(box.width, box.height)
        texts = [text for text in pages(content) if "Columns" in text]
        self.assertGreater(len(texts), 1)
        shown = []
        for text in texts:
            self.assertIn("Team A", text)
            first, last = map(int, re.search(r"Columns (\d+)–(\d+) of 30", text).groups())
            self.assertEqual(((first - 1) % 3, last % 3), (0, 0))
            shown += range(first, last + 1)
            for position in range(first, last + 1):
                self.assertIn(f"1,{position - 1:03}.00", text)
        self.assertEqual(shown, list(range(1, 31)))

    def test_a_narrow_matrix_stands_upright(self):
        content = render([a_matrix([Row("a", "A", {"amount": Cell(1)})])], HEADER)
        box = PdfReader(io.BytesIO(content)).pages[0].mediabox
        self.assertLess(box.width, box.height)

    def test_text_stays_text(self):
        for payload in PAYLOADS:
            matrix = Matrix(
                payload,
                [Column("text", payload, "text", help=payload)],
                [Row("a", payload, {"text": Cell(payload, note=payload)})],
                parameters=((payload, payload),),
                notes=(payload,),
            )
            content = render([matrix], Header(payload, payload, payload))
            with self.subTest(payload=payload):
                reader = PdfReader(io.BytesIO(content))
                self.assertFalse([page for page in reader.pages if page.get("/Annots")])
                self.assertFalse({"/OpenAction", "/AA", "/Names"} & set(reader.trailer["/Root"]))
                wanted = re.sub(r"\s", "", payload)
                self.assertGreaterEqual(glued(pages(content)).count(wanted), 7)

    def test_only_our_own_letters_are_embedded_and_few_of_them(self):
        content = render([a_matrix([Row("a", "ș ț ă ł ż ć", {"amount": Cell(1)})])], HEADER)
        fonts = {
            font.get_object()["/BaseFont"]
            for page in PdfReader(io.BytesIO(content)).pages
            for font in page["/Resources"]["/Font"].values()
        }
        self.assertTrue(all("Roboto" in name for name in fonts), fonts)
        self.assertLess(len(content), 60_000)

    def test_several_matrices_begin_on_pages_of_their_own(self):
        rows = [Row("a", "A", {"amount": Cell(1)})]
        second = replace(a_matrix(rows), title="Second")
        first, last = printed(a_matrix(rows), second)
        self.assertIn("Report", first)
        self.assertNotIn("Second", first)
        self.assertIn("Second", last)
        with self.assertRaises(ValueError):
            render([], HEADER)

    def test_words_and_numbers_follow_the_language(self):
        words = Words(printed="Drukował %(user)s, %(time)s", amounts_in="Kwoty w %(currency)s")
        style = NumberStyle(",", NBSP)
        rows = [Row("a", "A", {"amount": Cell(Decimal("1234567.8"))})]
        (text,) = printed(a_matrix(rows), words=words, style=style)
        for expected in ("Kwoty w EUR", "Drukował Ștefan Țăranu, 22.11", "1 234 567,80"):
            self.assertIn(expected, text)
