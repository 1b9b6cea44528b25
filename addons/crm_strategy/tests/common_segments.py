from .common import CrmStrategyCase


class SegmentPositionCase(CrmStrategyCase):
    """Criteria of company A with weights that are easy to reckon by hand.

    ::

        attractiveness   size 5, growth 3, margin 2        (sum 10)
        competitiveness  fit 6, relations 4                (sum 10)
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.segment.criterion"].search([]).active = False
        cls.size, cls.growth, cls.margin, cls.fit, cls.relations = cls.env[
            "crm.segment.criterion"
        ].create(
            [
                {"name": name, "axis": axis, "sequence": number, "weight": weight}
                for number, (name, axis, weight) in enumerate(
                    (
                        ("Size", "attractiveness", 5),
                        ("Growth", "attractiveness", 3),
                        ("Margin", "attractiveness", 2),
                        ("Fit", "competitiveness", 6),
                        ("Relations", "competitiveness", 4),
                    )
                )
            ]
        )
        cls.segment_rest = cls.env["crm.segment"].create(
            {"name": "Elsewhere", "company_id": cls.company_a.id, "sequence": 30}
        )

    @classmethod
    def _score(cls, segment, scores, day="2026-03-01", user=None):
        """Score a segment: {criterion: score}."""
        model = cls.env["crm.segment.score"]
        return (model.with_user(user) if user else model).create(
            [
                {
                    "segment_id": segment.id,
                    "criterion_id": criterion.id,
                    "score": score,
                    "date": day,
                    "reason": f"Seen at {segment.name}.",
                }
                for criterion, score in scores.items()
            ]
        )
