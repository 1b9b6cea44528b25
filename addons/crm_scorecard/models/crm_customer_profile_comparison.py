from __future__ import annotations

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_strategy.models.crm_compared_mixin import Compared


class CrmCustomerProfileComparison(models.AbstractModel):
    """Stored customer values equal what the whole computation says now."""

    _name = "crm.customer.profile.comparison"
    _description = "Comparison of Customer Values"
    _inherit = ["crm.compared.mixin"]

    @api.model
    @api.private
    def _compare(self, company: models.BaseModel, partners: range) -> Compared:
        """Figures, contact and currency of each profile; missing and superfluous profiles too."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id, LEAST(profile.first_invoice_date, figure.first_invoice_date),
                       profile.posted_revenue, figure.posted_revenue, %(differs)s
                  FROM (SELECT * FROM (%(figures)s) AS total WHERE %(scope)s) AS figure
             FULL JOIN (
                    SELECT * FROM crm_customer_profile
                     WHERE company_id = %(company)s AND %(scope)s
                  ) AS profile USING (partner_id)
              ORDER BY partner_id
                """,
                differs=self._differs_sql(),
                figures=self._figures_sql(company, None),
                scope=self._in_range(SQL("partner_id"), partners),
                company=company.id,
            )
        )
        wrong = [row for row in rows if row[4]]
        sample = wrong and self.env._(
            "“%(name)s” was stored with a revenue of %(stored)s, while the books say %(books)s.",
            name=self._partner_name(wrong[0][0]),
            stored=self._amount_words(wrong[0][2], company),
            books=self._amount_words(wrong[0][3], company),
        )
        return self._compared(len(rows), [row[:2] for row in wrong], sample)

    @api.model
    def _differs_sql(self) -> SQL:
        names = ["customer_id", *self._measured_names()]
        stored, computed = (
            SQL(", ").join(SQL.identifier(alias, name) for name in names)
            for alias in ("profile", "figure")
        )
        return SQL("(%s) IS DISTINCT FROM (%s)", stored, computed)

    @api.model
    def _amount_words(self, amount: float | None, company: models.BaseModel) -> str:
        if amount is None:
            return self.env._("no data")
        return company.currency_id.format(amount)
