from __future__ import annotations

from odoo import fields, models

from ..core import loyalty

CODES = [
    (loyalty.LOYAL, "Loyal"),
    (loyalty.STEADY, "Equally loyal"),
    (loyalty.INDIFFERENT, "Indifferent"),
    (loyalty.LESS, "Less loyal"),
    (loyalty.LOST, "Lost"),
]


class CrmLoyaltyClass(models.Model):
    """One of five loyalty classes: rule in words and recommended strategy (S000-9.8-04)."""

    _name = "crm.loyalty.class"
    _description = "Loyalty Class"
    _inherit = ["crm.class.mixin"]
    _class_field = "loyalty_class_id"

    code = fields.Selection(
        CODES,
        string="Class",
        required=True,
        help="The place on the ladder; each place has one class.",
    )

    _code_uniq = models.UniqueIndex(
        "(code)", "This place on the ladder of loyalty has its class already. Change that one."
    )

    def _rule_words(self, rule: models.BaseModel) -> str:
        self.ensure_one()
        values = {
            "late": rule._number_words(rule.late_after),
            "lost": rule._number_words(rule.lost_after),
            "repeat": rule.repeat_count,
            "falling": round(rule.falling_rate * 100),
            "rising": round(rule.rising_rate * 100),
        }
        if self.code == loyalty.LOST:
            return self.env._(
                "No purchase for at least %(lost)s times the usual interval between purchases.",
                **values,
            )
        if self.code == loyalty.LESS:
            return self.env._(
                "No purchase for at least %(late)s times the usual interval, or purchases of the "
                "last period below %(falling)s %% of those of the period before.",
                **values,
            )
        if self.code == loyalty.INDIFFERENT:
            return self.env._(
                "Buys, but fewer than %(repeat)s times so far, so that no habit shows.", **values
            )
        if self.code == loyalty.STEADY:
            return self.env._(
                "At least %(repeat)s purchases, in time, and between %(falling)s %% and "
                "%(rising)s %% of the purchases of the period before.",
                **values,
            )
        return self.env._(
            "At least %(repeat)s purchases, in time, and at least %(rising)s %% of the purchases "
            "of the period before.",
            **values,
        )
