from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..core.formula import Formula, FormulaError, cycle_in, parse
from ..core.measure import COMPANY, SEGMENT, MeasureRow, MeasureScope
from ..core.period import Period
from ..core.value import UNDEFINED, Fault, is_number

# Figures that add up over segments and months.
ADDITIVE = ("amount", "count")


class CrmIndicatorFormula(models.AbstractModel):
    """Indicators that are computed from others by a formula of their codes."""

    _name = "crm.indicator.formula"
    _description = "Formula Indicator"

    formula_text = fields.Char(
        string="Formula",
        help="Computes this indicator from others: their codes, numbers, + - * /, brackets, "
        "comparisons, min, max, sum, if(condition, then, else) and known(value, otherwise). "
        "Empty: the figure is measured from documents.",
    )
    formula_check = fields.Text(
        string="What it says",
        compute="_compute_formula_check",
        help="Whether the formula was understood, which indicators it needs, and what a group of "
        "its figures means.",
    )
    formula_preview = fields.Text(
        string="Now, for this year",
        compute="_compute_formula_check",
        help="What the formula gives for the active company in the current year, and its parts.",
    )
    formula_problem = fields.Boolean(compute="_compute_formula_check")

    # live check
    @api.depends("formula_text", "code", "company_id", "unit")
    @api.depends_context("company", "lang")
    def _compute_formula_check(self) -> None:
        for indicator in self:
            company = indicator.company_id or self.env.company
            problem = indicator.formula_text and indicator._formula_obstacle(company)
            indicator.formula_problem = bool(problem)
            indicator.formula_preview = False
            if not indicator.formula_text:
                indicator.formula_check = False
            elif problem:
                indicator.formula_check = problem
            else:
                indicator.formula_check = indicator._formula_words(company)
                indicator.formula_preview = indicator._formula_preview_words(company)

    def _formula_words(self, company: models.BaseModel) -> str:
        formula, parts = parse(self.formula_text), self._formula_parts(company)
        names = ", ".join(f"{part.name} ({part.code})" for part in parts.values())
        grouping = {
            "sum": self.env._("Groups of segments, teams and periods are added up."),
            "ratio": self.env._("Groups are the sum above the line over the sum below it."),
            "none": self.env._(
                "Groups have no figure: those of the parts say nothing about the whole."
            ),
        }[formula.grouping(self._plain_codes(parts))]
        return self.env._("Needs: %(names)s. %(grouping)s", names=names, grouping=grouping)

    def _formula_preview_words(self, company: models.BaseModel) -> str:
        today = self.env["crm.segment.membership"]._today(company)
        question = MeasureScope(company.id, COMPANY, None, (Period.parse(f"{today.year}"),))
        parts = self._formula_parts(company)
        lines = []
        for indicator in [*parts.values(), self]:
            rows = indicator._measure(question)
            words = indicator._figure_words(rows[0] if rows else None, company.currency_id)
            lines.append(f"{indicator.name or self.env._('This formula')}: {words}")
        return "\n".join(lines)

    # what is wrong
    @api.constrains("formula_text", "code", "company_id", "active")
    def _check_formula(self) -> None:
        for indicator in self.filtered("formula_text"):
            company = indicator.company_id or self.env.company
            if obstacle := indicator._formula_obstacle(company):
                raise ValidationError(
                    self.env._(
                        "The formula of “%(name)s” cannot be used. %(reason)s",
                        name=indicator.name,
                        reason=obstacle,
                    )
                )

    def _formula_obstacle(self, company: models.BaseModel) -> str | None:
        """Why the formula cannot be computed in the company, in one sentence."""
        self.ensure_one()
        try:
            names = parse(self.formula_text).names
        except FormulaError as error:
            return self.env._(
                "It is not understood at character %(place)s: %(reason)s.",
                place=error.position + 1,
                reason=error.reason,
            )
        if not names:
            return self.env._("It names no indicator. Use the codes of the list of indicators.")
        definitions = {item.code: item for item in self._definitions(company)}
        definitions[self.code] = self
        if missing := sorted(names - definitions.keys()):
            return self.env._(
                "No active indicator of %(company)s has the code “%(codes)s”. Correct the code, or "
                "create that indicator first.",
                company=company.name,
                codes="”, “".join(missing),
            )
        circle = cycle_in({code: item._formula_names() for code, item in definitions.items()})
        if circle and self.code in circle:
            return self.env._(
                "It needs itself: %(circle)s. Take one of them out of its formula.",
                circle=" → ".join(circle),
            )
        return None

    def _formula_names(self) -> frozenset[str]:
        try:
            return parse(self.formula_text).names if self.formula_text else frozenset()
        except FormulaError:
            return frozenset()

    @api.model
    def _definitions(self, company: models.BaseModel) -> models.BaseModel:
        """All definitions that hold for a company, whatever the reader's companies are."""
        # Access: a formula means the same for every reader; only codes, names and figures of the
        # company asked for leave this.
        return self.env["crm.indicator"].sudo()._for_company(company).sudo(self.env.su)

    def _formula_parts(self, company: models.BaseModel) -> dict[str, models.BaseModel]:
        """Indicators named by the formula, by code, as they hold for the company."""
        names = self._formula_names()
        found = {item.code: item for item in self._definitions(company) if item.code in names}
        return dict(sorted(found.items()))

    @api.model
    def _plain_codes(self, parts: Mapping[str, models.BaseModel]) -> set[str]:
        """Codes of the parts whose figures add up, so that those of a formula may."""
        return {code for code, part in parts.items() if part._is_plain_sum()}

    def _is_plain_sum(self) -> bool:
        self.ensure_one()
        if not self.formula_text:
            return self.unit in ADDITIVE
        company = self.company_id or self.env.company
        return (
            parse(self.formula_text).grouping(self._plain_codes(self._formula_parts(company)))
            == "sum"
        )

    # measuring
    def _measure_formula(self, scope: MeasureScope) -> list[MeasureRow]:
        """The formula of the parts' figures, for each period and scope id that a part has.

        n is the number of facts behind all parts together.
        """
        company = self.env["res.company"].browse(scope.company_id)
        if obstacle := self._formula_obstacle(company):
            return self._fault_rows(scope, obstacle)
        parts = self._formula_parts(company)
        rows = {
            code: {(row.period_key, row.scope_id): row for row in part._measure(scope)}
            for code, part in parts.items()
        }
        return self._formula_rows(parts, rows)

    def _formula_rows(
        self, parts: Mapping[str, models.BaseModel], rows: Mapping[str, Mapping]
    ) -> list[MeasureRow]:
        formula = parse(self.formula_text)
        plain = {
            code
            for code in self._plain_codes(parts)
            if all(row.denominator is None for row in rows[code].values())
        }
        found = []
        for key in sorted({key for by_key in rows.values() for key in by_key}):
            present = {code: by_key.get(key) for code, by_key in rows.items()}
            values = {code: row.value if row else UNDEFINED for code, row in present.items()}
            n = sum(row.n for row in present.values() if row)
            if row := self._formula_row(formula, key, values, plain, n):
                found.append(row)
        return found

    @api.model
    def _formula_row(self, formula: Formula, key, values, plain, n) -> MeasureRow | None:
        sums = formula.sums(values, plain)
        for part in sums:
            if isinstance(part, Fault):
                return MeasureRow(*key, None, None, 0, fault=part.text)
        numerator, denominator = sums
        if not is_number(numerator) or denominator is UNDEFINED:
            return None
        return MeasureRow(*key, numerator, denominator, n, formula.grouping(plain) != "none")

    @api.model
    def _fault_rows(self, scope: MeasureScope, sentence: str) -> list[MeasureRow]:
        """The sentence in the place of each figure that was asked for."""
        if scope.scope == COMPANY:
            ids = [0]
        elif scope.scope_ids is not None:
            ids = list(scope.scope_ids)
        else:
            model = "crm.segment" if scope.scope == SEGMENT else "crm.team"
            domain = Domain("company_id", "=", scope.company_id)
            if scope.scope != SEGMENT:
                domain &= Domain("crm_segment_id", "!=", False)
            ids = self.env[model].search(domain).ids
        return [
            MeasureRow(period.key, scope_id, None, None, 0, fault=sentence)
            for period in scope.periods
            for scope_id in ids
        ]

    def _formula_records(self, scope: MeasureScope) -> tuple[str, Domain]:
        """The stored values of the parts: the formula of them is the figure."""
        company = self.env["res.company"].browse(scope.company_id)
        scope_id, key = scope.single()
        domain = Domain.FALSE
        for part in self._formula_parts(company).values():
            domain |= Domain("indicator_id", "=", part.id) & Domain("version", "=", part.version)
        return "crm.indicator.value", (
            domain
            & Domain("company_id", "=", scope.company_id)
            & Domain("period_key", "=", key)
            & Domain("scope", "=", scope.scope)
            & Domain("scope_id", "=", scope_id)
        )

    def _dependents(self) -> models.BaseModel:
        """Formula indicators whose meaning changes with these, themselves not among them."""
        # Access: a definition of another company follows from the shared one as well.
        formulas = self.env["crm.indicator"].sudo().search([("formula_text", "!=", False)])
        found, codes = formulas.browse(), set(self.mapped("code"))
        while more := formulas.filtered(self._needs_one_of(codes)) - found - self:
            found |= more
            codes |= set(more.mapped("code"))
        return found

    @api.model
    def _needs_one_of(self, codes: Collection[str]) -> Callable:
        return lambda indicator: not indicator._formula_names().isdisjoint(codes)
