from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import float_round, format_date

from odoo.addons.crm_strategy.core.matrix import Cell, Drill, Matrix, Row
from odoo.addons.crm_strategy.core.period import Period
from odoo.addons.crm_strategy.core.value import UNDEFINED, total

LEADER = "crm_strategy.crm_strategy_group_leader"
MANAGER = "crm_strategy.crm_strategy_group_manager"
FINANCE = "crm_strategy.crm_strategy_group_finance"
READS_BOOKS = "account.group_account_readonly"


@dataclass
class JointGroup:
    """One row of a joint report: what it is called, how its records are found, what they sum to.

    ``domain`` finds the report's own rows, ``books`` the journal items of the same row. A row may
    be a stretch of time, of which a balance shows the change.
    """

    key: str
    title: str
    domain: Domain
    books: Domain
    amounts: dict[str, Decimal] = field(default_factory=dict)
    is_stretch: bool = False
    help: str | None = None

    def amount(self, measure: str) -> Decimal | None:
        """Sum of one measure; None when there is no record behind it."""
        return self.amounts.get(measure)

    def total(self, measures) -> Decimal | None:
        """Sum of several measures; None when none of them has a record."""
        present = [self.amounts[measure] for measure in measures if measure in self.amounts]
        return sum(present, Decimal()) if present else None


@dataclass(frozen=True)
class JointView:
    """What a reader asked a joint report for.

    ``period`` is the one chosen, ``facts`` the part of it that is told on the day ``as_of``;
    ``compared`` stands beside it. ``is_past``: what has no history cannot be told for the day.
    """

    company: models.BaseModel
    period: Period
    as_of: date
    group_by: str
    compared: Period | None = None
    is_past: bool = False

    @property
    def facts(self) -> Period:
        return self.period.until(self.as_of)


