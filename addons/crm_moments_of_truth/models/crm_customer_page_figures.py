from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain


class CrmCustomerPageFigures(models.AbstractModel):
    """The figures at the top of the page of a customer, and which records stand behind them."""

    _name = "crm.customer.page.figures"
    _description = "Figures of the Page of a Customer"
    _inherit = "crm.customer.page"

    # ------------------------------------------------------------------
    # Which records
    # ------------------------------------------------------------------

    def _page_domain(self, model: str) -> Domain:
        """The records of a model that belong to this customer in its company."""
        own = Domain("company_id", "=", self.company_id.id)
        if model == "sale.order":
            return own & Domain("partner_id.commercial_partner_id", "=", self.partner_id.id)
        if model == "account.move":
            return own & Domain("commercial_partner_id", "=", self.partner_id.id)
        if model == "crm.lead":
            return Domain("company_id", "in", (self.company_id.id, False)) & Domain(
                "partner_id.commercial_partner_id", "=", self.partner_id.id
            )
        return own & Domain("customer_id", "=", self.id)

    def _page_all(self, model: str, counted: Domain) -> Domain:
        if model == "account.move":
            return self._page_invoices()
        link = self.env[model]._fields.get("customer_id")
        if model in ("sale.order", "crm.lead") or (link and link.comodel_name == self._name):
            return self._page_domain(model)
        return super()._page_all(model, counted)

    def _page_zone(self) -> str:
        return self.company_id.resource_calendar_id.tz or "UTC"

    def _page_today(self) -> date:
        return fields.Date.context_today(self.with_context(tz=self._page_zone()))

    def _page_start(self, day: date) -> datetime:
        """When a day of the company begins, as the database keeps times."""
        midnight = datetime.combine(day, time.min, tzinfo=ZoneInfo(self._page_zone()))
        return midnight.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)

    def _page_invoices(self) -> Domain:
        return (
            self._page_domain("account.move")
            & Domain("state", "=", "posted")
            & Domain("move_type", "in", ("out_invoice", "out_refund", "out_receipt"))
        )

    def _page_unpaid(self) -> Domain:
        return self._page_invoices() & Domain("amount_residual", "!=", 0)

    def _page_overdue(self) -> Domain:
        return self._page_unpaid() & Domain("invoice_date_due", "<", self._page_today())

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _page_figure(
        self,
        key: str,
        label: str,
        model: str,
        domain: Domain,
        *,
        amount: str | None = None,
        hint: str = "",
        tone: str = "",
    ) -> dict | None:
        """A figure with the records behind it; None where the reader may not read them.

        :param amount: a field in the company's currency to add up; without it records are counted
        """
        Model = self.env[model]
        if not Model.has_access("read"):
            return None
        count, total = Model._read_group(
            domain, [], ["__count", f"{amount}:sum"] if amount else ["__count", "__count"]
        )[0]
        value = total or 0 if amount else count
        # An amount that nobody could tell is no amount, never 0.
        if (
            amount
            and count
            and not value
            and not Model.search_count(domain & Domain(amount, "!=", False), limit=1)
        ):
            value = None
        is_blind, hidden = self._page_hidden(Model, domain)
        if is_blind:
            value = None
        return {
            "key": key,
            "label": label,
            "count": count,
            "value": value,
            "currency_id": self.company_id.currency_id.id if amount else False,
            "hint": hint,
            "hidden": hidden,
            "tone": tone if value else "",
            "open": self._page_open(label, model, domain),
        }

    def _page_figures(self) -> list[dict]:
        """The figures at the top of the page, each with its source."""
        year_ago = self._page_today() - relativedelta(years=1)
        orders = self._page_domain("sale.order")
        is_open = Domain("is_open", "=", True)
        figures = [
            self._page_figure(
                "ruptures",
                self.env._("Open ruptures"),
                "crm.rupture",
                self._page_domain("crm.rupture") & Domain("state", "=", "open"),
                tone="danger",
            ),
            self._page_figure(
                "cases",
                self.env._("Open cases"),
                "crm.case",
                self._page_domain("crm.case") & is_open,
                tone="warning",
            ),
            self._page_figure(
                "opportunities",
                self.env._("Open opportunities"),
                "crm.lead",
                self._page_domain("crm.lead")
                & Domain("won_status", "=", "pending")
                & Domain("type", "=", "opportunity"),
                amount="expected_revenue",
                hint=self.env._("expected"),
            ),
            self._page_figure(
                "orders",
                self.env._("Orders of 12 months"),
                "sale.order",
                orders
                & Domain("state", "=", "sale")
                & Domain("date_order", ">=", self._page_start(year_ago)),
                hint=self.env._("confirmed"),
            ),
            self._page_figure(
                "invoiced",
                self.env._("Invoiced in 12 months"),
                "account.move",
                self._page_invoices() & Domain("invoice_date", ">=", year_ago),
                amount="amount_untaxed_signed",
                hint=self.env._("posted, without tax"),
            ),
            self._page_figure(
                "unpaid",
                self.env._("Not paid yet"),
                "account.move",
                self._page_unpaid(),
                amount="amount_residual_signed",
                hint=self.env._("with tax"),
            ),
            self._page_figure(
                "overdue",
                self.env._("Overdue"),
                "account.move",
                self._page_overdue(),
                amount="amount_residual_signed",
                hint=self.env._("past its due date"),
                tone="danger",
            ),
        ]
        return [figure for figure in figures if figure]
