from odoo import fields, models


class CrmTeam(models.Model):
    """One CRM team per customer segment (S000-9.5-0)."""

    _inherit = "crm.team"

    crm_segment_id = fields.Many2one(
        "crm.segment",
        string="Customer segment",
        index=True,
        ondelete="restrict",
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
