from __future__ import annotations

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.period import Period
from ..core.value import UNDEFINED
from .crm_facts import REVENUE_ROLES


class CrmStrategyMarket(models.Model):
    """What a strategy wants in one of the six markets, and what is reached (S001-1-MK1..6)."""

    _name = "crm.strategy.market"
    _description = "Market of a Strategy"
    _inherit = "crm.strategy.part.mixin"
    _order = "strategy_id, sequence, id"
    _kept_fields = ("strategy_id", "role_id")
    _locked_fields = ("objective", "planned_count", "planned_contact_count")
    _privacy_texts = ("objective", "note")

    role_id = fields.Many2one(
        "crm.market.role",
        string="Market",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="One of the six markets.",
    )
    sequence = fields.Integer(related="role_id.sequence", store=True, aggregator=None)
    description = fields.Text(related="role_id.description", string="Who belongs to it")
    measure = fields.Selection(related="role_id.measure", string="What is counted")
    crm_type = fields.Selection(related="role_id.crm_type", store=True, string="Type of CRM")
    # plan
    objective = fields.Text(help="What the company wants in this market in the period.")
    planned_count = fields.Integer(
        string="Plan", help="How many are to be reached in this market by the end of the period."
    )
    planned_contact_count = fields.Integer(
        string="Contacts planned", help="Contacts with this market planned for the period."
    )
    # actual
    typed_count = fields.Integer(
        string="Typed in",
        help="For a market of which the system keeps no records, such as applicants: the number "
        "reached in the period so far.",
    )
    actual_count = fields.Integer(
        string="Actual", compute="_compute_actual", help="Reached so far; opens its records."
    )
    contact_count = fields.Integer(
        string="Contacts made",
        compute="_compute_actual",
        help="Contacts through all channels with the partners of this market in the period.",
    )
    progress = fields.Char(
        string="Plan against actual", compute="_compute_actual", help="Actual in per cent of plan."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    revenue_amount = fields.Monetary(
        string="Posted revenue (ERP)",
        compute="_compute_revenue",
        groups=REVENUE_ROLES,
        help="Posted revenue of the leads that somebody referred.",
    )
    has_revenue = fields.Boolean(
        string="Posted revenue is known",
        compute="_compute_revenue",
        groups=REVENUE_ROLES,
        help="Whether there is a figure; without one it is not 0.",
    )
    revenue_note = fields.Char(
        string="Why there is no revenue",
        compute="_compute_revenue",
        groups=REVENUE_ROLES,
        help="Why no revenue is shown.",
    )
    note = fields.Text(help="How it goes and what was learned.")

    _role_uniq = models.UniqueIndex(
        "(strategy_id, role_id)", "The strategy has this market already. Reload the page."
    )

    @api.depends("role_id")
    def _compute_display_name(self) -> None:
        for market in self:
            market.display_name = market.role_id.name or ""

    @api.depends(
        "role_id.measure",
        "planned_count",
        "typed_count",
        "strategy_id.date_from",
        "strategy_id.date_to",
    )
    def _compute_actual(self) -> None:
        for market in self:
            records = market._records()
            if records is None:
                market.actual_count = market.typed_count
            else:
                model, domain = records
                # Access: a count for who reads the strategy; the records open with own rights.
                market.actual_count = self.env[model].sudo().search_count(domain)
            market.contact_count = market._count_contacts()
            market.progress = (
                self.env._(
                    "%(share)s %% of the plan",
                    share=round(100 * market.actual_count / market.planned_count),
                )
                if market.planned_count
                else False
            )

    @api.depends("role_id.measure", "strategy_id.date_from", "strategy_id.date_to")
    def _compute_revenue(self) -> None:
        for market in self:
            market.revenue_amount, market.has_revenue, market.revenue_note = 0, False, False
            if market.measure != "referrals":
                continue
            facts = self.env["crm.facts"]
            if not facts._may_ask(market.company_id):
                continue
            revenue = facts._revenue_by_lead(market.company_id, market._period())
            if revenue is UNDEFINED:
                market.revenue_note = facts._why_no_data()
                continue
            model, domain = market._records_referrals()
            # Access: a total for who reads the strategy; the leads open with own rights.
            leads = self.env[model].sudo().with_context(active_test=False).search(domain)
            market.has_revenue = True
            market.revenue_amount = sum(revenue.get(lead, 0) for lead in leads.ids)

    def _period(self) -> Period:
        last = self.strategy_id.date_to
        return Period.between(self.strategy_id.date_from, last and last + timedelta(days=1))

    # what is counted
    def _records(self) -> tuple[str, Domain] | None:
        """(model, domain) of what is reached in the market; None when it is typed in."""
        return getattr(self, f"_records_{self.measure or 'typed'}")()

    def _records_typed(self) -> None:
        return None

    def _records_customers(self) -> tuple[str, Domain]:
        return "crm.customer", Domain("company_id", "=", self.company_id.id) & Domain(
            "segment_id", "!=", False
        )

    def _records_partners(self) -> tuple[str, Domain]:
        return "res.partner", Domain("crm_market_role_ids", "in", self.role_id.ids) & Domain(
            "company_id", "in", [self.company_id.id, False]
        )

    def _records_referrals(self) -> tuple[str, Domain]:
        period = self._period()
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("crm_referrer_id", "!=", False)
        # A lost lead was referred as well.
        domain &= Domain("active", "in", [True, False])
        if period.date_from:
            domain &= Domain("create_date", ">=", period.date_from)
        if period.date_to:
            domain &= Domain("create_date", "<", period.date_to)
        return "crm.lead", domain

    def _records_staff(self) -> tuple[str, Domain]:
        people = self.env["crm.strategy.sign"]._team_users(self.company_id)
        return "res.users", Domain("id", "in", people.ids)

    def _count_contacts(self) -> int:
        """Contacts of the period with the partners of the market, counted as for the channels."""
        partners = self._contact_partners()
        if not partners:
            return 0
        period = self._period()
        self.env.flush_all()
        ((count,),) = self.env.execute_query(
            SQL(
                """
                SELECT COUNT(*)
                  FROM (%(contacts)s) AS contact
                 WHERE contact.company_id = %(company)s
                   AND contact.partner_id = ANY(%(partners)s)
                   AND contact.date >= %(date_from)s AND contact.date < %(date_to)s
                """,
                contacts=self.env["crm.channel"]._contacts_sql(),
                company=self.company_id.id,
                partners=partners,
                date_from=period.date_from,
                date_to=period.date_to,
            )
        )
        return count

    def _contact_partners(self) -> list[int]:
        """Ids of the commercial partners of the market."""
        if self.measure == "staff" or not self.strategy_id:
            return []
        # Access: ids for a count.
        env = self.sudo().env
        if self.measure == "customers":
            model, domain = self._records_customers()
            return env[model].search(domain).partner_id.ids
        return env["res.partner"].search(self._records_partners()[1]).commercial_partner_id.ids

    # writing and actions
    def _copy_to(self, strategy: models.BaseModel) -> None:
        """Give the markets of another strategy the plans of these."""
        for market in strategy.market_ids:
            source = self.filtered(lambda other, role=market.role_id: other.role_id == role)
            if source:
                names = (*self._locked_fields, "typed_count", "note")
                market.write({name: source[name] for name in names})

    def action_open_records(self) -> dict:
        """Open what is counted as reached."""
        self.ensure_one()
        records = self._records()
        if records is None:
            raise UserError(
                self.env._(
                    "The number of market “%(name)s” is typed in; there are no records behind it.",
                    name=self.display_name,
                )
            )
        model, domain = records
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": list(domain),
            "context": {},
        }

    def action_open_partners(self) -> dict:
        """Open the partners who have the role of this market."""
        self.ensure_one()
        return self.role_id.action_open_partners()
