from __future__ import annotations

from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..core import health
from ..core.assessment import Evidence
from ..core.value import UNDEFINED, Undefined, ratio

HALF = Decimal("0.5")
ENOUGH_DEALS = 30


class CrmAssessmentEvidence(models.AbstractModel):
    """What the records say to a question: evidence that nobody has to type.

    A question names its ``evidence_code``; ``_evidence_<code>(assessment) -> Evidence`` answers.
    An addon adds methods by ``_inherit``. A method is called with the rights of the system: it
    filters by ``assessment.company_id`` itself, counts and never quotes.
    """

    _name = "crm.assessment.evidence"
    _description = "Evidence from Records"

    @api.model
    @api.private
    def _evidence(self, code: str, assessment: models.BaseModel) -> Evidence:
        """The evidence of this code for an assessment: its company, strategy or segment.

        :raise AccessError: for an assessment that the person may not read, or, while it is not
            saved, for a company that the person has not switched on
        """
        if not self.env.su:
            assessment._check_reader()
        # Access: the figure is the same for everybody who reads the assessment; only numbers are
        # told, and the records behind them open with the reader's own rights.
        assessment, model = assessment.sudo(), self.sudo()
        company = assessment.company_id
        model = model.with_context(allowed_company_ids=company.ids, active_test=True)
        method = getattr(model, f"_evidence_{code}", None)
        if method is None:
            return self._no_evidence(
                self.env._("no installed addon knows the computation “%(code)s”.", code=code)
            )
        return method(assessment)

    # helpers
    @api.model
    def _no_evidence(self, why: str) -> Evidence:
        """No data, with the reason."""
        return Evidence(self.env._("No data: %(why)s", why=why))

    @api.model
    def _no_facts(self) -> Evidence:
        """No data, since the facts belong to an addon that is not there."""
        return Evidence(self.env["crm.facts"]._why_no_data())

    @api.model
    def _counted(
        self, text: str, model: str, domain: Domain, value: Decimal | Undefined
    ) -> Evidence:
        """Evidence of a share, which warns below one half."""
        warns = UNDEFINED if value is UNDEFINED else value < HALF
        return Evidence(text, value, model, tuple(domain), warns)

    @api.model
    def _own(self, assessment: models.BaseModel) -> Domain:
        return Domain("company_id", "=", assessment.company_id.id)

    @api.model
    def _year_ago(self) -> date:
        return fields.Date.context_today(self) - relativedelta(years=1)

    # conditions
    def _evidence_data_health(self, assessment: models.BaseModel) -> Evidence:
        """Checks of the data-health page in order / checks that had records to look at."""
        checks = [check for check in self.env["crm.health"]._health_checks() if check]
        judged = [check for check in checks if check.state != health.NOTHING]
        good = sum(check.state == health.GOOD for check in judged)
        share = ratio(good, len(judged))
        if share is UNDEFINED:
            return self._no_evidence(self.env._("there are no records to check yet."))
        text = self.env._(
            "Data health: %(good)s of %(all)s checks are in order (%(percent)s %%).",
            good=good,
            all=len(judged),
            percent=_percent(share),
        )
        return Evidence(text, share, warns=share < HALF)

    def _evidence_segments_with_team(self, assessment: models.BaseModel) -> Evidence:
        """Segments with a team / segments."""
        own, Segment = self._own(assessment), self.env["crm.segment"]
        total = Segment.search_count(own)
        if not total:
            return self._no_evidence(self.env._("the company has no segments yet."))
        served = Segment.search_count(own & Domain("team_id", "!=", False))
        text = self.env._(
            "%(served)s of %(total)s segments have a team.", served=served, total=total
        )
        return self._counted(text, "crm.segment", own, ratio(served, total))

    def _evidence_customers_segmented(self, assessment: models.BaseModel) -> Evidence:
        """Customers in a segment / customers."""
        own, Customer = self._own(assessment), self.env["crm.customer"]
        total = Customer.search_count(own)
        if not total:
            return self._no_evidence(self.env._("the company has no customers yet."))
        inside = Customer.search_count(own & Domain("segment_id", "!=", False))
        text = self.env._(
            "%(inside)s of %(total)s customers are in a segment.", inside=inside, total=total
        )
        return self._counted(text, "crm.customer", own, ratio(inside, total))

    def _evidence_channels_used(self, assessment: models.BaseModel) -> Evidence:
        """Channels with a contact in the last 12 months / channels in use."""
        channels = self.env["crm.channel"].search(Domain.TRUE)
        used = channels.filtered("contact_count")
        if not channels:
            return self._no_evidence(self.env._("no channel is defined."))
        text = self.env._(
            "%(used)s of %(all)s channels had contacts with customers in the last 12 months.",
            used=len(used),
            all=len(channels),
        )
        domain = Domain("id", "in", channels.ids)
        return self._counted(text, "crm.channel", domain, ratio(len(used), len(channels)))

    def _evidence_processes(self, assessment: models.BaseModel) -> Evidence:
        """Segments with a chain of moments; the addon of the moments of truth knows it."""
        return self._no_evidence(
            self.env._("no installed addon knows the moments of truth of the segments.")
        )

    def _evidence_readiness(self, assessment: models.BaseModel) -> Evidence:
        """Points of the last confirmed readiness assessment."""
        found = self.env["crm.assessment"]._latest(assessment.company_id, "readiness")
        if not found:
            return self._no_evidence(self.env._("readiness was not assessed yet."))
        text = self.env._(
            "Readiness of %(date)s: %(points)s of 100 points, %(answered)s of %(all)s questions.",
            date=format_date(self.env, found.date),
            points=self.env["crm.readiness"]._points_text(found.points),
            answered=found.answered_count,
            all=found.question_count,
        )
        value = Decimal(str(found.points)) / 100
        return self._counted(text, "crm.assessment", Domain("id", "=", found.id), value)

    def _evidence_people_trained(self, assessment: models.BaseModel) -> Evidence:
        """Roles of teams filled by trained people / roles of teams (S002-4.3-C4, S000-9.7-7)."""
        found = self.env["crm.team.seat"]._staffing(assessment.company_id)
        if not found.seats:
            return self._no_evidence(self.env._("no team says yet which roles it needs."))
        text = self.env._(
            "Of %(seats)s roles in teams %(staffed)s are filled, %(ready)s by somebody trained.",
            seats=found.seats,
            staffed=found.staffed,
            ready=found.ready,
        )
        domain = self._own(assessment) & Domain("team_id.active", "=", True)
        return self._counted(text, "crm.team.seat", domain, ratio(found.ready, found.seats))

    def _evidence_whole_business(self, assessment: models.BaseModel) -> Evidence:
        """People of other departments in the teams / people in the teams (S001-3-a)."""
        others, people = self.env["crm.team"]._non_sales_share(assessment.company_id)
        if not people:
            return self._no_evidence(self.env._("the teams of the segments have no people."))
        text = self.env._(
            "%(others)s of %(people)s people in the teams come from other departments than sales.",
            others=others,
            people=people,
        )
        domain = self._own(assessment) & Domain("crm_segment_id", "!=", False)
        return Evidence(text, ratio(others, people), "crm.team", tuple(domain), not others)

    def _evidence_strategy_approved(self, assessment: models.BaseModel) -> Evidence:
        """Whether the company has an approved strategy for the day of the assessment."""
        day = assessment.date or fields.Date.context_today(self)
        domain = (
            self._own(assessment)
            & Domain("state", "=", "approved")
            & Domain("date_from", "<=", day)
            & Domain("date_to", ">=", day)
        )
        found = self.env["crm.strategy"].search(domain, limit=1)
        if not found:
            text = self.env._("No strategy is approved for this day.")
            return Evidence(text, Decimal(0), warns=True)
        text = self.env._("“%(name)s” is approved.", name=found.display_name)
        return Evidence(text, Decimal(1), "crm.strategy", tuple(domain), False)

    # principles
    def _evidence_findings_answered(self, assessment: models.BaseModel) -> Evidence:
        """Findings with the action done / findings, over all confirmed assessments (II.3-P8)."""
        domain = (
            self._own(assessment)
            & Domain("assessment_id.state", "=", "done")
            & Domain("is_finding", "=", True)
        )
        Answer = self.env["crm.assessment.answer"]
        total = Answer.search_count(domain)
        if not total:
            return self._no_evidence(self.env._("no confirmed assessment has findings."))
        done = Answer.search_count(domain & Domain("is_done", "=", True))
        share = ratio(done, total)
        text = self.env._(
            "%(done)s of %(total)s findings are answered (%(percent)s %%).",
            done=done,
            total=total,
            percent=_percent(share),
        )
        return self._counted(text, "crm.assessment.answer", domain, share)

    def _evidence_assessed_again(self, assessment: models.BaseModel) -> Evidence:
        """Assessments confirmed in the last 12 months."""
        domain = (
            self._own(assessment)
            & Domain("state", "=", "done")
            & Domain("date", ">", self._year_ago())
        )
        count = self.env["crm.assessment"].search_count(domain)
        text = self.env._(
            "%(count)s assessments were confirmed in the last 12 months.", count=count
        )
        return Evidence(text, Decimal(count), "crm.assessment", tuple(domain), count < 2)

    def _evidence_indicators_measured(self, assessment: models.BaseModel) -> Evidence:
        """Indicators of the company with a measured value / indicators."""
        indicators = self.env["crm.indicator"]._for_company(assessment.company_id)
        if not indicators:
            return self._no_evidence(self.env._("no indicator is defined."))
        domain = Domain("id", "in", indicators.ids)
        measured = self.env["crm.indicator"].search_count(
            domain & Domain("value_ids", "any", list(self._own(assessment)))
        )
        text = self.env._(
            "%(measured)s of %(all)s indicators have measured values.",
            measured=measured,
            all=len(indicators),
        )
        return self._counted(text, "crm.indicator", domain, ratio(measured, len(indicators)))


def _percent(share: Decimal) -> int:
    return round(share * 100)
