from __future__ import annotations

from odoo import fields, models

GROUPS = "crm_strategy.crm_strategy_group_user"


class CrmLead(models.Model):
    """The button that hands an opportunity over, and what hangs in the air."""

    _inherit = "crm.lead"

    crm_handoff_ids = fields.One2many("crm.handoff", "lead_id", string="Hand-offs", groups=GROUPS)
    crm_open_handoff = fields.Char(
        string="Waits for acceptance",
        compute="_compute_crm_open_handoff",
        groups=GROUPS,
        help="To whom the opportunity, or its customer, is offered without an answer yet.",
    )

    def _compute_crm_open_handoff(self) -> None:
        # Access: that the opportunity hangs in the air concerns whoever works on it.
        Handoff = self.env["crm.handoff"].sudo()
        open_ = Handoff.search([("lead_id", "in", self.ids), ("state", "=", "offered")])
        names = {handoff.lead_id.id: handoff.to_user_id.name for handoff in open_}
        for lead in self:
            lead.crm_open_handoff = names.get(lead.id, False)

    def action_crm_hand_over(self) -> dict:
        """Offer the opportunity to another owner."""
        self.ensure_one()
        return self.env["crm.handoff"]._offer_window({"default_lead_id": self.id})

    def _merge_dependences(self, opportunities: models.BaseModel) -> None:
        """Of several open offers that would meet on the remaining lead the oldest stays open."""
        # Access: whoever merges leads settles what cannot hang on both; the offers are kept.
        Handoff = self.env["crm.handoff"].sudo()
        offers = Handoff.search(
            [("lead_id", "in", (self | opportunities).ids), ("state", "=", "offered")],
            order="offered_on, id",
        )
        if offers[1:]:
            offers[1:]._settle("withdrawn", self.env._("The opportunities were merged into one."))
            offers[1:].flush_recordset()
        return super()._merge_dependences(opportunities)
