from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from odoo import api, models
from odoo.tools import SQL

from .crm_compared_mixin import Compared


class CrmCustomerHub(models.AbstractModel):
    """How customers come about: one row per commercial partner and company with a document."""

    _name = "crm.customer.hub"
    _description = "Hub of Customers"
    _inherit = ["crm.compared.mixin"]

    @api.model
    @api.private
    def _ensure(self, pairs: Iterable[tuple[int, int]]) -> models.BaseModel:
        """Make sure that each (partner id, company id) has its customer.

        Contacts count for their commercial partner. Set-based and safe to call again.
        Returns the customers that are new.
        """
        pairs = {(partner, company) for partner, company in pairs if partner and company}
        if not pairs:
            return self.browse()
        partners, companies = zip(*pairs, strict=True)
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        return self._insert_from(
            SQL(
                """
                SELECT partner.commercial_partner_id AS partner_id, pair.company_id
                  FROM unnest(%s::int[], %s::int[]) AS pair(partner_id, company_id)
                  JOIN res_partner AS partner ON partner.id = pair.partner_id
                """,
                list(partners),
                list(companies),
            )
        )

    @api.model
    @api.private
    def _ensure_from_documents(self, companies: models.BaseModel | None = None) -> models.BaseModel:
        """Create the customers that documents of the companies name and that do not exist yet.

        Without companies: all. Returns the customers that are new.
        """
        self.env.flush_all()
        source = SQL(" UNION ").join(self._customer_document_queries())
        if companies is not None:
            source = SQL(
                "SELECT * FROM (%s) AS document WHERE company_id = ANY(%s)",
                source,
                companies.ids,
            )
        return self._insert_from(source)

    @api.model
    def _customer_document_queries(self) -> list[SQL]:
        """SELECTs of (partner_id, company_id) that make somebody a customer; extend per addon.

        partner_id is the commercial partner. Here: opportunities, and partners that carry the
        customer mark and a company (others get their row when they are marked).
        """
        opportunities = SQL(
            """
            SELECT partner.commercial_partner_id AS partner_id,
                   COALESCE(lead.company_id, team.company_id, users.company_id) AS company_id
              FROM crm_lead AS lead
              JOIN res_partner AS partner ON partner.id = lead.partner_id
         LEFT JOIN crm_team AS team ON team.id = lead.team_id
         LEFT JOIN res_users AS users ON users.id = lead.user_id
             WHERE lead.type = 'opportunity'
            """
        )
        marked = SQL(
            """
            SELECT partner.commercial_partner_id AS partner_id, partner.company_id
              FROM res_partner AS partner
             WHERE partner.crm_is_customer
            """
        )
        return [opportunities, marked]

    @api.model
    def _insert_from(self, source: SQL) -> models.BaseModel:
        """Insert customers from a SELECT of (partner_id, company_id); returns the new ones."""
        # Raw SQL: one statement for a whole load, and two people who save documents of one
        # customer at the same time must not fail on the unique key.
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_customer
                       (partner_id, company_id, user_id, is_segment_manual,
                        create_uid, write_uid, create_date, write_date)
                SELECT DISTINCT source.partner_id, source.company_id, member.id, FALSE,
                       %(uid)s::int, %(uid)s::int, %(now)s::timestamp, %(now)s::timestamp
                  FROM (%(source)s) AS source
                  JOIN res_partner AS partner ON partner.id = source.partner_id
             LEFT JOIN res_users AS member ON member.id = partner.user_id
                 WHERE source.partner_id IS NOT NULL
                   AND source.company_id IS NOT NULL
           ON CONFLICT (partner_id, company_id) DO NOTHING
             RETURNING id, partner_id
                """,
                uid=self.env.uid,
                now=self.env.cr.now(),
                source=source,
            )
        )
        self.env["res.partner"].browse({partner for _, partner in rows}).invalidate_recordset(
            ["crm_customer_ids", "crm_segment_id"], flush=False
        )
        return self.browse(row[0] for row in rows)

    # comparison
    @api.model
    @api.private
    def _compare(self, company: models.BaseModel, partners: range) -> Compared:
        """Every partner that a document of the company names has its customer."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT named.partner_id, customer.id
                  FROM (%s) AS named
             LEFT JOIN crm_customer AS customer
                    ON customer.partner_id = named.partner_id AND customer.company_id = %s
                """,
                self._named_sql(company, self._in_range(SQL("partner_id"), partners)),
                company.id,
            )
        )
        missing = [(partner_id, None) for partner_id, customer_id in rows if not customer_id]
        sample = missing and self.env._(
            "“%(name)s” has documents but was no customer.",
            name=self._partner_name(missing[0][0]),
        )
        return self._compared(len(rows), missing, sample)

    @api.model
    @api.private
    def _process_changes(self, rows: list[tuple[int, int, date]]) -> None:
        """Create the customers that documents name; a consumer of ``crm.change``."""
        partners: dict[int, list[int]] = {}
        for company_id, partner_id, _day in rows:
            partners.setdefault(company_id, []).append(partner_id)
        self.env.flush_all()
        for company in self.env["res.company"].browse(partners):
            scope = SQL("partner_id = ANY(%s)", partners[company.id])
            self._insert_from(self._named_sql(company, scope))

    @api.model
    def _named_sql(self, company: models.BaseModel, scope: SQL) -> SQL:
        """SELECT DISTINCT of the (partner_id, company_id) that documents of a company name."""
        return SQL(
            """
            SELECT DISTINCT partner_id, company_id
              FROM (%s) AS document
             WHERE company_id = %s AND partner_id IS NOT NULL AND %s
            """,
            SQL(" UNION ALL ").join(self._customer_document_queries()),
            company.id,
            scope,
        )
