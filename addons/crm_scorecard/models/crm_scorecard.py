from __future__ import annotations

from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

from odoo.addons.crm_strategy.core.matrix import Cell, Column, Drill, Matrix, Row
from odoo.addons.crm_strategy.core.measure import COMPANY, TEAM, MeasureRow, MeasureScope
from odoo.addons.crm_strategy.core.period import ALL, Period
from odoo.addons.crm_strategy.core.value import UNDEFINED, Fault, as_decimal

KINDS = {"amount": "amount", "rate": "rate", "count": "integer", "days": "days"}
# These add up over teams, so their target is the company's, for one period of the scorecard.
ADDITIVE = ("amount", "count")
NO_TEAM = 0
TOTAL = "company"


class CrmScorecard(models.Model):
    """Indicators beside their targets, per team: one matrix on the screen and as a file."""

    _name = "crm.scorecard"
    _description = "Scorecard"
    _inherit = ["crm.kept.mixin", "crm.matrix.mixin", "crm.audited.mixin"]
    _order = "company_id, sequence, id"
    _audit_area = "scorecard"

    # identity
    name = fields.Char(required=True, translate=True, help="What readers call this scorecard.")
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="Empty: all companies may use it, each with its own teams and figures.",
    )
    sequence = fields.Integer(default=10, help="The first scorecard of a company opens first.")
    active = fields.Boolean(default=True)
    period = fields.Selection(
        [
            ("all", "All time"),
            ("year", "This year"),
            ("quarter", "This quarter"),
            ("month", "This month"),
        ],
        string="Opens with",
        required=True,
        default="year",
        help="The period shown first, and the one that targets of amounts and counts are for.",
    )
    description = fields.Text(
        translate=True, help="What this scorecard is for and who answers for it."
    )
    # links
    line_ids = fields.One2many("crm.scorecard.line", "scorecard_id", string="Indicators", copy=True)
    line_count = fields.Integer(string="Number of indicators", compute="_compute_line_count")

    @api.depends("line_ids")
    def _compute_line_count(self) -> None:
        for scorecard in self:
            scorecard.line_count = len(scorecard.line_ids)

    # screen
    def action_open_matrix(self) -> dict:
        """Open the scorecard with its figures."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_scorecard.crm_scorecard_matrix_action"
        )
        return {
            **action,
            "name": self.name,
            "params": {"model": self._name, "res_id": self.id},
        }

    # matrix
    def _matrix_options(self, options: dict) -> list[dict]:
        """Scorecard (when none is given), company (when several are active) and period."""
        filters = []
        company = self._chosen_company(options)
        if not self:
            choices = [(card.id, card.name) for card in self._for_company(company)]
            filters.append(
                self._matrix_option_selection(
                    options, "scorecard", self.env._("Scorecard"), choices
                )
            )
        if len(self._possible_companies()) > 1:
            choices = [(item.id, item.name) for item in self._possible_companies()]
            filters.append(
                self._matrix_option_selection(
                    options, "company", self.env._("Company"), choices, company.id
                )
            )
        card = self or self.browse(filters[0]["value"] or ())
        label = self.env._("Period")
        filters.append(
            self._matrix_option_period(options, "period", label, card._default_period(company))
        )
        return filters

    def _build_matrix(self, options: dict) -> Matrix:
        company = self._chosen_company(options)
        card = self or self.browse(options.get("scorecard") or ())
        period = Period.parse(options["period"])
        if not card:
            return self._empty_matrix(company, period)
        measured = card._measure_lines(company, period)
        teams = self._teams(company)
        return Matrix(
            title=card.name,
            columns=card._columns(measured),
            rows=card._rows(measured, company, teams, period),
            currency=self._matrix_currency(company.currency_id),
            parameters=self._parameters(company, period),
            notes=card._notes(measured, company),
            empty=self.env._(
                "No team serves a segment of %(company)s yet. Give each segment its team under "
                "CRM > Strategy > Segments and customers > Segments.",
                company=company.name,
            ),
        )

    def _empty_matrix(self, company, period: Period) -> Matrix:
        return Matrix(
            title=self.env._("Scorecard"),
            columns=(),
            rows=(),
            parameters=self._parameters(company, period),
            empty=self.env._(
                "No scorecard for %(company)s yet. Create one under CRM > Configuration > "
                "Scorecards.",
                company=company.name,
            ),
        )

    # choices
    @api.model
    def _for_company(self, company: models.BaseModel) -> CrmScorecard:
        """Scorecards that a company may use: its own first, then the shared ones."""
        cards = self.search([("company_id", "in", [company.id, False])])
        return cards.sorted(lambda card: (not card.company_id, card.sequence, card.id))

    def _possible_companies(self) -> models.BaseModel:
        return self.company_id or self.env.companies

    def _chosen_company(self, options: dict) -> models.BaseModel:
        """The company asked for, if it is among the reader's active ones."""
        possible = self._possible_companies()
        asked = possible.filtered(lambda company: company.id == options.get("company"))
        current = possible.filtered(lambda company: company == self.env.company)
        return asked or current or possible[:1]

    def _default_period(self, company: models.BaseModel) -> str:
        """Key of the period that the scorecard opens with; days are those of the company."""
        today = self.env["crm.segment.membership"]._today(company)
        quarter = (today.month + 2) // 3
        keys = {"year": f"{today.year}", "month": f"{today:%Y-%m}"}
        keys["quarter"] = f"{today.year}-Q{quarter}"
        return keys.get(self.period, ALL)

    @api.model
    def _teams(self, company: models.BaseModel) -> models.BaseModel:
        """Active teams that serve a segment of the company, in the order of the segments."""
        return self.env["crm.team"].search_fetch(
            Domain("company_id", "=", company.id) & Domain("crm_segment_id", "!=", False),
            ["name"],
            order="crm_segment_id, id",
        )

    def _parameters(self, company, period: Period) -> tuple[tuple[str, str], ...]:
        return (
            (self.env._("Company"), company.name),
            (self.env._("Period"), self._matrix_period_label(period.key)),
        )

    # figures
    def _measure_lines(self, company, period: Period) -> list[tuple]:
        """Per line: (line, definition that holds for the company, answers by scope id, since when).

        What is stored and certain to be current is read at once; the rest costs two queries per
        indicator, however many teams there are. Since when is None for what was measured now.
        """
        self.ensure_one()
        # All definitions at once: a company's own one wins over the shared one.
        valid = self.env["crm.indicator"]._for_company(company).grouped("code")
        lines = self.env["crm.scorecard.line"].search_fetch([("scorecard_id", "=", self.id)])
        chosen = [(line, valid.get(line.indicator_id.code) or line.indicator_id) for line in lines]
        asked = self.env["crm.indicator"].union(*(indicator for _line, indicator in chosen))
        stored = asked._stored_now(company, period)
        return [
            (line, indicator, *self._answers_of(indicator, company, period, stored))
            for line, indicator in chosen
        ]

    @api.model
    def _answers_of(self, indicator, company, period: Period, stored) -> tuple[dict, object]:
        kept = stored.get(indicator.id)
        if kept:
            rows = {scope: kept.rows[scope] for scope in (TEAM, COMPANY)}
        else:
            rows = {
                scope: indicator._measure(MeasureScope(company.id, scope, None, (period,)))
                for scope in (TEAM, COMPANY)
            }
        answers = {
            TOTAL if scope == COMPANY else answer.scope_id: answer
            for scope, found in rows.items()
            for answer in found
        }
        return answers, kept and kept.measured_at

    def _columns(self, measured: list[tuple]) -> list[Column]:
        columns = []
        for line, indicator, _answers, _at in measured:
            key, kind = indicator.code, KINDS[indicator.unit]
            target = self.env._("%(indicator)s: target", indicator=indicator.name)
            count = self.env._("%(indicator)s: n", indicator=indicator.name)
            columns += [
                Column(
                    key,
                    indicator.name,
                    kind,
                    indicator.label,
                    self._column_help(line, indicator),
                    group=key,
                ),
                Column(f"{key}_target", target, kind, group=key),
                Column(f"{key}_n", count, "integer", indicator.label, group=key),
            ]
        return columns

    def _column_help(self, line, indicator) -> str:
        directions = dict(indicator._fields["direction"]._description_selection(self.env))
        parts = [
            indicator.formula,
            directions[indicator.direction] + ".",
            self.env._("Weight %(weight)s.", weight=f"{line.weight:g}"),
        ]
        return " ".join(part for part in parts if part)

    def _rows(self, measured, company, teams, period: Period) -> list[Row]:
        """A row per team, one for what belongs to no team, and the company as a whole."""
        names = {team.id: team.name for team in teams}
        found = {key for _line, _indicator, answers, _at in measured for key in answers}
        if NO_TEAM in found:
            names[NO_TEAM] = self.env._("Without a team")
        rows = [
            Row(f"team_{key}", name, self._cells(measured, company, key, name, period))
            for key, name in names.items()
        ]
        if not rows:
            return []
        total = self._cells(measured, company, TOTAL, company.name, period)
        parts = tuple(row.key for row in rows)
        return [*rows, Row(TOTAL, company.name, total, style="total", sum_of=parts)]

    def _cells(self, measured, company, key, name: str, period: Period) -> dict[str, Cell]:
        cells = {}
        for line, indicator, answers, at in measured:
            code = indicator.code
            cells[f"{code}_target"] = self._target_cell(line, indicator, key, period)
            answer: MeasureRow | None = answers.get(key)
            value = answer.value if answer else UNDEFINED
            if isinstance(value, Fault):
                cells[code] = cells[f"{code}_n"] = Cell(value)
                continue
            # The parts of a formula are stored values; those of a figure measured now are not.
            opens = answer and (at or not indicator.formula_text)
            drill = self._drill(indicator, company, key, name, period) if opens else None
            note = None
            if value is UNDEFINED:
                note = indicator._why_no_data() or self._no_data_note(indicator, name, period)
            cells[code] = Cell(value, drill=drill, note=note)
            cells[f"{code}_n"] = Cell(answer.n if answer else 0, drill=drill)
        return cells

    def _no_data_note(self, indicator, name: str, period: Period) -> str:
        return self.env._(
            "No document of %(row)s counts for “%(indicator)s” in this period (%(period)s).",
            row=name,
            indicator=indicator.name,
            period=self._matrix_period_label(period.key),
        )

    def _target_cell(self, line, indicator, key, period: Period) -> Cell:
        """The target, or why there is none to compare with."""
        additive = indicator.unit in ADDITIVE
        if not line.has_target:
            note = self.env._("No target is set for this indicator on the scorecard.")
        elif additive and key != TOTAL:
            note = self.env._("The target is the company's; teams have none of their own yet.")
        elif additive and period.granularity != self.period:
            periods = dict(self._fields["period"]._description_selection(self.env))
            note = self.env._(
                "The target is for another length of period: choose “%(period)s” to compare.",
                period=periods[self.period],
            )
        else:
            value = as_decimal(line.target)
            return Cell(int(value) if indicator.unit == "count" else Decimal(value))
        return Cell(UNDEFINED, note=note)

    @api.model
    def _drill(self, indicator, company, key, name: str, period: Period) -> Drill:
        scope = MeasureScope(
            company.id,
            COMPANY if key == TOTAL else TEAM,
            (0,) if key == TOTAL else (key,),
            (period,),
        )
        model, domain = indicator._records(scope)
        title = f"{indicator.name}, {name}, {self._matrix_period_label(period.key)}"
        return Drill(model, list(domain), title, {"active_test": False})

    def _notes(self, measured: list[tuple], company) -> tuple[str, ...]:
        notes = [self._freshness(measured, company)] if measured else []
        notes += [
            f"{indicator.name}: {indicator.formula}"
            for _line, indicator, _answers, _at in measured
            if indicator.formula
        ]
        notes.append(
            self.env._(
                "A document counts for the team of the segment in which its customer was on the "
                "document's date. n is the number of documents behind a figure."
            )
        )
        return tuple(notes)

    def _freshness(self, measured: list[tuple], company) -> str:
        """Since when the stored figures are right, and which were measured just now."""
        live = [indicator.name for _line, indicator, _answers, at in measured if at is None]
        stored = [at for _line, _indicator, _answers, at in measured if at is not None]
        if not stored:
            return self.env._("Figures measured now.")
        # In the zone of the company, as its days are cut.
        zone = self.env["crm.indicator"]._zone_of(company.id)
        moment = format_datetime(self.env, min(stored), tz=zone, dt_format="short")
        if not live:
            return self.env._(
                "Figures as of %(moment)s; nothing has changed since then.", moment=moment
            )
        return self.env._(
            "Figures as of %(moment)s, nothing has changed since then; measured now: %(names)s.",
            moment=moment,
            names=", ".join(live),
        )
