from __future__ import annotations

from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.facts import FactRow


class CrmMomentSourceMixin(models.AbstractModel):
    """Port by which a document of the ERP becomes a source of facts.

    A source says which codes it owns, gives the complete set of facts of given documents, and
    calls ``_moment_collect()`` from the overrides that change them. The shortest example is
    ``models/sale_order.py`` of this addon. A source that leaves one of the first three methods
    as it is here proves nothing; a test finds it.
    """

    _name = "crm.moment.source.mixin"
    _description = "Source of Facts"

    @api.model
    def _moment_fact_codes(self) -> tuple[str, ...]:
        """Codes of all facts that documents of this model can prove."""
        return ()

    def _moment_facts(self) -> list[FactRow]:
        """The complete set of facts that these documents prove now; read as superuser."""
        return []

    @api.model
    def _moment_plain_facts(self, ids: list[int]) -> SQL | None:
        """SELECT of the facts of those documents whose facts follow without sharing anything.

        Columns as in ``FactRow``, with the commercial partner. A document that has a row has all
        its facts, and they equal ``_moment_facts()``; the others are asked one by one. Replaying
        years of documents this way costs little more than writing the facts. None: there is no
        such SELECT.
        """
        return None

    @api.model
    def _moment_noon_in_zone_sql(self, day: SQL, zone: SQL) -> SQL:
        """``core.facts.noon_utc`` in SQL: naive UTC time of noon of a day in a zone."""
        return SQL(
            "(((%s)::date + TIME '12:00') AT TIME ZONE COALESCE(%s, 'UTC') AT TIME ZONE 'UTC')",
            day,
            zone,
        )

    @api.model
    def _moment_history_domain(
        self, companies: models.BaseModel, partner_ids: list[int] | None = None
    ) -> Domain:
        """Documents of the companies (and of the commercial partners, if given) with facts."""
        return Domain.FALSE

    @api.model
    def _moment_check_sql(self, company: models.BaseModel, partners: range) -> SQL:
        """SELECT of what the documents of a company prove, for the nightly comparison.

        One row per fact and document: fact, res_id, partner_id (commercial, its id in
        ``partners``), fact_at, amount (sum over the occurrences; NULL is not compared). By
        default it is made of the facts themselves; a source with many documents says it in SQL.
        """
        # Raw SQL: a range of partners is no condition of a link, and a night asks for many.
        self.env["crm.customer"].flush_model(["company_id", "partner_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id FROM crm_customer"
                " WHERE company_id = %s AND partner_id >= %s AND partner_id < %s",
                company.id,
                partners.start,
                partners.stop,
            )
        )
        known = [partner_id for (partner_id,) in rows]
        # Access: the nightly comparison reads every document of the company.
        documents = self.sudo().search(self._moment_history_domain(company, known))
        return SQL(
            "SELECT fact, res_id, partner_id, MIN(fact_at), SUM(amount) FROM (%s) AS fact"
            " GROUP BY fact, res_id, partner_id",
            self.env["crm.moment.event"]._values_of(documents._moment_facts()),
        )

    @api.model
    def _moment_noon_sql(self, day: SQL, company: models.BaseModel) -> SQL:
        """``core.facts.noon_utc`` of a date in the company's zone."""
        return self._moment_noon_in_zone_sql(day, SQL("%s::varchar", self._moment_zone(company)))

    def _moment_dependents(self) -> list[models.BaseModel]:
        """Other sources whose facts change when these documents do."""
        return []

    def _moment_documents(self) -> list[models.BaseModel]:
        """The records that show the proof, the best one first; a person opens what it may read."""
        self.ensure_one()
        return [self]

    def _moment_collect(self) -> None:
        """Note these documents; their facts are written once, before the flush ends."""
        if self.ids:
            self.env["crm.moment.event"]._collect(self._name, self.ids)

    def _moment_collect_gone(self) -> None:
        """Note that these documents are being deleted; their facts are voided."""
        if self.ids:
            self.env["crm.moment.event"]._collect(self._name, self.ids, is_gone=True)

    @api.model
    def _moment_zone(self, company: models.BaseModel) -> str:
        """Zone by which the company's days are cut."""
        return company.resource_calendar_id.tz or "UTC"

    @api.model
    def _moment_amount(self, amount: float, currency: models.BaseModel) -> Decimal:
        """Exact decimal of a document's amount, with the decimals of its currency."""
        return Decimal(f"{amount:.{currency.decimal_places}f}")
