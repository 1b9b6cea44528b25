from __future__ import annotations

from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

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

    @api.model
    def _moment_plain_facts(self, ids: list[int]) -> SQL:
        sides = SQL(
            """
            SELECT partial.id, partial.max_date, debit.move_id AS document_id,
                   credit.move_id AS other_id, partial.debit_amount_currency AS paid
              FROM account_partial_reconcile AS partial
              JOIN account_move_line AS debit ON debit.id = partial.debit_move_id
              JOIN account_move_line AS credit ON credit.id = partial.credit_move_id
             WHERE partial.id = ANY(%(ids)s)
         UNION ALL
            SELECT partial.id, partial.max_date, credit.move_id, debit.move_id,
                   - partial.credit_amount_currency
              FROM account_partial_reconcile AS partial
              JOIN account_move_line AS debit ON debit.id = partial.debit_move_id
              JOIN account_move_line AS credit ON credit.id = partial.credit_move_id
             WHERE partial.id = ANY(%(ids)s)
            """,
            ids=ids,
        )
        # Fetched and given back as arrays: the database then knows how many there are, and joins
        # them accordingly. As subqueries it takes them for one row and scans for hours.
        documents = self.env.execute_query(
            SQL("SELECT DISTINCT side.document_id FROM (%s) AS side", sides)
        )
        roots = self.env.execute_query(
            self.env["account.move"]._moment_plain_roots(
                SQL("%s::int[]", [document_id for (document_id,) in documents])
            )
        )
        move_ids, order_ids, root_models, root_ids = zip(*roots, strict=True) if roots else [()] * 4
        # Rounded only when all is joined: the currencies are no way from one table to another.
        return SQL(
            """
            WITH payment AS MATERIALIZED (
            SELECT side.id AS res_id, COALESCE(plain.order_id, 0) AS occurrence,
                   document.company_id, partner.commercial_partner_id AS partner_id,
                   plain.root_model, plain.root_id, %(noon)s AS fact_at, side.paid,
                   document.currency_id, other.name
              FROM (%(sides)s) AS side
              JOIN unnest(%(move_ids)s::int[], %(order_ids)s::int[], %(root_models)s::varchar[],
                          %(root_ids)s::int[]) AS plain (move_id, order_id, root_model, root_id)
                ON plain.move_id = side.document_id
              JOIN account_move AS document ON document.id = side.document_id
              JOIN account_move AS other ON other.id = side.other_id
              JOIN res_partner AS partner ON partner.id = document.partner_id
              JOIN res_company AS company ON company.id = document.company_id
         LEFT JOIN resource_calendar AS calendar ON calendar.id = company.resource_calendar_id
             WHERE other.state = 'posted' AND other.move_type != ALL(%(types)s)
            )
            SELECT 'payment_received' AS fact, res_id, occurrence, company_id, partner_id,
                   root_model, root_id, fact_at,
                   ROUND(paid, currency.decimal_places) AS amount, currency_id, payment.name
              FROM payment
              JOIN res_currency AS currency ON currency.id = payment.currency_id
             WHERE ROUND(paid, currency.decimal_places) != 0
            """,
            noon=self._moment_noon_in_zone_sql(SQL("side.max_date"), SQL("calendar.tz")),
            sides=sides,
            move_ids=list(move_ids),
            order_ids=list(order_ids),
            root_models=list(root_models),
            root_ids=list(root_ids),
            types=list(SALE_TYPES),
        )

    def _moment_dependents(self) -> list[models.BaseModel]:
        """The other payments of the same invoices: shares are weighed by what is still open."""
        return [
            self.browse().union(*(m._moment_invoice_payments() for m in self._moment_invoices()))
        ]

    def _moment_documents(self) -> list[models.BaseModel]:
        """The payment's entry, since a match has no screen; else the invoice that it pays."""
        self.ensure_one()
        invoices = self._moment_invoices()
        return [self._moment_counterpart(invoices[:1]), *invoices]

    @api.model
    def _moment_history_domain(
        self, companies: models.BaseModel, partner_ids: list[int] | None = None
    ) -> Domain:
        documents = Domain("move_type", "in", SALE_TYPES) & Domain(
            "company_id", "in", companies.ids
        )
        if partner_ids is not None:
            documents &= Domain("partner_id.commercial_partner_id", "in", partner_ids)
        # As a subquery: joined, the database would look at every entry of every year.
        entries = self.env["account.move.line"]._search(
            Domain("move_id", "in", self.env["account.move"]._search(documents))
        )
        return Domain("debit_move_id", "in", entries) | Domain("credit_move_id", "in", entries)

    @api.model
    def _moment_check_sql(self, company: models.BaseModel, partners: range) -> SQL:
        def side(own: str, other: str, amount: SQL) -> SQL:
            return SQL(
                """
                SELECT 'payment_received' AS fact, match.id AS res_id,
                       contact.commercial_partner_id AS partner_id, %(noon)s AS fact_at,
                       ROUND(%(amount)s, currency.decimal_places) AS amount
                  FROM account_partial_reconcile AS match
                  JOIN account_move_line AS own ON own.id = %(own)s
                  JOIN account_move_line AS other ON other.id = %(other)s
                  JOIN account_move AS document ON document.id = own.move_id
                  JOIN account_move AS payment ON payment.id = other.move_id
                  JOIN res_partner AS contact ON contact.id = document.partner_id
                  JOIN res_currency AS currency ON currency.id = document.currency_id
                 WHERE document.company_id = %(company)s AND document.state = 'posted'
                   AND document.move_type = ANY(%(types)s) AND payment.state = 'posted'
                   AND payment.move_type != ALL(%(types)s) AND %(scope)s
                   AND ROUND(%(amount)s, currency.decimal_places) != 0
                """,
                noon=self._moment_noon_sql(SQL("match.max_date"), company),
                own=SQL.identifier("match", f"{own}_move_id"),
                other=SQL.identifier("match", f"{other}_move_id"),
                amount=amount,
                company=company.id,
                types=list(SALE_TYPES),
                scope=self.env["crm.moment.event"]._in_range(
                    SQL("contact.commercial_partner_id"), partners
                ),
            )

        return SQL(
            "%s UNION ALL %s",
            side("debit", "credit", SQL("match.debit_amount_currency")),
            side("credit", "debit", SQL("-match.credit_amount_currency")),
        )

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
