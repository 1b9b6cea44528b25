from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import CrmStrategyCase


@tagged("post_install", "-at_install")
class TestSegmentRule(CrmStrategyCase):
    """What is wrong with a rule is said in a sentence that names the segment and the remedy."""

    def _refused(self, rule, words):
        with self.subTest(rule=rule), self.assertRaises(ValidationError) as caught:
            self.segment_be.with_user(self.manager_a).rule_domain = rule
        message = str(caught.exception)
        self.assertIn("“Belgium”", message)
        self.assertIn("Open the segment and correct its rule.", message)
        self.assertIn(words, message)

    def test_text_that_is_no_condition(self):
        for rule in ("no list", "[('city', '=', uid)]", "[(", "__import__('os')"):
            self._refused(rule, "is no list of conditions")

    def test_unknown_field(self):
        self._refused("[('colour', '=', 'red')]", "a customer has no field “colour”")
        self._refused("[('country_id.colour', '=', 1)]", "has no field “colour”")

    def test_wrong_value(self):
        self._refused("[('create_date', '>', 'soon')]", "“soon” is no value for “Created on”")
        self._refused("[('partner_id.color', '>', 'red')]", "takes a number")
        self._refused("[('partner_id.type', '=', 'castle')]", "takes one of the choices")

    def test_record_that_is_gone(self):
        tag = self.env["res.partner.category"].create({"name": "Gone"})
        tag.unlink()
        self._refused(f"[('category_id', 'in', [{tag.id}])]", "does not exist any more")

    def test_foreign_company(self):
        self._refused(f"[('company_id', '=', {self.company_b.id})]", "belongs to another company")
        self._refused(f"[('team_id', '=', {self.team_b.id})]", "belongs to another company")

    def test_tag_that_goes_later_just_fits_nobody(self):
        tag = self.env["res.partner.category"].create({"name": "Late"})
        self.segment_be.rule_domain = f"[('category_id', 'in', [{tag.id}])]"
        tag.unlink()
        self._assign()
        self.assertFalse(self.segment_be.rule_error)

    def test_good_rules_of_every_kind_are_taken(self):
        for rule in (
            "[]",
            "[('create_date', '>', 'today -30d')]",
            "[('create_date.month_number', '=', 3)]",
            "['|', ('city', 'ilike', 'gent'), ('is_company', '=', True)]",
            "[('partner_id.child_ids', 'any', [('email', '!=', False)])]",
            f"[('team_id', 'in', [{self.team_be.id}, False])]",
            "[('user_id', '=', False)]",
        ):
            with self.subTest(rule=rule):
                self.segment_be.with_user(self.manager_a).rule_domain = rule
                self.assertFalse(self.segment_be.rule_error)
