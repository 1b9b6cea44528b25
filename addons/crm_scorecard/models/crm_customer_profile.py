from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date

from odoo import api, fields, models
from odoo.tools import SQL

from .account_move import SALE_TYPES

_logger = logging.getLogger(__name__)


class CrmCustomerProfile(models.Model):
    """What the books say about a customer; 1:1 beside the customer (S001-5b-1).

    Only customers with a posted document have a profile: without one there is no data, which is
    not the same as a revenue of 0.
    """

    _name = "crm.customer.profile"
    _description = "Customer Value"
    _inherit = ["crm.partner.keyed.mixin", "crm.batch.mixin"]
    _order = "posted_revenue desc, id"
    _rec_name = "partner_id"
    _partner_merge = "recompute"

    # identity
    customer_id = fields.Many2one(
        "crm.customer", required=True, readonly=True, ondelete="cascade", string="Customer record"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The company or person who buys; documents of its contacts count here as well.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, help="The currency of our company."
    )
    # placement
    segment_id = fields.Many2one(
        related="customer_id.segment_id", string="Segment today", store=False
    )
    team_id = fields.Many2one(related="customer_id.team_id", string="Team today")
    user_id = fields.Many2one(related="customer_id.user_id", string="Owner")
    country_id = fields.Many2one(related="partner_id.country_id", string="Country")
    # facts
    posted_revenue = fields.Monetary(
        string="Posted revenue",
        readonly=True,
        help="Sum of all posted invoices and receipts less credit notes, without taxes, in the "
        "currency of our company at the date of each document. Of all time.",
    )
    invoice_count = fields.Integer(
        string="Invoices", readonly=True, help="Posted invoices and receipts."
    )
    refund_count = fields.Integer(string="Credit notes", readonly=True, help="Posted credit notes.")
    first_invoice_date = fields.Date(
        string="First invoice", readonly=True, help="Date of the oldest posted invoice."
    )
    last_invoice_date = fields.Date(
        string="Last invoice", readonly=True, help="Date of the newest posted invoice."
    )
    open_amount = fields.Monetary(
        string="Still open",
        readonly=True,
        help="What is left to pay of the posted documents, with taxes, less open credit notes.",
    )

    _customer_uniq = models.UniqueIndex(
        "(customer_id)", "The customer has a profile already; it is renewed, not created again."
    )

    # refreshing
    @api.model
    @api.private
    def _refresh(
        self,
        companies: models.BaseModel | None = None,
        pairs: Iterable[tuple[int, int]] | None = None,
    ) -> int:
        """Bring the profiles in line with the posted documents; returns how many changed.

        :param companies: only customers of these companies; None: of all.
        :param pairs: only these (commercial partner id, company id); None: all customers.

        One statement, whole or in part, with the same result; a second run changes nothing.
        Revenue of a customer is the sum of ``amount_untaxed_signed`` of its posted
        ``out_invoice``, ``out_receipt`` and ``out_refund``, where the customer is the commercial
        partner of the document's partner as of today.
        """
        pairs = None if pairs is None else sorted(set(pairs))
        if pairs == []:
            return 0
        self.env.flush_all()
        Customer = self.env["crm.customer"]
        Customer._insert_from(self._documents_sql(companies, pairs))
        # Raw SQL: one statement keeps the cost per customer constant and lets a part give the
        # same figures as the whole; nobody but the engine writes profiles.
        rows = self.env.execute_query(self._refresh_sql(companies, pairs))
        self.invalidate_model(flush=False)
        Customer.invalidate_model(list(Customer._profile_fields()), flush=False)
        return len(rows)

    @api.model
    def _refresh_sql(self, companies, pairs) -> SQL:
        return SQL(
            """
            WITH figure AS (
                SELECT customer.id AS customer_id, customer.partner_id, customer.company_id,
                       company.currency_id,
                       SUM(document.amount) AS posted_revenue,
                       COUNT(*) FILTER (WHERE document.move_type != 'out_refund')
                           AS invoice_count,
                       COUNT(*) FILTER (WHERE document.move_type = 'out_refund')
                           AS refund_count,
                       MIN(document.day) FILTER (WHERE document.move_type != 'out_refund')
                           AS first_invoice_date,
                       MAX(document.day) FILTER (WHERE document.move_type != 'out_refund')
                           AS last_invoice_date,
                       SUM(document.residual) AS open_amount
                  FROM (%(documents)s) AS document
                  JOIN crm_customer AS customer
                    ON customer.partner_id = document.partner_id
                   AND customer.company_id = document.company_id
                  JOIN res_company AS company ON company.id = customer.company_id
              GROUP BY customer.id, company.id
            ),
            gone AS (
                DELETE FROM crm_customer_profile AS profile
                 WHERE %(scope)s
                   AND NOT EXISTS (
                       SELECT 1 FROM figure WHERE figure.customer_id = profile.customer_id
                   )
             RETURNING profile.customer_id
            ),
            stored AS (
                INSERT INTO crm_customer_profile AS profile
                       (customer_id, partner_id, company_id, currency_id, posted_revenue,
                        invoice_count, refund_count, first_invoice_date, last_invoice_date,
                        open_amount, create_uid, write_uid, create_date, write_date)
                SELECT figure.*, %(uid)s, %(uid)s, %(now)s::timestamp, %(now)s::timestamp
                  FROM figure
           ON CONFLICT (customer_id) DO UPDATE
                   SET partner_id = EXCLUDED.partner_id,
                       currency_id = EXCLUDED.currency_id,
                       posted_revenue = EXCLUDED.posted_revenue,
                       invoice_count = EXCLUDED.invoice_count,
                       refund_count = EXCLUDED.refund_count,
                       first_invoice_date = EXCLUDED.first_invoice_date,
                       last_invoice_date = EXCLUDED.last_invoice_date,
                       open_amount = EXCLUDED.open_amount,
                       write_uid = EXCLUDED.write_uid,
                       write_date = EXCLUDED.write_date
                 WHERE (profile.partner_id, profile.currency_id, profile.posted_revenue,
                        profile.invoice_count, profile.refund_count,
                        profile.first_invoice_date, profile.last_invoice_date,
                        profile.open_amount)
                       IS DISTINCT FROM
                       (EXCLUDED.partner_id, EXCLUDED.currency_id, EXCLUDED.posted_revenue,
                        EXCLUDED.invoice_count, EXCLUDED.refund_count,
                        EXCLUDED.first_invoice_date, EXCLUDED.last_invoice_date,
                        EXCLUDED.open_amount)
             RETURNING profile.customer_id
            )
            SELECT customer_id FROM gone UNION ALL SELECT customer_id FROM stored
            """,
            documents=self._documents_sql(companies, pairs),
            scope=self._scope_sql(companies, pairs, "profile"),
            uid=self.env.uid,
            now=self.env.cr.now(),
        )

    @api.model
    def _documents_sql(self, companies, pairs) -> SQL:
        """SELECT of the posted sales documents in scope, with their customer as of today."""
        return SQL(
            """
            SELECT contact.commercial_partner_id AS partner_id, move.company_id, move.move_type,
                   COALESCE(move.invoice_date, move.date) AS day,
                   move.amount_untaxed_signed AS amount,
                   move.amount_residual_signed AS residual
              FROM account_move AS move
              JOIN res_partner AS contact ON contact.id = move.partner_id
             WHERE move.state = 'posted' AND move.move_type = ANY(%(types)s) AND %(scope)s
            """,
            types=list(SALE_TYPES),
            scope=self._scope_sql(companies, pairs, "move", "contact", "commercial_partner_id"),
        )

    @api.model
    def _scope_sql(
        self, companies, pairs, table: str, partner_table: str = "", partner: str = "partner_id"
    ) -> SQL:
        """Condition that limits a table to the companies and to the pairs of partner, company."""
        company = SQL.identifier(table, "company_id")
        conditions = [SQL("TRUE")]
        if companies is not None:
            conditions.append(SQL("%s = ANY(%s)", company, companies.ids))
        if pairs is not None:
            partner_ids, company_ids = zip(*pairs, strict=True)
            conditions.append(
                SQL(
                    "(%s, %s) IN (SELECT * FROM unnest(%s::int[], %s::int[]))",
                    SQL.identifier(partner_table or table, partner),
                    company,
                    list(partner_ids),
                    list(company_ids),
                )
            )
        return SQL(" AND ").join(conditions)

    @api.model
    @api.private
    def _process_changes(self, rows: list[tuple[int, int, date]]) -> None:
        """Renew the profiles of changed customers; a consumer of ``crm.change``."""
        self._refresh(pairs=[(partner_id, company_id) for company_id, partner_id, _day in rows])

    @api.model
    def _cron_refresh(self) -> None:
        """Nightly: compare all profiles with the books and renew those that differ."""
        changed = self._attempt(self._refresh)
        if changed:
            _logger.info("%s customer profiles differed from the books and were renewed.", changed)

    def action_refresh(self) -> dict:
        """Renew all profiles of the active companies now; says how many differed."""
        self.browse().check_access("read")
        # Access: what is written follows from the books alone, whoever asks for it.
        changed = self.sudo()._refresh(self.env.companies)
        if changed:
            message = self.env._("%(count)s customers were valued anew.", count=changed)
        else:
            message = self.env._("Nothing changed: all customers agree with the books.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("Customer value"),
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # drill-down
    def action_open_invoices(self) -> dict:
        """Open the posted documents that the revenue is made of."""
        self.ensure_one()
        return self.customer_id.action_open_invoices()

    def action_open_customer(self) -> dict:
        """Open the customer."""
        self.ensure_one()
        return self.customer_id._get_records_action()