class CrmJointReportMixin(models.AbstractModel):
    """What reports that set CRM beside the books share: filters, rows, drill-down, tie-out.

    A report has the fields company_id, date, partner_id, segment_id, team_id and amount.
    """

    _name = "crm.joint.report.mixin"
    _inherit = ["crm.as_of.report.mixin", "crm.period.report.mixin"]
    _description = "Joint report of CRM and ERP"

    # reading
    @api.model
    def _search(self, *args, **kwargs):
        self._joint_before_query()
        return super()._search(*args, **kwargs)

    @api.model
    def _read_group(self, *args, **kwargs):
        self._joint_before_query()
        return super()._read_group(*args, **kwargs)

    @api.model
    def _joint_before_query(self) -> None:
        """Keep the database from compiling the long query: that takes longer than running it.

        Measured with 300,000 journal items: 12 s of compiling for 0.4 s of work.
        """
        self.env.cr.execute("SET LOCAL jit TO off")

    # who sees what
    @api.model
    def _joint_sees_costs(self) -> bool:
        """Strategy managers and finance see the whole company; a leader sees the own teams."""
        user = self.env.user
        return self.env.su or user.has_group(MANAGER) or user.has_group(FINANCE)

    @api.model
    def _joint_opens_books(self) -> bool:
        """Only who reads all journal items and all rows opens them: a part would not add up."""
        return self._joint_sees_costs() and self.env.user.has_group(READS_BOOKS)

    # filters
    def _matrix_options(self, options: dict) -> list[dict]:
        companies = [(company.id, company.name) for company in self.env.companies]
        filters = [
            self._matrix_option_period(options, "period", self.env._("Period")),
            self._matrix_option_as_of(options),
            self._matrix_option_selection(
                options, "group_by", self.env._("Rows"), self._joint_group_choices()
            ),
        ]
        if len(companies) > 1:
            filters.append(
                self._matrix_option_selection(
                    options,
                    "company",
                    self.env._("Company"),
                    companies,
                    self.env.company.id,
                )
            )
        return filters

    @api.model
    def _joint_group_choices(self) -> list[tuple[str, str]]:
        """What the rows may be; the first is the default."""
        return [
            ("segment", self.env._("Segments")),
            ("team", self.env._("Teams")),
            ("month", self.env._("Months")),
            ("customer", self.env._("Largest customers")),
        ]

    @api.model
    def _joint_group_fields(self) -> dict[str, str]:
        """Field of the report behind each choice of rows."""
        return {
            "segment": "segment_id",
            "team": "team_id",
            "month": "date:month",
            "customer": "partner_id",
        }

    @api.model
    def _joint_top_customers(self) -> int:
        """How many customers have a row of their own; all others share one."""
        return 50

    @api.model
    def _joint_company(self, options: dict):
        """The company shown: one at a time, since two currencies are never summed."""
        company = self.env["res.company"].browse(options.get("company")) or self.env.company
        if company not in self.env.companies:
            raise AccessError(
                self.env._(
                    "The report is shown for a company that you have not selected. "
                    "Select the company at the top of the screen and open the report again."
                )
            )
        return company

    def _joint_view(self, options: dict) -> JointView:
        """The values of all filters, as the figures need them."""
        company = self._joint_company(options)
        period = Period.parse(options["period"])
        as_of = self._as_of_chosen(options, company)
        compared = None
        # Months of one year do not stand in the same rows as those of another.
        if options["group_by"] != "month":
            compared = self._period_compared(period, as_of, options.get("compared"))
        is_past = as_of < self._as_of_today(company)
        return JointView(company, period, as_of, options["group_by"], compared, is_past)

    def _build_matrix(self, options: dict) -> Matrix:
        view = self._joint_view(options)
        return self.with_context(**self._as_of_context(view.as_of))._joint_matrix(view)

    def _joint_matrix(self, view: JointView) -> Matrix:
        """The matrix of the report; the context names the day."""
        raise NotImplementedError(f"{self._name} does not build a matrix yet.")

    @api.model
    def _joint_parameters(self, view: JointView) -> tuple[tuple[str, str], ...]:
        choices = dict(self._joint_group_choices())
        pairs = [
            (self.env._("Company"), view.company.name),
            (self.env._("Period"), self._matrix_period_label(view.period.key)),
            (self.env._("As of"), format_date(self.env, view.as_of)),
            (self.env._("Rows"), choices[view.group_by]),
        ]
        if view.compared:
            label = self._matrix_period_label(view.compared.key)
            pairs.append((self.env._("Compared with"), label))
        return tuple(pairs)

    # figures
    @api.model
    def _joint_money(self, value: float, company) -> Decimal:
        """An amount of the database as an exact decimal of the company's currency."""
        digits = company.currency_id.decimal_places
        rounded = float_round(value or 0.0, precision_digits=digits)
        # Adding zero turns a negative zero into a plain one.
        return Decimal(repr(rounded)).quantize(Decimal(1).scaleb(-digits)) + 0

    # rows
    @api.model
    def _joint_groups(
        self, scopes: dict[str, Domain], group_by: str, measure: str, company
    ) -> list[JointGroup]:
        """The rows, each with its sums per value of the field ``measure``.

        The row without a segment, team, customer or date comes last and is always there.

        :param scopes: one condition per stretch of time; its key is put before the names of the
            sums, and the scope of the report itself has the key "".
        """
        group_field = self._joint_group_fields()[group_by]
        found: dict = {}
        for prefix, scope in scopes.items():
            for value, name, amount in self._read_group(
                scope, [group_field, measure], ["amount:sum"]
            ):
                sums = found.setdefault(value or False, {})
                sums[prefix + name] = self._joint_money(amount, company)
        none = found.pop(False, {})
        groups = getattr(self, f"_joint_groups_{group_by}")(found)
        groups.append(self._joint_group_none(group_by, group_field, found, none))
        return groups

    def _joint_groups_segment(self, found: dict) -> list[JointGroup]:
        segments = self.env["crm.segment"].union(*found).sorted()
        return [
            self._joint_record_group(
                segment, "segment_id", Domain("crm_segment_then_id", "=", segment.id), found
            )
            for segment in segments
        ]

    def _joint_groups_team(self, found: dict) -> list[JointGroup]:
        teams = self.env["crm.team"].union(*found).sorted()
        return [
            self._joint_record_group(
                team,
                "team_id",
                Domain("crm_segment_then_id", "=", team.crm_segment_id.id),
                found,
            )
            for team in teams
        ]

    def _joint_groups_account(self, found: dict) -> list[JointGroup]:
        accounts = self.env["account.account"].union(*found).sorted()
        return [
            self._joint_record_group(
                account, "account_id", Domain("account_id", "=", account.id), found
            )
            for account in accounts
        ]

    def _joint_groups_month(self, found: dict) -> list[JointGroup]:
        groups = []
        for first in sorted(found):
            days = self._period_days(Period.between(first, first + relativedelta(months=1)))
            groups.append(
                JointGroup(
                    f"month_{first:%Y_%m}",
                    f"{first:%m/%Y}",
                    days,
                    days,
                    found[first],
                    is_stretch=True,
                )
            )
        return groups

    def _joint_groups_customer(self, found: dict) -> list[JointGroup]:
        """The largest customers by all amounts shown, and one row for all others."""

        def size(partner):
            return (-sum(map(abs, found[partner].values())), partner.id)

        ranked, top = sorted(found, key=size), self._joint_top_customers()
        groups = [
            self._joint_record_group(
                partner, "partner_id", Domain("crm_partner_id", "=", partner.id), found
            )
            for partner in ranked[:top]
        ]
        if others := ranked[top:]:
            groups.append(self._joint_other_customers(ranked[:top], others, found))
        return groups

    def _joint_other_customers(self, top: list, others: list, found: dict) -> JointGroup:
        amounts: dict[str, Decimal] = {}
        for partner in others:
            for name, amount in found[partner].items():
                amounts[name] = amounts.get(name, Decimal()) + amount
        ids = [partner.id for partner in top]
        return JointGroup(
            "customer_others",
            self.env._("%(count)s other customers", count=len(others)),
            Domain("partner_id", "!=", False) & Domain("partner_id", "not in", ids),
            Domain("crm_partner_id", "!=", False) & Domain("crm_partner_id", "not in", ids),
            amounts,
        )

    def _joint_record_group(self, record, name: str, books: Domain, found: dict) -> JointGroup:
        title = record.display_name
        return JointGroup(
            f"{name.removesuffix('_id')}_{record.id}",
            title,
            Domain(name, "=", record.id),
            books,
            found[record],
        )

    def _joint_group_none(self, group_by: str, group_field: str, found, amounts) -> JointGroup:
        titles = {
            "segment": self.env._("Unassigned"),
            "team": self.env._("Without team"),
            "month": self.env._("Without date"),
            "customer": self.env._("Without customer"),
            "account": self.env._("Without account"),
        }
        books = {
            "segment": Domain("crm_segment_then_id", "=", False),
            "team": Domain("crm_segment_then_id", "not in", self._joint_served_segments()),
            "month": Domain("date", "=", False),
            "customer": Domain("crm_partner_id", "=", False),
            "account": Domain("account_id", "=", False),
        }
        return JointGroup(
            "unassigned",
            titles[group_by],
            Domain(group_field.split(":")[0], "=", False),
            books[group_by],
            amounts,
        )

    def _joint_served_segments(self) -> list[int]:
        """Segments with an active team: the journal items of all others have no team."""
        teams = self.env["crm.team"].search([("crm_segment_id", "!=", False)])
        return teams.crm_segment_id.ids

    # books
    @api.model
    def _joint_ledger_sum(self, domain: Domain, company, measure: str = "balance") -> Decimal:
        """Sum of journal items, asked by Odoo's own grouping and not by the report's query."""
        lines = self.env["account.move.line"]
        if not self._joint_opens_books():
            # A strategy manager may see every figure of the report but not the journal items.
            # The one sum that comes back is the one the report's total already tells.
            lines = lines.sudo()
        ((balance,),) = lines._read_group(domain, [], [f"{measure}:sum"])
        return self._joint_money(balance, company)

    def _joint_books_drill(self, domain: Domain, title: str) -> Drill | None:
        if not self._joint_opens_books():
            return None
        return Drill("account.move.line", list(domain), title)

    def _joint_total(self, rows: list[Row], key: str, drill: Drill | None, note: str) -> Cell:
        """Sum of a column; no data, with the reason, when no row has any."""
        amount = total(row.cells[key].value for row in rows)
        if amount is UNDEFINED:
            return Cell(UNDEFINED, note=note)
        return Cell(amount, drill=drill)

    def _joint_difference(self, totals: Row, ledger: dict[str, Cell]) -> Row:
        """What the report shows less what the books hold; a column without data shows nothing."""
        cells = {
            key: Cell((total([totals.cells[key].value]) or Decimal()) - cell.value)
            for key, cell in ledger.items()
        }
        return Row(
            "difference",
            self.env._("Tie-out difference"),
            cells,
            style="check",
            help=self.env._("Total less ledger. It must be 0.00."),
        )

    def _joint_open(self, record) -> dict:
        """Window with one document."""
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
