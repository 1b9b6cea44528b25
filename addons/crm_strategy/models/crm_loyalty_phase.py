from __future__ import annotations

from odoo import fields, models

from ..core import loyalty

CODES = [
    (loyalty.IDENTIFY, "1. Identify"),
    (loyalty.ASSIGN, "2. Assign a strategy"),
    (loyalty.CARE, "3. Care, with a floor for all"),
    (loyalty.EXCEED, "4. Exceed expectations"),
]


class CrmLoyaltyPhase(models.Model):
    """One of the four phases in which loyalty is built (S004-P1..4)."""

    _name = "crm.loyalty.phase"
    _description = "Loyalty Phase"
    _inherit = ["crm.class.mixin"]
    _class_field = "phase_id"

    code = fields.Selection(
        CODES, string="Phase", required=True, help="The step on the way; each step has one phase."
    )

    _code_uniq = models.UniqueIndex(
        "(code)", "This step on the way to loyalty has its phase already. Change that one."
    )

    def _rule_words(self, rule: models.BaseModel) -> str:
        self.ensure_one()
        values = {
            "needed": round(rule.completeness_rate * 100),
            "back": round((rule.completeness_rate - rule.completeness_band) * 100),
            "days": rule.phase_days,
        }
        if self.code == loyalty.IDENTIFY:
            return self.env._(
                "Less than %(needed)s %% of the key data is known, or nobody judged what the "
                "customer is worth. Whoever was further comes back below %(back)s %%.",
                **values,
            )
        if self.code == loyalty.ASSIGN:
            return self.env._(
                "Known well enough, at least %(days)s days after phase 1 began; keep, develop or "
                "exit is not decided yet.",
                **values,
            )
        if self.code == loyalty.CARE:
            return self.env._(
                "Decided, at least %(days)s days after phase 2 began. Nobody skips this phase: "
                "the least level of service is kept first.",
                **values,
            )
        return self.env._(
            "The least level of service is kept, at least %(days)s days after phase 3 began; now "
            "perceived value has to be above the expected one.",
            **values,
        )
