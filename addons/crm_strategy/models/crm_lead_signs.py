from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL

GROUPS = "crm_strategy.crm_strategy_group_user"


class CrmLead(models.Model):
    """What stands above an opportunity: what hangs in the air, what its stage still asks for."""

    _inherit = "crm.lead"

    crm_handoff_ids = fields.One2many("crm.handoff", "lead_id", string="Hand-offs", groups=GROUPS)
    crm_open_handoff = fields.Char(
        string="Waits for acceptance",
        compute="_compute_crm_signs",
        groups=GROUPS,
        help="To whom the opportunity is offered without an answer yet.",
    )
    crm_stage_evidence_ids = fields.One2many(
        "crm.stage.evidence", "lead_id", string="Evidence", groups=GROUPS
    )
    crm_stage_missed = fields.Char(
        string="Left behind without evidence",
        compute="_compute_crm_signs",
        groups=GROUPS,
        help="Criteria of stages that the opportunity has left, which are still not met.",
    )
    crm_stage_todo = fields.Char(
        string="Before leaving this stage",
        compute="_compute_crm_signs",
        groups=GROUPS,
        help="Criteria of the present stage that are not met yet.",
    )

    @api.depends("stage_id")
    def _compute_crm_signs(self) -> None:
        """Two queries for all leads: the criteria, and everything that was written down."""
        criteria = self.env["crm.stage.criterion"].search([("stage_id", "!=", False)])
        by_stage = criteria.grouped("stage_id")
        offers, missed, proofs = self._crm_read_signs(criteria)
        for lead in self:
            lead.crm_open_handoff = offers.get(lead._origin.id, False)
            origin = lead._origin
            open_ = [
                criterion.name
                for criterion in missed.get(origin.id, criteria.browse())
                if not criterion._is_met(origin, proofs)
            ]
            lead.crm_stage_missed = ", ".join(open_) or False
            todo = by_stage.get(lead.stage_id, criteria.browse())
            names = [item.name for item in todo if not item._is_met(origin, proofs)]
            lead.crm_stage_todo = (", ".join(names) or False) if origin else False

    def _crm_read_signs(self, criteria: models.BaseModel) -> tuple[dict, dict, set]:
        """(lead -> receiver of an open offer, lead -> criteria left without, proofs)."""
        ids = self._origin.ids
        if not ids:
            return {}, {}, set()
        self.env.flush_all()
        # Raw SQL: one query for four small tables, since every form of a lead asks it.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT 'offer' AS sign, handoff.lead_id, 0 AS number, partner.name AS words
                  FROM crm_handoff AS handoff
                  JOIN res_users AS receiver ON receiver.id = handoff.to_user_id
                  JOIN res_partner AS partner ON partner.id = receiver.partner_id
                 WHERE handoff.lead_id = ANY(%(ids)s) AND handoff.state = 'offered'
             UNION ALL
                SELECT 'missed', lead_id, criterion_id, NULL FROM crm_stage_exit
                 WHERE lead_id = ANY(%(ids)s)
             UNION ALL
                SELECT 'manual', lead_id, criterion_id, NULL FROM crm_stage_evidence
                 WHERE lead_id = ANY(%(ids)s)
             UNION ALL
                SELECT DISTINCT 'activity', res_id, mail_activity_type_id, NULL FROM mail_message
                 WHERE model = 'crm.lead' AND res_id = ANY(%(ids)s)
                   AND mail_activity_type_id IS NOT NULL
                """,
                ids=ids,
            )
        )
        known = set(criteria.ids)
        offers = {lead: words for sign, lead, _number, words in rows if sign == "offer"}
        missed: dict[int, models.BaseModel] = {}
        for sign, lead, number, _words in rows:
            if sign == "missed" and number in known:
                missed[lead] = missed.get(lead, criteria.browse()) | criteria.browse(number)
        proofs = {row[:3] for row in rows if row[0] in ("manual", "activity")}
        return offers, missed, proofs

    def write(self, vals: dict) -> bool:
        """Write leads; one that moves on without evidence leaves a sign, and moves on."""
        before = {lead: lead.stage_id for lead in self} if vals.get("stage_id") else {}
        result = super().write(vals)
        left = {
            lead: stage
            for lead, stage in before.items()
            if stage and lead.stage_id != stage and stage.sequence <= lead.stage_id.sequence
        }
        if left:
            self.env["crm.stage.exit"]._note(left)
        return result

    def action_crm_hand_over(self) -> dict:
        """Offer the opportunity to another owner."""
        self.ensure_one()
        return self.env["crm.handoff"]._offer_window({"default_lead_id": self.id})

    def action_crm_open_evidence(self) -> dict:
        """Open what was written down for the stages of the opportunity."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_stage_evidence_action"
        )
        return {
            **action,
            "domain": [("lead_id", "=", self.id)],
            "context": {"default_lead_id": self.id, "crm_stage_id": self.stage_id.id},
        }

    def _merge_dependences(self, opportunities: models.BaseModel) -> None:
        """Of what would meet on the remaining lead, the oldest offer and evidence stay."""
        everything = (self | opportunities).ids
        # Access: whoever merges leads settles what cannot hang on both; the offers are kept.
        Handoff = self.env["crm.handoff"].sudo()
        offers = Handoff.search(
            [("lead_id", "in", everything), ("state", "=", "offered")], order="offered_on, id"
        )
        if offers[1:]:
            offers[1:]._settle("withdrawn", self.env._("The opportunities were merged into one."))
        # Access: the same for the evidence and the signs, of which one per criterion stays.
        for name in ("crm.stage.evidence", "crm.stage.exit"):
            rows = self.env[name].sudo().search([("lead_id", "in", everything)], order="id")
            for same in rows.grouped("criterion_id").values():
                same[1:].unlink()
        self.env.flush_all()
        return super()._merge_dependences(opportunities)
