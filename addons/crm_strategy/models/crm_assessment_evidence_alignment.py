from __future__ import annotations

from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

from ..core.assessment import Evidence
from ..core.value import UNDEFINED, ratio
from .crm_assessment_evidence import HALF

USED_DAYS = 30


class CrmAssessmentEvidenceAlignment(models.AbstractModel):
    """What the records say about the eight elements of alignment (S000-9.7-1..8)."""

    _inherit = "crm.assessment.evidence"

    def _evidence_align_offer(self, assessment: models.BaseModel) -> Evidence:
        """Share of offers whose lines trace to a need (9.7-1); the owner of offers knows it."""
        return self._no_facts()

    def _evidence_align_esteem(self, assessment: models.BaseModel) -> Evidence:
        """Gap of the needs class esteem over time (9.7-5); the scorecard knows it."""
        return self._no_evidence(
            self.env._("no installed addon asks customers what they expect and perceive.")
        )

    def _evidence_align_campaigns(self, assessment: models.BaseModel) -> Evidence:
        """Campaigns with leads in the last 12 months (9.7-6)."""
        leads = self.env["crm.lead"].with_context(active_test=False)
        domain = (
            leads._crm_company_domain(assessment.company_id)
            & Domain("campaign_id", "!=", False)
            & Domain("create_date", ">=", fields.Date.to_string(self._year_ago()))
        )
        groups = leads._read_group(domain, ["campaign_id"], ["__count"])
        if not groups:
            return self._no_evidence(
                self.env._("no lead of the last 12 months came from a campaign.")
            )
        text = self.env._(
            "%(campaigns)s campaigns brought %(leads)s leads in the last 12 months.",
            campaigns=len(groups),
            leads=sum(count for _campaign, count in groups),
        )
        shown = domain & Domain("active", "in", (True, False))
        return Evidence(text, ratio(len(groups), 1), "crm.lead", tuple(shown), False)

    def _evidence_tools_mastered(self, assessment: models.BaseModel) -> Evidence:
        """Team members who logged in within 30 days / members, and overdue activities (9.7-8)."""
        members = self._team_members(assessment.company_id)
        if not members:
            return self._no_evidence(self.env._("the teams of the company have no members."))
        today = fields.Date.context_today(self)
        since = fields.Datetime.now() - timedelta(days=USED_DAYS)
        logins = self.env["res.users.log"]._read_group(
            [("create_uid", "in", members.ids), ("create_date", ">=", since)], ["create_uid"]
        )
        planned = Domain("user_id", "in", members.ids)
        overdue = planned & Domain("date_deadline", "<", today)
        Activity = self.env["mail.activity"]
        late, total = Activity.search_count(overdue), Activity.search_count(planned)
        text = self.env._(
            "%(active)s of %(members)s team members logged in within 30 days; %(late)s of "
            "%(total)s open activities are overdue.",
            active=len(logins),
            members=len(members),
            late=late,
            total=total,
        )
        share = ratio(len(logins), len(members))
        overdue_share = ratio(late, total)
        warns = share < HALF or (overdue_share is not UNDEFINED and overdue_share > HALF)
        return Evidence(text, share, "mail.activity", tuple(overdue), warns)

    def _team_members(self, company: models.BaseModel) -> models.BaseModel:
        """Active users in the teams that serve the company's segments, leaders too."""
        teams = self.env["crm.team"].search([("company_id", "=", company.id)])
        return (teams.member_ids | teams.user_id).filtered("active")
