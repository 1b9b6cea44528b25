"""A person is found in every spelling, and nobody else is."""

import re
from unittest import TestCase

from odoo.addons.crm_strategy.core.erase import COVER, cover, cover_json, person_pattern


class TestErase(TestCase):
    def setUp(self):
        self.pattern = person_pattern(
            ["Ana-Maria Pop", "ana.pop@mail.example", "Str. Lungă 5, ap. 2", "RO18547290", "AB"],
            ["+40 (721) 000-111", "12"],
        )

    def _finds(self, text):
        return bool(re.search(self.pattern, text, re.IGNORECASE))

    def test_spellings_that_are_found(self):
        for text in (
            "ana-maria POP",
            "Pop, Ana-Maria",
            "Pop Ana-Maria",
            "Ana-Maria\n  Pop",
            "<a href='mailto:ANA.POP@mail.example'>",
            "STR. LUNGĂ 5, AP. 2",
            "vat ro18547290.",
            "0721000111",
            "0721 000 111",
            "+40721000111",
            "0040-721-000.111",
        ):
            with self.subTest(text=text):
                self.assertTrue(self._finds(text))

    def test_other_words_are_left(self):
        for text in (
            "Ana-Maria Popescu",
            "Mariana Pop",
            "ana.pop@mail.examples",
            "AB",
            "12",
            "721",
        ):
            with self.subTest(text=text):
                self.assertFalse(self._finds(text))

    def test_letters_with_a_meaning_in_patterns_are_letters(self):
        pattern = person_pattern(["A.B*C (Ltd) [x] \\d $1 ^ | ?"])
        self.assertEqual(cover("to A.B*C (Ltd) [x] \\d $1 ^ | ?!", pattern), f"to {COVER}!")
        self.assertFalse(re.search(pattern, "AxBBC Ltd x 1"))

    def test_the_longest_word_wins(self):
        pattern = person_pattern(["Pop", "Pop Trade Ltd"])
        self.assertEqual(cover("Pop Trade Ltd and Pop", pattern), f"{COVER} and {COVER}")

    def test_nobody_without_words(self):
        self.assertIsNone(person_pattern([None, "", "A", "  "], [None, "12"]))

    def test_word_like_any_other_is_left_where_only_sure_words_count(self):
        words = ["Bakery", "Ana Pop", "a@b.example", "RO185"]
        sure = person_pattern(words, only_sure=True)
        self.assertEqual(
            cover("Bakery of Ana Pop, a@b.example, RO185", sure),
            f"Bakery of {COVER}, {COVER}, {COVER}",
        )
        self.assertIsNone(person_pattern(["Bakery"], only_sure=True))

    def test_cells_of_a_row(self):
        row = [["name", "Ana-Maria Pop"], ["id", 7], ["more", {"a": ["0721000111", None]}]]
        self.assertEqual(
            cover_json(row, self.pattern),
            [["name", COVER], ["id", 7], ["more", {"a": [COVER, None]}]],
        )
