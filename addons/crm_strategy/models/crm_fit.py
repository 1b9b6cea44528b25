from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount, formatLang

from ..core import fit as core
from ..core.period import Period
from ..core.value import UNDEFINED


class CrmFit(models.AbstractModel):
    """Is CRM worth it here? The answer from the company's own figures (S003-W1..4)."""

    _name = "crm.fit"
    _description = "Fit Test"

    @api.model
    @api.private
    def _fit(self, company: models.BaseModel, today: date | None = None) -> core.Fit:
        """The fit test of a company over the last 12 months."""
        return core.fit(self._facts(company, self._period(today)), self._rule(company))

    @api.model
    def _period(self, today: date | None = None) -> Period:
        after = (today or fields.Date.context_today(self)) + relativedelta(days=1)
        return Period.parse(f"{after - relativedelta(years=1)}..{after}")

    @api.model
    def _rule(self, company: models.BaseModel) -> core.FitRule:
        return core.FitRule(
            Decimal(company.crm_fit_cycle_days),
            Decimal(str(company.crm_fit_order_amount)),
            Decimal(str(company.crm_fit_repeat_rate)),
        )

    @api.model
    def _facts(self, company: models.BaseModel, period: Period) -> core.FitFacts:
        """Facts of the addon that owns them; the cycle of won opportunities where it is silent."""
        facts = self.env["crm.facts"]._fit_facts(company, period)
        if facts.cycle_days.value is UNDEFINED:
            facts = replace(facts, cycle_days=self._cycle_of_deals(company, period))
        return facts

    @api.model
    def _cycle_domain(self, company: models.BaseModel, period: Period) -> Domain:
        """Opportunities won in the period."""
        return (
            self.env["crm.lead"]._crm_company_domain(company)
            & Domain("type", "=", "opportunity")
            & Domain("won_status", "=", "won")
            & Domain("date_closed", ">=", fields.Date.to_string(period.date_from))
            & Domain("date_closed", "<", fields.Date.to_string(period.date_to))
            & Domain("active", "in", (True, False))
        )

    @api.model
    def _cycle_of_deals(self, company: models.BaseModel, period: Period) -> core.FitFigure:
        """Median days from the beginning to the closing of won opportunities, and their number.

        An opportunity begins with its creation or its first assignment, whichever is earlier:
        what was imported was created long after it had begun. One that ends before it begins
        does not count.
        """
        # Access: a median of the company, which tells nothing of a single deal; the deals behind
        # it open with the reader's own rights.
        Lead = self.env["crm.lead"].sudo().with_context(active_test=False)
        names = ["create_date", "date_open", "date_closed"]
        deals = Lead.search_fetch(self._cycle_domain(company, period), names)
        lengths = [
            (deal.date_closed - min(deal.create_date, deal.date_open or deal.create_date)).days
            for deal in deals
        ]
        days = [Decimal(length) for length in lengths if length >= 0]
        return core.FitFigure(core.median(days), len(days))

    # words
    @api.model
    @api.private
    def _page(self, company: models.BaseModel) -> dict:
        """The fit test in words, as the readiness page shows it."""
        found = self._fit(company)
        return {
            "advice": found.advice or "unknown",
            "sentence": self._advice_words(found),
            "answers": [self._answer_words(answer, company) for answer in found.answers],
        }

    @api.model
    def _advice_words(self, found: core.Fit) -> str:
        words = {
            core.WORTH: self.env._(
                "CRM is worth it here: sales like these gain by knowing customers and keeping in "
                "touch with them."
            ),
            core.START_SMALL: self.env._(
                "Start small: one thing speaks for CRM. Begin with the segment in which sales "
                "take longest, are largest or are repeated."
            ),
            core.NOT_WORTH: self.env._(
                "CRM is hardly worth it here: sales are short, small and seldom repeated. A list "
                "of contacts and good service do more."
            ),
        }
        unknown = self.env._("Too little is known to give advice: the missing figures decide.")
        return words.get(found.advice, unknown)

    @api.model
    def _answer_words(self, answer: core.FitAnswer, company: models.BaseModel) -> dict:
        known = answer.speaks_for is not UNDEFINED
        return {
            "name": answer.name,
            "title": self._titles()[answer.name],
            "value": self._figure(answer.name, answer.figure.value, company) if known else False,
            "why": False if known else self._why_missing(answer.name),
            "bound": self._figure(answer.name, answer.bound, company),
            "n": answer.figure.n,
            "speaks_for": answer.speaks_for if known else None,
        }

    @api.model
    def _titles(self) -> dict[str, str]:
        return {
            core.CYCLE: self.env._("Length of a sale"),
            core.VALUE: self.env._("Value of an order"),
            core.REPEAT: self.env._("Customers who order again"),
        }

    @api.model
    def _why_missing(self, name: str) -> str:
        if name == core.CYCLE:
            return self.env._("No data: no opportunity was won in the last 12 months.")
        return self.env["crm.facts"]._why_no_data()

    @api.model
    def _figure(self, name: str, value: Decimal, company: models.BaseModel) -> str:
        if name == core.CYCLE:
            return self.env._(
                "%(days)s days",
                days=formatLang(self.env, float(value), digits=0 if value == int(value) else 1),
            )
        if name == core.VALUE:
            return format_amount(self.env, float(value), company.currency_id)
        return f"{float(value * 100):.0f} %"
