from __future__ import annotations

from odoo import api, models
from odoo.tools import SQL

from .crm_segment_rule import SegmentRuleError


class CrmSegmentAssignment(models.AbstractModel):
    """Which customer belongs to which segment: rules by priority, assigned set-based."""

    _name = "crm.segment.assignment"
    _description = "Assignment of Segments"
    _inherit = ["crm.segment.rule"]

    @api.model
    def _match_sql(self, company: models.BaseModel, strict: bool = True) -> SQL:
        """SELECT of (customer_id, segment_id): per customer the first segment whose rule fits.

        With ``strict`` a faulty rule raises, otherwise the segment is left out.
        """
        branches = []
        # Access: the order of the company's segments decides for everybody alike.
        segments = self.sudo().search([("company_id", "=", company.id)], order="sequence, id")
        ruled = segments.filtered(lambda segment: segment._has_rule())
        for rank, segment in enumerate(ruled):
            try:
                query = segment._rule_query()
            except SegmentRuleError:
                if strict:
                    raise
                continue
            # Nobody reads the customers of one rule in their order, and sorting them costs more
            # than finding them.
            query.order = None
            branches.append(
                SQL(
                    "SELECT fit.id AS customer_id, %s AS segment_id, %s AS rank FROM (%s) AS fit",
                    segment.id,
                    rank,
                    query.select(),
                )
            )
        if not branches:
            return SQL("SELECT NULL::int AS customer_id, NULL::int AS segment_id WHERE FALSE")
        return SQL(
            """
            SELECT DISTINCT ON (customer_id) customer_id, segment_id
              FROM (%s) AS fitting
          ORDER BY customer_id, rank
            """,
            SQL(" UNION ALL ").join(branches),
        )

    @api.model
    def _target_sql(
        self,
        company: models.BaseModel,
        strict: bool = True,
        customers: models.BaseModel | None = None,
    ) -> SQL:
        """SELECT of (id, segment_id): where every customer of the company belongs.

        A customer placed by hand belongs where the person put it; without any fitting rule the
        segment is empty. With ``customers``: these alone.
        """
        scope = SQL("TRUE") if customers is None else SQL("customer.id = ANY(%s)", customers.ids)
        return SQL(
            """
            SELECT customer.id,
                   CASE WHEN customer.is_segment_manual AND customer.segment_id IS NOT NULL
                        THEN customer.segment_id ELSE fit.segment_id END AS segment_id
              FROM crm_customer AS customer
         LEFT JOIN (%s) AS fit ON fit.customer_id = customer.id
             WHERE customer.company_id = %s AND %s
            """,
            self._match_sql(company, strict),
            company.id,
            scope,
        )

    @api.model
    def _moves_sql(self, company: models.BaseModel) -> SQL:
        """SELECT of (customer_id, from_id, to_id): whom an assignment made now would move."""
        return SQL(
            """
            SELECT customer.id AS customer_id, customer.segment_id AS from_id,
                   target.segment_id AS to_id
              FROM crm_customer AS customer
              JOIN (%s) AS target ON target.id = customer.id
             WHERE customer.segment_id IS DISTINCT FROM target.segment_id
            """,
            self._target_sql(company),
        )

    @api.model
    def _preview(self, company: models.BaseModel) -> dict[int, int]:
        """Customers per segment id (0 = unassigned) after an assignment made now."""
        self.env.flush_all()
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT COALESCE(target.segment_id, 0), COUNT(*)
                      FROM (%s) AS target
                  GROUP BY 1
                    """,
                    self._target_sql(company, strict=False),
                )
            )
        )

    # assignment
    @api.model
    @api.private
    def _assign(
        self,
        companies: models.BaseModel | None = None,
        customers: models.BaseModel | None = None,
    ) -> dict:
        """Put every customer of the companies into the one segment its rules name.

        Priority decides between rules, customers placed by hand stay, and the history is
        written by the same statement, one per company. A second run changes nothing. Without
        companies: the companies of the environment; with customers: these alone move. Returns
        counts: customers, changed, manual, unassigned, and by_segment (segment id -> customers,
        0 = unassigned).
        """
        result = {"customers": 0, "changed": 0, "manual": 0, "unassigned": 0, "by_segment": {}}
        self.env.flush_all()
        for company in self.env.companies if companies is None else companies:
            result["changed"] += self._assign_company(company, customers)
            for key, value in self._count_company(company).items():
                if key == "by_segment":
                    result[key].update(value)
                else:
                    result[key] += value
        return result

    @api.model
    def _assign_company(
        self, company: models.BaseModel, customers: models.BaseModel | None = None
    ) -> int:
        """Assign the customers of one company; returns how many changed their segment."""
        moved = SQL(
            """
            UPDATE crm_customer AS customer
               SET segment_id = target.segment_id,
                   write_uid = %(uid)s,
                   write_date = %(now)s
              FROM (%(target)s) AS target
             WHERE customer.id = target.id
               AND customer.segment_id IS DISTINCT FROM target.segment_id
         RETURNING customer.id AS customer_id, customer.partner_id, customer.segment_id
            """,
            uid=self.env.uid,
            now=self.env.cr.now(),
            target=self._target_sql(company, customers=customers),
        )
        changed = self.env["crm.segment.membership"]._follow(company, moved)
        if changed:
            self.env["crm.customer"].invalidate_model(["segment_id", "team_id"])
            self.env["res.partner"].invalidate_model(["crm_segment_id"])
            self.env["crm.lead"].invalidate_model(["crm_segment_id"])
            self._after_assign(company, changed)
        return len(changed)

    @api.model
    def _after_assign(self, company: models.BaseModel, customer_ids: list[int]) -> None:
        """Hook: the customers of the company whose segment an assignment just changed."""

    @api.model
    def _count_company(self, company: models.BaseModel) -> dict:
        rows = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(segment_id, 0),
                       COUNT(*),
                       COUNT(*) FILTER (WHERE is_segment_manual AND segment_id IS NOT NULL)
                  FROM crm_customer
                 WHERE company_id = %s
              GROUP BY 1
                """,
                company.id,
            )
        )
        by_segment = {segment_id: count for segment_id, count, _manual in rows}
        unassigned = by_segment.get(0, 0)
        return {
            "customers": sum(by_segment.values()),
            "manual": sum(manual for _segment, _count, manual in rows),
            "unassigned": unassigned,
            "by_segment": by_segment,
        }

    @api.model
    def _cron_assign(self) -> None:
        """Daily: customers whom nobody noticed appear, and all find their segment."""
        # Somebody who saves a document of a customer unnoticed so far is faster now and then.
        self.env["crm.batch.mixin"]._attempt(self._assign_daily)

    @api.model
    def _assign_daily(self) -> int:
        # Also here, in case that it is the comparison that no longer runs.
        self.env["crm.cron.watch"]._check()
        self.env["crm.customer"]._ensure_from_documents()
        companies = [
            company
            for (company,) in self._read_group(
                [("company_id.crm_assign_daily", "=", True)], ["company_id"]
            )
        ]
        for company in companies:
            self._assign(company)
        return len(companies)
