from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.measure import COMPANY, SCOPES, SEGMENT, TEAM, MeasureRow, MeasureScope
from ..core.period import Period


class CrmIndicator(models.Model):
    """What is measured: definition as data, computation in ``_measure_<code>``."""

    _name = "crm.indicator"
    _description = "Indicator"
    _inherit = [
        "crm.kept.mixin",
        "crm.audited.mixin",
        "crm.indicator.renewal",
        "crm.indicator.need",
    ]
    _kept_fields = ("version",)
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
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    version = fields.Integer(
        default=1,
        readonly=True,
        copy=False,
        help="Goes up when the definition changes; values of older versions are kept.",
    )
    # meaning
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
        [("up", "More is better"), ("down", "Less is better")], required=True, default="up"
    )
    formula = fields.Text(
        translate=True, help="How the figure comes about, so that a reader can check it by hand."
    )
    description = fields.Text(
        string="What for", translate=True, help="What the figure tells and what to do about it."
    )
    # results
    value_ids = fields.One2many("crm.indicator.value", "indicator_id", string="Values")
    value_count = fields.Integer(compute="_compute_value_count", string="Number of values")

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

    def write(self, vals: dict) -> bool:
        """Write definitions; what changes the meaning of the figures opens a new version."""
        if {"code", "unit", "formula", "company_id"} & set(vals):
            for indicator in self:
                super(CrmIndicator, indicator).write(vals)
                # Access: the version follows from the change just made; nobody types it.
                super(CrmIndicator, indicator.sudo()).write({"version": indicator.version + 1})
            return True
        return super().write(vals)

    # definitions
    @api.model
    def _for_company(self, company: models.BaseModel, codes: Sequence[str] | None = None):
        """Active definitions that hold for a company: its own win over the shared ones."""
        domain = Domain("company_id", "in", [company.id, False])
        if codes is not None:
            domain &= Domain("code", "in", list(codes))
        by_code: dict[str, CrmIndicator] = {}
        for indicator in self.search(domain):
            if indicator.company_id or indicator.code not in by_code:
                by_code[indicator.code] = indicator
        return self.browse(indicator.id for indicator in by_code.values())

    # measuring
    @api.private
    def _measure(self, scope: MeasureScope) -> list[MeasureRow]:
        """Figures of the indicator for everything the scope asks, in one set-based query.

        Dispatches to ``_measure_<code>(scope)``, which most often is one call of
        ``_measure_facts`` with a SELECT of dated facts; see there. Scopes and periods without
        any fact have no row: they are "no data", never 0.
        """
        self.ensure_one()
        return self._dispatch("_measure_")(scope)

    @api.private
    def _records(self, scope: MeasureScope) -> tuple[str, Domain]:
        """Model and domain of the records behind one figure (one period, one scope id).

        Dispatches to ``_records_<code>(scope)``. The records add up to the figure.
        """
        self.ensure_one()
        return self._dispatch("_records_")(scope)

    def _dispatch(self, prefix: str):
        method = getattr(self, f"{prefix}{self.code}", None)
        if method is None:
            raise UserError(
                self.env._(
                    "Indicator “%(name)s” names the computation “%(code)s”, which no installed "
                    "addon brings. Archive the indicator or correct its code.",
                    name=self.name,
                    code=self.code,
                )
            )
        return method

    @api.model
    def _measure_facts(self, scope: MeasureScope, facts: SQL) -> list[MeasureRow]:
        """Sum dated facts per period and per company, segment or team of that day.

        ``facts`` is a SELECT of company_id, partner_id (commercial), fact_date, numerator and
        denominator (NULL for a plain sum). A fact counts for the segment in which its customer
        was on its date ("segment then"), and for that segment's team; scope id 0 collects what
        belongs to none.
        """
        self.env.flush_all()
        Membership = self.env["crm.segment.membership"]
        joins, key = SQL(), SQL("0")
        if scope.scope != COMPANY:
            joins = Membership._join_at(
                SQL("fact.partner_id"), SQL("fact.company_id"), SQL("fact.fact_date")
            )
            key = SQL("COALESCE(membership.segment_id, 0)")
        if scope.scope == TEAM:
            joins = SQL("%s %s", joins, Membership._team_join())
            key = SQL("COALESCE(segment_team.id, 0)")
        wanted = SQL("TRUE")
        if scope.scope != COMPANY and scope.scope_ids is not None:
            wanted = SQL("%s = ANY(%s)", key, list(scope.scope_ids))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT period.key, %(key)s, SUM(fact.numerator), SUM(fact.denominator), COUNT(*)
                  FROM (%(facts)s) AS fact
                  JOIN %(periods)s
                    ON (period.date_from IS NULL OR period.date_from <= fact.fact_date)
                   AND (period.date_to IS NULL OR fact.fact_date < period.date_to)
                  %(joins)s
                 WHERE fact.company_id = %(company)s AND %(wanted)s
              GROUP BY 1, 2
                """,
                key=key,
                facts=facts,
                periods=self._periods_sql(scope.periods),
                joins=joins,
                company=scope.company_id,
                wanted=wanted,
            )
        )
        return [MeasureRow(*row) for row in rows]

    @api.model
    def _periods_sql(self, periods: Sequence[Period]) -> SQL:
        return SQL(
            "unnest(%s::text[], %s::date[], %s::date[]) AS period(key, date_from, date_to)",
            [period.key for period in periods],
            [period.date_from for period in periods],
            [period.date_to for period in periods],
        )

    @api.model
    def _period_domain(self, field: str, period: Period) -> Domain:
        """Domain of the records whose date or datetime field lies in the period."""
        domain = Domain.TRUE
        if period.date_from:
            domain &= Domain(field, ">=", period.date_from)
        if period.date_to:
            domain &= Domain(field, "<", period.date_to)
        return domain

    @api.model
    def _scope_values(self, scope: MeasureScope, facts: SQL, column: str) -> list[int]:
        """Values of a column of the facts that one figure is made of, for the drill-down.

        ``facts`` is the SELECT given to ``_measure_facts`` with one column more, most often
        the id of the document line.
        """
        scope_id, _key = scope.single()
        Membership = self.env["crm.segment.membership"]
        self.env.flush_all()
        joins = SQL(
            "%s %s",
            Membership._join_at(
                SQL("fact.partner_id"), SQL("fact.company_id"), SQL("fact.fact_date")
            ),
            Membership._team_join(),
        )
        key = {
            COMPANY: SQL("0"),
            SEGMENT: SQL("COALESCE(membership.segment_id, 0)"),
            TEAM: SQL("COALESCE(segment_team.id, 0)"),
        }[scope.scope]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT %(column)s
                  FROM (%(facts)s) AS fact
                  JOIN %(periods)s
                    ON (period.date_from IS NULL OR period.date_from <= fact.fact_date)
                   AND (period.date_to IS NULL OR fact.fact_date < period.date_to)
                  %(joins)s
                 WHERE fact.company_id = %(company)s AND %(key)s = %(scope_id)s
                """,
                column=SQL.identifier("fact", column),
                facts=facts,
                periods=self._periods_sql(scope.periods),
                joins=joins,
                company=scope.company_id,
                key=key,
                scope_id=scope_id,
            )
        )
        return [value for (value,) in rows]

    # storing
    @api.model
    @api.private
    def _refresh(
        self,
        companies: models.BaseModel,
        periods: Iterable[Period],
        scopes: Sequence[str] = SCOPES,
    ) -> int:
        """Measure the indicators of the companies and store the values; returns rows written.

        Called on no record: all definitions that hold for each company; on records: these. A
        value that no longer has a fact goes. Running twice changes nothing.
        """
        periods = tuple(periods)
        written = 0
        for company in companies:
            indicators = self or self._for_company(company)
            for indicator in indicators:
                for scope in scopes:
                    question = MeasureScope(company.id, scope, None, periods)
                    rows = indicator._measure(question)
                    written += self.env["crm.indicator.value"]._store(
                        indicator, company, question, rows
                    )
        return written

    def action_refresh(self) -> dict:
        """Measure again for this year by month, each year known, and as a whole."""
        self.check_access("write")
        year = fields.Date.context_today(self).year
        periods = [Period.parse("all"), Period.parse(f"{year}"), Period.parse(f"{year - 1}")]
        periods += [Period.month_of(date(year, month, 1)) for month in range(1, 13)]
        written = self._refresh(self.env.companies, periods)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%(count)s values measured.", count=written),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_values(self) -> dict:
        """Open the stored values of the indicator."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_indicator_value_action"
        )
        return {**action, "domain": [("indicator_id", "=", self.id)], "context": {}}
