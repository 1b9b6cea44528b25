from __future__ import annotations

from odoo import api, models

from . import story_readiness as told
from . import story_world as world


class CrmDemoStory(models.AbstractModel):
    """The company asks itself whether it is ready, and how it serves its key accounts."""

    _inherit = "crm.demo.story"

    @api.model
    def _chapters(self) -> list[str]:
        """After the deals, and before anybody approves a strategy."""
        chapters = super()._chapters()
        place = chapters.index("deals") + 1
        return [*chapters[:place], "readiness", *chapters[place:]]

    @api.model
    def _tell_readiness(self) -> None:
        """Two readiness assessments, the later one above the gate, and IDIC of key accounts."""
        segment = self._get(f"segment_{world.KEY}")
        self._assess("readiness_before", "readiness", told.EARLIER, told.BEFORE)
        self._assess("readiness_now", "readiness", told.LATELY, told.NOW)
        self._assess("idic_key", "idic", told.LATELY, told.FOUR_TASKS, segment_id=segment.id)

    @api.model
    def _assess(self, name: str, code: str, days: int, answers: dict, **values) -> None:
        """A confirmed assessment; nothing where somebody removed the questionnaire."""
        company, owner = self._get("company"), self._get("story.strategy")
        asked = self.env["crm.assessment.set"]._for_company(company, code)
        if not asked:
            return
        day = self._calendar().day(days)
        vals = {
            "set_id": asked.id,
            "company_id": company.id,
            "date": day,
            "user_id": owner.id,
            **values,
        }
        assessment = self._make("crm.assessment", {name: vals})
        for answer in assessment.answer_ids:
            given = answers.get(answer.question_id.code)
            if given:
                answer.write(
                    {
                        "score": str(given.score),
                        "answered_on": day,
                        "evidence": given.evidence,
                        "action": given.action,
                        "action_user_id": owner.id if given.action else False,
                        "action_date": self._calendar().day(days - 90) if given.action else False,
                        "is_done": given.is_done,
                    }
                )
        assessment.action_confirm()
