from __future__ import annotations

from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..core.assessment import Evidence
from ..core.value import UNDEFINED, ratio
from .crm_assessment_evidence import ENOUGH_DEALS


class CrmAssessmentEvidenceWork(models.AbstractModel):
    """What the records say about our work with segments, customers and needs."""

    _inherit = "crm.assessment.evidence"

    # plans of segments
    def _evidence_propositions(self, assessment: models.BaseModel) -> Evidence:
        """Segments with a value proposition that names products / segments (S002-4.3-3)."""
        tied = Domain("product_tmpl_ids", "!=", False) | Domain("category_ids", "!=", False)
        return self._segments_with(
            assessment,
            Domain("proposition_ids", "any", list(tied)),
            self.env._("a value proposition that is tied to products"),
        )

    def _evidence_life_cycle(self, assessment: models.BaseModel) -> Evidence:
        """Segments with an action for a stage of the life cycle / segments (S002-4.3-5)."""
        return self._segments_with(
            assessment,
            Domain("action_ids", "!=", False),
            self.env._("actions by stage of the life cycle"),
        )

    @api.model
    def _segments_with(self, assessment: models.BaseModel, plans: Domain, what: str) -> Evidence:
        """Segments whose plan has something / segments."""
        own = self._own(assessment)
        segments = self.env["crm.segment"].search_count(own)
        if not segments:
            return self._no_evidence(self.env._("the company has no segments yet."))
        known = self.env["crm.segment.plan"].search(own & plans).segment_id
        text = self.env._(
            "%(known)s of %(all)s segments have %(what)s.",
            known=len(known),
            all=segments,
            what=what,
        )
        return self._counted(text, "crm.segment", own, ratio(len(known), segments))

    # customers and needs
    def _evidence_intimacy(self, assessment: models.BaseModel) -> Evidence:
        """Customers covered by consent and retention / customers with named people (4.3-2)."""
        own, Customer = self._own(assessment), self.env["crm.customer"]
        covered = Customer.search_count(own & Domain("privacy_state", "in", ["covered"]))
        unanswered = Customer.search_count(own & Domain("privacy_state", "in", ["open"]))
        share = ratio(covered, covered + unanswered)
        if share is UNDEFINED:
            return self._no_evidence(self.env._("no customer has a named contact."))
        text = self.env._(
            "Consent and retention cover %(covered)s of %(all)s customers with named contacts.",
            covered=covered,
            all=covered + unanswered,
        )
        return self._counted(text, "crm.customer", own, share)

    def _evidence_customers_decided(self, assessment: models.BaseModel) -> Evidence:
        """Customers about whom is decided to keep, develop or exit / customers (S003-K3)."""
        own, Customer = self._own(assessment), self.env["crm.customer"]
        count = Customer.search_count(own)
        if not count:
            return self._no_evidence(self.env._("the company has no customers yet."))
        decided = Customer.search_count(own & Domain("decision", "!=", False))
        text = self.env._(
            "Of %(all)s customers it is decided for %(decided)s to keep, develop or let go.",
            all=count,
            decided=decided,
        )
        return self._counted(text, "crm.customer", own, ratio(decided, count))

    def _evidence_needs_known(self, assessment: models.BaseModel) -> Evidence:
        """Needs that a specification answers / needs of the company (II.3-P6)."""
        own, Need = self._own(assessment), self.env["crm.need"]
        count = Need.search_count(own)
        if not count:
            return self._no_evidence(self.env._("no need of a customer is written down."))
        known = Need.search_count(own & Domain("has_specification", "=", True))
        text = self.env._(
            "%(all)s needs are written down; %(known)s are answered by a specification.",
            all=count,
            known=known,
        )
        return self._counted(text, "crm.need", own, ratio(known, count))

    # strategy
    def _evidence_goals_written(self, assessment: models.BaseModel) -> Evidence:
        """Objectives of the company's strategies, and since when there are any (S001-6)."""
        own = self._own(assessment)
        goals = self.env["crm.strategy.objective"].search(own, order="create_date")
        if not goals:
            text = self.env._("No objective of a strategy is written down.")
            return Evidence(text, Decimal(0), warns=True)
        text = self.env._(
            "%(count)s objectives are written down, the first one on %(date)s.",
            count=len(goals),
            date=format_date(self.env, goals[0].create_date),
        )
        return Evidence(text, Decimal(len(goals)), "crm.strategy.objective", tuple(own), False)

    # misreadings
    def _evidence_misread_database(self, assessment: models.BaseModel) -> Evidence:
        """Without an approved strategy there are only addresses (3.1)."""
        return self._evidence_strategy_approved(assessment)

    def _evidence_misread_marketing(self, assessment: models.BaseModel) -> Evidence:
        """Without people of other departments it is a matter of sales and marketing (3.2)."""
        return self._evidence_whole_business(assessment)

    def _evidence_misread_it(self, assessment: models.BaseModel) -> Evidence:
        """Without trained people there are only tools (3.3)."""
        return self._evidence_people_trained(assessment)

    def _evidence_misread_loyalty(self, assessment: models.BaseModel) -> Evidence:
        """Without decisions about customers there are only points and discounts (3.4)."""
        return self._evidence_customers_decided(assessment)

    def _evidence_misread_anywhere(self, assessment: models.BaseModel) -> Evidence:
        """Closed opportunities of 12 months: below 30 there is too little to calculate with."""
        closed = self._closed_deals(assessment.company_id)
        domain = closed & Domain("date_closed", ">=", fields.Date.to_string(self._year_ago()))
        count = self.env["crm.lead"].with_context(active_test=False).search_count(domain)
        text = self.env._(
            "%(count)s opportunities were won or lost in the last 12 months; figures about "
            "probabilities need %(needed)s.",
            count=count,
            needed=ENOUGH_DEALS,
        )
        return Evidence(text, Decimal(count), "crm.lead", tuple(domain), count < ENOUGH_DEALS)

    @api.model
    def _closed_deals(self, company: models.BaseModel) -> Domain:
        return (
            self.env["crm.lead"]._crm_company_domain(company)
            & Domain("type", "=", "opportunity")
            & Domain("won_status", "in", ("won", "lost"))
            & Domain("active", "in", (True, False))
        )
