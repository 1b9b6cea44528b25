from __future__ import annotations

from odoo import Command, api, models

from odoo.addons.crm_strategy.core.measure import recent_periods

# What the company wants from one quarter, and how many of its orders shall be invoiced in full.
REVENUE_OF_A_QUARTER = 150000
INVOICED_RATE = 0.97


class CrmDemoStory(models.AbstractModel):
    """How well the story went: value of the customers, indicators of a year, a scorecard."""

    _inherit = "crm.demo.story"

    @api.model
    def _chapters(self) -> list[str]:
        return [*super()._chapters(), "scorecard", "figures"]

    @api.model
    def _tell_scorecard(self) -> None:
        """A scorecard of the company's own, with targets for a quarter."""
        revenue = self.env.ref("crm_scorecard.crm_indicator_posted_revenue")
        invoiced = self.env.ref("crm_scorecard.crm_indicator_order_invoiced_rate")
        self._make(
            "crm.scorecard",
            {
                "scorecard": {
                    "name": "Quarter of the three teams",
                    "company_id": self._get("company").id,
                    "sequence": 1,
                    "period": "quarter",
                    "line_ids": [
                        Command.create(
                            {
                                "sequence": 10,
                                "indicator_id": revenue.id,
                                "has_target": True,
                                "target": REVENUE_OF_A_QUARTER,
                                "weight": 2.0,
                            }
                        ),
                        Command.create(
                            {
                                "sequence": 20,
                                "indicator_id": invoiced.id,
                                "has_target": True,
                                "target": INVOICED_RATE,
                            }
                        ),
                    ],
                }
            },
        )

    @api.model
    def _tell_figures(self) -> None:
        """Customer value and the stored indicators, also of Odoo's own demo company."""
        companies, main = self._get("company"), self.env.ref("base.main_company")
        if self.env["crm.segment"].search_count([("company_id", "=", main.id)]):
            # Orders and invoices brought customers whom nobody has placed yet.
            self.env["crm.customer"]._ensure_from_documents(main)
            self.env["crm.segment"]._assign(main)
            companies |= main
        self.env["crm.customer.profile"]._refresh(companies)
        self.env["crm.indicator"]._refresh(companies, recent_periods(self._calendar().today))
