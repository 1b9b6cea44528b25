from __future__ import annotations

from odoo import api, models
from odoo.tools import SQL

from .crm_waterfall import INCOME_TYPES, SALE_TYPES


class CrmWaterfall(models.Model):
    """The branches of the waterfall over posted journal items and their matchings."""

    _inherit = "crm.waterfall"

    @api.model
    def _queries_as_of(self) -> list[SQL]:
        return [
            *super()._queries_as_of(),
            self._query_invoice_lines(),
            self._query_invoice_totals(),
            self._query_payments(7, "debit", 1),
            self._query_payments(8, "credit", -1),
            self._query_receivables(),
            self._query_matchings(10, "debit", -1),
            self._query_matchings(11, "credit", 1),
        ]

    @api.model
    def _query_invoice_lines(self) -> SQL:
        """Posted customer documents, untaxed: income accounts apart from all other accounts.

        Other accounts hold deposits and discounts; together the two are the untaxed totals of the
        documents.
        """
        return self._query_books(
            5,
            stage=SQL(
                "CASE WHEN account.account_type IN %s THEN 'invoiced' ELSE 'other' END",
                INCOME_TYPES,
            ),
            amount=SQL("-line.balance"),
            where=SQL(
                "move.move_type IN %s AND (account.account_type IN %s "
                "OR line.display_type IN ('product', 'rounding', 'discount'))",
                SALE_TYPES,
                INCOME_TYPES,
            ),
        )

    @api.model
    def _query_invoice_totals(self) -> SQL:
        """Receivable items of posted customer documents: what the customers were asked to pay."""
        return self._query_books(
            6,
            stage=SQL("'invoiced_tax'"),
            amount=SQL("line.balance"),
            where=SQL(
                "move.move_type IN %s AND account.account_type = 'asset_receivable'", SALE_TYPES
            ),
        )

    @api.model
    def _query_payments(self, number: int, side: str, sign: int) -> SQL:
        """What was matched with the receivables of customer documents, as of its own date.

        Matching an invoice with a credit note gives plus and minus, so nothing. What an exchange
        entry took is apart from what was paid.
        """
        exchange = SQL(
            """
            EXISTS (
                SELECT 1
                  FROM account_partial_reconcile AS cause
                 WHERE cause.exchange_move_id = counterpart.move_id
            )
            """
        )
        return self._query_books(
            number,
            row=SQL("partial.id"),
            day=SQL("partial.max_date"),
            stage=SQL("CASE WHEN %s THEN 'exchange' ELSE 'paid' END", exchange),
            amount=SQL("%s * partial.amount", sign),
            join=self._join_partial(side),
            where=SQL(
                "move.move_type IN %s AND account.account_type = 'asset_receivable'", SALE_TYPES
            ),
        )

    @api.model
    def _query_receivables(self) -> SQL:
        """All posted receivable items, of invoices, payments and entries by hand alike."""
        return self._query_books(
            9,
            stage=self._open_stage(),
            is_settled=self._is_settled(),
            amount=SQL("line.balance"),
            where=SQL("account.account_type = 'asset_receivable'"),
        )

    @api.model
    def _query_matchings(self, number: int, side: str, sign: int) -> SQL:
        """What a matching takes off the receivable item on one of its two sides."""
        return self._query_books(
            number,
            row=SQL("partial.id"),
            day=SQL("partial.max_date"),
            stage=self._open_stage(),
            is_settled=self._is_settled(),
            amount=SQL("%s * partial.amount", sign),
            join=self._join_partial(side),
            where=SQL("account.account_type = 'asset_receivable'"),
        )

    @api.model
    def _open_stage(self) -> SQL:
        """Invoices and credit notes apart from payments not matched yet and entries by hand."""
        return SQL(
            "CASE WHEN move.move_type IN %s THEN 'open_invoices' ELSE 'open_other' END", SALE_TYPES
        )

    @api.model
    def _join_partial(self, side: str) -> SQL:
        """Matchings of ``line`` on one side whose other side, ``counterpart``, is posted too.

        Odoo keeps a matching when one of the two entries is reset to draft; the books do not
        know it then.
        """
        other = "credit" if side == "debit" else "debit"
        return SQL(
            """
            JOIN account_partial_reconcile AS partial ON %s = line.id
            JOIN account_move_line AS counterpart
              ON counterpart.id = %s AND counterpart.parent_state = 'posted'
            """,
            SQL.identifier("partial", f"{side}_move_id"),
            SQL.identifier("partial", f"{other}_move_id"),
        )

    @api.model
    def _is_settled(self) -> SQL:
        """Whether nothing of ``line`` is open on the day, by matchings of posted entries alone.

        Today the residual of the item tells it; the few items with a matching that does not count
        (with a draft, or dated later) are looked up once per query, not once per row.
        """
        if self._as_of_is_past():
            return self._is_settled_then()
        return SQL(
            """
            line.amount_residual = 0
            AND line.id <> ALL (ARRAY(
                SELECT partial.debit_move_id
                  FROM account_partial_reconcile AS partial
                  JOIN account_move_line AS other ON other.id = partial.credit_move_id
                 WHERE other.parent_state <> 'posted' OR partial.max_date > %(as_of)s
             UNION ALL
                SELECT partial.credit_move_id
                  FROM account_partial_reconcile AS partial
                  JOIN account_move_line AS other ON other.id = partial.debit_move_id
                 WHERE other.parent_state <> 'posted' OR partial.max_date > %(as_of)s
            ))
            """,
            as_of=self._as_of_day(),
        )

    @api.model
    def _is_settled_then(self) -> SQL:
        """The same for a day that is over: the item less its matchings until then."""
        return SQL(
            """
            line.balance = COALESCE((
                SELECT SUM(CASE WHEN matched.debit_move_id = line.id
                                THEN matched.amount ELSE -matched.amount END)
                  FROM account_partial_reconcile AS matched
                  JOIN account_move_line AS other
                    ON other.id = CASE WHEN matched.debit_move_id = line.id
                                       THEN matched.credit_move_id ELSE matched.debit_move_id END
                 WHERE (matched.debit_move_id = line.id OR matched.credit_move_id = line.id)
                   AND other.parent_state = 'posted'
                   AND matched.max_date <= %(as_of)s
            ), 0)
            """,
            as_of=self._as_of_day(),
        )

    @api.model
    def _query_books(
        self,
        number: int,
        *,
        stage: SQL,
        amount: SQL,
        where: SQL,
        row: SQL | None = None,
        day: SQL | None = None,
        join: SQL | None = None,
        is_settled: SQL | None = None,
    ) -> SQL:
        """One branch over posted journal items; the segment is that of the item's own date."""
        return SQL(
            """
            SELECT %(row_id)s,
                   line.company_id,
                   line.company_currency_id,
                   %(day)s,
                   %(stage)s,
                   'erp',
                   %(is_settled)s,
                   partner.commercial_partner_id,
                   membership.segment_id,
                   segment_team.id,
                   %(amount)s,
                   NULL::int,
                   NULL::int,
                   line.move_id
                   %(lines)s
                   %(team)s
              JOIN account_account AS account ON account.id = line.account_id
                   %(join)s
             WHERE line.parent_state = 'posted'
               AND line.company_id = ANY(%(companies)s)
               AND %(day)s <= %(as_of)s
               AND %(where)s
            """,
            row_id=self._as_of_row_id(number, row or SQL("line.id")),
            day=day or SQL("line.date"),
            as_of=self._as_of_day(),
            stage=stage,
            amount=amount,
            is_settled=is_settled or SQL("FALSE"),
            lines=self.env["account.move.line"]._crm_from(),
            team=self.env["crm.segment.membership"]._team_join(),
            join=join or SQL(),
            companies=self.env.companies.ids,
            where=where,
        )
