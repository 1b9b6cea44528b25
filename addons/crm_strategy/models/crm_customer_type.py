from __future__ import annotations

from odoo import fields, models

from ..core import loyalty

CODES = [
    (loyalty.TRUE_FRIEND, "High profit, long relation"),
    (loyalty.BUTTERFLY, "High profit, short relation"),
    (loyalty.BARNACLE, "Low profit, long relation"),
    (loyalty.STRANGER, "Low profit, short relation"),
]


class CrmCustomerType(models.Model):
    """One of four types by profit and length of the relation, with its strategy (S001-3-e)."""

    _name = "crm.customer.type"
    _description = "Customer Type"
    _inherit = ["crm.class.mixin"]
    _class_field = "type_id"

    code = fields.Selection(
        CODES,
        string="Cell",
        required=True,
        help="The cell of profit and duration; each cell has one type.",
    )

    _code_uniq = models.UniqueIndex(
        "(code)", "This cell of profit and duration has its type already. Change that one."
    )

    def _rule_words(self, rule: models.BaseModel) -> str:
        self.ensure_one()
        values = {
            "margin": rule._amount_words(),
            "months": rule.tenure_months,
            "band": round(rule.band_rate * 100),
        }
        if self.code == loyalty.TRUE_FRIEND:
            return self.env._(
                "Margin of twelve months at least %(margin)s, first purchase at least %(months)s "
                "months ago. The cell is left when a bound is missed by %(band)s %%.",
                **values,
            )
        if self.code == loyalty.BUTTERFLY:
            return self.env._(
                "Margin of twelve months at least %(margin)s, first purchase less than %(months)s "
                "months ago. The cell is left when a bound is missed by %(band)s %%.",
                **values,
            )
        if self.code == loyalty.BARNACLE:
            return self.env._(
                "Margin of twelve months below %(margin)s, first purchase at least %(months)s "
                "months ago. The cell is left when a bound is passed by %(band)s %%.",
                **values,
            )
        return self.env._(
            "Margin of twelve months below %(margin)s, first purchase less than %(months)s "
            "months ago. The cell is left when a bound is passed by %(band)s %%.",
            **values,
        )
