from datetime import date

from .common import CrmStrategyCase

TEXTS = (
    "vision",
    "customer_value",
    "company_value",
    "positioning",
    "coordinate_character",
    "coordinate_technology",
    "coordinate_purpose",
)


class ProgrammeCase(CrmStrategyCase):
    """A complete draft of company A for 2026, with one objective that has a plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The readiness gate has tests of its own.
        (cls.company_a | cls.company_b).crm_readiness_threshold = 0
        cls.owner = cls.manager_a
        cls.strategy = cls._create_strategy(cls.company_a)

    @classmethod
    def _create_strategy(cls, company, **vals):
        return (
            cls.env["crm.strategy"]
            .with_company(company)
            .create(
                {
                    "name": "Partner of the harbours",
                    "company_id": company.id,
                    "date_from": date(2026, 1, 1),
                    "date_to": date(2026, 12, 31),
                    "user_id": cls.owner.id,
                    "objective_ids": [
                        (
                            0,
                            0,
                            {
                                "name": "Every bakery has a contract",
                                "business_goal": "A third of revenue from services",
                                "plan_ids": [(0, 0, {"name": "Visit all bakeries"})],
                            },
                        )
                    ],
                    **dict.fromkeys(TEXTS, "Something worth saying"),
                    **vals,
                }
            )
        )

    def _step(self, code, segment=None, strategy=None):
        """The step with the code in the programme, for a segment where it is done for segments."""
        return (strategy or self.strategy).step_ids.filtered(
            lambda step: (
                step.code == code and step.segment_id == (segment or self.env["crm.segment"])
            )
        )

    def _finish(self, *steps):
        """Steps done without the way there."""
        for step in steps:
            step.sudo().write({"state": "done"})
