from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import formatLang

from ..core.measure import MeasureRow, MeasureScope
from ..core.period import Period
from ..core.value import UNDEFINED, Fault

# What a figure means: a change opens a new version.
MEANING = frozenset({"code", "unit", "formula", "formula_text", "company_id"})

# Methods of the engine that are named like the computation of an indicator and are none.
ENGINE_STEPS = frozenset(
    {
        "batch",
        "customers",
        "facts",
        "facts_by_scope",
        "facts_of_customers",
        "formula",
        "needs",
        "one",
        "scopes",
        "states",
    }
)


class CrmIndicator(models.Model):
    """What is measured: definition as data, computation in ``_facts_<code>`` or a formula."""

    _name = "crm.indicator"
    _description = "Indicator"
    _inherit = [
        "crm.kept.mixin",
        "crm.audited.mixin",
        "crm.type.mixin",
        "crm.indicator.facts",
        "crm.indicator.formula",
        "crm.indicator.renewal",
        "crm.indicator.need",
    ]
    _kept_fields = ("version",)
    _made_fields = _kept_fields
    _order = "level_group, sequence, name, id"

    # identity
    name = fields.Char(required=True, translate=True, help="What a reader calls the figure.")
    code = fields.Char(
        required=True,
        help="Names the computation. The same code in a company of its own replaces the shared "
        "definition there.",
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="Empty: the definition of all companies that have none of their own.",
    )
    sequence = fields.Integer(default=10, help="Place in lists and on new scorecards.")
    active = fields.Boolean(
        default=True, help="An archived indicator is measured no more; its values stay."
    )
    version = fields.Integer(
        default=1,
        readonly=True,
        copy=False,
        help="Goes up when the definition changes; values of older versions are kept.",
    )
    # meaning
    crm_type = fields.Selection(default="analytic")
    level_group = fields.Selection(
        [
            ("organisation", "Organisation factors"),
            ("result", "Results"),
        ],
        string="Group",
        required=True,
        default="result",
        help="Factors of our own organisation, or results with customers.",
    )
    kind = fields.Selection(
        [
            ("factor", "Organisation factor"),
            ("value", "Expected and perceived value"),
            ("process", "Process performance"),
            ("correlation", "Cause and effect"),
        ],
        required=True,
        default="process",
        help="One kind of organisation factors and three kinds of results (S000-9.10).",
    )
    unit = fields.Selection(
        [
            ("amount", "Amount"),
            ("rate", "Rate"),
            ("count", "Count"),
            ("days", "Days"),
        ],
        required=True,
        default="count",
        help="How the figure is shown. A rate lies between 0 and 1 and is shown in per cent.",
    )
    label = fields.Selection(
        [("crm", "CRM (ante)"), ("erp", "ERP (post)")],
        string="Source",
        required=True,
        default="erp",
        help="ERP: follows from posted or confirmed documents. CRM: is an expectation.",
    )
    direction = fields.Selection(
        [("up", "More is better"), ("down", "Less is better")],
        required=True,
        default="up",
        help="Which way is better; scorecards colour a figure beside its target by it.",
    )
    formula = fields.Text(
        string="How it is counted",
        translate=True,
        help="How the figure comes about, so that a reader can check it by hand.",
    )
    description = fields.Text(
        string="What for", translate=True, help="What the figure tells and what to do about it."
    )
    # results
    value_ids = fields.One2many("crm.indicator.value", "indicator_id", string="Values")
    value_count = fields.Integer(
        compute="_compute_value_count", string="Number of values", help="Stored figures."
    )
    no_data_reason = fields.Char(
        string="Why there is no data",
        compute="_compute_no_data_reason",
        help="Says so when no installed addon measures the indicator.",
    )

    _code_shared_uniq = models.UniqueIndex(
        "(code) WHERE company_id IS NULL",
        "Another shared indicator has this code. Change that one or give yours a company.",
    )
    _code_company_uniq = models.UniqueIndex(
        "(company_id, code) WHERE company_id IS NOT NULL",
        "The company has an indicator of this code already. Change that one instead.",
    )

    @api.depends("value_ids")
    def _compute_value_count(self) -> None:
        counts = dict(
            self.env["crm.indicator.value"]._read_group(
                [("indicator_id", "in", self.ids)], ["indicator_id"], ["__count"]
            )
        )
        for indicator in self:
            indicator.value_count = counts.get(indicator, 0)

    @api.depends("code", "formula_text")
    @api.depends_context("lang")
    def _compute_no_data_reason(self) -> None:
        for indicator in self:
            indicator.no_data_reason = indicator._why_no_data() or False

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmIndicator:
        """Create definitions; companies that store values measure them within minutes."""
        indicators = super().create(vals_list)
        indicators._note_definition()
        return indicators

    def write(self, vals: dict) -> bool:
        """Write definitions; what changes the meaning of the figures opens a new version.

        So do formulas of the changed indicators, since they mean something else from then on.
        """
        if not MEANING & set(vals):
            result = super().write(vals)
            if "active" in vals:
                self._note_definition()
            return result
        changed = self._dependents()
        for indicator in self:
            super(CrmIndicator, indicator).write(vals)
        # By their new code too.
        changed = (changed | self._dependents() | self).with_env(self.env)
        for indicator in changed:
            # Access: the version follows from the change just made; nobody types it.
            super(CrmIndicator, indicator.sudo()).write({"version": indicator.sudo().version + 1})
        changed._note_definition()
        return True

    def _note_definition(self) -> None:
        """Have the companies that store values measure these definitions again."""
        stored = self._storing_companies()
        for indicator in self.sudo():  # Access: only the company of the definition is read.
            companies = indicator.company_id & stored if indicator.company_id else stored
            self._note_stale(companies.ids, date.min)

    # definitions
    @api.model
    def _for_company(self, company: models.BaseModel, codes: Sequence[str] | None = None):
        """Active definitions that hold for a company: its own win over the shared ones."""
        domain = Domain("company_id", "in", [company.id, False])
        if codes is not None:
            domain &= Domain("code", "in", list(codes))
        by_code: dict[str, CrmIndicator] = {}
        for indicator in self.search_fetch(domain):
            if indicator.company_id or indicator.code not in by_code:
                by_code[indicator.code] = indicator
        return self.browse(indicator.id for indicator in by_code.values())

    # measuring
    @api.private
    def _measure(self, scope: MeasureScope) -> list[MeasureRow]:
        """Figures of the indicator for everything the scope asks, in one set-based query.

        A formula is computed from its parts; otherwise dispatches to ``_measure_<code>(scope)``,
        or sums what ``_facts_<code>(scope)`` gives. Scopes and periods without any fact have no
        row: they are "no data", never 0; so is an indicator that no installed addon measures.
        """
        self.ensure_one()
        if self.formula_text:
            return self._measure_formula(scope)
        if measure := self._method("_measure_"):
            return measure(scope)
        if facts := self._method("_facts_"):
            return self._measure_facts(scope, facts(scope).select)
        return []

    @api.private
    def _records(self, scope: MeasureScope) -> tuple[str, Domain]:
        """Model and domain of the records behind one figure (one period, one scope id).

        Dispatches to ``_records_<code>(scope)``, or opens the records of ``_facts_<code>(scope)``;
        a formula opens the stored values of its parts. The records add up to the figure.
        """
        self.ensure_one()
        if self.formula_text:
            return self._formula_records(scope)
        if records := self._method("_records_"):
            return records(scope)
        if facts := self._method("_facts_"):
            found = facts(scope)
            ids = self._scope_values(scope, found.select, "res_id")
            return found.model, Domain("id", "in", ids)
        raise UserError(self._why_no_data() or self.env._("There are no records to open."))

    @api.private
    def _measure_customers(
        self, customers: models.BaseModel, period: Period
    ) -> dict[int, MeasureRow]:
        """Figures of customers by ``crm.customer`` id, on demand; they are stored nowhere.

        Of indicators whose facts carry the customer (``_facts_<code>``) and of formulas of those;
        one query per company. A customer without facts is absent.
        """
        self.ensure_one()
        found: dict[int, MeasureRow] = {}
        for company, own in customers.grouped("company_id").items():
            if self.formula_text:
                found |= self._formula_of_customers(company, own, period)
            elif facts := self._method("_facts_"):
                question = MeasureScope(company.id, "company", None, (period,))
                select = facts(question).select
                found |= self._measure_facts_of_customers(own, period, select)
        return found

    def _formula_of_customers(self, company, customers, period) -> dict[int, MeasureRow]:
        if self._formula_obstacle(company):
            return {}
        parts = self._formula_parts(company)
        rows = {
            code: {
                (row.period_key, row.scope_id): row
                for row in part._measure_customers(customers, period).values()
            }
            for code, part in parts.items()
        }
        return {row.scope_id: row for row in self._formula_rows(parts, rows)}

    def _carries_customer(self) -> bool:
        """Whether the indicator can be told of one customer."""
        self.ensure_one()
        if self.formula_text:
            parts = self._formula_parts(self.company_id or self.env.company)
            return bool(parts) and all(part._carries_customer() for part in parts.values())
        return self._method("_facts_") is not None

    @api.private
    def _why_no_data(self) -> str | None:
        """The sentence for an indicator that nobody measures; None when somebody does."""
        self.ensure_one()
        kinds = ("_measure_", "_facts_")
        if self.formula_text or any(self._method(kind) for kind in kinds):
            return None
        return self.env._(
            "No data: no installed addon measures “%(name)s” (%(code)s).",
            name=self.name,
            code=self.code,
        )

    def _method(self, prefix: str) -> Callable | None:
        if self.code in ENGINE_STEPS:
            return None
        return getattr(self, f"{prefix}{self.code or ''}", None)

    # words
    @api.private
    def _figure_words(self, row: MeasureRow | None, currency: models.BaseModel) -> str:
        """A figure as people read it: amount, per cent, count, days, "no data" or why not."""
        value = row.value if row else UNDEFINED
        if isinstance(value, Fault):
            return value.text
        if value is UNDEFINED:
            return self.env._("no data")
        if self.unit == "amount":
            return formatLang(self.env, float(value), currency_obj=currency)
        if self.unit == "rate":
            return f"{formatLang(self.env, float(value) * 100, digits=1)} %"
        if self.unit == "days":
            return self.env._("%(number)s days", number=formatLang(self.env, value, digits=1))
        return formatLang(self.env, float(value), digits=0 if value == int(value) else 2)

    # people
    def action_refresh(self) -> dict:
        """Measure the last year and the open periods again, in the background, and show how far.

        On no record: all indicators.
        """
        self.check_access("write")
        runs = self.env["crm.indicator.run"]._begin(self.env.companies, self)
        return runs._get_records_action(name=self.env._("Measuring"))

    def action_open_values(self) -> dict:
        """Open the stored values of the indicator."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_indicator_value_action"
        )
        domain = [("indicator_id", "=", self.id)]
        return {**action, "domain": domain, "context": {"search_default_current": 1}}
