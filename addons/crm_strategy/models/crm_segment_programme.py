from __future__ import annotations

from odoo import api, models


class CrmSegment(models.Model):
    """A segment brings its steps into the programmes of its company, and takes them with it."""

    _inherit = "crm.segment"

    @api.model_create_multi
    def create(self, vals_list: list[dict]):
        """Create segments; each gets its steps of the running programmes."""
        segments = super().create(vals_list)
        self.env["crm.strategy"]._refresh_programmes(segments.company_id)
        return segments

    def write(self, vals: dict) -> bool:
        """Write segments; the steps of an archived one leave the programmes."""
        result = super().write(vals)
        if "active" in vals:
            self.env["crm.strategy"]._refresh_programmes(self.company_id)
        return result

    def action_open_steps(self) -> dict:
        """Open the steps of the programme for this segment."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_strategy_step_action"
        )
        return {**action, "domain": [("segment_id", "=", self.id)], "context": {}}
