from __future__ import annotations

from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

from ..core import assessment as core
from ..core.value import UNDEFINED

SET = "readiness"
MISREADINGS = "misreadings"
LEVERS = 5


class CrmReadiness(models.AbstractModel):
    """The readiness page: is the gate open, what is weak, what would help, is CRM worth it here?

    Nothing is stored: the page reads the last confirmed readiness assessment of the company.
    """

    _name = "crm.readiness"
    _description = "Readiness"

    # ------------------------------------------------------------------
    # What the screen calls
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_page(self) -> dict:
        """The readiness page of the current company, as the screen reads it.

        :return: ``gate``, ``radar``, ``levers``, ``warnings`` and ``fit``.
        :raise AccessError: when the user may not read the page.
        """
        self.check_access("read")
        company = self.env.company
        found = self._assessment(company)
        return {
            "company": company.name,
            "can_assess": self.env["crm.assessment"].has_access("create")
            and self.env.user.has_group("crm_strategy.crm_strategy_group_manager"),
            "set_id": self.env["crm.assessment.set"]._for_company(company, SET).id,
            "gate": self._gate_shown(company, found),
            "radar": found.radar if found else False,
            "levers": self._levers(found),
            "warnings": self._warnings(company),
            "fit": self.env["crm.fit"]._page(company),
        }

    # ------------------------------------------------------------------
    # Gate
    # ------------------------------------------------------------------

    @api.model
    @api.private
    def _assessment(self, company: models.BaseModel) -> models.BaseModel:
        """The readiness assessment that holds for a company: the last confirmed one."""
        return self.env["crm.assessment"]._latest(company, SET)

    @api.model
    @api.private
    def _gate(self, company: models.BaseModel, found: models.BaseModel) -> str:
        """State of the gate: one of the words of ``core.assessment.gate``."""
        return core.gate(
            found._whole() if found else None,
            Decimal(company.crm_readiness_threshold),
            Decimal(str(company.crm_readiness_coverage)),
        )

    @api.model
    def _points_text(self, points: float) -> str:
        """Points as the reader's language writes them: whole, or with one decimal."""
        rounded = round(points, 1)
        return formatLang(self.env, rounded, digits=0 if rounded == int(rounded) else 1)

    @api.model
    @api.private
    def _gate_sentence(self, company: models.BaseModel, found: models.BaseModel) -> str:
        """What the gate says, with figures and with what to do."""
        figures = {
            "company": company.name,
            "points": self._points_text(found.points) if found else "0",
            "threshold": company.crm_readiness_threshold,
            "date": format_date(self.env, found.date) if found else "",
            "answered": found.answered_count,
            "total": found.question_count,
            "coverage": round(company.crm_readiness_coverage * 100),
        }
        return {
            core.OPEN: self.env._(
                "%(company)s is ready: %(points)s points on %(date)s, %(threshold)s are asked for.",
                **figures,
            ),
            core.MISSING: self.env._(
                "The readiness of %(company)s was not assessed. Answer the readiness "
                "questionnaire and confirm it.",
                **figures,
            ),
            core.BELOW: self.env._(
                "The readiness of %(company)s is too low: %(points)s points on %(date)s, "
                "%(threshold)s are asked for. Work on the weakest groups and assess it again.",
                **figures,
            ),
            core.THIN: self.env._(
                "The readiness of %(company)s is hardly known: %(answered)s of %(total)s questions "
                "were answered on %(date)s, %(coverage)s %% are asked for. Answer the others.",
                **figures,
            ),
        }[self._gate(company, found)]

    @api.model
    def _gate_shown(self, company: models.BaseModel, found: models.BaseModel) -> dict:
        return {
            "state": self._gate(company, found),
            "sentence": self._gate_sentence(company, found),
            "points": round(found.points, 1) if found.answered_count else None,
            "threshold": company.crm_readiness_threshold,
            "answered": found.answered_count,
            "total": found.question_count,
            "proven": found.proven_count,
            "findings": found.finding_count,
            "findings_done": found.finding_done_count,
            "assessment_id": found.id,
            "date": format_date(self.env, found.date) if found else False,
        }

    # ------------------------------------------------------------------
    # Parts of the page
    # ------------------------------------------------------------------

    @api.model
    def _levers(self, found: models.BaseModel) -> list[dict]:
        """The questions that would raise the points most, with what is planned for them."""
        answers = {answer.question_id.code: answer for answer in found.answer_ids}
        return [
            {
                "question": answers[lever.item.key].question_id.name,
                "group": lever.item.group,
                "score": answers[lever.item.key].score or None,
                "gain": round(float(lever.gain), 1),
                "action": answers[lever.item.key].action or False,
                "is_done": answers[lever.item.key].is_done,
                "gate": answers[lever.item.key].gate_reason or False,
                "answer_id": answers[lever.item.key].id,
            }
            for lever in core.levers(found.answer_ids._items(), LEVERS)
        ]

    @api.model
    def _warnings(self, company: models.BaseModel) -> list[dict]:
        """The five misreadings: what the records and the last self-test say of each (3.1..3.5)."""
        asked = self.env["crm.assessment.set"]._for_company(company, MISREADINGS)
        last = self.env["crm.assessment"]._latest(company, MISREADINGS)
        scores = {answer.question_id.code: answer for answer in last.answer_ids}
        probe = self.env["crm.assessment"].new({"company_id": company.id, "set_id": asked.id})
        warnings = []
        for question in asked.question_ids:
            evidence = core.Evidence("")
            if question.evidence_code:
                evidence = self.env["crm.assessment.evidence"]._evidence(
                    question.evidence_code, probe
                )
            answer = scores.get(question.code)
            score = int(answer.score) if answer and answer.score else None
            is_low = score is not None and score < asked.finding_score
            warnings.append(
                {
                    "title": question.name,
                    "text": question.description or "",
                    "evidence": evidence.text,
                    "score": score,
                    "warns": True
                    if is_low or evidence.warns is True
                    else (None if evidence.warns is UNDEFINED and score is None else False),
                }
            )
        return warnings

    @api.model
    def _ready_domain(self) -> Domain:
        """Companies that have a confirmed readiness assessment, for the data-health page."""
        confirmed = Domain("set_id.code", "=", SET) & Domain("state", "=", "done")
        ids = [
            company.id
            for (company,) in self.env["crm.assessment"]._read_group(confirmed, ["company_id"])
        ]
        return Domain("id", "in", ids)
