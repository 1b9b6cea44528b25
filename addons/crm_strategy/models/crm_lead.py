from __future__ import annotations

from odoo import api, fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    crm_team_manual = fields.Boolean(
        string="Team chosen by hand",
        copy=False,
        groups="crm_strategy.crm_strategy_group_user,crm_strategy.crm_strategy_group_finance",
        help="Ticked when a person chose the team; then a change of the customer does not "
        "move the lead to the team of the customer's segment.",
    )

    @api.depends("partner_id")
    def _compute_team_id(self) -> None:
        """Team by hand first, then the team of the customer's segment, then Odoo's default."""
        # Access: the segment's team serves the lead whoever saves it, also a salesman who sees
        # no segments.
        chosen = self.filtered(lambda lead: lead.sudo().crm_team_manual and lead.team_id)
        teams = (self - chosen).sudo()._crm_segment_teams()
        routed = self.browse()
        for lead in self - chosen:
            if lead in teams:
                lead.team_id = teams[lead].sudo(False)
                routed |= lead
        return super(CrmLead, self - chosen - routed)._compute_team_id()

    def _crm_segment_teams(self) -> dict[CrmLead, models.BaseModel]:
        """Lead -> active team of its customer's segment, for leads whose customer has one."""
        keys = {
            lead: (
                lead.partner_id.commercial_partner_id.id,
                (lead.company_id or lead.user_id.company_id or self.env.company).id,
            )
            for lead in self
            if lead.partner_id
        }
        if not keys:
            return {}
        customers = self.env["crm.customer"].search(
            [
                ("partner_id", "in", [partner_id for partner_id, _company in keys.values()]),
                ("segment_id.team_id", "!=", False),
            ]
        )
        teams = {(line.partner_id.id, line.company_id.id): line.team_id for line in customers}
        return {lead: teams[key] for lead, key in keys.items() if key in teams}

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmLead:
        """Create leads; whoever has an opportunity is a customer of its company."""
        leads = super().create(vals_list)
        leads._crm_ensure_customers()
        return leads

    def write(self, vals: dict) -> bool:
        """Write leads; whoever has an opportunity is a customer of its company."""
        if "team_id" in vals and not {"partner_id", "user_id", "crm_team_manual"} & set(vals):
            # Access: the mark follows from what the person writes; salesmen without our role
            # may not write it themselves.
            self.sudo().crm_team_manual = bool(vals["team_id"])
        result = super().write(vals)
        if {"partner_id", "type", "company_id", "team_id", "user_id"} & set(vals):
            self._crm_ensure_customers()
        return result

    def _merge_dependences(self, opportunities: models.BaseModel) -> None:
        """Let what hangs on the merged leads follow to the remaining one."""
        result = super()._merge_dependences(opportunities)
        self.env["crm.merge.link"]._move(self._name, opportunities.ids, self.id)
        return result

    def _crm_document_company(self) -> models.BaseModel:
        """Company for which the lead counts: its own, else its team's, else its salesperson's."""
        self.ensure_one()
        return self.company_id or self.team_id.company_id or self.user_id.company_id

    def _crm_ensure_customers(self) -> None:
        # Access: a salesman's opportunity makes the customer row that he may not create by hand.
        named = self.sudo().filtered(lambda lead: lead.partner_id and lead.type == "opportunity")
        self.env["crm.customer"]._ensure(
            (lead.partner_id.id, lead._crm_document_company().id) for lead in named
        )
