from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.measure import COMPANY, SEGMENT, TEAM, MeasureRow, MeasureScope
from ..core.period import Period
from .figure_field import FigureField

SCOPE_NAMES = [(COMPANY, "Company"), (SEGMENT, "Segment"), (TEAM, "Team")]
# Aggregates of figures that may not be added blindly.
GUARDED = {f"{name}:{how}" for name in ("numerator", "denominator", "n") for how in ("sum", "avg")}


class CrmIndicatorValue(models.Model):
    """A stored figure of a company, segment or team in one period."""

    _name = "crm.indicator.value"
    _description = "Indicator Value"
    _inherit = ["crm.indicator.store"]
    _order = "period_key desc, indicator_id, scope, scope_id"
    _rec_name = "indicator_id"

    indicator_id = fields.Many2one(
        "crm.indicator",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
        help="What was measured.",
    )
    version = fields.Integer(
        required=True,
        readonly=True,
        aggregator=None,
        help="Version of the definition under which it was measured.",
    )
    is_current = fields.Boolean(
        string="Present definition",
        compute="_compute_is_current",
        search="_search_is_current",
        help="Measured under the definition that holds now. Older ones are kept and not added up "
        "with these.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one("res.currency", readonly=True, help="Currency of the amounts.")
    unit = fields.Selection(related="indicator_id.unit")
    label = fields.Selection(related="indicator_id.label")
    crm_type = fields.Selection(related="indicator_id.crm_type")
    # scope
    period_key = fields.Char(
        string="Period",
        required=True,
        readonly=True,
        help="A month (2026-03), quarter (2026-Q1), year (2026), twelve months that end with one "
        "(r12:2026-03) or all.",
    )
    period_kind = fields.Char(
        string="Length of period",
        compute="_compute_period",
        store=True,
        help="month, quarter, year, r12 (rolling twelve months) or all.",
    )
    date_from = fields.Date(
        string="First day", compute="_compute_period", store=True, help="The period begins here."
    )
    scope = fields.Selection(
        SCOPE_NAMES,
        string="Of",
        required=True,
        readonly=True,
        help="What the figure is of: the company, a segment or a team.",
    )
    scope_id = fields.Integer(
        string="Scope number",
        required=True,
        readonly=True,
        default=0,
        aggregator=None,
        help="The segment or team; 0 for the whole company, and for what belongs to none.",
    )
    segment_id = fields.Many2one(
        "crm.segment", compute="_compute_scope_links", store=True, help="The segment, if of one."
    )
    team_id = fields.Many2one(
        "crm.team", compute="_compute_scope_links", store=True, help="The team, if of one."
    )
    scope_name = fields.Char(
        string="Segment or team", compute="_compute_scope_name", help="What the figure is of."
    )
    # figures
    numerator = fields.Float(
        digits=(16, 6), readonly=True, help="Sum above the line, or the figure itself."
    )
    denominator = fields.Float(
        digits=(16, 6), readonly=True, help="Sum below the line; not used for plain sums."
    )
    is_ratio = fields.Boolean(
        readonly=True, string="Is a ratio", help="Groups are sum above over sum below the line."
    )
    is_additive = fields.Boolean(
        string="Tells of groups",
        readonly=True,
        default=True,
        help="Unticked for a formula whose figures say nothing about a group of them.",
    )
    fault = fields.Text(
        string="Why it cannot be computed",
        readonly=True,
        help="Stands in the place of the figure when the definition is broken.",
    )
    n = fields.Integer(
        string="Number of facts", readonly=True, help="How many documents or events count."
    )
    value = FigureField(
        compute="_compute_value",
        store=True,
        digits=(16, 6),
        aggregator="sum",
        help="The figure; empty where there is no data. Grouped ratios are sum over sum, not the "
        "average of ratios. A group of what cannot be added stays empty: several indicators, "
        "definitions, scopes, lengths of period or currencies.",
    )
    value_text = fields.Char(
        string="Figure", compute="_compute_value_text", help="The figure as people read it."
    )
    # restatement
    restated_at = fields.Datetime(
        readonly=True,
        help="When the figure changed after its period had ended; see the restated figures for "
        "what it was before.",
    )
    measured_at = fields.Datetime(
        string="As of",
        compute="_compute_measured_at",
        help="When the figure was last compared with its records.",
    )

    _key_uniq = models.UniqueIndex(
        "(indicator_id, version, company_id, period_key, scope, scope_id)",
        "The figure of this period and scope is stored already.",
    )
    _company_period_idx = models.Index("(company_id, period_key)")

    @api.depends("period_key")
    def _compute_period(self) -> None:
        for line in self:
            try:
                period = Period.parse(line.period_key or "")
            except ValueError:
                line.period_kind = line.date_from = False
                continue
            line.period_kind, line.date_from = period.kind, period.date_from

    @api.depends("version", "indicator_id.version")
    def _compute_is_current(self) -> None:
        for line in self:
            line.is_current = line.version == line.indicator_id.version

    def _search_is_current(self, operator: str, value) -> Domain:
        if operator != "in":
            return NotImplemented
        current = SQL(
            "(SELECT line.id FROM crm_indicator_value AS line"
            " JOIN crm_indicator AS item ON item.id = line.indicator_id"
            " WHERE item.version = line.version)"
        )
        domain = Domain.FALSE
        if True in value:
            domain |= Domain("id", "in", current)
        if False in value:
            domain |= Domain("id", "not in", current)
        return domain

    @api.depends("scope", "scope_id")
    def _compute_scope_links(self) -> None:
        segments = self.env["crm.segment"].browse(
            self.filtered(lambda line: line.scope == SEGMENT).mapped("scope_id")
        )
        teams = self.env["crm.team"].browse(
            self.filtered(lambda line: line.scope == TEAM).mapped("scope_id")
        )
        segment_ids, team_ids = set(segments.exists().ids), set(teams.exists().ids)
        for line in self:
            line.segment_id = (
                line.scope == SEGMENT and line.scope_id in segment_ids and line.scope_id
            )
            line.team_id = line.scope == TEAM and line.scope_id in team_ids and line.scope_id

    @api.depends("scope", "segment_id", "team_id", "company_id")
    @api.depends_context("lang")
    def _compute_scope_name(self) -> None:
        for line in self:
            if line.scope == COMPANY:
                line.scope_name = line.company_id.name
            elif line.scope == SEGMENT:
                line.scope_name = line.segment_id.name or self.env._("Unassigned")
            else:
                line.scope_name = line.team_id.name or self.env._("Without a team")

    @api.depends("numerator", "denominator", "is_ratio", "fault")
    def _compute_value(self) -> None:
        for line in self:
            if line.fault or (line.is_ratio and not line.denominator):
                line.value = False
            else:
                line.value = line.numerator / (line.denominator if line.is_ratio else 1)

    @api.depends("value", "fault", "unit", "currency_id", "n")
    @api.depends_context("lang")
    def _compute_value_text(self) -> None:
        for line in self:
            row = MeasureRow(
                line.period_key,
                line.scope_id,
                line.numerator,
                line.denominator if line.is_ratio else None,
                line.n,
                fault=line.fault or None,
            )
            line.value_text = line.indicator_id._figure_words(row, line.currency_id)

    def _compute_measured_at(self) -> None:
        marks = self.env["crm.indicator.period"].search_fetch(
            [
                ("indicator_id", "in", self.indicator_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("period_key", "in", self.mapped("period_key")),
            ],
            ["indicator_id", "version", "company_id", "period_key", "measured_at"],
        )
        found = {
            (mark.indicator_id, mark.version, mark.company_id, mark.period_key): mark.measured_at
            for mark in marks
        }
        for line in self:
            key = (line.indicator_id, line.version, line.company_id, line.period_key)
            line.measured_at = found.get(key, False)

    # groups
    def _read_group_select(self, aggregate_spec: str, query) -> SQL:
        """Aggregate values as ratio of sums; a group of plain sums is their sum.

        There is no figure (NULL, never 0) in a group that mixes what cannot be added: indicators,
        definitions, scopes, lengths of period, currencies, ratios with sums; nor where nothing
        stands below the line, nor of a formula that says nothing about groups. A single figure is
        itself.
        """
        if aggregate_spec in GUARDED:
            return SQL(
                "CASE WHEN %s THEN %s END",
                self._can_be_added_sql(query),
                super()._read_group_select(aggregate_spec, query),
            )
        if aggregate_spec not in ("value:sum", "value:avg"):
            return super()._read_group_select(aggregate_spec, query)
        column = self._column_of(query)
        return SQL(
            """
            CASE WHEN COUNT(*) = 1 THEN MIN(%(value)s)
                 WHEN NOT (%(addable)s AND BOOL_AND(COALESCE(%(additive)s, TRUE))
                           AND COUNT(%(fault)s) = 0) THEN NULL
                 WHEN BOOL_AND(COALESCE(%(is_ratio)s, FALSE))
                 THEN SUM(%(numerator)s) / NULLIF(SUM(%(denominator)s), 0)
                 WHEN NOT BOOL_OR(COALESCE(%(is_ratio)s, FALSE))
                 THEN SUM(%(numerator)s) END
            """,
            addable=self._can_be_added_sql(query),
            value=column("value"),
            additive=column("is_additive"),
            fault=column("fault"),
            is_ratio=column("is_ratio"),
            numerator=column("numerator"),
            denominator=column("denominator"),
        )

    def _column_of(self, query):
        return lambda name: self._field_to_sql(self._table, name, query)

    def _can_be_added_sql(self, query) -> SQL:
        """One indicator and definition, one scope, periods that share no day, one currency."""
        column = self._column_of(query)
        same = [
            SQL("MIN(%s) = MAX(%s)", column(name), column(name))
            for name in ("indicator_id", "version", "scope", "period_kind")
        ]
        return SQL(
            """
            (%(same)s
             AND MIN(%(currency)s) IS NOT DISTINCT FROM MAX(%(currency)s)
             AND (MIN(%(kind)s) IN ('month', 'quarter', 'year') OR MIN(%(key)s) = MAX(%(key)s)))
            """,
            same=SQL(" AND ").join(same),
            currency=column("currency_id"),
            kind=column("period_kind"),
            key=column("period_key"),
        )

    # people
    def action_open_records(self) -> dict:
        """Open the documents or events that the figure is made of."""
        self.ensure_one()
        self.check_access("read")
        try:
            period = Period.parse(self.period_key)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "The period of “%(name)s” cannot be read: %(reason)s",
                    name=self.indicator_id.name,
                    reason=str(error),
                )
            ) from error
        scope = MeasureScope(self.company_id.id, self.scope, (self.scope_id,), (period,))
        model, domain = self.indicator_id._records(scope)
        return {
            "type": "ir.actions.act_window",
            "name": f"{self.indicator_id.name}, {self.scope_name}, {self.period_key}",
            "res_model": model,
            "domain": list(domain),
            "views": [(False, "list"), (False, "form")],
            "context": {"active_test": False},
        }

    def action_open_restatements(self) -> dict:
        """Open what the figure was before it was restated."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_indicator_restatement_action"
        )
        same = ("version", "period_key", "scope", "scope_id")
        domain = [
            ("indicator_id", "=", self.indicator_id.id),
            ("company_id", "=", self.company_id.id),
            *[(name, "=", self[name]) for name in same],
        ]
        return {**action, "domain": domain, "context": {}}
