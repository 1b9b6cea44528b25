from __future__ import annotations

from odoo import api, fields, models


class CrmSegmentPlanned(models.AbstractModel):
    """The part of a segment that leads to its plan, its campaigns and its competitors."""

    _name = "crm.segment.planned"
    _description = "Segment with a Plan"

    plan_ids = fields.One2many("crm.segment.plan", "segment_id", string="Plans")
    campaign_ids = fields.One2many("crm.campaign", "segment_id", string="Campaigns")
    competitor_ids = fields.Many2many(
        "crm.competitor",
        "crm_competitor_segment_rel",
        "segment_id",
        "competitor_id",
        string="Competitors",
        check_company=True,
        help="Who else these customers could buy from.",
    )
    plan_filled_text = fields.Char(
        string="Business model and mix",
        compute="_compute_plan_filled_text",
        help="How far the segment's plan is filled in, and what is missing.",
    )
    campaign_count = fields.Integer(
        string="Number of campaigns",
        compute="_compute_campaign_count",
        help="Campaigns that speak to this segment.",
    )

    @api.depends("plan_ids.filled_text")
    def _compute_plan_filled_text(self) -> None:
        for segment in self:
            segment.plan_filled_text = segment.plan_ids[:1].filled_text or self.env._(
                "No plan yet: nothing is said about how this segment is served."
            )

    @api.depends("campaign_ids")
    def _compute_campaign_count(self) -> None:
        counts = dict(
            self.env["crm.campaign"]._read_group(
                [("segment_id", "in", self._origin.ids)], ["segment_id"], ["__count"]
            )
        )
        for segment in self:
            segment.campaign_count = counts.get(segment._origin, 0)

    def action_open_plan(self) -> dict:
        """Open the plan of the segment; a new one where there is none."""
        self.ensure_one()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan of %(segment)s", segment=self.name),
            "res_model": "crm.segment.plan",
            "views": [(False, "form")],
            "context": {"default_segment_id": self.id},
        }
        plan = self.plan_ids[:1]
        if plan or self.env["crm.segment.plan"].has_access("create"):
            return {**action, "res_id": plan.id}
        return {**action, "views": [(False, "list")], "domain": [("segment_id", "=", self.id)]}

    def action_open_campaigns(self) -> dict:
        """Open the campaigns that speak to the segment."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_campaign_action")
        return {
            **action,
            "domain": [("segment_id", "=", self.id)],
            "context": {"default_segment_id": self.id},
        }
