from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core import satisfaction
from ..core.facts import FactRow
from ..core.rupture import BAD_SATISFACTION, OPEN, RuptureRow
from ..core.satisfaction import Mark, Summary, summarise

FACT = "answer_given"
# A needs class (its id) with what was expected and what was perceived.
Gap = tuple[int, Decimal | float, Decimal | float]


class CrmSatisfactionDerivation(models.AbstractModel):
    """From a finished survey to the answer, its facts, and what follows from a bad one."""

    _name = "crm.satisfaction.derivation"
    _description = "Taking over of Answers"
    _inherit = ["crm.moment.source.mixin"]

    # taking over
    @api.model
    @api.private
    def _take(self, user_inputs: models.BaseModel) -> models.BaseModel:
        """Answers of finished, invited surveys; what was taken over before is left as it is."""
        known = self.search([("user_input_id", "in", user_inputs.ids)]).user_input_id
        answers = self.browse()
        for done in user_inputs - known:
            company = done.crm_invitation_id.company_id
            # Whoever answers may read another language than those who work with the answer.
            engine = self.with_context(lang=company.partner_id.lang)
            answers |= engine.create(engine._answer_values(done)).with_env(self.env)
        answers._follow()
        return answers

    @api.model
    @api.private
    def _take_missed(self, limit: int = 100) -> models.BaseModel:
        """Take over finished surveys whose answer failed to reach us when they were finished."""
        missed = self.env["survey.user_input"].search(
            [
                ("crm_invitation_id.state", "=", "sent"),
                ("state", "=", "done"),
                ("test_entry", "=", False),
            ],
            limit=limit,
        )
        return self._take(missed)

    @api.model
    def _answer_values(self, done: models.BaseModel) -> dict:
        invitation = done.crm_invitation_id
        summary = summarise(self._marks(done))
        return {
            "answered_at": done.end_datetime,
            "company_id": invitation.company_id.id,
            "invitation_id": invitation.id,
            "relationship_id": invitation.relationship_id.id,
            "moment_id": invitation.moment_id.id,
            "customer_id": invitation.customer_id.id,
            "partner_id": invitation.partner_id.id,
            "contact_id": invitation.contact_id.id,
            "survey_id": done.survey_id.id,
            "user_input_id": done.id,
            "recommendation": summary.recommendation,
            "recommendation_points": satisfaction.points(summary.recommendation),
            "expected": summary.expected,
            "perceived": summary.perceived,
            "gap": summary.gap,
            "comment": self._comment(done),
            **self._bad_values(invitation, summary),
            "line_ids": [
                (
                    0,
                    0,
                    {
                        "company_id": invitation.company_id.id,
                        "need_class_id": class_id,
                        "expected": item.expected,
                        "perceived": item.perceived,
                        "gap": item.gap,
                    },
                )
                for class_id, item in summary.classes.items()
            ],
        }

    @api.model
    def _marks(self, done: models.BaseModel) -> list[Mark]:
        """The answered scales, each on a scale from 0 to 10."""
        return [
            Mark(
                line.question_id.crm_answer_role,
                line.question_id.crm_needs_class_id.id or 0,
                satisfaction.on_ten(
                    line.value_scale, line.question_id.scale_min, line.question_id.scale_max
                ),
            )
            for line in done.user_input_line_ids
            if line.answer_type == "scale"
            and line.question_id.crm_answer_role
            in (*satisfaction.BY_CLASS, satisfaction.RECOMMENDATION)
        ]

    @api.model
    def _comment(self, done: models.BaseModel) -> str:
        words = [
            line.value_text_box or line.value_char_box or ""
            for line in done.user_input_line_ids
            if not line.skipped and line.question_id.crm_answer_role == satisfaction.COMMENT
        ]
        return "\n".join(word.strip() for word in words if word.strip())

    @api.model
    def _bad_values(self, invitation: models.BaseModel, summary: Summary) -> dict:
        """Whether the answer asks for a repair, and the sentence that says why."""
        gap_limit, lowest = invitation.rule_id._limits()
        wide, is_low = satisfaction.complaints(summary, gap_limit, lowest)
        gaps = [
            (class_id, summary.classes[class_id].expected, summary.classes[class_id].perceived)
            for class_id in wide
        ]
        why = self._bad_words(summary.recommendation if is_low else None, gaps)
        return {"is_bad": bool(why), "why": why or False}

    @api.model
    def _bad_words(self, score: Decimal | float | None, gaps: Iterable[Gap]) -> str:
        """What is bad, in the language of the reader: a low score, and gaps by needs class."""
        parts = []
        if score is not None:
            parts.append(
                self.env._("would recommend us with %(score)s of 10 only", score=_plain(score))
            )
        for class_id, expected, perceived in gaps:
            parts.append(
                self.env._(
                    "%(class)s: expected %(expected)s, got %(perceived)s",
                    **{"class": self.env["crm.need.class"].browse(class_id).exists().name or ""},
                    expected=_plain(expected),
                    perceived=_plain(perceived),
                )
            )
        words = "; ".join(parts)
        return words[:1].upper() + words[1:]

    def _bad_figures(self) -> dict:
        """What is bad about the answer as figures, which everybody reads in the own language."""
        self.ensure_one()
        gap_limit, lowest = self.invitation_id.rule_id._limits()
        figures: dict = {
            "gaps": [
                [line.need_class_id.id, line.expected, line.perceived]
                for line in self.line_ids
                if line.gap is not False and line.gap <= -gap_limit
            ]
        }
        if self.recommendation is not False and self.recommendation <= lowest:
            figures["score"] = self.recommendation
        return figures

    def _follow(self) -> None:
        """What follows from new answers: comparison, invitation, fact, rupture or repair."""
        self.invitation_id.write({"state": "answered"})
        self._link_previous(self.company_id.ids, self.partner_id.ids)
        self._moment_collect()
        for answer in self:
            answer._judge()

    def _judge(self) -> None:
        """A bad answer opens a rupture of its pass; the customer's next good one repairs it."""
        self.ensure_one()
        Rupture = self.env["crm.rupture"]
        if self.is_bad and self.relationship_id:
            Rupture._raise(
                [
                    RuptureRow(
                        relationship_id=self.relationship_id.id,
                        cause=BAD_SATISFACTION,
                        moment_id=self.moment_id.id or None,
                        sign=f"answer {self.id}",
                        why=self.why,
                        links=((self._name, self.id, self.display_name),),
                        values=self._bad_figures(),
                    )
                ]
            )
        elif not self.is_bad and self.partner_id:
            standing = Rupture.search(
                [
                    ("cause", "=", BAD_SATISFACTION),
                    ("state", "=", OPEN),
                    ("company_id", "=", self.company_id.id),
                    ("partner_id", "=", self.partner_id.id),
                ]
            )
            Rupture._repair(
                [(row.relationship_id.id, row.moment_id.id or None, row.cause) for row in standing],
                self.env._("A better answer: %(answer)s", answer=self.display_name),
            )

    # comparison with the answer before
    @api.model
    def _link_previous(self, company_ids: list[int], partner_ids: list[int]) -> None:
        """Let each answer of the customers know the one before it, and what has changed.

        Raw SQL: one window over the answers of the customers, whatever their number.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH ranked AS (
                    SELECT id,
                           LAG(id) OVER customer AS previous_id,
                           perceived - LAG(perceived) OVER customer AS change
                      FROM crm_satisfaction_answer
                     WHERE company_id = ANY(%s) AND partner_id = ANY(%s)
                    WINDOW customer AS (
                               PARTITION BY company_id, partner_id ORDER BY answered_at, id)
                )
                UPDATE crm_satisfaction_answer AS answer
                   SET previous_id = ranked.previous_id, change = ranked.change,
                       trend = CASE WHEN ranked.change > 0 THEN 'better'
                                    WHEN ranked.change < 0 THEN 'worse'
                                    WHEN ranked.change = 0 THEN 'same' ELSE 'first' END
                  FROM ranked
                 WHERE answer.id = ranked.id
                   AND (answer.previous_id IS DISTINCT FROM ranked.previous_id
                        OR answer.change IS DISTINCT FROM ranked.change)
                """,
                company_ids,
                partner_ids,
            )
        )
        self.invalidate_model(["previous_id", "change", "trend"], flush=False)

    @api.model
    def _merge_rekey(
        self, source_ids: list[int], destination_id: int, customers: dict[int, int]
    ) -> None:
        result = super()._merge_rekey(source_ids, destination_id, customers)
        companies = self.env["res.company"].search(Domain.TRUE)
        self._link_previous(companies.ids, [destination_id])
        return result

    # facts
    @api.model
    def _moment_fact_codes(self) -> tuple[str, ...]:
        return (FACT,)

    def _moment_facts(self) -> list[FactRow]:
        return [
            FactRow(
                fact=FACT,
                res_id=answer.id,
                occurrence=0,
                company_id=answer.company_id.id,
                partner_id=answer.partner_id.id,
                root_model=answer.relationship_id.root_model,
                root_id=answer.relationship_id.root_id,
                fact_at=answer.answered_at,
                name=answer.display_name,
            )
            for answer in self
            if answer.relationship_id and answer.partner_id
        ]

    @api.model
    def _moment_history_domain(
        self, companies: models.BaseModel, partner_ids: list[int] | None = None
    ) -> Domain:
        domain = Domain("company_id", "in", companies.ids) & Domain("relationship_id", "!=", False)
        if partner_ids is not None:
            domain &= Domain("partner_id", "in", partner_ids)
        return domain


def _plain(value: Decimal | float) -> str:
    """A figure without needless zeros.

    >>> _plain(Decimal("6.00")), _plain(Decimal("6.50"))
    ('6', '6.5')
    """
    return f"{Decimal(str(value)).normalize():f}"
