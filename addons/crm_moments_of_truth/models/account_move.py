from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.facts import FactRow, noon_utc, share, weigh

SALE_TYPES = ("out_invoice", "out_refund", "out_receipt")
# What Odoo shows as the lines of an invoice; the others are taxes and terms.
LINE_KINDS = ("product", "line_section", "line_subsection", "line_note")
FACTS = {
    "out_invoice": "invoice_posted",
    "out_receipt": "invoice_posted",
    "out_refund": "credit_posted",
}


class AccountMove(models.Model):
    """Posted invoices prove moment 7; credit notes take amounts back.

    An invoice of several orders gives one fact per order with its share; one without an order is
    the root of a pass of its own.
    """

    _name = "account.move"
    _inherit = ["account.move", "crm.moment.source.mixin", "crm.measured.mixin"]
    _measured_fields = frozenset(
        {"state", "invoice_date", "date", "partner_id", "company_id", "amount_untaxed_signed"}
    )

    # figures
    def _measured_days(self) -> Iterable[tuple[int, date]]:
        """Posted documents of sales count on the date of the invoice."""
        return [
            (move.company_id.id, move.invoice_date or move.date)
            for move in self
            if move.state == "posted" and move.move_type in SALE_TYPES
        ]

    # capture
    def write(self, vals: dict) -> bool:
        """Write entries; facts follow what is posted."""
        result = super().write(vals)
        # Posting, resetting to draft and cancelling all write the state.
        if "state" in vals:
            self._moment_collect()
        elif vals.keys() & {"invoice_date", "partner_id", "currency_id"}:
            self.filtered(
                lambda move: move.state == "posted" and move.move_type in SALE_TYPES
            )._moment_collect()
        return result

    def unlink(self) -> bool:
        """Delete entries; what they proved no longer counts."""
        self._moment_collect_gone()
        return super().unlink()

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        if self.move_type in SALE_TYPES:
            # Access: who writes on an invoice may not read the orders behind it.
            self.env["crm.moment.message"]._witness_message(
                message, self.company_id, self.partner_id, self.sudo()._moment_message_root
            )
        return result

    @api.model
    def _moment_fact_codes(self) -> tuple[str, ...]:
        return ("invoice_posted", "credit_posted")

    def _moment_facts(self) -> list[FactRow]:
        return [
            move._moment_fact_row(order_id, amount)
            for move in self
            if move._moment_counts()
            for order_id, amount in move._moment_shares().items()
        ]

    @api.model
    def _moment_plain_facts(self, ids: list[int]) -> SQL:
        return SQL(
            """
            SELECT CASE document.move_type WHEN 'out_refund' THEN 'credit_posted'
                                           ELSE 'invoice_posted' END AS fact,
                   document.id AS res_id, COALESCE(plain.order_id, 0) AS occurrence,
                   document.company_id, partner.commercial_partner_id AS partner_id,
                   plain.root_model, plain.root_id, %(noon)s AS fact_at,
                   ROUND(CASE document.move_type WHEN 'out_refund' THEN - document.amount_total
                                                 ELSE document.amount_total END,
                         currency.decimal_places) AS amount,
                   document.currency_id, document.name
              FROM (%(plain)s) AS plain
              JOIN account_move AS document ON document.id = plain.move_id
              JOIN res_partner AS partner ON partner.id = document.partner_id
              JOIN res_currency AS currency ON currency.id = document.currency_id
              JOIN res_company AS company ON company.id = document.company_id
         LEFT JOIN resource_calendar AS calendar ON calendar.id = company.resource_calendar_id
            """,
            noon=self._moment_noon_in_zone_sql(
                SQL("COALESCE(document.invoice_date, document.date)"), SQL("calendar.tz")
            ),
            plain=self._moment_plain_roots(SQL("%s::int[]", ids)),
        )

    @api.model
    def _moment_plain_roots(self, moves: SQL) -> SQL:
        """SELECT of (move_id, order_id, root_model, root_id) of documents with a single root.

        ``moves`` is an array of ids.

        Only posted documents of sales. Left out, because their amount is shared or follows another
        document: those of several orders, and corrections without an order of their own.
        """
        return SQL(
            """
            SELECT move.id AS move_id, link.order_id,
                   CASE WHEN link.order_id IS NULL THEN 'account.move' ELSE 'sale.order' END
                       AS root_model,
                   COALESCE(link.order_id, move.id) AS root_id
              FROM account_move AS move
   CROSS JOIN LATERAL (
                SELECT MIN(line.order_id) AS order_id, MAX(line.order_id) AS last_order_id
                  FROM account_move_line AS item
                  JOIN sale_order_line_invoice_rel AS rel ON rel.invoice_line_id = item.id
                  JOIN sale_order_line AS line ON line.id = rel.order_line_id
                 WHERE item.move_id = move.id AND item.display_type = ANY(%(kinds)s)
              ) AS link
             WHERE move.id = ANY(%(moves)s)
               AND move.state = 'posted' AND move.move_type = ANY(%(types)s)
               AND (link.order_id = link.last_order_id
                    OR (link.order_id IS NULL AND move.reversed_entry_id IS NULL))
            """,
            moves=moves,
            kinds=list(LINE_KINDS),
            types=list(SALE_TYPES),
        )

    def _moment_dependents(self) -> list[models.BaseModel]:
        """Payments count only while both matched entries are posted."""
        return [
            self.env["account.partial.reconcile"].search(
                [
                    "|",
                    ("debit_move_id.move_id", "in", self.ids),
                    ("credit_move_id.move_id", "in", self.ids),
                ]
            )
        ]

    @api.model
    def _moment_history_domain(
        self, companies: models.BaseModel, partner_ids: list[int] | None = None
    ) -> Domain:
        domain = (
            Domain("company_id", "in", companies.ids)
            & Domain("state", "=", "posted")
            & Domain("move_type", "in", SALE_TYPES)
        )
        if partner_ids is not None:
            domain &= Domain("partner_id.commercial_partner_id", "in", partner_ids)
        return domain

    @api.model
    def _moment_check_sql(self, company: models.BaseModel, partners: range) -> SQL:
        return SQL(
            """
            SELECT CASE WHEN document.move_type = 'out_refund'
                        THEN 'credit_posted' ELSE 'invoice_posted' END AS fact,
                   document.id AS res_id, contact.commercial_partner_id AS partner_id,
                   %(noon)s AS fact_at,
                   ROUND(CASE WHEN document.move_type = 'out_refund'
                              THEN -document.amount_total ELSE document.amount_total END,
                         currency.decimal_places) AS amount
              FROM account_move AS document
              JOIN res_partner AS contact ON contact.id = document.partner_id
              JOIN res_currency AS currency ON currency.id = document.currency_id
             WHERE document.company_id = %(company)s AND document.state = 'posted'
               AND document.move_type = ANY(%(types)s) AND %(scope)s
            """,
            noon=self._moment_noon_sql(
                SQL("COALESCE(document.invoice_date, document.date)"), company
            ),
            company=company.id,
            types=list(SALE_TYPES),
            scope=self.env["crm.moment.event"]._in_range(
                SQL("contact.commercial_partner_id"), partners
            ),
        )

    # payments
    def _moment_invoice_payments(self) -> models.BaseModel:
        """Matches that pay this document, in their order of time."""
        self.ensure_one()
        partials = self.line_ids.matched_debit_ids | self.line_ids.matched_credit_ids
        return partials.filtered(lambda partial: partial._moment_paid(self)).sorted(
            lambda partial: (partial.max_date, partial.id)
        )

    # shares
    def _moment_counts(self) -> bool:
        """Whether this is a posted document of a sale, of a known customer."""
        return bool(
            self.state == "posted"
            and self.move_type in SALE_TYPES
            and self.partner_id
            and (self.invoice_date or self.date)
        )

    def _moment_fact_row(self, order_id: int, amount: Decimal) -> FactRow:
        root_model, root_id = self._moment_root(order_id)
        return FactRow(
            fact=FACTS[self.move_type],
            res_id=self.id,
            occurrence=order_id,
            company_id=self.company_id.id,
            partner_id=self.partner_id.id,
            root_model=root_model,
            root_id=root_id,
            fact_at=noon_utc(self.invoice_date or self.date, self._moment_zone(self.company_id)),
            amount=amount,
            currency_id=self.currency_id.id,
            name=self.name,
        )

    def _moment_root(self, order_id: int) -> tuple[str, int]:
        """Root of the pass: the order, else the first invoice of the corrections' chain."""
        if order_id:
            return ("sale.order", order_id)
        return ("account.move", self._moment_origin().id)

    def _moment_message_root(self) -> tuple[str, int] | None:
        """Root of what is said on this document; None for the pass that runs.

        A draft and a cancelled invoice begin no pass: what is said on them is said to the customer.
        """
        root = self._moment_root(min(self._moment_shares(), default=0))
        if root[0] == self._name and self.browse(root[1]).state != "posted":
            return None
        return root

    def _moment_origin(self) -> AccountMove:
        """The invoice that a credit note corrects, itself where it corrects none."""
        move, seen = self, set()
        while move.reversed_entry_id and move.id not in seen:
            seen.add(move.id)
            move = move.reversed_entry_id
        return move

    def _moment_shares(self) -> dict[int, Decimal]:
        """Part of each order (its id) in the signed total, key 0 where no order is behind it.

        Lines that belong to no order follow the lines that do: the whole invoice is the orders'.
        Credit notes without order lines follow the invoice that they correct.
        """
        weights = self._moment_weights() or self._moment_origin()._moment_weights()
        sign = -1 if self.move_type == "out_refund" else 1
        total = sign * self._moment_amount(self.amount_total, self.currency_id)
        return share(total, weights or {0: Decimal(1)}, self.currency_id.decimal_places)

    def _moment_weights(self) -> dict[int, Decimal]:
        """Amount of the lines of each order. A line of several orders counts evenly for each."""
        return weigh(
            (order.id, self._moment_amount(line.price_total, self.currency_id) / len(orders))
            for line in self.invoice_line_ids
            if (orders := line.sale_line_ids.order_id)
            for order in orders
        )
