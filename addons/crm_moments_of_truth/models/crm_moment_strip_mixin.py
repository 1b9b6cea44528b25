from __future__ import annotations

from odoo import fields, models
from odoo.fields import Domain

ROLES = "crm_strategy.crm_strategy_group_user,crm_strategy.crm_strategy_group_finance"
SHOWN = 2
ORDER = "is_open desc, date_last desc, id desc"


class CrmMomentStripMixin(models.AbstractModel):
    """A document that shows on its form where the passes stand to which it belongs."""

    _name = "crm.moment.strip.mixin"
    _description = "Document with a Strip of Moments"

    crm_strip = fields.Json(
        string="Moments of truth",
        compute="_compute_crm_strip",
        groups=ROLES,
        help="The moments of the passes to which this belongs: proven, under way, still ahead.",
    )

    def _compute_crm_strip(self) -> None:
        Relationship = self.env["crm.relationship"]
        for record in self:
            domain = record._strip_domain()
            passes = Relationship.search(domain, limit=SHOWN, order=ORDER)
            more = Relationship.search_count(domain) - len(passes) if len(passes) == SHOWN else 0
            record.crm_strip = {"passes": passes._strips(), "more": more}

    def _strip_domain(self) -> Domain:
        """The passes that the form of the document shows."""
        return Domain.FALSE
