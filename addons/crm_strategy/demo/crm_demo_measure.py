from __future__ import annotations

from odoo import api, models

from ..core.measure import recent_periods


class CrmDemoStory(models.AbstractModel):
    """What the company measures: a formula of its own, and a year of stored figures."""

    _inherit = "crm.demo.story"

    @api.model
    def _chapters(self) -> list[str]:
        return [*super()._chapters(), "measures"]

    @api.model
    def _tell_measures(self) -> None:
        """One figure for the board, computed from two rules of the charter, and the last year."""
        company = self._get("company")
        self._make(
            "crm.indicator",
            {
                "indicator_care": {
                    "name": "Care for customers",
                    "code": "story_care",
                    "company_id": company.id,
                    "sequence": 90,
                    "unit": "rate",
                    "label": "crm",
                    "crm_type": "strategic",
                    "formula_text": "(rule_continuity + rule_people) / 2",
                    "formula": "Mean of “customers in good hands” and “customers with a named "
                    "contact and role”.",
                    "description": "One figure for the board: do we know our customers, and does "
                    "somebody hold each relation?",
                }
            },
        )
        today = self.env["crm.segment.membership"]._today(company)
        self.env["crm.indicator"]._refresh(company, recent_periods(today))
