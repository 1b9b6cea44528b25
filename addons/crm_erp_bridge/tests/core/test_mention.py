"""A kept file is found by the words of a person, in every form a file may have."""

import io
from unittest import TestCase

import openpyxl

from odoo.addons.crm_erp_bridge.core.mention import file_mentions
from odoo.addons.crm_strategy.core.erase import person_pattern

PATTERN = person_pattern(["Țuțea Ștefan", "stefan@tutea.example"], ["+40 721 987 654"])


def _sheet(*cells):
    book = openpyxl.Workbook()
    book.active.append(["id", "name"])
    book.create_sheet("other").append(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


class TestMention(TestCase):
    def test_text_in_its_encoding(self):
        text = "id;name\n1;ȘTEFAN ȚUȚEA\n"
        self.assertTrue(file_mentions(text.encode(), "utf-8", PATTERN))
        self.assertTrue(file_mentions(b"1;stefan@tutea.example", "cp1250", PATTERN))
        self.assertFalse(file_mentions(b"1;stefan@other.example", "cp1250", PATTERN))

    def test_letters_that_do_not_fit_do_not_hide_the_rest(self):
        self.assertTrue(file_mentions(b"\xff\xfe;0721.987.654", "utf-8", PATTERN))

    def test_any_sheet_of_a_workbook(self):
        self.assertTrue(file_mentions(_sheet(1, "Țuțea, Ștefan"), "utf-8", PATTERN))
        self.assertFalse(file_mentions(_sheet(1, "Ștefania Țuțea"), "utf-8", PATTERN))

    def test_file_that_cannot_be_read_may_not_stay(self):
        self.assertTrue(file_mentions(b"PK\x03\x04 broken", "utf-8", PATTERN))
