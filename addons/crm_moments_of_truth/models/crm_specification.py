from __future__ import annotations

from odoo import fields, models

from ..core.facts import FactRow

APPROVALS = {"our_approved_revision", "customer_approved_revision"}


class CrmSpecification(models.Model):
    """Specifications agreed by both sides prove moment 4 (S000-9.6-M4).

    Witnessed: a later revision asks both sides anew, but the agreement took place.
    """

    _inherit = "crm.specification"

    def write(self, vals: dict) -> bool:
        """Write specifications; the last missing approval of an analysis is an agreement."""
        result = super().write(vals)
        if vals.keys() & APPROVALS:
            for spec in self:
                spec._moment_witness_agreement()
        return result

    def _moment_witness_agreement(self) -> None:
        analysis = self.analysis_id
        if not analysis.customer_id or any(
            spec.approval != "both" for spec in analysis.specification_ids
        ):
            return
        event = self.env["crm.moment.event"]
        company, partner = analysis.company_id, analysis.customer_id.partner_id
        root = event._root_of_customer(company, partner)
        if not root:
            return
        event._witness(
            [
                FactRow(
                    fact="specification_agreed",
                    res_id=self.id,
                    occurrence=self.revision,
                    company_id=company.id,
                    partner_id=partner.id,
                    root_model=root[0],
                    root_id=root[1],
                    fact_at=fields.Datetime.now(),
                    name=self.display_name,
                )
            ]
        )
