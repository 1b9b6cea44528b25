from __future__ import annotations

from odoo import api, fields, models


class CrmStageExit(models.Model):
    """An opportunity that left a stage without meeting a criterion: shown, never refused."""

    _name = "crm.stage.exit"
    _description = "Stage Left without Evidence"
    _order = "left_on desc, id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one(
        "crm.lead", string="Opportunity", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", index=True, ondelete="cascade", help="Whose opportunity it is."
    )
    team_id = fields.Many2one(
        "crm.team", string="Team", index=True, ondelete="set null", help="The team on that day."
    )
    user_id = fields.Many2one(
        "res.users", string="Moved by", ondelete="set null", help="Who moved the opportunity on."
    )
    criterion_id = fields.Many2one(
        "crm.stage.criterion",
        string="Missing",
        required=True,
        index=True,
        ondelete="cascade",
        help="What was not shown to be true.",
    )
    stage_id = fields.Many2one(
        related="criterion_id.stage_id", store=True, string="Stage left", index=True
    )
    left_on = fields.Datetime(string="Left on", required=True, default=fields.Datetime.now)
    is_made_up = fields.Boolean(
        string="Made up for since",
        compute="_compute_is_made_up",
        help="The evidence came later, or the field was filled in since.",
    )

    _criterion_uniq = models.Constraint(
        "UNIQUE (lead_id, criterion_id)", "This is noted already for the opportunity."
    )

    def _compute_is_made_up(self) -> None:
        proofs = self.env["crm.stage.criterion"]._proofs(self.lead_id)
        for missed in self:
            missed.is_made_up = missed.criterion_id._is_met(missed.lead_id, proofs)

    @api.model
    @api.private
    def _note(self, left: dict[models.BaseModel, models.BaseModel]) -> None:
        """Note what was missing when leads left their stages (lead -> the stage it left)."""
        # Access: the sign follows from the move that the person was allowed to make.
        exits = self.sudo()
        Criterion = exits.env["crm.stage.criterion"]
        stage_ids = {lead.id: stage.id for lead, stage in left.items()}
        criteria = Criterion.search([("stage_id", "in", list(set(stage_ids.values())))])
        if not criteria:
            return
        leads = exits.env["crm.lead"].browse(stage_ids)
        proofs = Criterion._proofs(leads)
        noted = {
            (row.lead_id.id, row.criterion_id.id)
            for row in exits.search([("lead_id", "in", leads.ids)])
        }
        exits.create(
            [
                {
                    "lead_id": lead.id,
                    "criterion_id": criterion.id,
                    "company_id": lead._crm_document_company().id,
                    "team_id": lead.team_id.id,
                    "user_id": self.env.uid,
                }
                for lead in leads
                for criterion in criteria
                if criterion.stage_id.id == stage_ids[lead.id]
                and not criterion._is_met(lead, proofs)
                and (lead.id, criterion.id) not in noted
            ]
        )
