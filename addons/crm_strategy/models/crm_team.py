from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from odoo import api, fields, models


class CrmTeam(models.Model):
    """One CRM team per customer segment (S000-9.5-0)."""

    _name = "crm.team"
    _inherit = ["crm.team", "crm.audited.mixin", "crm.measured.mixin"]
    # Who leads it and who belongs to it is Odoo's; which customers it serves is ours.
    _audited_fields = ("crm_segment_id",)
    # Whose figures are a team's.
    _measured_fields = frozenset({"crm_segment_id", "active", "company_id"})

    crm_segment_id = fields.Many2one(
        "crm.segment",
        string="Customer segment",
        index=True,
        ondelete="set null",
        check_company=True,
        groups="crm_strategy.crm_strategy_group_user,crm_strategy.crm_strategy_group_finance",
        help="The segment this team serves. A segment has one active team; the team belongs to "
        "the segment's company.",
    )

    _crm_segment_uniq = models.UniqueIndex(
        "(crm_segment_id, company_id) WHERE active AND crm_segment_id IS NOT NULL",
        "Another active team serves this segment already. "
        "Archive that team or take its segment away first.",
    )
    _crm_segment_company_check = models.Constraint(
        "CHECK (crm_segment_id IS NULL OR company_id IS NOT NULL)",
        "A team that serves a segment belongs to a company. Fill in the team's company.",
    )

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmTeam:
        """Create teams; a team with a segment belongs to the segment's company."""
        # A team archived just before makes room only once the database knows.
        self.flush_model(["active", "company_id", "crm_segment_id"])
        return super().create([self._crm_with_company(vals) for vals in vals_list])

    def write(self, vals: dict) -> bool:
        """Write teams; a shared team that gets a segment becomes one of the segment's company."""
        if all(team.company_id for team in self):
            return super().write(vals)
        return super().write(self._crm_with_company(vals))

    def _crm_with_company(self, vals: dict) -> dict:
        # Who works in one company only does not see the field and cannot fill it in.
        if not vals.get("crm_segment_id") or vals.get("company_id"):
            return vals
        segment = self.env["crm.segment"].browse(vals["crm_segment_id"])
        return {**vals, "company_id": segment.company_id.id}

    def _measured_days(self) -> Iterable[tuple[int, date]]:
        """A team stands for its segment as far back as there are figures."""
        return [(team.company_id.id, date.min) for team in self if team.crm_segment_id]
