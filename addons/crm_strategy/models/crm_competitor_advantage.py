from __future__ import annotations

from decimal import Decimal

from odoo import fields, models

STRENGTHS = [
    ("1", "1 · hardly felt"),
    ("2", "2 · some"),
    ("3", "3 · clear"),
    ("4", "4 · strong"),
    ("5", "5 · unmatched"),
]


class CrmCompetitorAdvantage(models.Model):
    """What a competitor is good at: in which area, how strongly, since when, who says so."""

    _name = "crm.competitor.advantage"
    _description = "Competitor's Advantage"
    _inherit = ["crm.kept.mixin", "crm.privacy.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _privacy_purpose = "accountability"
    _privacy_expiry = "keep"
    _privacy_only_sure = True
    _privacy_texts = ("name", "source")

    # identity
    competitor_id = fields.Many2one(
        "crm.competitor",
        required=True,
        index=True,
        ondelete="cascade",
        help="The competitor who has this advantage.",
    )
    company_id = fields.Many2one(
        related="competitor_id.company_id", store=True, index=True, precompute=True
    )
    name = fields.Char(
        string="Advantage",
        required=True,
        help="What they do better, in words that a colleague can check.",
    )
    area_id = fields.Many2one(
        "crm.competition.area",
        string="Area",
        required=True,
        index=True,
        ondelete="restrict",
        help="What the advantage lies in. The area may be an axis of a positioning map.",
    )
    segment_id = fields.Many2one(
        "crm.segment",
        string="Segment",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="The segment in which this was seen; empty when it is so everywhere.",
    )
    # judgement
    strength = fields.Selection(
        STRENGTHS,
        required=True,
        default="3",
        help="How strong customers find it, from 1 to 5. It places the competitor on the map.",
    )
    date = fields.Date(
        string="Seen on",
        required=True,
        default=fields.Date.context_today,
        help="The day on which this was so. Of two judgements the later one counts.",
    )
    source = fields.Char(
        required=True,
        help="Where we know it from: a customer's words, a price list, a trade fair, a test.",
    )
    is_valid = fields.Boolean(
        string="Still valid",
        default=True,
        help="Untick it when the advantage is gone; the line stays as history.",
    )
    response_ids = fields.One2many(
        "crm.competitor.response", "advantage_id", string="Our responses"
    )

    def _strength_score(self) -> Decimal:
        """The judgement as a number from 1 to 5."""
        self.ensure_one()
        return Decimal(self.strength)
