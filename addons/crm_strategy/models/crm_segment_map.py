from __future__ import annotations

from datetime import date
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ..core.matrix import Cell, Column, Drill, Matrix, Row
from ..core.position import DECISIONS as FIELDS
from ..core.position import THIRDS
from ..core.value import UNDEFINED
from .crm_segment_criterion import AXES
from .crm_segment_decision import DECISIONS


class CrmSegmentMap(models.AbstractModel):
    """The map of segments: three by three fields, and the scores behind it (S001-3-c)."""

    _name = "crm.segment.map"
    _description = "Map of Segments"
    _inherit = ["crm.matrix.mixin", "crm.segment.past"]

    @api.readonly
    def get_matrix(self, options: dict | None = None) -> dict:
        """The table under the map, its filters, and as ``map`` what is drawn above it."""
        shown = super().get_matrix(options)
        values = {item["key"]: item["value"] for item in shown["options"]}
        return {**shown, "map": self._drawn(*self._chosen(values))}

    def _matrix_options(self, options: dict) -> list[dict]:
        return [
            self._past_option_company(options),
            {
                **self._matrix_option_date(options, "as_of", self.env._("As of")),
                "placeholder": self.env._("Today"),
            },
        ]

    @api.model
    def _chosen(self, values: dict) -> tuple[models.BaseModel, date]:
        company = self.env["res.company"].browse(values["company"])
        day = fields.Date.to_date(values.get("as_of") or False)
        return company, day or self.env["crm.segment.membership"]._today(company)

    @api.model
    def _segments(self, company: models.BaseModel) -> models.BaseModel:
        return self.env["crm.segment"].search([("company_id", "=", company.id)])

    # drawing
    @api.model
    def _drawn(self, company: models.BaseModel, day: date) -> dict:
        """Bubbles, fields and sentences of the picture, ready to be drawn."""
        segments = self._segments(company)
        positions = segments._positions(day)
        revenue = self._past_revenue(company, day)
        words = self._words("crm.segment.decision", "decision")
        decisions = self._decisions_at(segments, day)
        notes = segments._position_notes(day)
        return {
            "axes": self._words("crm.segment.criterion", "axis"),
            "thirds": [float(bound) for bound in THIRDS],
            "decisions": [{"key": key, "word": words[key]} for key, _label in DECISIONS],
            "undecided": self.env._("Not decided"),
            "fields": [
                {"attractiveness": high, "competitiveness": wide, "decision": key}
                for (high, wide), key in FIELDS.items()
            ],
            "bubbles": [
                {
                    **self._bubble(segment, positions[segment.id], revenue),
                    **self._bubble_words(positions[segment.id], decisions.get(segment.id), words),
                    "note": notes[segment.id],
                }
                for segment in segments
            ],
            "has_revenue": revenue is not UNDEFINED,
            "why_no_revenue": (
                self.env["crm.facts"]._why_no_revenue() if revenue is UNDEFINED else ""
            ),
        }

    @api.model
    def _decisions_at(self, segments, day: date) -> dict[int, str]:
        """Segment id -> decision that held on the day."""
        lines = self.env["crm.segment.decision"].search(
            [("segment_id", "in", segments.ids), ("date", "<=", day)], order="date, id"
        )
        return {line.segment_id.id: line.decision for line in lines}

    def _bubble(self, segment, position, revenue) -> dict:
        """Place and size."""
        is_placed = position.field is not UNDEFINED
        amount = UNDEFINED if revenue is UNDEFINED else revenue.get(segment.id, UNDEFINED)
        is_known = amount is not UNDEFINED
        return {
            "id": segment.id,
            "name": segment.name,
            "customers": segment.customer_count,
            "x": float(position.competitiveness) if is_placed else None,
            "y": float(position.attractiveness) if is_placed else None,
            "revenue": float(amount) if is_known else None,
            "revenue_text": self._amount(amount, segment.company_id) if is_known else None,
        }

    def _bubble_words(self, position, decision: str | None, words: dict[str, str]) -> dict:
        """Colour, and what the list beside the picture says."""
        suggestion = None if position.decision is UNDEFINED else position.decision
        return {
            "decision": decision,
            "decision_word": words[decision] if decision else self.env._("Not decided"),
            "suggestion": suggestion,
            "suggestion_word": words[suggestion] if suggestion else None,
        }

    @api.model
    def _amount(self, amount: Decimal, company: models.BaseModel) -> str:
        return company.currency_id.format(float(amount))

    # table
    def _build_matrix(self, options: dict) -> Matrix:
        company, day = self._chosen(options)
        segments = self._segments(company)
        rows = []
        if segments:
            for key, _label in AXES:
                rows += self._axis_rows(key, segments, company, day)
            rows += self._end_rows(segments, company, day)
        return Matrix(
            title=self.env._("Map of segments"),
            columns=[
                Column("weight", self.env._("Weight"), "text", "crm"),
                *(Column(f"segment_{item.id}", item.name, "text", "crm") for item in segments),
            ],
            rows=rows,
            parameters=(
                (self.env._("Company"), company.name),
                (self.env._("As of"), format_date(self.env, day)),
            ),
            notes=self._notes(),
            empty=self.env._("There is no segment to draw yet. Create segments and score them."),
        )

    @api.model
    def _notes(self) -> tuple[str, ...]:
        return (
            self.env._(
                "An axis is the weighted mean of the criteria that are scored, 0 to 5; a criterion "
                "without a score does not count. A dash means no data."
            ),
            self.env._("Scores are those of the day, weights those of today."),
        )

    def _axis_rows(self, key: str, segments, company, day: date) -> list[Row]:
        label = self._words("crm.segment.criterion", "axis")[key]
        used = self.env["crm.segment.criterion"]._used_by(company)
        weights = {item: weight for item, weight in used.items() if item.axis == key}
        scores = segments._scores_at(day)
        positions = segments._positions(day)
        rows = [Row(f"axis_{key}", label, {}, style="group")]
        for criterion, weight in weights.items():
            cells = {"weight": Cell(self._number(weight))}
            for segment in segments:
                score = scores.get((segment.id, criterion.id))
                cells[f"segment_{segment.id}"] = self._score_cell(score, segment, criterion)
            rows.append(
                Row(
                    f"criterion_{criterion.id}",
                    criterion.name,
                    cells,
                    level=1,
                    help=criterion.description or None,
                )
            )
        cells = {"weight": Cell(self._number(sum(weights.values())))}
        for segment in segments:
            value = getattr(positions[segment.id], key)
            cells[f"segment_{segment.id}"] = self._value_cell(value)
        title = self.env._("%(axis)s, weighted mean", axis=label)
        return [*rows, Row(f"mean_{key}", title, cells, style="total")]

    def _score_cell(self, score, segment, criterion) -> Cell:
        drill = Drill(
            "crm.segment.score",
            [("segment_id", "=", segment.id), ("criterion_id", "=", criterion.id)],
            f"{segment.name}: {criterion.name}",
        )
        if not score:
            note = self.env._(
                "“%(segment)s” has no score for “%(criterion)s”. Open the segment and score it.",
                segment=segment.name,
                criterion=criterion.name,
            )
            return Cell(UNDEFINED, note=note)
        note = f"{format_date(self.env, score.date)}: {score.reason}"
        return Cell(self._number(score.score), drill=drill, note=note)

    def _value_cell(self, value) -> Cell:
        if value is UNDEFINED:
            return Cell(UNDEFINED, note=self.env._("No criterion of this axis is scored."))
        return Cell(formatLang(self.env, float(value), digits=2))

    def _end_rows(self, segments, company, day: date) -> list[Row]:
        """What the map suggests and what was decided."""
        words = self._words("crm.segment.decision", "decision")
        positions = segments._positions(day)
        decided = self._decisions_at(segments, day)
        suggested, taken = {}, {}
        for segment in segments:
            key = f"segment_{segment.id}"
            suggestion = positions[segment.id].decision
            if suggestion is UNDEFINED:
                note = self.env._("The map suggests nothing while an axis is not scored.")
                suggested[key] = Cell(UNDEFINED, note=note)
            else:
                suggested[key] = Cell(words[suggestion])
            taken[key] = self._taken_cell(segment, decided.get(segment.id), words)
        return [
            Row("suggestion", self.env._("Suggested decision"), suggested),
            Row("decision", self.env._("Decision"), taken, style="total"),
        ]

    def _taken_cell(self, segment, decision: str | None, words: dict[str, str]) -> Cell:
        if not decision:
            return Cell(UNDEFINED, note=self.env._("Nobody has decided yet."))
        drill = Drill("crm.segment.decision", [("segment_id", "=", segment.id)], segment.name)
        return Cell(words[decision], drill=drill)

    @api.model
    def _number(self, value: float | Decimal) -> str:
        """A score or weight as the reader writes numbers: one digit, two where it has them."""
        return formatLang(self.env, float(value), digits=1 if round(value * 10, 9) % 1 == 0 else 2)

    @api.model
    def _words(self, model: str, name: str) -> dict[str, str]:
        """Choices of a field with their words in the reader's language."""
        return dict(self.env[model]._fields[name]._description_selection(self.env))
