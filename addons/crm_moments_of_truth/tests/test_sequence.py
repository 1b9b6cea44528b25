"""Rule 2 of the charter: moments come in the order of the chain."""

from odoo.tests import tagged

from odoo.addons.crm_strategy.core.measure import MeasureScope
from odoo.addons.crm_strategy.core.period import Period

from .common import MomentsCase


@tagged("post_install", "-at_install")
class TestSequence(MomentsCase):
    def _measure(self, company, period="2026-03"):
        scope = MeasureScope(company.id, "company", None, (Period.parse(period),))
        indicator = self.env.ref("crm_moments_of_truth.crm_indicator_rule_moments")
        return indicator, scope, indicator._measure(scope)

    def test_rule_two_counts_moments_in_order_and_opens_the_others(self):
        order = self._confirm(self._create_order())
        self._post(self._create_invoice(order))
        self._confirm(self._create_order(company=self.company_b, user=self.bor))
        lines = {line.code: line.order_state for line in self._pass(order).line_ids}
        self.assertEqual(
            {code: state for code, state in lines.items() if state},
            {
                # Nobody met the customer before the order, nobody agreed on a specification.
                "M1": "skipped",
                "M2": "in_order",
                "M3": "in_order",
                "M4": "skipped",
                "M5": "in_order",
                # Prepared and handed over while the customer had not answered, as declared.
                "M6": "parallel",
                "M7": "parallel",
            },
        )
        indicator, scope, (row,) = self._measure(self.company_a)
        self.assertEqual((row.numerator, row.denominator, row.n), (5, 7, 7))
        model, domain = indicator._failing(scope)
        failing = self.env[model].search(domain)
        self.assertEqual(sorted(failing.mapped("code")), ["M1", "M4"])
        self.assertEqual(failing.relationship_id, self._pass(order))
        self.assertEqual(self._measure(self.company_a, "2026-02")[2], [])
