from datetime import date

from odoo.tests import tagged

from ..core.measure import MeasureScope
from ..core.period import Period
from .common_need import NeedCase


@tagged("post_install", "-at_install")
class TestNeedMeasure(NeedCase):
    """Coverage per company, segment and team equals the count by hand and opens its needs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.analysis.need_ids.noted_on = date(2026, 3, 5)
        cls.n3.noted_on = date(2026, 4, 5)
        cls.customer.segment_id = cls.segment_be
        of_segment = cls.env["crm.need.analysis"].create(
            {
                "name": "German law",
                "company_id": cls.company_a.id,
                "segment_id": cls.segment_de.id,
            }
        )
        cls.german = cls._create_need(
            "German labels", "legal", analysis_id=of_segment.id, noted_on=date(2026, 3, 6)
        )
        project = cls.env["crm.need.analysis"].create(
            {"name": "Our CRM", "company_id": cls.company_a.id, "is_crm_project": True}
        )
        cls._create_need("Quick search", "main", analysis_id=project.id, noted_on=date(2026, 3, 6))
        cls._next_transaction()

    def _measure(self, code, scope="company", period="2026", scope_ids=None):
        """scope id -> (numerator, denominator, n)"""
        indicator = self.env["crm.indicator"].search([("code", "=", code)])
        question = MeasureScope(self.company_a.id, scope, scope_ids, (Period.parse(period),))
        return {
            row.scope_id: (row.numerator, row.denominator, row.n)
            for row in indicator._measure(question)
        }

    def test_company_counts_all_needs_but_the_projects_own(self):
        self.assertEqual(self._measure("needs_specified"), {0: (2, 4, 4)})
        self.assertEqual(self._measure("needs_committed"), {0: (2, 4, 4)})
        self.assertEqual(self._measure("legal_needs_covered"), {0: (1, 2, 2)})
        self.assertEqual(self._measure("needs_specified", period="2026-04"), {0: (0, 1, 1)})
        self.assertEqual(self._measure("needs_specified", period="2025"), {})

    def test_segments_and_teams_add_up_to_the_company(self):
        self.assertEqual(
            self._measure("legal_needs_covered", "segment"),
            {self.segment_be.id: (1, 1, 1), self.segment_de.id: (0, 1, 1)},
        )
        self.assertEqual(
            self._measure("needs_specified", "team"),
            {self.team_be.id: (2, 3, 3), self.team_de.id: (0, 1, 1)},
        )

    def test_figures_open_the_needs_they_are_made_of(self):
        indicator = self.env["crm.indicator"].search([("code", "=", "legal_needs_covered")])
        period = (Period.parse("2026"),)
        for scope, ids, expected in (
            ("company", None, self.n1 | self.german),
            ("segment", (self.segment_de.id,), self.german),
            ("team", (self.team_be.id,), self.n1),
        ):
            question = MeasureScope(self.company_a.id, scope, ids, period)
            model, domain = indicator._records(question)
            self.assertEqual(set(self.env[model].search(domain)), set(expected))

    def test_other_company_has_no_data(self):
        indicator = self.env["crm.indicator"].search([("code", "=", "needs_specified")])
        question = MeasureScope(self.company_b.id, "company", None, (Period.parse("2026"),))
        self.assertEqual(indicator._measure(question), [])
