from __future__ import annotations

from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain

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
    def _moment_history_domain(
        self, companies: models.BaseModel, partner_ids: list[int] | None = None
    ) -> Domain:
        """Documents of the companies (and of the commercial partners, if given) with facts."""
        return Domain.FALSE

    def _moment_dependents(self) -> list[models.BaseModel]:
        """Other sources whose facts change when these documents do."""
        return []

    def _moment_document(self) -> models.BaseModel:
        """The record that a person opens to see the proof."""
        self.ensure_one()
        return self

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
