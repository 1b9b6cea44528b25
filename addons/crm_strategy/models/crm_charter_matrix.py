from __future__ import annotations

from dataclasses import dataclass

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..core.charter import mean_of, trend_of
from ..core.matrix import Cell, Column, Drill, Matrix, Row
from ..core.measure import TEAM, MeasureRow, MeasureScope
from ..core.period import ALL, Period
from ..core.value import UNDEFINED, Fault, as_decimal

EARLIER = 3
EVERYBODY = 0


@dataclass(frozen=True)
class Figure:
    """One indicator of one team: its values by period, or why there are none."""

    indicator: models.BaseModel
    by_period: dict[str, MeasureRow]
    why: str

    def value(self, period: Period):
        """The figure of a period; UNDEFINED where nothing was counted."""
        row = self.by_period.get(period.key)
        return row.value if row else UNDEFINED


class CrmCharterMatrix(models.AbstractModel):
    """The screen of the charter: ten rules with value, target, n, failing records and trend."""

    _name = "crm.charter.matrix"
    _description = "Screen of the Team Charter"

    # filters
    def _matrix_options(self, options: dict) -> list[dict]:
        """Team (when none is given; all together is a choice) and period."""
        filters = []
        company = self.company_id or self.env.company
        if not self:
            charters = self._of_active_companies()
            choices = [(charter.id, charter.team_id.name) for charter in charters]
            if len(choices) > 1:
                choices.append((EVERYBODY, self.env._("All teams")))
            filters.append(
                self._matrix_option_selection(options, "team", self.env._("Team"), choices)
            )
        today = self.env["crm.segment.membership"]._today(company[:1])
        quarter = f"{today.year}-Q{(today.month + 2) // 3}"
        filters.append(self._matrix_option_period(options, "period", self.env._("Period"), quarter))
        return filters

    @api.model
    def _of_active_companies(self):
        """Charters that the reader sees, of teams that serve a segment now."""
        return self.search(
            [
                ("company_id", "in", self.env.companies.ids),
                ("team_id.active", "=", True),
                ("team_id.crm_segment_id", "!=", False),
            ]
        )

    def _build_matrix(self, options: dict) -> Matrix:
        period = Period.parse(options["period"])
        charter = self or self.browse(options.get("team") or ())
        if charter:
            return charter._matrix_of_team(period)
        return self._matrix_of_all(self._of_active_companies(), period)

    # one team
    def _matrix_of_team(self, period: Period) -> Matrix:
        self.ensure_one()
        rules = self.env["crm.charter.rule"].search(Domain.TRUE)
        periods = self._shown_periods(period)
        figures = self._figures(rules, periods)
        targets = {line.rule_id: line.target for line in self.line_ids}
        rows, values = [], []
        for rule in rules:
            figure = figures[rule.code][self.team_id.id]
            target = targets.get(rule, rule.target)
            rows.append(self._rule_row(rule, figure, target, periods))
            rows += [
                self._support_row(rule, figures[support.code][self.team_id.id], periods)
                for support in rule.support_ids
                if support.code in figures
            ]
            if self._enters_mean(figure):
                values.append(figure.value(period))
        rows.append(self._mean_row(values, len(rules)))
        return Matrix(
            title=self.env._("Charter of %(team)s", team=self.team_id.name),
            columns=self._columns(periods),
            rows=rows,
            parameters=(
                (self.env._("Team"), self.team_id.name),
                (self.env._("Segment"), self.segment_id.name or ""),
                (self.env._("Period"), self._matrix_period_label(period.key)),
            ),
            notes=self._notes(),
        )

    @api.model
    def _shown_periods(self, period: Period) -> list[Period]:
        """The period and the three before it, oldest first; all time stands alone."""
        periods = [period]
        while period.granularity != ALL and len(periods) <= EARLIER:
            periods.insert(0, periods[0].previous())
        return periods

    def _figures(self, rules, periods: list[Period]) -> dict[str, dict[int, Figure]]:
        """Code -> team id -> figure, one query per indicator and company, however many teams."""
        found: dict[str, dict[int, Figure]] = {}
        for company, charters in self.grouped("company_id").items():
            codes = [*rules.mapped("code"), *rules.support_ids.mapped("code")]
            # Access: the charter was opened by rights of its own; definitions are no secret.
            known = self.env["crm.indicator"].sudo()._for_company(company, codes).grouped("code")
            for code in codes:
                indicator = known.get(code, self.env["crm.indicator"])
                rows, why = self._measure(indicator, company, charters.team_id, periods)
                for team in charters.team_id:
                    own = {row.period_key: row for row in rows if row.scope_id == team.id}
                    figure = Figure(indicator, own, why)
                    found.setdefault(code, {})[team.id] = figure
        return found

    @api.model
    def _measure(self, indicator, company, teams, periods) -> tuple[list[MeasureRow], str]:
        """What the indicator answers for the teams, and why it may be silent."""
        nobody = self.env._("No data: no installed addon measures this rule yet.")
        if not indicator or indicator._why_no_data():
            return [], nobody
        scope = MeasureScope(company.id, TEAM, tuple(teams.ids), tuple(periods))
        try:
            return indicator._measure(scope), self.env._(
                "No data: nothing that this rule counts happened in the period."
            )
        except UserError as error:
            return [], str(error)

    @api.model
    def _enters_mean(self, figure: Figure) -> bool:
        # Days and amounts have no share of ten; they are shown and judged by themselves.
        return bool(figure.indicator) and figure.indicator.unit == "rate"

    # columns and rows
    def _columns(self, periods: list[Period]) -> list[Column]:
        labels = {period.key: self._matrix_period_label(period.key) for period in periods}
        return [
            Column("value", labels[periods[-1].key], "rate", "crm", group="now"),
            Column("target", self.env._("Target"), "rate", group="now"),
            Column("n", self.env._("n"), "integer", group="now"),
            Column(
                "failing",
                self.env._("Show records"),
                "integer",
                help=self.env._("How many fail; click the number to open exactly these."),
                group="now",
            ),
            *(
                Column(f"before_{place}", labels[period.key], "rate", group="trend")
                for place, period in enumerate(periods[:-1])
            ),
            Column("trend", self.env._("Trend"), "text", group="trend"),
            Column("remark", self.env._("Remark"), "text", group="words"),
        ]

    def _rule_row(self, rule, figure: Figure, target: float, periods: list[Period]) -> Row:
        cells = self._figure_cells(figure, periods)
        value = figure.value(periods[-1])
        goal = as_decimal(round(target, 4))
        cells["target"] = Cell(goal)
        if value is UNDEFINED:
            cells["remark"] = Cell(figure.why)
        elif figure.indicator.unit == "rate":
            reached = value >= goal if figure.indicator.direction == "up" else value <= goal
            cells["remark"] = Cell(
                self.env._("Target reached") if reached else self.env._("Below target")
            )
        return Row(
            f"rule_{rule.number}",
            rule.display_name,
            cells,
            help="\n".join(filter(None, [rule.description, rule.proof])) or None,
        )

    def _support_row(self, rule, figure: Figure, periods: list[Period]) -> Row:
        cells = self._figure_cells(figure, periods)
        if figure.value(periods[-1]) is UNDEFINED:
            cells["remark"] = Cell(figure.why)
        indicator = figure.indicator
        return Row(
            f"rule_{rule.number}_{indicator.code}",
            indicator.name,
            cells,
            level=1,
            help=indicator.formula or None,
        )

    def _figure_cells(self, figure: Figure, periods: list[Period]) -> dict[str, Cell]:
        period = periods[-1]
        row = figure.by_period.get(period.key)
        kind = {"count": "integer"}.get(figure.indicator.unit or "rate", figure.indicator.unit)
        cells = {
            "value": Cell(
                figure.value(period), kind=kind or None, note=None if row else figure.why
            ),
            "n": Cell(row.n if row else 0),
        }
        if row and row.denominator is not None:
            failing = int(row.denominator) - int(row.numerator)
            drill = failing and self._failing_drill(figure.indicator, period)
            cells["failing"] = Cell(failing, drill=drill or None)
        for place, before in enumerate(periods[:-1]):
            cells[f"before_{place}"] = Cell(figure.value(before), kind=kind or None)
        words = {
            "up": self.env._("rising"),
            "down": self.env._("falling"),
            "level": self.env._("steady"),
        }
        trend = trend_of([figure.value(item) for item in periods])
        if trend:
            cells["trend"] = Cell(words[trend])
        return cells

    def _failing_drill(self, indicator, period: Period) -> Drill | None:
        scope = MeasureScope(self.company_id.id, TEAM, (self.team_id.id,), (period,))
        found = indicator._failing(scope)
        if not found:
            return None
        model, domain = found
        title = self.env._("To mend: %(rule)s", rule=indicator.name)
        return Drill(model, list(domain), title, {"active_test": False})

    def _mean_row(self, values: list, count: int) -> Row:
        mean, n = mean_of(values)
        title = self.env._("Mean of %(n)s of %(count)s rules", n=n, count=count)
        why = self.env._("No rule has data in this period.")
        return Row(
            "mean",
            title,
            {"value": Cell(mean, note=None if n else why), "n": Cell(n)},
            style="total",
            help=self.env._("The mean of the values; a rule without data does not enter it."),
        )

    def _notes(self) -> tuple[str, ...]:
        return (
            self.env._(
                "A rule counts for the team of the segment in which the customer was on the day. "
                "n is the number of records behind the figure."
            ),
            self.env._(
                "Owners, roles and preferred channels have no history: an earlier period shows "
                "its customers and opportunities with what is written on them today."
            ),
        )

    # all teams
    def _matrix_of_all(self, charters, period: Period) -> Matrix:
        rules = self.env["crm.charter.rule"].search(Domain.TRUE)
        figures = charters._figures(rules, [period]) if charters else {}
        rows = []
        for charter in charters:
            cells, values = {}, []
            for rule in rules:
                figure = figures[rule.code][charter.team_id.id]
                value = figure.value(period)
                is_rate = self._enters_mean(figure)
                cells[rule.code] = Cell(
                    value if is_rate or value is UNDEFINED else Fault("unit", figure.why),
                    note=figure.why if value is UNDEFINED else None,
                )
                if is_rate:
                    values.append(value)
            mean, n = mean_of(values)
            cells["mean"] = Cell(mean)
            cells["n"] = Cell(n)
            rows.append(Row(f"team_{charter.id}", charter.team_id.name, cells))
        return Matrix(
            title=self.env._("Team charters"),
            columns=[
                *(
                    Column(rule.code, f"{rule.number}", "rate", help=rule.display_name)
                    for rule in rules
                ),
                Column("mean", self.env._("Mean"), "rate"),
                Column("n", self.env._("Rules with data"), "integer"),
            ],
            rows=rows,
            parameters=((self.env._("Period"), self._matrix_period_label(period.key)),),
            notes=tuple(rule.display_name for rule in rules),
            empty=self.env._(
                "No team of yours serves a segment. Give each segment its team under CRM > "
                "Strategy > Teams and charters."
            ),
        )
