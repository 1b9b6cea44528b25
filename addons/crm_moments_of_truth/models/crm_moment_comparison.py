from __future__ import annotations

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_strategy.models.crm_compared_mixin import Compared


class CrmMomentComparison(models.AbstractModel):
    """Standing facts equal what the documents prove now, document by document.

    Each kind of document says by one SELECT of the database what it proves; a whole company is
    compared without reading a single document through the ORM.
    """

    _name = "crm.moment.comparison"
    _description = "Comparison of Facts"
    _inherit = ["crm.compared.mixin"]

    @api.model
    @api.private
    def _compare(self, company: models.BaseModel, partners: range) -> Compared:
        """Dates, customers and amounts of the facts of each document; voided facts do not count."""
        self.env.flush_all()
        rows = self.env.execute_query(self._joined_sql(company, partners))
        wrong = [row[1:] for row in rows if row[1]]
        found = [
            (partner_id, day)
            for _fact, _name, before, after, day in wrong
            for partner_id in {before, after} - {None}
        ]
        return self._compared(rows[0][0], found, wrong and self._sample_words(wrong[0]))

    @api.model
    def _joined_sql(self, company: models.BaseModel, partners: range) -> SQL:
        """Number of all facts, beside each difference: (fact, document's number, partner of the
        fact, partner of the document, day); one row of NULLs where nothing differs.
        """
        return SQL(
            """
            WITH joined AS MATERIALIZED (
                SELECT fact, res_id, standing.name, standing.partner_id AS known_id,
                       wanted.partner_id AS wanted_id,
                       LEAST(standing.fact_at, wanted.fact_at)::date AS day,
                       (wanted.partner_id, wanted.fact_at)
                           IS DISTINCT FROM (standing.partner_id, standing.fact_at)
                       OR standing.last_at != standing.fact_at
                       OR (wanted.amount IS NOT NULL
                           AND wanted.amount IS DISTINCT FROM standing.amount) AS differs
                  FROM (%(wanted)s) AS wanted
             FULL JOIN (%(standing)s) AS standing USING (fact, res_id)
            )
            SELECT total.number, joined.fact, joined.name, joined.known_id, joined.wanted_id,
                   joined.day
              FROM (SELECT COUNT(*) AS number FROM joined) AS total
         LEFT JOIN joined ON joined.differs
          ORDER BY joined.fact, joined.res_id
            """,
            wanted=self._wanted_sql(company, partners),
            standing=self._standing_sql(company, partners),
        )

    @api.model
    def _wanted_sql(self, company: models.BaseModel, partners: range) -> SQL:
        sources = [
            self.env[name]._moment_check_sql(company, partners)
            for name in self.env["crm.moment.event"]._source_models()
        ]
        return SQL(" UNION ALL ").join(sources)

    @api.model
    def _standing_sql(self, company: models.BaseModel, partners: range) -> SQL:
        """One row per fact and document: its customer, its date, the sum of its shares."""
        return SQL(
            """
            SELECT fact, res_id, MIN(partner_id) AS partner_id, MIN(fact_at) AS fact_at,
                   MAX(fact_at) AS last_at, SUM(amount) AS amount, MIN(name) AS name
              FROM crm_moment_event
             WHERE company_id = %s AND voided_at IS NULL AND kind = 'derived' AND %s
          GROUP BY fact, res_id
            """,
            company.id,
            self._in_range(SQL("partner_id"), partners),
        )

    @api.model
    def _sample_words(self, row: tuple) -> str:
        fact, name, before, after, _day = row
        labels = dict(self.env["crm.moment.event"]._selection_fact())
        values = {
            "fact": labels.get(fact, fact),
            "document": name or "",
            "customer": self._partner_name(before or after),
        }
        if not after:
            return self.env._(
                "“%(fact)s” %(document)s of “%(customer)s” was recorded, but no document proves "
                "it.",
                **values,
            )
        if not before:
            return self.env._(
                "a document of “%(customer)s” proves “%(fact)s”, which was not recorded.", **values
            )
        return self.env._(
            "“%(fact)s” %(document)s of “%(customer)s” was recorded with another customer, date "
            "or amount.",
            **values,
        )
