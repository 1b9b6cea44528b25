from __future__ import annotations

from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain

from ..core.facts import FactRow, noon_utc, settle
from .account_move import SALE_TYPES


class AccountPartialReconcile(models.Model):
    """Payments matched with invoices prove moment 8, dated by the later of the two entries.

    Matching an invoice with its credit note is no payment; paying a credit note out is one with a
    negative amount.
    """

    _name = "account.partial.reconcile"
    _inherit = ["account.partial.reconcile", "crm.moment.source.mixin"]

    # capture
    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> AccountPartialReconcile:
        """Match entries; the payment becomes a fact of each order behind the invoice."""
        partials = super().create(vals_list)
        partials._moment_collect()
        return partials

    def unlink(self) -> bool:
        """Undo matches; the remaining payments of the invoices are shared anew."""
        # sudo: the remaining payments are read for their facts, not shown to the person.
        for siblings in self.sudo()._moment_dependents():
            (siblings - self).sudo(False)._moment_collect()
        self._moment_collect_gone()
        return super().unlink()

    @api.model
    def _moment_fact_codes(self) -> tuple[str, ...]:
        return ("payment_received",)

    def _moment_facts(self) -> list[FactRow]:
        """Facts of these matches; the shares follow from all payments of each invoice."""
        facts = []
        for document in self._moment_invoices():
            payments = document._moment_invoice_payments()
            digits = document.currency_id.decimal_places
            shares = settle(
                document._moment_shares(),
                [payment._moment_paid(document) for payment in payments],
                digits,
            )
            for payment, parts in zip(payments, shares, strict=True):
                if payment in self:
                    facts += payment._moment_payment_rows(document, parts)
        return facts

    def _moment_dependents(self) -> list[models.BaseModel]:
        """The other payments of the same invoices: shares are weighed by what is still open."""
        return [
            self.browse().union(*(m._moment_invoice_payments() for m in self._moment_invoices()))
        ]

    def _moment_document(self) -> models.BaseModel:
        """The payment's entry, which a person can open; a match itself has no screen."""
        self.ensure_one()
        return self._moment_counterpart(self._moment_invoices()[:1])

    @api.model
    def _moment_history_domain(
        self, companies: models.BaseModel, partner_ids: list[int] | None = None
    ) -> Domain:
        def side(name: str) -> Domain:
            path = f"{name}.move_id"
            domain = Domain(f"{path}.move_type", "in", SALE_TYPES) & Domain(
                f"{path}.company_id", "in", companies.ids
            )
            if partner_ids is not None:
                domain &= Domain(f"{path}.partner_id.commercial_partner_id", "in", partner_ids)
            return domain

        return side("debit_move_id") | side("credit_move_id")

    # shares
    def _moment_invoices(self) -> models.BaseModel:
        """Posted sales documents that these matches pay."""
        existing = self.exists()
        moves = (existing.debit_move_id | existing.credit_move_id).move_id
        return moves.filtered(lambda move: move._moment_counts())

    def _moment_paid(self, document: models.BaseModel) -> Decimal:
        """What this match pays of the document, in the document's currency; negative for a refund.

        0 where it pays nothing: matches with a credit note, with a draft entry, and exchange
        differences, which are worth nothing in the document's own currency.
        """
        other = self._moment_counterpart(document)
        if other.state != "posted" or other.move_type in SALE_TYPES:
            return Decimal()
        is_debit = self.debit_move_id.move_id == document
        amount = self.debit_amount_currency if is_debit else -self.credit_amount_currency
        return self._moment_amount(amount, document.currency_id)

    def _moment_counterpart(self, document: models.BaseModel) -> models.BaseModel:
        moves = (self.debit_move_id | self.credit_move_id).move_id
        return (moves - document) or document

    def _moment_payment_rows(
        self, document: models.BaseModel, parts: dict[int, Decimal]
    ) -> list[FactRow]:
        return [
            FactRow(
                fact="payment_received",
                res_id=self.id,
                occurrence=order_id,
                company_id=document.company_id.id,
                partner_id=document.partner_id.id,
                root_model=root_model,
                root_id=root_id,
                fact_at=noon_utc(self.max_date, self._moment_zone(document.company_id)),
                amount=amount,
                currency_id=document.currency_id.id,
                name=self._moment_counterpart(document).name,
            )
            for order_id, amount in parts.items()
            for root_model, root_id in (document._moment_root(order_id),)
        ]
