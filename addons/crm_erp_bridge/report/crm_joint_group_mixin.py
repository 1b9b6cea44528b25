from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import float_round

from odoo.addons.crm_strategy.core.period import Period


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


class CrmJointGroupMixin(models.AbstractModel):
    """The rows of a joint report: segments, teams, months, customers or accounts."""

    _name = "crm.joint.group.mixin"
    _inherit = ["crm.period.report.mixin"]
    _description = "Rows of a joint report"

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
