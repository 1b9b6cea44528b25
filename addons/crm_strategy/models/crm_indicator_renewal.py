from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.tools import SQL

from ..core.measure import SCOPES, SEGMENT, MeasureRow, MeasureScope, open_periods, slice_of
from ..core.period import Period
from .crm_change_queue import BUFFER
from .crm_compared_mixin import Compared

DIGITS = 6
INDICATORS = "indicators"
# Closed periods that one night compares besides the open ones.
CLOSED_PER_NIGHT = 6


class StoredFigures(NamedTuple):
    """What is stored of one indicator and period, and when it was measured."""

    measured_at: datetime
    rows: dict[str, list[MeasureRow]]


class CrmIndicatorRenewal(models.AbstractModel):
    """Stores values, and keeps them in line with what would be measured now.

    A company that stores no value yet is left alone: which periods it wants is seen from those
    that it has.
    """

    _name = "crm.indicator.renewal"
    _description = "Renewal of Indicator Values"
    _inherit = ["crm.compared.mixin"]

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

        Called on no record: all definitions that hold for each company; on records: these, and
        what their formulas need. A value that no longer has a fact goes. Running twice changes
        nothing.
        """
        periods = tuple(periods)
        written = 0
        for company in companies:
            indicators = self._with_parts(company) if self else self._for_company(company)
            known: dict[int, dict] = {}
            for indicator in indicators:
                written += indicator._refresh_one(company, periods, scopes, known)
            if set(scopes) == set(SCOPES):
                self.env["crm.indicator.period"]._mark(indicators, company, periods)
        return written

    def _refresh_one(self, company, periods, scopes, known: dict[int, dict]) -> int:
        Value = self.env["crm.indicator.value"]
        final = self.env["crm.indicator.period"]._final_keys(self, company, periods)
        measured = self._measure_scopes(company, periods, scopes, known)
        return sum(
            Value._store(self, company, MeasureScope(company.id, scope, None, periods), rows, final)
            for scope, rows in measured.items()
        )

    def _measure_scopes(
        self,
        company: models.BaseModel,
        periods: tuple[Period, ...],
        scopes: Sequence[str] = SCOPES,
        known: dict[int, dict] | None = None,
    ) -> dict[str, list[MeasureRow]]:
        """Rows by scope. ``known`` keeps those of each indicator, so that formulas reuse them."""
        self.ensure_one()
        known = {} if known is None else known
        if self.id in known:
            return known[self.id]
        facts = None if self.formula_text else self._method("_facts_")
        if self.formula_text:
            rows = self._formula_scopes(company, periods, scopes, known)
        elif facts and not self._method("_measure_"):
            question = MeasureScope(company.id, SEGMENT, None, periods)
            rows = self._measure_facts_by_scope(company, periods, facts(question).select)
            rows = {scope: rows[scope] for scope in scopes}
        else:
            rows = {
                scope: self._measure(MeasureScope(company.id, scope, None, periods))
                for scope in scopes
            }
        known[self.id] = rows
        return rows

    def _formula_scopes(self, company, periods, scopes, known) -> dict[str, list[MeasureRow]]:
        if obstacle := self._formula_obstacle(company):
            return {
                scope: self._fault_rows(MeasureScope(company.id, scope, None, periods), obstacle)
                for scope in scopes
            }
        parts = self._formula_parts(company)
        measured = {
            code: part._measure_scopes(company, periods, scopes, known)
            for code, part in parts.items()
        }
        return {
            scope: self._formula_rows(
                parts,
                {
                    code: {(row.period_key, row.scope_id): row for row in rows[scope]}
                    for code, rows in measured.items()
                },
            )
            for scope in scopes
        }

    def _with_parts(self, company: models.BaseModel) -> models.BaseModel:
        """These and all that their formulas need in the company."""
        found = waiting = self
        while waiting:
            parts = self.browse()
            for indicator in waiting.filtered("formula_text"):
                parts = parts.union(*indicator._formula_parts(company).values())
            waiting = parts - found
            found |= waiting
        return found

    # staleness
    @api.model
    @api.private
    def _followed_codes(self) -> frozenset[str]:
        """Codes of indicators of which each changed fact reaches the queue; extend it.

        Only their stored values are shown instead of being measured: whoever names a code here
        calls ``_note_stale`` (or uses ``crm.measured.mixin``) wherever a fact may change. The
        figures must not depend on the day on which one looks.
        """
        return frozenset()

    def _is_followed(self, company: models.BaseModel) -> bool:
        self.ensure_one()
        if not self.formula_text:
            return self.code in self._followed_codes()
        parts = self._formula_parts(company)
        return bool(parts) and all(part._is_followed(company) for part in parts.values())

    @api.model
    @api.private
    def _note_stale(self, company_ids: Iterable[int], since: date) -> None:
        """Note that figures of the companies changed from a day on; a lane measures them again."""
        rows = [(company_id, 0, since) for company_id in company_ids]
        self.env["crm.change"]._collect(INDICATORS, rows)

    @api.model
    def _storing_companies(self) -> models.BaseModel:
        # Access: which companies store values at all; nothing of them is shown.
        groups = self.env["crm.indicator.period"].sudo()._read_group([], ["company_id"])
        return self.env["res.company"].browse([company.id for (company,) in groups])

    @api.private
    def _stored_now(self, company: models.BaseModel, period: Period) -> dict[int, StoredFigures]:
        """Stored figures that are certain to equal their records, by indicator id; two queries.

        Absent is what has to be measured: while a change of the company waits (also one of this
        transaction), what was not stored for the period, and what the queue does not follow.
        """
        self.env.flush_all()
        if self._is_noted(company):
            return {}
        followed = self.filtered(lambda item: item._is_followed(company))
        marks = self.env["crm.indicator.period"]._fresh_marks(followed, company, period)
        found = {id_: StoredFigures(at, {scope: [] for scope in SCOPES}) for id_, at in marks}
        if not found:
            return {}
        stored = self.env["crm.indicator.value"]._stored_rows(
            followed.browse(found), company, (period,)
        )
        for indicator_id, scope, row in stored:
            found[indicator_id].rows[scope].append(row)
        return found

    @api.model
    def _is_noted(self, company: models.BaseModel) -> bool:
        """Whether this very transaction has changed facts of the company."""
        noted = self.env.cr.precommit.data.get(BUFFER, {})
        return any(key[0] == INDICATORS and key[1] == company.id for key in noted)

    # comparison
    @api.model
    @api.private
    def _compare(self, company: models.BaseModel, partners: range) -> Compared:
        """Stored values equal what the indicators measure now.

        Those of the open periods each night, those of closed ones some each night, in turn.
        """
        keys, today = self._stored_keys(company), self._today_of(company)
        opened = open_periods(keys, today)
        closed = sorted(set(keys) - {period.key for period in opened})
        tonight = slice_of(closed, CLOSED_PER_NIGHT, today.toordinal())
        periods = (*opened, *(Period.parse(key) for key in tonight))
        if not periods:
            return Compared()
        checked, starts, sample = 0, [], ""
        known: dict[int, dict] = {}
        for indicator in self._for_company(company):
            measured = indicator._measure_scopes(company, periods, SCOPES, known)
            wrong, count = self._differing(indicator, company, periods, measured)
            checked += count
            starts += [Period.parse(key).date_from for key in wrong]
            if wrong and not sample:
                sample = self.env._(
                    "“%(name)s” of %(period)s was stored with other figures.",
                    name=indicator.name,
                    period=wrong[0],
                )
        # Values hang on no customer: the company's own contact stands for it in the queue.
        found = [(company.partner_id.id, start) for start in starts]
        return self._compared(checked, found, sample)

    @api.model
    def _differing(self, indicator, company, periods, measured) -> tuple[list[str], int]:
        """Keys of the periods of which something differs, one for each figure; and how many."""
        stored: dict[str, list[MeasureRow]] = {scope: [] for scope in SCOPES}
        for _id, scope, row in self.env["crm.indicator.value"]._stored_rows(
            indicator, company, periods
        ):
            stored[scope].append(row)
        wrong, checked = [], 0
        for scope in SCOPES:
            right, kept = _figures(measured[scope]), _figures(stored[scope])
            keys = right.keys() | kept.keys()
            checked += len(keys)
            wrong += [key[0] for key in sorted(keys) if right.get(key) != kept.get(key)]
        return wrong, checked

    @api.model
    @api.private
    def _process_changes(self, rows: list[tuple[int, int, date]]) -> None:
        """Measure again the periods that were open since a day; a consumer of ``crm.change``."""
        since: dict[int, date] = {}
        for company_id, _partner_id, day in rows:
            since[company_id] = min(day, since.get(company_id, day))
        for company in self.env["res.company"].browse(since):
            keys = self._stored_keys(company)
            periods = {
                period.key: period
                for period in [
                    *(Period.parse(key) for key in keys),
                    *open_periods(keys, self._today_of(company)),
                ]
                if period.date_to is None or period.date_to > since[company.id]
            }
            if periods:
                engine = self.with_context(crm_stale_since=since[company.id])
                engine.browse()._refresh(company, periods.values())

    @api.model
    def _today_of(self, company: models.BaseModel) -> date:
        return self.env["crm.segment.membership"]._today(company)

    @api.model
    def _day_of(self, company: models.BaseModel, moment: datetime) -> date:
        """The company's day of a moment in UTC."""
        zone = company.resource_calendar_id.tz or "UTC"
        return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).date()

    @api.model
    def _stored_keys(self, company: models.BaseModel) -> list[str]:
        """Months, quarters, years, rolling months and “all” that the company stores."""
        rows = self.env.execute_query(
            SQL(
                "SELECT period_key FROM crm_indicator_period WHERE company_id = %s"
                " UNION SELECT period_key FROM crm_indicator_value WHERE company_id = %s",
                company.id,
                company.id,
            )
        )
        return sorted(key for (key,) in rows if ".." not in key)


def _figures(rows: Iterable[MeasureRow]) -> Mapping[tuple[str, int], tuple]:
    """Figures by period and scope id, rounded as they are stored."""
    return {
        (row.period_key, row.scope_id): (
            _rounded(row.numerator),
            _rounded(row.denominator),
            row.n,
            row.fault,
        )
        for row in rows
    }


def _rounded(value: object) -> float | None:
    return None if value is None else round(float(value), DIGITS)
