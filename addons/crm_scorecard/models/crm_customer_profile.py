from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from odoo import api, fields, models
from odoo.tools import SQL

from .account_move import SALE_TYPES

# What a refresh compares and writes; the rest of a profile's columns say whose it is.
MEASURED = (
    "partner_id",
    "currency_id",
    "posted_revenue",
    "invoice_count",
    "refund_count",
    "first_invoice_date",
    "last_invoice_date",
    "open_amount",
)


class CrmCustomerProfile(models.Model):
    """What the books say about a customer; 1:1 beside the customer (S001-5b-1).

    Only customers with a posted document have a profile: without one there is no data, which is
    not the same as a revenue of 0.
    """

    _name = "crm.customer.profile"
    _description = "Customer Value"
    _inherit = ["crm.partner.keyed.mixin", "crm.customer.profile.comparison"]
    _order = "posted_revenue desc, id"
    _rec_name = "partner_id"
    _partner_merge = "recompute"
    _privacy_purpose = "profiling"
    # Figures derived from invoices that are kept by law; go when they go.
    _privacy_expiry = "keep"

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
        "res.currency",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="The currency of our company.",
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
        # Raw SQL: one statement keeps the cost per customer constant and lets a part give the
        # same figures as the whole; nobody but the engine writes profiles.
        rows = self.env.execute_query(self._refresh_sql(companies, pairs))
        strangers = [(partner_id, company_id) for partner_id, company_id, is_new in rows if is_new]
        if strangers:
            # Somebody of the books is no customer yet; found by the same statement, since looking
            # for them in the documents first would cost as much again.
            Customer._ensure(strangers)
            rows = [row for row in rows if not row[2]]
            rows += self.env.execute_query(self._refresh_sql(companies, pairs))
        self.invalidate_model(flush=False)
        Customer.invalidate_model(list(Customer._profile_fields()), flush=False)
        return len(rows)

    @api.model
    def _refresh_sql(self, companies, pairs) -> SQL:
        """Statement that renews profiles; returns (partner, company, is no customer yet).

        Only what differs reaches the table: an upsert of rows that are right already would cost
        several times as much as finding out that they are.
        """
        return SQL(
            """
            WITH figure AS MATERIALIZED (%(figures)s),
            gone AS (
                DELETE FROM crm_customer_profile AS profile
                 WHERE %(scope)s
                   AND NOT EXISTS (
                       SELECT 1 FROM figure WHERE figure.customer_id = profile.customer_id
                   )
             RETURNING profile.partner_id, profile.company_id
            ),
            renewed AS (
                UPDATE crm_customer_profile AS profile
                   SET %(assigned)s,
                       write_uid = %(uid)s, write_date = %(now)s::timestamp
                  FROM figure
                 WHERE profile.customer_id = figure.customer_id
                   AND (%(known)s) IS DISTINCT FROM (%(measured)s)
             RETURNING profile.partner_id, profile.company_id
            ),
            stored AS (
                INSERT INTO crm_customer_profile
                       (customer_id, company_id, %(names)s,
                        create_uid, write_uid, create_date, write_date)
                SELECT figure.customer_id, figure.company_id, %(measured)s,
                       %(uid)s, %(uid)s, %(now)s::timestamp, %(now)s::timestamp
                  FROM figure
                 WHERE figure.customer_id IS NOT NULL
                   AND NOT EXISTS (
                       SELECT 1 FROM crm_customer_profile AS profile
                        WHERE profile.customer_id = figure.customer_id
                   )
           ON CONFLICT (customer_id) DO UPDATE
                   SET %(excluded)s, write_uid = EXCLUDED.write_uid,
                       write_date = EXCLUDED.write_date
             RETURNING partner_id, company_id
            )
            SELECT partner_id, company_id, FALSE FROM gone
         UNION ALL
            SELECT partner_id, company_id, FALSE FROM renewed
         UNION ALL
            SELECT partner_id, company_id, FALSE FROM stored
         UNION ALL
            SELECT partner_id, company_id, TRUE FROM figure WHERE customer_id IS NULL
            """,
            figures=self._figures_sql(companies, pairs),
            scope=self._scope_sql(companies, pairs),
            names=_listed("%s"),
            known=_listed("profile.%s"),
            measured=_listed("figure.%s"),
            assigned=_listed("%s = figure.%s"),
            excluded=_listed("%s = EXCLUDED.%s"),
            uid=self.env.uid,
            now=self.env.cr.now(),
        )

    @api.model
    def _figures_sql(self, companies, pairs) -> SQL:
        """SELECT of the figures per customer in scope, as columns of the profile.

        Documents are summed per contact first, which needs nothing but the index made for it, and
        then per commercial partner as of today. ``customer_id`` is null for who is no customer yet.
        """
        return SQL(
            """
            SELECT customer.id AS customer_id, total.partner_id, total.company_id,
                   company.currency_id, total.posted_revenue,
                   total.invoice_count, total.refund_count,
                   total.first_invoice_date, total.last_invoice_date, total.open_amount
              FROM (
                SELECT contact.commercial_partner_id AS partner_id, part.company_id,
                       SUM(part.revenue) AS posted_revenue,
                       SUM(part.invoices)::int AS invoice_count,
                       SUM(part.refunds)::int AS refund_count,
                       MIN(part.first_day) AS first_invoice_date,
                       MAX(part.last_day) AS last_invoice_date,
                       SUM(part.residual) AS open_amount
                  FROM %(parts)s
                 WHERE contact.commercial_partner_id IS NOT NULL
              GROUP BY 1, 2
              ) AS total
              JOIN res_company AS company ON company.id = total.company_id
         LEFT JOIN crm_customer AS customer
                ON customer.partner_id = total.partner_id
               AND customer.company_id = total.company_id
            """,
            parts=self._parts_sql(companies, pairs),
        )

    @api.model
    def _parts_sql(self, companies, pairs) -> SQL:
        """FROM of ``part`` (sums per contact and company) and ``contact``.

        The whole reads all documents in the order of the index. A part asks contact by contact:
        left to itself, the database would scan all documents for a thousand customers.
        """
        sums = SQL(
            """
            SUM(move.amount_untaxed_signed) AS revenue,
            COUNT(*) FILTER (WHERE move.move_type != 'out_refund') AS invoices,
            COUNT(*) FILTER (WHERE move.move_type = 'out_refund') AS refunds,
            MIN(COALESCE(move.invoice_date, move.date))
                FILTER (WHERE move.move_type != 'out_refund') AS first_day,
            MAX(COALESCE(move.invoice_date, move.date))
                FILTER (WHERE move.move_type != 'out_refund') AS last_day,
            SUM(move.amount_residual_signed) AS residual
            """
        )
        posted = SQL("move.state = 'posted' AND move.move_type = ANY(%s)", list(SALE_TYPES))
        wanted = SQL("TRUE")
        if companies is not None:
            wanted = SQL("move.company_id = ANY(%s)", companies.ids)
        if pairs is None:
            return SQL(
                """
                (SELECT move.partner_id, move.company_id, %s
                   FROM account_move AS move
                  WHERE %s AND %s AND move.partner_id IS NOT NULL
               GROUP BY move.partner_id, move.company_id) AS part
                JOIN res_partner AS contact ON contact.id = part.partner_id
                """,
                sums,
                posted,
                wanted,
            )
        partner_ids, company_ids = zip(*pairs, strict=True)
        return SQL(
            """
            unnest(%s::int[], %s::int[]) AS pair (partner_id, company_id)
            JOIN LATERAL (
                SELECT id, commercial_partner_id
                  FROM res_partner
                 WHERE commercial_partner_id = pair.partner_id
                OFFSET 0
            ) AS contact ON TRUE
            JOIN LATERAL (
                SELECT move.company_id, %s
                  FROM account_move AS move
                 WHERE move.partner_id = contact.id AND move.company_id = pair.company_id
                   AND %s AND %s
              GROUP BY move.company_id
            ) AS part ON TRUE
            """,
            list(partner_ids),
            list(company_ids),
            sums,
            posted,
            wanted,
        )

    @api.model
    def _scope_sql(self, companies, pairs) -> SQL:
        """Condition that limits the profiles to the companies and to the pairs given."""
        conditions = [SQL("TRUE")]
        if companies is not None:
            conditions.append(SQL("profile.company_id = ANY(%s)", companies.ids))
        if pairs is not None:
            partner_ids, company_ids = zip(*pairs, strict=True)
            conditions.append(
                SQL(
                    "(profile.partner_id, profile.company_id)"
                    " IN (SELECT * FROM unnest(%s::int[], %s::int[]))",
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
    def _measured_names(self) -> tuple[str, ...]:
        """Columns that a refresh writes, and that the nightly comparison compares."""
        return MEASURED

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


def _listed(pattern: str) -> SQL:
    """The measured columns after a pattern: ``figure.%s`` gives figure.partner_id, …"""
    # The names are the constants above; no value of anybody is part of the text.
    return SQL(", ".join(pattern.replace("%s", name) for name in MEASURED))
