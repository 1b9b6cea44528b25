from __future__ import annotations

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..core.assessment import Evidence
from ..core.value import UNDEFINED, ratio, total
from .crm_assessment_evidence import HALF, _percent

USED_DAYS = 30
SHOWN = 3


class CrmAssessmentEvidenceAlignment(models.AbstractModel):
    """What the records say about the eight elements of alignment (S000-9.7-1..8)."""

    _inherit = "crm.assessment.evidence"

    def _evidence_align_offer(self, assessment: models.BaseModel) -> Evidence:
        """Offers of 12 months whose lines trace to a need / offers (9.7-1); by hook."""
        company = assessment.company_id
        period = self.env["crm.fit"]._period(None)
        traced = self.env["crm.facts"]._offers_traced(company, period)
        if traced is UNDEFINED:
            return self._no_facts()
        share = ratio(total(pair[0] for pair in traced.values()), self._all_offers(traced))
        if share is UNDEFINED:
            return self._no_evidence(self.env._("no offer was made in the last 12 months."))
        text = self.env._(
            "%(percent)s %% of the offers of the last 12 months trace to a need (n = %(count)s).",
            percent=_percent(share),
            count=self._all_offers(traced),
        )
        domain = Domain("id", "in", list(traced))
        return self._counted(text, "crm.customer", domain, share)

    @api.model
    def _all_offers(self, traced: dict[int, tuple[int, int]]) -> int:
        return sum(offers for _traced, offers in traced.values())

    def _evidence_align_competitors(self, assessment: models.BaseModel) -> Evidence:
        """Competitors with a dated advantage, and won and lost by competitor (9.7-2)."""
        own = self._own(assessment)
        competitors = self.env["crm.competitor"].search(own)
        if not competitors:
            return self._no_evidence(self.env._("no competitor is named."))
        known = competitors.filtered("advantage_count")
        text = self.env._(
            "%(known)s of %(all)s competitors have a dated advantage. %(won_lost)s",
            known=len(known),
            all=len(competitors),
            won_lost=self._won_lost(assessment.company_id),
        )
        return self._counted(text, "crm.competitor", own, ratio(len(known), len(competitors)))

    @api.model
    def _won_lost(self, company: models.BaseModel) -> str:
        """Won and lost in 12 months by competitor, most lost first, as one sentence."""
        domain = (
            self._closed_deals(company)
            & Domain("crm_competitor_id", "!=", False)
            & Domain("date_closed", ">=", fields.Date.to_string(self._year_ago()))
        )
        counts: dict[models.BaseModel, dict[str, int]] = {}
        leads = self.env["crm.lead"].with_context(active_test=False)
        for competitor, status, count in leads._read_group(
            domain, ["crm_competitor_id", "won_status"], ["__count"]
        ):
            counts.setdefault(competitor, {})[status] = count
        if not counts:
            return self.env._("No deal of the last 12 months names a competitor.")
        lines = sorted(
            (
                (found.get("lost", 0), found.get("won", 0), one.name)
                for one, found in counts.items()
            ),
            key=lambda line: (-line[0], line[1], line[2]),
        )
        return self.env._(
            "Won and lost in 12 months: %(lines)s.",
            lines="; ".join(
                self.env._("%(name)s %(won)s won, %(lost)s lost", name=name, won=won, lost=lost)
                for lost, won, name in lines[:SHOWN]
            ),
        )

    def _evidence_align_pressure(self, assessment: models.BaseModel) -> Evidence:
        """Responses to competitors: done, open and overdue (9.7-3)."""
        own, Response = self._own(assessment), self.env["crm.competitor.response"]
        counts = dict(Response._read_group(own, ["state"], ["__count"]))
        done, is_open = counts.get("done", 0), counts.get("open", 0)
        if not done + is_open:
            return self._no_evidence(self.env._("no response to a competitor is planned."))
        late = Response.search_count(own & Domain("is_overdue", "=", True))
        text = self.env._(
            "%(done)s responses to competitors are done, %(open)s are open, %(late)s of them "
            "overdue.",
            done=done,
            open=is_open,
            late=late,
        )
        share = ratio(done, done + is_open)
        return Evidence(text, share, "crm.competitor.response", tuple(own), bool(late))

    def _evidence_align_buying(self, assessment: models.BaseModel) -> Evidence:
        """Segments with buying criteria, and named contacts with a role in the purchase (9.7-4)."""
        own = self._own(assessment)
        segments = self.env["crm.segment"].search_count(own)
        if not segments:
            return self._no_evidence(self.env._("the company has no segments yet."))
        plans = self.env["crm.segment.plan"].search(own & Domain("criterion_ids", "!=", False))
        customers = self.env["crm.customer"]._search(own)
        contacts = (
            Domain("commercial_partner_id", "in", customers.subselect("partner_id"))
            & Domain("is_company", "=", False)
            & Domain("type", "=", "contact")
        )
        Partner = self.env["res.partner"]
        named = Partner.search_count(contacts)
        decided = Partner.search_count(contacts & Domain("crm_decision_role", "!=", False))
        text = self.env._(
            "%(known)s of %(all)s segments have buying criteria; %(decided)s of %(named)s named "
            "contacts have a role in the purchase.",
            known=len(plans.segment_id),
            all=segments,
            decided=decided,
            named=named,
        )
        share = ratio(len(plans.segment_id), segments)
        roles = ratio(decided, named)
        warns = share < HALF or (roles is not UNDEFINED and roles < HALF)
        return Evidence(text, share, "crm.segment", tuple(own), warns)

    def _evidence_align_esteem(self, assessment: models.BaseModel) -> Evidence:
        """Gap of the needs class esteem over time (9.7-5); the scorecard knows it."""
        return self._no_evidence(
            self.env._("no installed addon asks customers what they expect and perceive.")
        )

    def _evidence_align_campaigns(self, assessment: models.BaseModel) -> Evidence:
        """Segments with a campaign, and the leads that campaigns brought (9.7-6)."""
        own = self._own(assessment)
        campaigns = self.env["crm.campaign"].search(own)
        if not campaigns:
            return self._no_evidence(self.env._("no campaign is planned for a segment."))
        segments = self.env["crm.segment"].search_count(own)
        text = self.env._(
            "%(campaigns)s campaigns for %(known)s of %(all)s segments brought %(leads)s leads.",
            campaigns=len(campaigns),
            known=len(campaigns.segment_id),
            all=segments,
            leads=sum(campaigns.mapped("lead_count")),
        )
        share = ratio(len(campaigns.segment_id), segments)
        return self._counted(text, "crm.campaign", own, share)

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
