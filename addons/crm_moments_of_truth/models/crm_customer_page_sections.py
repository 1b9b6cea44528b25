from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain

LINES = 4


class CrmCustomerPageSections(models.AbstractModel):
    """The sections that this addon puts on the page of a customer."""

    _name = "crm.customer.page.sections"
    _description = "Sections of the Page of a Customer"
    _inherit = "crm.customer.page.figures"

    def _page_sections(self) -> list[dict]:
        return [
            *super()._page_sections(),
            self._page_ruptures(),
            self._page_promises(),
            self._page_cases(),
            self._page_ledger(),
            self._page_orders(),
            self._page_balance(),
            self._page_satisfaction(),
            self._page_rounds(),
            self._page_lessons(),
        ]

    def _page_first(
        self, model: str, domain: Domain, order: str | None = None
    ) -> models.BaseModel | None:
        """The first records of a section; None where the reader may not read them."""
        Model = self.env[model]
        return Model.search(domain, limit=LINES, order=order) if Model.has_access("read") else None

    @api.model
    def _page_word(self, record: models.BaseModel, name: str) -> str:
        """The word of a selection in the language of the reader."""
        return dict(record._fields[name]._description_selection(self.env)).get(record[name], "")

    def _page_ruptures(self) -> dict | None:
        domain = self._page_domain("crm.rupture") & Domain("state", "=", "open")
        records = self._page_first("crm.rupture", domain)
        return records is not None and self._page_section(
            "ruptures",
            self.env._("Open ruptures"),
            "fa-chain-broken",
            records,
            domain,
            tone="danger",
            empty=self.env._("Nothing is broken."),
            lines=[
                self._page_line(
                    record,
                    record.display_name,
                    record.user_id.name or self.env._("Nobody repairs it yet"),
                    date=fields.Datetime.context_timestamp(record, record.since).date(),
                    amount=record.amount or None,
                    currency_id=record.currency_id.id,
                    tone="danger",
                )
                for record in records
            ],
        )

    def _page_promises(self) -> dict | None:
        domain = self._page_domain("crm.promise") & Domain("state", "in", ("made", "enabled"))
        records = self._page_first("crm.promise", domain)
        today = self._page_today()
        return records is not None and self._page_section(
            "promises",
            self.env._("Open promises"),
            "fa-handshake-o",
            records,
            domain,
            empty=self.env._("No promise is waiting to be kept."),
            lines=[
                self._page_line(
                    record,
                    record.name,
                    record.user_id.name or "",
                    date=record.due_on,
                    badge=self._page_word(record, "state"),
                    tone="danger"
                    if record.due_on < today
                    else "success"
                    if record.state == "enabled"
                    else "info",
                )
                for record in records
            ],
        )

    def _page_cases(self) -> dict | None:
        domain = self._page_domain("crm.case") & Domain("is_open", "=", True)
        records = self._page_first("crm.case", domain)
        return records is not None and self._page_section(
            "cases",
            self.env._("Open cases"),
            "fa-life-ring",
            records,
            domain,
            tone="warning",
            empty=self.env._("No anomaly and no request is open."),
            lines=[
                self._page_line(
                    record,
                    record.display_name,
                    record.user_id.name or self.env._("Not assigned"),
                    date=fields.Datetime.context_timestamp(
                        record, record.opened_at or record.create_date
                    ).date(),
                    badge=self._page_word(record, "state"),
                    tone="warning" if record.kind == "anomaly" else "info",
                )
                for record in records
            ],
        )

    def _page_ledger(self) -> dict | None:
        Entry = self.env["crm.value.entry"]
        if not Entry.has_access("read"):
            return None
        domain = self._page_domain("crm.value.entry")
        sides = dict(Entry._fields["side"]._description_selection(self.env))
        return self._page_section(
            "ledger",
            self.env._("Value ledger"),
            "fa-balance-scale",
            Entry,
            domain,
            empty=self.env._("Nobody has written down yet what both sides gained."),
            figures=[
                self._page_figure(
                    f"ledger_{side}",
                    word,
                    "crm.value.entry",
                    domain & Domain("side", "=", side),
                    amount="amount",
                    hint=self.env._("estimated"),
                )
                for side, word in sides.items()
            ],
            lines=[
                self._page_line(
                    record,
                    record.type_id.display_name,
                    " · ".join(filter(None, (record.moment_id.code, record.note))),
                    date=record.date,
                    amount=record.amount or None,
                    currency_id=record.currency_id.id,
                    badge=sides.get(record.side, ""),
                    tone="success" if record.side == "client" else "info",
                )
                for record in Entry.search(domain, limit=LINES)
            ],
        )

    def _page_orders(self) -> dict | None:
        domain = self._page_domain("sale.order") & Domain("state", "in", ("sent", "sale"))
        records = self._page_first("sale.order", domain, "date_order desc, id desc")
        return records is not None and self._page_section(
            "orders",
            self.env._("Quotations and orders"),
            "fa-file-text-o",
            records,
            domain,
            empty=self.env._("No quotation was sent and nothing was ordered."),
            lines=[
                self._page_line(
                    record,
                    record.name,
                    record.client_order_ref or "",
                    date=fields.Datetime.context_timestamp(record, record.date_order).date(),
                    amount=record.amount_untaxed,
                    currency_id=record.currency_id.id,
                    badge=self._page_word(record, "state"),
                    tone="success" if record.state == "sale" else "info",
                )
                for record in records
            ],
        )

    def _page_balance(self) -> dict | None:
        domain = self._page_unpaid()
        records = self._page_first("account.move", domain, "invoice_date_due, id")
        today = self._page_today()
        return records is not None and self._page_section(
            "balance",
            self.env._("Invoices to be paid"),
            "fa-money",
            records,
            domain,
            empty=self.env._("Everything is paid."),
            lines=[
                self._page_line(
                    record,
                    record.name or "",
                    self.env._("due") if record.invoice_date_due else "",
                    date=record.invoice_date_due,
                    amount=record.amount_residual_signed,
                    currency_id=record.company_currency_id.id,
                    tone="danger"
                    if record.invoice_date_due and record.invoice_date_due < today
                    else "",
                    badge=self.env._("Overdue")
                    if record.invoice_date_due and record.invoice_date_due < today
                    else "",
                )
                for record in records
            ],
        )

    def _page_satisfaction(self) -> dict | None:
        domain = self._page_domain("crm.satisfaction.answer")
        records = self._page_first("crm.satisfaction.answer", domain)
        return records is not None and self._page_section(
            "satisfaction",
            self.env._("Answers on satisfaction"),
            "fa-smile-o",
            records,
            domain,
            empty=self.env._("Nobody has answered yet."),
            lines=[
                self._page_line(
                    record,
                    record.comment or record.contact_id.name or record.display_name,
                    record.contact_id.name if record.comment and record.contact_id else "",
                    date=fields.Datetime.context_timestamp(record, record.answered_at).date(),
                    badge=self.env._(
                        "Recommends: %(score)s of 10", score=f"{record.recommendation:g}"
                    )
                    if record.recommendation is not False
                    else "",
                    tone=""
                    if record.recommendation is False
                    else "success"
                    if record.recommendation >= 9
                    else "warning"
                    if record.recommendation >= 7
                    else "danger",
                )
                for record in records
            ],
        )

    def _page_rounds(self) -> dict | None:
        domain = self._page_domain("crm.pdca.cycle") & Domain("state", "in", ("p", "d", "c", "a"))
        records = self._page_first("crm.pdca.cycle", domain)
        return records is not None and self._page_section(
            "rounds",
            self.env._("Improvement rounds"),
            "fa-refresh",
            records,
            domain,
            empty=self.env._("No improvement round is running."),
            lines=[
                self._page_line(
                    record,
                    record.name,
                    record.user_id.name or "",
                    date=record.date_due,
                    badge=self._page_word(record, "state"),
                    tone="info",
                )
                for record in records
            ],
        )

    def _page_lessons(self) -> dict | None:
        domain = self._page_domain("crm.insight")
        records = self._page_first("crm.insight", domain)
        return records is not None and self._page_section(
            "lessons",
            self.env._("What we learned"),
            "fa-lightbulb-o",
            records,
            domain,
            empty=self.env._("No lesson was written down yet."),
            lines=[
                self._page_line(record, record.name, record.user_id.name or "", date=record.date)
                for record in records
            ],
        )
